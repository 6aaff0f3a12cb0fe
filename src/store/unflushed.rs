//! The file of a copy that is read and thrown away: nothing of it has to outlive a loss of power, so it is never flushed. To flush half a
//! gigabyte would hold up everybody's writes to the same disk.
//!
//! Must never be under what is kept.

use std::fs::File;
use std::io;

use redb::StorageBackend;
use redb::backends::FileBackend;

/// A file that is never flushed.
#[derive(Debug)]
pub(super) struct Unflushed(FileBackend);

impl Unflushed {
    /// Over this file, which is locked from now on.
    ///
    /// # Errors
    /// What the engine says.
    pub(super) fn over(file: File) -> Result<Self, redb::DatabaseError> {
        FileBackend::new(file).map(Self)
    }
}

impl StorageBackend for Unflushed {
    fn len(&self) -> io::Result<u64> {
        self.0.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.0.read(offset, out)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.0.set_len(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.0.write(offset, data)
    }

    fn close(&self) -> io::Result<()> {
        self.0.close()
    }
}

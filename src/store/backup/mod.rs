//! A backup: the whole state at one moment in one file (`.tbk`), which counts only after it was opened again and compared.
//!
//! Must never leave a file under its final name that was not verified, never anything half done in the folder, and never believe a byte
//! before its check. The container is `codec::backup`.

mod check;
mod copy;
mod create;
mod lines;
mod seal;

use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::error::{OpenError, StoreError};
use super::tables::every;
use crate::codec::backup::BackupFault;
use crate::domain::job::Unit;

pub use crate::codec::backup::Head;
pub use check::{head, unpack, verify};
pub use copy::{copy, take_in};
pub use create::{About, Made, create, tidy};
pub use lines::{from_lines, to_lines};
pub use seal::{
    SEALED_SUFFIX, Seal, Unseal, copy_sealed, is_sealed, new_key, seal, seal_for_now, unseal,
};

/// How the name of every backup ends.
pub const SUFFIX: &str = "tbk";

/// What is being done, and how far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// What.
    pub step: Step,
    /// So much of it is done: rows when copying, otherwise bytes.
    pub done: u64,
    /// Of so much.
    pub total: u64,
}

/// The steps, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Rows go into a dense copy.
    Copy,
    /// The copy is packed.
    Pack,
    /// The file's own check.
    Read,
    /// It is unpacked again.
    Unpack,
    /// What is in it is counted and compared.
    Compare,
    /// Its rows become lines, or lines become rows.
    Lines,
}

impl Step {
    /// What it goes through.
    pub const fn unit(self) -> Unit {
        match self {
            Self::Copy | Self::Compare | Self::Lines => Unit::Rows,
            Self::Pack | Self::Read | Self::Unpack => Unit::Bytes,
        }
    }

    /// In a word or two for a person.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Copy => "copying",
            Self::Pack => "packing",
            Self::Read => "reading",
            Self::Unpack => "unpacking",
            Self::Compare => "comparing",
            Self::Lines => "line by line",
        }
    }
}

/// Hears how far it is, and may end it.
pub type Watch<'a> = dyn FnMut(Progress) -> ControlFlow<()> + 'a;

/// Why there is no backup, or none to trust.
#[derive(Debug, Error)]
pub enum BackupError {
    /// Nothing was founded yet.
    #[error("There is no office to back up yet. Start the server once, then try again.")]
    NoOffice,
    /// Somebody wanted it no more.
    #[error("The work was cancelled. Nothing was left behind.")]
    Cancelled,
    /// It is not what it should be.
    #[error("{} cannot be used: {fault}. Take another backup.", path.display())]
    Unusable {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        fault: BackupFault,
    },
    /// Made by a newer Timebook.
    #[error("{} cannot be used here: {fault}. Install that version first, then try again.", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// Both versions.
        fault: BackupFault,
    },
    /// A line of an export that cannot be.
    #[error("{}, line {line}: {why}. Take the file as `timebook export office` wrote it.", path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// Which, from 1.
        line: u64,
        /// What is wrong with it.
        why: String,
    },
    /// The file system refused.
    #[error("{} {what}: {why}. Check the folder, its rights and the disk's free space.", path.display())]
    Refused {
        /// Where.
        path: PathBuf,
        /// What could not be done.
        what: &'static str,
        /// What the system said.
        why: io::Error,
    },
    /// The copy cannot be opened.
    #[error("The copy cannot be opened: {0}.")]
    Open(#[from] OpenError),
    /// The state does not read.
    #[error("The state cannot be copied: {0}.")]
    Store(#[from] StoreError),
}

impl BackupError {
    fn unusable(path: &Path, fault: BackupFault) -> Self {
        let path = path.to_path_buf();
        match fault {
            BackupFault::Newer { .. } => Self::Newer { path, fault },
            fault => Self::Unusable { path, fault },
        }
    }

    fn damaged(path: &Path, what: &'static str) -> Self {
        Self::unusable(path, BackupFault::Damaged(what))
    }

    fn refused(path: &Path, what: &'static str) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_path_buf();
        move |why| Self::Refused { path, what, why }
    }
}

fn step(watch: &mut Watch<'_>, step: Step, done: u64, total: u64) -> Result<(), BackupError> {
    match watch(Progress { step, done, total }) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(()) => Err(BackupError::Cancelled),
    }
}

/// The table of this name.
fn table(name: &str) -> Option<super::tables::TableName> {
    every().find(|table| table.name == name)
}

/// Bytes read or written at once.
const CHUNK_BYTES: usize = 256 * 1024;

#[cfg(test)]
mod tests;

//! Reading a backup: nothing of it is unpacked before its check is right, and nothing of it counts before rows and hash are compared.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use super::create::temporary;
use super::{BackupError, CHUNK_BYTES, Head, Step, Watch, step, table};
use crate::codec::backup::{BackupFault, CHECK_BYTES, MOST_OPENING_BYTES};
use crate::store::frozen::Frozen;
use crate::store::hash::state_hash_of;

/// What the backup at `path` says of itself. Only its head is read and checked.
///
/// # Errors
/// [`BackupError`].
pub fn head(path: &Path) -> Result<Head, BackupError> {
    let unread = || BackupError::refused(path, "cannot be read");
    let mut file = File::open(path).map_err(unread())?;
    Ok(opening(&mut file).map_err(unread())?.map_err(|fault| BackupError::unusable(path, fault))?.0)
}

/// Is every byte of the backup at `path` the one that was written? What it holds is not looked at.
///
/// # Errors
/// [`BackupError`].
pub(super) fn whole(path: &Path, watch: &mut Watch<'_>) -> Result<(), BackupError> {
    head(path)?;
    let unread = || BackupError::refused(path, "cannot be read");
    let mut file = File::open(path).map_err(unread())?;
    let length = file.metadata().map_err(unread())?.len();
    check_bytes(&mut file, length, path, watch)
}

/// Checks every byte of the backup at `path`, unpacks it into `folder` for a moment, opens it, and compares rows and hash. Blocks.
///
/// # Errors
/// [`BackupError`] says what is wrong with it.
pub fn verify(path: &Path, folder: &Path, watch: &mut Watch<'_>) -> Result<Head, BackupError> {
    let mut content = temporary(folder)?;
    let into = content.path().to_path_buf();
    // Thrown away after it was read: to flush it would hold up everybody's writes to the same disk.
    unpack_unflushed(path, content.as_file_mut(), &into, watch)
}

/// The same, with the content left in `into`, which lies at `place`; on disk after the return.
///
/// # Errors
/// As [`verify`].
pub fn unpack(
    path: &Path,
    into: &mut File,
    place: &Path,
    watch: &mut Watch<'_>,
) -> Result<Head, BackupError> {
    let head = unpack_unflushed(path, into, place, watch)?;
    into.sync_all().map_err(BackupError::refused(place, "cannot be written"))?;
    Ok(head)
}

fn unpack_unflushed(
    path: &Path,
    into: &mut File,
    place: &Path,
    watch: &mut Watch<'_>,
) -> Result<Head, BackupError> {
    let unread = || BackupError::refused(path, "cannot be read");
    let unwritten = || BackupError::refused(place, "cannot be written");
    let mut file = File::open(path).map_err(unread())?;
    let (head, begin) = opening(&mut file)
        .map_err(unread())?
        .map_err(|fault| BackupError::unusable(path, fault))?;
    for name in head.counts.keys() {
        if table(name).is_none() {
            let (program, format, level) = (head.program.clone(), head.format, head.level);
            return Err(BackupError::unusable(path, BackupFault::Newer { program, format, level }));
        }
    }
    let length = file.metadata().map_err(unread())?.len();
    check_bytes(&mut file, length, path, watch)?;

    file.seek(SeekFrom::Start(begin as u64)).map_err(unread())?;
    let packed = file.take(length - (begin + CHECK_BYTES) as u64);
    let mut content = zstd::stream::Decoder::new(packed).map_err(unread())?;
    content.window_log_max(MOST_WINDOW_LOG).map_err(unread())?;
    let mut hasher = blake3::Hasher::new();
    let (mut done, mut chunk) = (0, vec![0; CHUNK_BYTES]);
    loop {
        let read = content
            .read(&mut chunk)
            .map_err(|_| BackupError::damaged(path, "its content does not unpack"))?;
        if read == 0 {
            break;
        }
        done += read as u64;
        if done > head.content_bytes {
            return Err(BackupError::damaged(path, "it unpacks to more than it says"));
        }
        hasher.update(&chunk[..read]);
        into.write_all(&chunk[..read]).map_err(unwritten())?;
        step(watch, Step::Unpack, done, head.content_bytes)?;
    }
    let is_all = done == head.content_bytes;
    if !is_all || hasher.finalize().to_hex().as_str() != head.content_hash {
        return Err(BackupError::damaged(path, "its content is not what it says"));
    }
    step(watch, Step::Compare, 0, head.counts.values().sum())?;
    // Bytes as they were written can still be pages that contradict each other, if somebody made them up.
    let compared = catch_unwind(AssertUnwindSafe(|| compare(path, place, &head)));
    compared.unwrap_or_else(|_| {
        Err(BackupError::damaged(path, "the pages of its content contradict each other"))
    })?;
    Ok(head)
}

/// The head at the beginning of `file`, and where the packed content begins.
fn opening(file: &mut File) -> io::Result<Result<(Head, usize), BackupFault>> {
    let length = file.metadata()?.len();
    let mut bytes = Vec::new();
    file.take(MOST_OPENING_BYTES as u64).read_to_end(&mut bytes)?;
    Ok(Head::from_bytes(&bytes, length))
}

/// Is every byte the one that was written?
fn check_bytes(
    file: &mut File,
    length: u64,
    path: &Path,
    watch: &mut Watch<'_>,
) -> Result<(), BackupError> {
    let unread = || BackupError::refused(path, "cannot be read");
    file.seek(SeekFrom::Start(0)).map_err(unread())?;
    let end = length - CHECK_BYTES as u64;
    let (mut hasher, mut done, mut chunk) = (blake3::Hasher::new(), 0, vec![0; CHUNK_BYTES]);
    while done < end {
        let most = usize::try_from(end - done).unwrap_or(CHUNK_BYTES).min(CHUNK_BYTES);
        file.read_exact(&mut chunk[..most]).map_err(unread())?;
        hasher.update(&chunk[..most]);
        done += most as u64;
        step(watch, Step::Read, done, end)?;
    }
    let mut check = [0; CHECK_BYTES];
    file.read_exact(&mut check).map_err(unread())?;
    if hasher.finalize() == check {
        Ok(())
    } else {
        Err(BackupError::damaged(path, "its bytes are not those that were written"))
    }
}

fn compare(path: &Path, place: &Path, head: &Head) -> Result<(), BackupError> {
    let content = Frozen::open(place)
        .map_err(|_| BackupError::damaged(path, "its content is no state file"))?;
    for (name, rows) in &head.counts {
        let found = table(name).map(|table| content.rows_of(table)).transpose();
        let found = found.map_err(|_| BackupError::damaged(path, "a table of it is missing"))?;
        if found != Some(*rows) {
            return Err(BackupError::damaged(path, "a table of it has another number of rows"));
        }
    }
    let hash = state_hash_of(&content, |table| head.counts.contains_key(table.name))
        .map_err(|_| BackupError::damaged(path, "a record in it does not read"))?;
    if blake3::Hash::from(hash).to_hex().as_str() == head.state_hash {
        Ok(())
    } else {
        Err(BackupError::damaged(path, "its records are not those that were saved"))
    }
}

/// No backup of ours needs more memory to unpack than 2 to this power.
const MOST_WINDOW_LOG: u32 = 27;

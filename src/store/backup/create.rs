//! Making a backup: copied dense from one read, packed, made durable, verified, and only then under its name.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::{BackupError, CHUNK_BYTES, Head, Step, Watch, check, step};
use crate::codec::backup::FORMAT;
use crate::domain::time::Timestamp;
use crate::store::copy::copy_watched;
use crate::store::fail_point::reach;
use crate::store::file::sync_directory;
use crate::store::frozen::Frozen;
use crate::store::hash::state_hash;
use crate::store::read;
use crate::store::state::{ReadScope, State};
use crate::store::tables::{Blocks, Entries, Hot, Table, Tails, Users, every};
use crate::store::transaction::{KeyRange, Order, Read as _, Reader};

/// What a backup says besides what is in it.
#[derive(Clone, Debug)]
pub struct About {
    /// When.
    pub created: Timestamp,
    /// On which computer.
    pub host: String,
    /// Its name in the folder, without suffix.
    pub name: String,
    /// Until when the folder's rules keep it.
    pub kept_until: Option<Timestamp>,
}

/// A backup that was made and verified.
#[derive(Clone, Debug)]
pub struct Made {
    /// Where it is.
    pub path: PathBuf,
    /// How long the file is.
    pub bytes: u64,
    /// What it says of itself.
    pub head: Head,
}

/// Makes a backup of what `scope` sees, in `folder`, which is made for its owner only when it is not there. Blocks.
///
/// # Errors
/// [`BackupError`]; nothing is left behind.
pub fn create(
    scope: ReadScope,
    about: &About,
    folder: &Path,
    watch: &mut Watch<'_>,
) -> Result<Made, BackupError> {
    make_folder(folder).map_err(BackupError::refused(folder, "cannot be made"))?;
    let copy = temporary(folder)?;
    let head = copy_dense(&scope, about, copy.path(), watch)?;
    // From here on nobody's old pages are kept.
    drop(scope);
    reach("backup.copied");
    let mut packed = temporary(folder)?;
    pack(copy.path(), &head, packed.as_file_mut(), watch)
        .map_err(|error| error.at(packed.path()))?;
    drop(copy);
    reach("backup.packed");
    let verified = check::verify(packed.path(), folder, watch)?;
    if verified != head {
        return Err(BackupError::damaged(packed.path(), "it says something else than was written"));
    }
    reach("backup.verified");
    let bytes = packed.as_file().metadata().map(|about| about.len());
    let bytes = bytes.map_err(BackupError::refused(folder, "cannot be read"))?;
    let path = give_name(packed, folder, &about.name)?;
    reach("backup.named");
    sync_directory(folder).map_err(BackupError::refused(folder, "cannot be written"))?;
    Ok(Made { path, bytes, head })
}

/// Removes from `folder` what a process that was killed left of a backup, but not `kept`, which the caller works on. Only for whoever knows
/// that nobody makes one there.
///
/// # Errors
/// What the file system says.
pub fn tidy(folder: &Path, kept: Option<&Path>) -> io::Result<()> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let is_kept = kept.is_some_and(|kept| kept == entry.path());
        if name.starts_with(PREFIX) && name.ends_with(UNFINISHED) && !is_kept {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

pub(super) fn make_folder(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// A file for its owner only that goes when it is not kept.
pub(super) fn temporary(folder: &Path) -> Result<tempfile::NamedTempFile, BackupError> {
    tempfile::Builder::new()
        .prefix(PREFIX)
        .suffix(UNFINISHED)
        .tempfile_in(folder)
        .map_err(BackupError::refused(folder, "cannot be written"))
}

/// Copies every row into the empty file at `path`, as dense as it goes, and says what is in it.
fn copy_dense(
    scope: &ReadScope,
    about: &About,
    path: &Path,
    watch: &mut Watch<'_>,
) -> Result<Head, BackupError> {
    let mut counts = BTreeMap::new();
    for table in every() {
        counts.insert(table.name.to_owned(), scope.rows_of(table)?);
    }
    let (mut done, total) = (0, counts.values().sum());
    let state = State::unflushed(path)?;
    let is_whole = copy_watched(scope, &state, &mut |rows| {
        done += rows;
        match step(watch, Step::Copy, done, total) {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        }
    })?;
    if !is_whole {
        return Err(BackupError::Cancelled);
    }
    state.checkpoint()?;
    state.compact()?;
    drop(state);
    let copy = Frozen::open(path)?;
    let office = read::office(&copy)?.ok_or(BackupError::NoOffice)?;
    let hash = state_hash(&copy)?;
    let content = File::open(path).and_then(|file| content_of(&file));
    let (content_hash, content_bytes) =
        content.map_err(BackupError::refused(path, "cannot be read"))?;
    let rows = |name: &str| counts.get(name).copied().unwrap_or(0);
    let text = |ms: Timestamp| ms.ms().unsigned_abs();
    Ok(Head {
        format: FORMAT,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        level: office.level,
        office: office.id.to_string(),
        office_name: office.name.map(|name| name.to_string()),
        server_epoch: office.server_epoch,
        created_ms: text(about.created),
        host: about.host.clone(),
        people: rows(Users::NAME.name),
        entries: rows(Entries::NAME.name),
        events: rows(Tails::NAME.name) + rows(Hot::NAME.name) + events_in_blocks(&copy)?,
        counts,
        state_hash: blake3::Hash::from(hash).to_hex().to_string(),
        content_hash: content_hash.to_hex().to_string(),
        content_bytes,
        kept_until_ms: about.kept_until.map(text),
    })
}

fn events_in_blocks(reader: &dyn Reader) -> Result<u64, BackupError> {
    let mut events = 0;
    reader.scan::<Blocks>(KeyRange::all(), Order::Rising, |_, block| {
        events += u64::from(block.count);
        ControlFlow::Continue(())
    })?;
    Ok(events)
}

fn content_of(mut file: &File) -> io::Result<(blake3::Hash, u64)> {
    let mut hasher = blake3::Hasher::new();
    let bytes = io::copy(&mut file, &mut hasher)?;
    Ok((hasher.finalize(), bytes))
}

/// Writes head, packed content and check, durable after the return.
fn pack(copy: &Path, head: &Head, into: &mut File, watch: &mut Watch<'_>) -> Result<(), Broken> {
    let mut out = Checked { into: BufWriter::new(into), hasher: blake3::Hasher::new() };
    out.write_all(&head.to_bytes().map_err(|fault| Broken::Io(io::Error::other(fault)))?)?;
    let mut content = BufReader::with_capacity(CHUNK_BYTES, File::open(copy)?);
    let mut packer = zstd::stream::Encoder::new(&mut out, PACKING)?;
    let mut chunk = vec![0; CHUNK_BYTES];
    let (mut done, mut flushed) = (0, 0);
    loop {
        let read = content.read(&mut chunk)?;
        if read == 0 {
            break;
        }
        packer.write_all(&chunk[..read])?;
        done += read as u64;
        // Bit by bit: all of it at once in the end would hold up everybody's writes to the same disk.
        if done - flushed >= FLUSH_EVERY {
            flushed = done;
            packer.get_mut().into.flush()?;
            packer.get_ref().into.get_ref().sync_data()?;
        }
        step(watch, Step::Pack, done, head.content_bytes).map_err(Broken::Ended)?;
    }
    packer.finish()?;
    let check = out.hasher.finalize();
    out.write_all(check.as_bytes())?;
    out.into.flush()?;
    out.into.get_ref().sync_all()?;
    Ok(())
}

/// Why packing ended early.
enum Broken {
    Io(io::Error),
    Ended(BackupError),
}

impl Broken {
    fn at(self, path: &Path) -> BackupError {
        match self {
            Self::Io(error) => BackupError::refused(path, "cannot be written")(error),
            Self::Ended(error) => error,
        }
    }
}

impl From<io::Error> for Broken {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// Hashes what it passes on.
struct Checked<W> {
    into: W,
    hasher: blake3::Hasher,
}

impl<W: Write> Write for Checked<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.into.write(bytes)?;
        self.hasher.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.into.flush()
    }
}

/// Puts the file under `name`, or where that is taken, under the next number of it: nothing is ever written over.
pub(super) fn give_name(
    file: tempfile::NamedTempFile,
    folder: &Path,
    name: &str,
) -> Result<PathBuf, BackupError> {
    give_name_as(file, folder, name, super::SUFFIX)
}

/// The same with another end of the name.
pub(super) fn give_name_as(
    mut file: tempfile::NamedTempFile,
    folder: &Path,
    name: &str,
    suffix: &str,
) -> Result<PathBuf, BackupError> {
    for number in 1..=MOST_NAMES {
        let more = if number == 1 { String::new() } else { format!("-{number}") };
        let path = folder.join(format!("{name}{more}.{suffix}"));
        match file.persist_noclobber(&path) {
            Ok(_) => return Ok(path),
            Err(taken) if taken.error.kind() == io::ErrorKind::AlreadyExists => file = taken.file,
            Err(refused) => {
                return Err(BackupError::refused(&path, "cannot be written")(refused.error));
            }
        }
    }
    let taken = io::Error::from(io::ErrorKind::AlreadyExists);
    Err(BackupError::refused(folder, "has too many backups of this second")(taken))
}

const PREFIX: &str = ".timebook-";
const UNFINISHED: &str = ".part";
/// Fast before small: what it takes to be written is what it takes of the machine's time.
const PACKING: i32 = 1;
/// So many bytes before they are packed.
const FLUSH_EVERY: u64 = 32 * 1024 * 1024;
const MOST_NAMES: u32 = 1_000;

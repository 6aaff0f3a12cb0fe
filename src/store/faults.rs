//! A disk that loses power: the faulty storage of the test build.
//!
//! Several files on one disk, in memory. A flush makes a file's written pages durable; `cut_power` keeps, drops or tears
//! each unflushed page by a seeded choice (so later writes may survive earlier ones), closes every handle, and the files
//! can be opened again as the disk left them. Must never exist in a release: the whole file is behind the `faults` feature.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use redb::StorageBackend;

/// A disk with files; clones are the same disk.
#[derive(Debug, Clone, Default)]
pub struct FaultyDisk {
    state: Arc<Mutex<Disk>>,
}

/// How a disk misbehaves while it has power.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Misbehaviour {
    /// A flush is a flush.
    #[default]
    None,
    /// A flush returns at once and makes nothing durable: what a program sees that acknowledges before flushing.
    LyingFlush,
    /// Every write fails as on a full disk.
    Full,
}

#[derive(Debug, Default)]
struct Disk {
    files: BTreeMap<PathBuf, Content>,
    /// Counts power cuts: a handle opened before the last one is dead.
    power_cycle: u64,
    misbehaviour: Misbehaviour,
    flushes: u64,
    /// Writes until the power goes, and the seed of what survives then.
    fuse: Option<(u64, u64)>,
}

#[derive(Debug, Default)]
struct Content {
    /// What the program sees.
    seen: Vec<u8>,
    /// What survives whatever happens.
    durable: Vec<u8>,
    /// Pages written since the last flush.
    dirty: BTreeSet<usize>,
}

impl FaultyDisk {
    /// The storage of one file, for the database engine. Opening creates it.
    pub(super) fn file(&self, path: &Path) -> FaultyFile {
        let mut disk = self.lock();
        disk.files.entry(path.to_owned()).or_default();
        FaultyFile { disk: self.clone(), path: path.to_owned(), power_cycle: disk.power_cycle }
    }

    /// Cuts the power of all files at this instant. The same seed and writes give the same result.
    pub fn cut_power(&self, seed: u64) {
        self.lock().cut(seed);
    }

    /// Cuts the power at the `writes`-th write, flush or change of length from now: also in the middle of a commit.
    pub fn cut_power_after(&self, writes: u64, seed: u64) {
        self.lock().fuse = Some((writes, seed));
    }

    /// Changes how the disk behaves from now on.
    pub fn misbehave(&self, misbehaviour: Misbehaviour) {
        self.lock().misbehaviour = misbehaviour;
    }

    /// Whether the disk has this file.
    #[must_use]
    pub fn contains(&self, path: &Path) -> bool {
        self.lock().files.contains_key(path)
    }

    /// Flushes of all files so far: what commits per flush are counted with.
    #[must_use]
    pub fn flushes(&self) -> u64 {
        self.lock().flushes
    }

    fn lock(&self) -> MutexGuard<'_, Disk> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Disk {
    fn cut(&mut self, seed: u64) {
        self.power_cycle += 1;
        self.fuse = None;
        let mut chance = Chance(seed);
        for content in self.files.values_mut() {
            content.cut(&mut chance);
        }
    }

    /// Counts one write of a living handle; does the power go now?
    fn burn(&mut self) {
        match &mut self.fuse {
            Some((0, seed)) => {
                let seed = *seed;
                self.cut(seed);
            }
            Some((left, _)) => *left -= 1,
            None => {}
        }
    }
}

impl Content {
    fn flush(&mut self) {
        self.durable.resize(self.seen.len(), 0);
        for page in std::mem::take(&mut self.dirty) {
            self.keep(page, PAGE);
        }
    }

    fn cut(&mut self, chance: &mut Chance) {
        // The new length may have reached the disk or not; a file cut short loses its unflushed end.
        if chance.below(2) == 0 {
            self.durable.resize(self.seen.len(), 0);
        }
        for page in std::mem::take(&mut self.dirty) {
            match chance.below(4) {
                0 => self.keep(page, PAGE),
                1 => self.keep(page, SECTOR * (1 + chance.below(PAGE / SECTOR - 1))),
                _ => {}
            }
        }
        self.seen = self.durable.clone();
    }

    /// Copies the first `bytes` of a page to the durable side, as far as both sides have it.
    fn keep(&mut self, page: usize, bytes: usize) {
        let start = page * PAGE;
        let end = (start + bytes).min(self.seen.len()).min(self.durable.len());
        if start < end {
            self.durable[start..end].copy_from_slice(&self.seen[start..end]);
        }
    }
}

/// One file of a [`FaultyDisk`], as the database engine sees it.
#[derive(Debug)]
pub(super) struct FaultyFile {
    disk: FaultyDisk,
    path: PathBuf,
    power_cycle: u64,
}

impl FaultyFile {
    fn with<T>(
        &self,
        writes: bool,
        act: impl FnOnce(&mut Content) -> io::Result<T>,
    ) -> io::Result<T> {
        let mut disk = self.disk.lock();
        if writes && disk.power_cycle == self.power_cycle {
            disk.burn();
        }
        if disk.power_cycle != self.power_cycle {
            return Err(io::Error::other("the power was cut"));
        }
        if writes && disk.misbehaviour == Misbehaviour::Full {
            return Err(io::ErrorKind::StorageFull.into());
        }
        let content = disk.files.get_mut(&self.path).ok_or(io::ErrorKind::NotFound)?;
        act(content)
    }
}

impl StorageBackend for FaultyFile {
    fn len(&self) -> io::Result<u64> {
        self.with(false, |content| u64::try_from(content.seen.len()).map_err(io::Error::other))
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.with(false, |content| {
            let start = usize::try_from(offset).map_err(io::Error::other)?;
            let bytes =
                content.seen.get(start..start + out.len()).ok_or(io::ErrorKind::UnexpectedEof)?;
            out.copy_from_slice(bytes);
            Ok(())
        })
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.with(true, |content| {
            content.seen.resize(usize::try_from(len).map_err(io::Error::other)?, 0);
            Ok(())
        })
    }

    fn sync_data(&self) -> io::Result<()> {
        let mut disk = self.disk.lock();
        disk.flushes += 1;
        let lying = disk.misbehaviour == Misbehaviour::LyingFlush;
        drop(disk);
        self.with(true, |content| {
            if !lying {
                content.flush();
            }
            Ok(())
        })
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.with(true, |content| {
            let start = usize::try_from(offset).map_err(io::Error::other)?;
            let end = start + data.len();
            content
                .seen
                .get_mut(start..end)
                .ok_or(io::ErrorKind::UnexpectedEof)?
                .copy_from_slice(data);
            content.dirty.extend(start / PAGE..end.div_ceil(PAGE));
            Ok(())
        })
    }
}

/// A small deterministic generator (splitmix64): the seed alone decides what survives.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let limit = u64::try_from(limit).unwrap_or(u64::MAX).max(1);
        usize::try_from((mixed ^ (mixed >> 31)) % limit).unwrap_or(0)
    }
}

/// What a file system writes back as one unit.
const PAGE: usize = 4096;
/// What a disk writes atomically.
const SECTOR: usize = 512;

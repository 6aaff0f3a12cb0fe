//! What whoever looks after the server should see to before it hurts: its folder, its disk, its sleep, its clock, its certificate.
//!
//! Must never guess: each was read from the system, or measured while the server ran.

use std::path::Path;

use super::process::Disk;
use super::status::{Drifts, Status};
use crate::domain::right::Right;
use crate::domain::time::{DAY_MS, MINUTE_MS, Timestamp};
use crate::service::Principal;
use crate::service::error::ServiceError;
use crate::store::read;

/// Something to see to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Concern {
    /// The disk is nearly full.
    DiskFull {
        /// Bytes that are left.
        free: u64,
    },
    /// The data lies on a drive of another computer.
    NetworkFolder {
        /// The file system, as the system calls it.
        system: String,
    },
    /// The data lies in a folder that a program copies away while the server writes.
    SyncedFolder {
        /// Whose.
        by: &'static str,
    },
    /// The data lies on a drive that can be taken out.
    RemovableDrive,
    /// The computer slept, and nobody was served.
    Slept {
        /// When it woke.
        at: Timestamp,
        /// For how long.
        ms: u64,
    },
    /// Somebody, or something, set the computer's clock.
    ClockSet {
        /// When that was seen.
        at: Timestamp,
        /// By how much; back, where negative.
        by_ms: i64,
    },
    /// The clock stands before what was recorded already.
    ClockBehind {
        /// When the newest record was made, by the clock of then.
        newest: Timestamp,
    },
    /// The certificate that browsers see ends soon, or has ended.
    Certificate {
        /// When.
        ends: Timestamp,
    },
}

impl Concern {
    /// A stable word.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::DiskFull { .. } => "disk_full",
            Self::NetworkFolder { .. } => "network_folder",
            Self::SyncedFolder { .. } => "synced_folder",
            Self::RemovableDrive => "removable_drive",
            Self::Slept { .. } => "slept",
            Self::ClockSet { .. } => "clock_set",
            Self::ClockBehind { .. } => "clock_behind",
            Self::Certificate { .. } => "certificate",
        }
    }
}

impl Status {
    /// What is to be seen to, the most pressing first.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] without [`Right::ViewServer`].
    pub async fn concerns(&self, principal: &Principal) -> Result<Vec<Concern>, ServiceError> {
        principal.must_have(Right::ViewServer)?;
        let now = self.moment();
        let newest = self.door().read(|reader| read::audit_before(reader, u64::MAX, 1)).await?;
        let newest = newest.first().map(|entry| entry.at);
        let (dir, disk, data) = self.place().await?;
        let mut concerns = Vec::new();
        concerns.extend(disk.as_ref().and_then(|disk| nearly_full(disk, data)));
        let behind = newest.filter(|newest| newest.ms_since(now) >= AHEAD_MS);
        concerns.extend(behind.map(|newest| Concern::ClockBehind { newest }));
        let ends = self.certificate_ends();
        let soon = ends.filter(|ends| *ends <= now.plus_ms(SOON_MS));
        concerns.extend(soon.map(|ends| Concern::Certificate { ends }));
        concerns.extend(of_folder(&dir));
        concerns.extend(disk.as_ref().and_then(of_drive));
        let Drifts { slept, set } = self.drifts();
        let lately = |at: Timestamp, life: u64| now.ms_since(at) < life;
        concerns.extend(
            slept
                .filter(|(at, _)| lately(*at, SLEPT_LIFE_MS))
                .map(|(at, ms)| Concern::Slept { at, ms }),
        );
        concerns.extend(
            set.filter(|(at, _)| lately(*at, SET_LIFE_MS))
                .map(|(at, by_ms)| Concern::ClockSet { at, by_ms }),
        );
        Ok(concerns)
    }
}

fn nearly_full(disk: &Disk, data: u64) -> Option<Concern> {
    // Room for the data once more: a backup and whoever gives room back need as much for a while.
    let wanted = LEAST_FREE.max(data.saturating_mul(2));
    let is_short = disk.free < wanted || (disk.free < AMPLE && disk.free < disk.size / 20);
    is_short.then_some(Concern::DiskFull { free: disk.free })
}

fn of_drive(disk: &Disk) -> Option<Concern> {
    let system = disk.system.to_ascii_lowercase();
    if NETWORK.iter().any(|one| system == *one || system.starts_with(&format!("{one}."))) {
        return Some(Concern::NetworkFolder { system: disk.system.clone() });
    }
    disk.is_removable.then_some(Concern::RemovableDrive)
}

fn of_folder(dir: &Path) -> Option<Concern> {
    let names = dir.components().map(|part| part.as_os_str().to_string_lossy().to_lowercase());
    let names: Vec<String> = names.collect();
    if dir.to_string_lossy().starts_with(r"\\") && !dir.to_string_lossy().starts_with(r"\\?\") {
        return Some(Concern::NetworkFolder { system: "share".to_owned() });
    }
    let by = SYNCED.iter().find(|(mark, _)| {
        names.iter().any(|name| name == mark || name.starts_with(&format!("{mark} -")))
    });
    by.map(|(_, by)| Concern::SyncedFolder { by })
}

/// File systems of other computers, as Linux, macOS and Windows call them; redb's locks and flushes are not theirs.
const NETWORK: &[&str] = &[
    "nfs",
    "nfs4",
    "cifs",
    "smb3",
    "smbfs",
    "afpfs",
    "webdav",
    "davfs",
    "9p",
    "fuse.sshfs",
    "ceph",
    "glusterfs",
    "afs",
    "ncpfs",
];
/// Folders that programs keep in step with a cloud, by their names.
const SYNCED: &[(&str, &str)] = &[
    ("onedrive", "OneDrive"),
    ("dropbox", "Dropbox"),
    ("google drive", "Google Drive"),
    ("googledrive", "Google Drive"),
    ("icloud drive", "iCloud"),
    ("iclouddrive", "iCloud"),
    ("mobile documents", "iCloud"),
    ("nextcloud", "Nextcloud"),
    ("owncloud", "ownCloud"),
];
const LEAST_FREE: u64 = 1 << 30;
/// So much is enough whatever part of the disk it is.
const AMPLE: u64 = 20 << 30;
/// Three weeks to see to it.
const SOON_MS: u64 = 21 * DAY_MS;
const SLEPT_LIFE_MS: u64 = 7 * DAY_MS;
const SET_LIFE_MS: u64 = DAY_MS;
const AHEAD_MS: u64 = 2 * MINUTE_MS;

#[cfg(test)]
mod tests {
    use super::*;

    fn disk(free: u64, size: u64, system: &str) -> Disk {
        Disk { free, size, system: system.to_owned(), is_removable: false }
    }

    #[test]
    fn a_disk_is_full_before_it_is() {
        const GIB: u64 = 1 << 30;
        let full = |free, size, data| nearly_full(&disk(free, size, "ext4"), data).is_some();
        assert!(full(GIB / 2, 10 * GIB, 0), "less than a gibibyte");
        assert!(full(4 * GIB, 100 * GIB, 0), "less than a twentieth");
        assert!(full(30 * GIB, 100 * GIB, 16 * GIB), "not twice the data");
        assert!(!full(30 * GIB, 1_000 * GIB, GIB), "enough");
    }

    #[test]
    fn places_that_lose_data_are_told() {
        let kind = |dir: &str| of_folder(Path::new(dir)).map(|concern| concern.kind());
        assert_eq!(kind("/home/ada/Dropbox/timebook"), Some("synced_folder"));
        assert_eq!(kind("/home/ada/OneDrive - Lovelace/timebook"), Some("synced_folder"));
        assert_eq!(kind(r"\\nas\timebook"), Some("network_folder"));
        assert_eq!(kind("/var/lib/timebook"), None);
        for (system, wanted) in
            [("nfs4", true), ("fuse.sshfs", true), ("ext4", false), ("NTFS", false)]
        {
            assert_eq!(of_drive(&disk(1, 1, system)).is_some(), wanted, "{system}");
        }
        let stick = Disk { is_removable: true, ..disk(1, 1, "exfat") };
        assert_eq!(of_drive(&stick), Some(Concern::RemovableDrive));
    }
}

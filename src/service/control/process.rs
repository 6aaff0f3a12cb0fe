//! What this process takes of its computer, as the system tells it.
//!
//! Must never guess: what a system does not tell is `None`.

use std::path::Path;

use sysinfo::{
    DiskRefreshKind, Disks, ProcessRefreshKind, ProcessesToUpdate, System, get_current_pid,
};

/// What this process takes at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Resident memory, in bytes.
    pub memory: u64,
    /// The most it ever was since the process began, by the kernel's own count, in bytes.
    pub peak_memory: Option<u64>,
    /// Time on processors since the process began, of all its threads together, in milliseconds.
    pub cpu_ms: u64,
    /// Threads.
    pub threads: Option<usize>,
}

/// What is left of the disk that holds a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disk {
    /// Bytes that can still be written.
    pub free: u64,
    /// All bytes.
    pub size: u64,
    /// Its file system, as the system calls it.
    pub system: String,
    /// Made to be taken out, as the system sees it.
    pub is_removable: bool,
}

/// What this process takes now; `None` when the system does not tell. Reads files of the system: not for threads that answer.
#[must_use]
pub fn usage() -> Option<Usage> {
    let own = get_current_pid().ok()?;
    let mut system = System::new().ok()?;
    let kind = ProcessRefreshKind::nothing().with_memory().with_cpu().with_tasks();
    system.refresh_processes_specifics(ProcessesToUpdate::Some(&[own]), false, kind);
    let process = system.process(own)?;
    Some(Usage {
        memory: process.memory(),
        peak_memory: peak_memory(),
        cpu_ms: process.accumulated_cpu_time(),
        threads: process.tasks().map(|others| others.len().max(1)),
    })
}

/// The disk that holds `folder`; `None` when the system lists none.
#[must_use]
pub fn disk(folder: &Path) -> Option<Disk> {
    let folder = folder.canonicalize().ok()?;
    let disks =
        Disks::new_with_refreshed_list_specifics(DiskRefreshKind::nothing().with_storage()).ok()?;
    let holds = disks.iter().filter(|disk| folder.starts_with(disk.mount_point()));
    let nearest = holds.max_by_key(|disk| disk.mount_point().as_os_str().len())?;
    Some(Disk {
        free: nearest.available_space(),
        size: nearest.total_space(),
        system: nearest.file_system().to_string_lossy().into_owned(),
        is_removable: nearest.is_removable(),
    })
}

/// The kernel's high-water mark: the largest of samples would miss what was between them.
#[cfg(target_os = "linux")]
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kibibytes.checked_mul(1024)
}

/// Not asked for on this system yet.
#[cfg(not(target_os = "linux"))]
const fn peak_memory() -> Option<u64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_is_told() {
        // Other tests of this process may give theirs back meanwhile: once of many times is enough.
        let (mut seen, mut tries) = (false, 0);
        while !seen {
            let before = usage().unwrap();
            let taken = vec![1_u8; 64 * 1024 * 1024];
            let with = usage().unwrap();
            drop(std::hint::black_box(taken));
            seen = with.memory >= before.memory + 32 * 1024 * 1024;
            tries += 1;
            assert!(tries < 100, "{before:?} {with:?}");
        }
        let with = usage().unwrap();
        let after = usage().unwrap();
        assert!(after.peak_memory.unwrap() >= with.memory, "{with:?} {after:?}");
        assert!(after.threads.unwrap() >= 1);
    }

    #[test]
    fn a_folder_stands_on_a_disk() {
        let folder = tempfile::tempdir().unwrap();
        let disk = disk(folder.path()).unwrap();
        assert!(disk.free > 0 && disk.free <= disk.size, "{disk:?}");
        assert_eq!(super::disk(&folder.path().join("gone")), None);
    }
}

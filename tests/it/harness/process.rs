//! A process that a test started: its log file, its signals, its children. It must never signal a process that is not its own or a
//! child of its own.

use super::wait::{self, LONG};
use rustix::process::{Pid, Signal, kill_process};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus};

pub struct Process {
    child: Child,
    log: PathBuf,
    told: String,
}

impl Process {
    /// Starts `command` with both outputs appended to `log`.
    pub fn start(mut command: Command, log: &Path) -> Self {
        let file = std::fs::File::options().create(true).append(true).open(log).unwrap();
        let told = format!("{command:?}");
        let child = command
            .stdout(file.try_clone().unwrap())
            .stderr(file)
            .spawn()
            .unwrap_or_else(|e| panic!("{told}: {e}"));
        Self { child, log: log.into(), told }
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    pub fn signal(&self, signal: Signal) {
        send(self.child.id(), signal);
    }

    /// Ids of the processes this one started, as the kernel knows them now.
    pub fn children(&self) -> Vec<u32> {
        children_of(self.child.id())
    }

    /// Kills one child with -9 and says which. Waits for a child to be there first.
    pub fn kill_child(&mut self) -> u32 {
        let id = wait::until("a working child", LONG, || {
            self.children().first().copied().ok_or("no child")
        });
        send(id, Signal::KILL);
        id
    }

    /// Kills the process and its children with -9. It is halted first, so that it starts no further child meanwhile.
    pub fn kill_all(&mut self) {
        send(self.child.id(), Signal::STOP);
        let children = self.children();
        for id in &children {
            send(*id, Signal::KILL);
        }
        self.kill_alone();
        for id in children {
            wait::until_true("a killed child to be gone", LONG, || !runs(id));
        }
    }

    /// Kills the process with -9 and leaves its children to themselves.
    pub fn kill_alone(&mut self) {
        send(self.child.id(), Signal::KILL);
        _ = self.child.wait();
    }

    /// Whether it has ended, and how.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().unwrap()
    }

    #[track_caller]
    pub fn wait(&mut self) -> ExitStatus {
        let told = self.told.clone();
        wait::until(&format!("the end of {told}"), LONG, || self.ended().ok_or("it still runs"))
    }

    /// Asks it to stop as a service manager would, and waits for the end.
    #[track_caller]
    pub fn stop(&mut self) -> ExitStatus {
        if self.ended().is_none() {
            self.signal(Signal::TERM);
        }
        self.wait()
    }

    /// The last lines of the log, for a failure's text.
    pub fn tail(&self) -> String {
        let log = self.log();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(40)..].join("\n")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if self.ended().is_none() {
            self.kill_all();
        }
    }
}

/// A file's identity: a new one was put in its place when this changes.
pub fn stamp(path: &Path) -> Option<(u64, std::time::SystemTime)> {
    let told = std::fs::metadata(path).ok()?;
    Some((std::os::unix::fs::MetadataExt::ino(&told), told.modified().ok()?))
}

/// Ids of the processes that this one started, as the kernel knows them now.
pub fn children_of(parent: u32) -> Vec<u32> {
    let Ok(all) = procfs::process::all_processes() else { return Vec::new() };
    let parent = i32::try_from(parent).unwrap_or(0);
    let stats = all.flatten().filter_map(|p| p.stat().ok());
    stats
        .filter(|s| s.ppid == parent && s.state != 'Z')
        .filter_map(|s| u32::try_from(s.pid).ok())
        .collect()
}

/// A process whose first thread is gone still holds its files while another thread is ending.
fn runs(id: u32) -> bool {
    let Ok(id) = i32::try_from(id) else { return false };
    let Ok(process) = procfs::process::Process::new(id) else { return false };
    let threads = process.tasks().map_or(0, |tasks| tasks.flatten().count());
    threads > 1 || process.stat().is_ok_and(|s| s.state != 'Z')
}

/// Signals a process that a test started, or a child of one.
pub fn send(id: u32, signal: Signal) {
    let pid = i32::try_from(id).ok().and_then(Pid::from_raw).expect("a process id fits");
    _ = kill_process(pid, signal);
}

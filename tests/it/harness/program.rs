//! A long-running `timebook` of a story, server or agent: started, stopped and killed in one way, and held to the same when it leaves:
//! exit code 0 and no panic in its log.

use super::process::{Process, stamp};
use super::wait::{self, LONG};
use std::path::{Path, PathBuf};
use std::process::Command;

pub struct Program {
    /// As messages call it, e.g. `server`.
    what: &'static str,
    log: PathBuf,
    process: Option<Process>,
}

impl Program {
    pub fn new(what: &'static str, log: PathBuf) -> Self {
        Self { what, log, process: None }
    }

    /// Starts it, and waits for what it writes to `listen` once its sockets are open.
    #[track_caller]
    pub fn launch(&mut self, command: Command, listen: &Path) -> String {
        // A killed predecessor leaves its own there.
        let (what, old) = (self.what, stamp(listen));
        let process = self.process.insert(Process::start(command, &self.log));
        wait::until(&format!("where the {what} listens"), LONG, || match process.ended() {
            Some(status) => panic!("the {what} ended with {status}:\n{}", process.tail()),
            None if stamp(listen) == old => Err("no new file yet"),
            None => std::fs::read_to_string(listen).map_err(|_| "it is gone again"),
        })
    }

    #[track_caller]
    pub fn process(&mut self) -> &mut Process {
        let what = self.what;
        self.process.as_mut().unwrap_or_else(|| panic!("the {what} does not run"))
    }

    /// Fails when it has ended: whoever waits for it would wait in vain.
    #[track_caller]
    pub fn must_run(&mut self) {
        let what = self.what;
        if let Some(status) = self.process().ended() {
            panic!("the {what} ended with {status}:\n{}", self.process().tail());
        }
    }

    /// Stops it as a service manager would.
    #[track_caller]
    pub fn stop(&mut self) {
        if let Some(mut process) = self.process.take() {
            let (what, status) = (self.what, process.stop());
            assert_eq!(
                status.code(),
                Some(0),
                "the {what} did not stop cleanly:\n{}",
                process.tail()
            );
        }
    }

    /// kill -9 of the working child; the launcher must start another.
    pub fn kill_child(&mut self) -> u32 {
        self.process().kill_child()
    }

    /// kill -9 of everything, as a power cut leaves it.
    pub fn kill_all(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill_all();
        }
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// The end of a story: false when it failed anyway, and then its last lines are shown; otherwise it is stopped and checked.
    #[must_use]
    pub fn leave(&mut self) -> bool {
        let what = self.what;
        if std::thread::panicking() {
            if let Some(process) = &self.process {
                eprintln!("--- the {what}'s last lines ---\n{}", process.tail());
            }
            return false;
        }
        self.stop();
        let log = self.log();
        assert!(!log.contains("panicked"), "the {what} panicked:\n{log}");
        true
    }
}

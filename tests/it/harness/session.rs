//! A person's session under a real `systemd --user`, in a mount namespace of its own: the machine need not run systemd. Leaving the scope
//! ends the session and everything in it.

use super::command::{Done, timebook};
use super::folder::Folder;
use super::process::Process;
use super::wait::{self, LONG};
use rustix::process::Signal;
use std::path::PathBuf;
use std::process::Command;

pub struct Session {
    /// Home and run-time directory; they outlive a sign-out.
    folder: Folder,
    manager: Option<Process>,
}

impl Session {
    /// Signed in for the first time.
    #[track_caller]
    pub fn start() -> Self {
        let folder = Folder::new();
        let runtime = folder.join("run");
        std::fs::create_dir(&runtime).unwrap();
        // Without groups of processes of its own, systemd at times waits for a message bus that has ended.
        let manager = folder.join(".config/systemd");
        std::fs::create_dir_all(&manager).unwrap();
        std::fs::write(manager.join("user.conf"), "[Manager]\nDefaultTimeoutStopSec=5s\n").unwrap();
        let mut session = Self { folder, manager: None };
        session.sign_in();
        session
    }

    /// A session begins: what is enabled starts by itself.
    #[track_caller]
    pub fn sign_in(&mut self) {
        let mut command = Command::new("unshare");
        if !rustix::process::geteuid().is_root() {
            command.arg("--map-root-user");
        }
        // The manager looks for this folder to know that the system is systemd's; nobody else sees it.
        command.args(["--mount", "--propagation", "private", "sh", "-ec"]).arg(
            "mount -t tmpfs none /run; mkdir -p /run/systemd/system; exec /lib/systemd/systemd --user --log-target=console",
        );
        self.surround(&mut command);
        let manager = Process::start(command, &self.folder.join("session.log"));
        let manager = self.manager.insert(manager);
        let tail = manager.tail();
        wait::until("the session to begin", LONG, || {
            let state = self.systemctl(&["is-active", "default.target"]);
            if state.out.trim() == "active" { Ok(()) } else { Err(format!("{state:?}\n{tail}")) }
        });
    }

    /// The session ends, and what runs in it is stopped.
    #[track_caller]
    pub fn sign_out(&mut self) {
        if let Some(mut manager) = self.manager.take() {
            manager.signal(Signal::TERM);
            wait::until("the session to end", LONG, || match manager.ended() {
                Some(_) => Ok(()),
                None => Err(format!("{:?}", self.systemctl(&["list-jobs"]))),
            });
        }
    }

    /// `timebook ARGS`, typed in this session.
    #[track_caller]
    pub fn timebook(&self, args: &[&str]) -> Done {
        let mut command = timebook();
        command.args(args);
        self.surround(&mut command);
        Done::of(command)
    }

    /// `systemctl --user ARGS`.
    #[track_caller]
    pub fn systemctl(&self, args: &[&str]) -> Done {
        let mut command = Command::new("systemctl");
        command.arg("--user").args(args);
        self.surround(&mut command);
        Done::of(command)
    }

    /// Another unit of the session's own, or a part of one (`NAME.service.d/PART.conf`).
    #[track_caller]
    pub fn write_unit(&self, name: &str, text: &str) {
        let folder = self.folder.join(".config/systemd/user");
        let file = folder.join(name);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
        self.systemctl(&["daemon-reload"]).ok();
    }

    /// The process a service runs as; none when it does not run.
    #[track_caller]
    pub fn main_process(&self, unit: &str) -> Option<u32> {
        let said = self.systemctl(&["show", "--property=MainPID", "--value", unit]).ok();
        said.parse().ok().filter(|id| *id != 0)
    }

    fn surround(&self, command: &mut Command) {
        let home: PathBuf = self.folder.path().into();
        command
            .env_remove("XDG_CONFIG_HOME")
            .env_remove("DBUS_SESSION_BUS_ADDRESS")
            .env_remove("DISPLAY")
            .env_remove("WAYLAND_DISPLAY")
            .env("XDG_RUNTIME_DIR", home.join("run"))
            .env("HOME", home);
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.sign_out();
    }
}

//! A Wayland desktop of a story's own: sway that shows its picture to nobody, windows, and somebody who touches the keyboard.

use super::process::Process;
use super::{Folder, command::Done, wait};
use std::path::{Path, PathBuf};
use std::process::Command;

pub struct Compositor {
    folder: Folder,
    display: String,
    programs: Vec<Process>,
}

impl Compositor {
    #[track_caller]
    pub fn start() -> Self {
        let folder = Folder::new();
        let config = folder.join("config");
        std::fs::write(&config, "xwayland disable\n").unwrap();
        let mut command = Command::new("sway");
        if rustix::process::geteuid().is_root() {
            // It does not run as root, and here it need not.
            command = Command::new("unshare");
            command.args(["--user", "--map-user=1000", "sway"]);
        }
        command.arg("--config").arg(config);
        command.env("WLR_BACKENDS", "headless").env("WLR_LIBINPUT_NO_DEVICES", "1");
        command.env("WLR_RENDERER", "pixman").env("XDG_RUNTIME_DIR", folder.path());
        command.env("SWAYSOCK", folder.join("sway.sock"));
        for name in ["WAYLAND_DISPLAY", "DISPLAY"] {
            command.env_remove(name);
        }
        let sway = Process::start(command, &folder.join("sway.log"));
        let display = wait::until("the compositor", wait::LONG, || {
            let names = std::fs::read_dir(folder.path()).unwrap();
            let mut names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
            let socket = |name: &String| name.starts_with("wayland-") && !name.ends_with(".lock");
            names.find(socket).ok_or_else(|| sway.log())
        });
        Self { folder, display, programs: vec![sway] }
    }

    /// As `WAYLAND_DISPLAY` names it.
    pub fn display(&self) -> String {
        self.folder.join(&self.display).to_string_lossy().into_owned()
    }

    /// Opens a window; it takes another title once the file that is answered exists.
    #[track_caller]
    pub fn open(&mut self, app: &str, title: &str, later: &str) -> PathBuf {
        let sign = self.folder.join(&format!("{app}.sign"));
        let mut command = self.command("foot");
        command.args(["--app-id", app, "--title", title, "sh", "-c"]);
        command.arg(
            "until [ -e \"$0\" ]; do sleep 0.1; done; printf '\\033]2;%s\\007' \"$1\"; sleep 600",
        );
        command.arg(&sign).arg(later);
        self.programs.push(Process::start(command, &self.folder.join(&format!("{app}.log"))));
        sign
    }

    /// Brings the window of this application to the front.
    #[track_caller]
    pub fn to_front(&self, app: &str) {
        wait::until(&format!("{app} in front"), wait::LONG, || {
            let mut command = self.command("swaymsg");
            command.arg(format!("[app_id=\"^{app}$\"] focus"));
            let done = Done::of(command);
            if done.code == Some(0) { Ok(()) } else { Err(format!("{done:?}")) }
        });
    }

    /// Somebody presses a key that writes nothing.
    #[track_caller]
    pub fn touch(&self) {
        let mut command = self.command("wtype");
        command.args(["-k", "Shift_L"]);
        Done::of(command).ok();
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        let runtime: &Path = self.folder.path();
        command.env("XDG_RUNTIME_DIR", runtime).env("WAYLAND_DISPLAY", &self.display);
        command.env("SWAYSOCK", self.folder.join("sway.sock")).env("HOME", runtime);
        command
    }
}

impl Drop for Compositor {
    fn drop(&mut self) {
        // Windows first: they would complain of a compositor that went away.
        while self.programs.pop().is_some() {}
    }
}

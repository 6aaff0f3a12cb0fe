//! A desktop of a story's own: an X server that shows its picture to nobody, a window manager, windows, and somebody who touches the mouse.

use super::process::Process;
use super::{Folder, command::Done, wait};
use std::process::Command;

pub struct Desktop {
    folder: Folder,
    display: String,
    programs: Vec<Process>,
}

impl Desktop {
    #[track_caller]
    pub fn start() -> Self {
        let folder = Folder::new();
        let mut command = Command::new("Xvfb");
        command.args([
            "-displayfd",
            "1",
            "-screen",
            "0",
            "640x480x24",
            "-nolisten",
            "tcp",
            "-noreset",
        ]);
        let server = Process::start(command, &folder.join("x.log"));
        let display = wait::until("the X server", wait::LONG, || {
            let log = server.log();
            let number = log.lines().find(|line| line.parse::<u32>().is_ok());
            number.map(|number| format!(":{number}")).ok_or(log)
        });
        let mut desktop = Self { folder, display, programs: vec![server] };
        desktop.run("openbox", &[]);
        desktop
    }

    /// As `DISPLAY` names it.
    pub fn display(&self) -> &str {
        &self.display
    }

    /// Starts a program on it.
    pub fn run(&mut self, program: &str, arguments: &[&str]) {
        let mut command = Command::new(program);
        command.args(arguments).env("DISPLAY", &self.display).env("HOME", self.folder.path());
        let log = self.folder.join(&format!("{program}-{}.log", self.programs.len()));
        self.programs.push(Process::start(command, &log));
    }

    /// Brings the window of this title to the front.
    #[track_caller]
    pub fn to_front(&self, title: &str) {
        let pattern = format!("^{title}$");
        wait::until(&format!("{title} in front"), wait::LONG, || {
            let found = self.ask(&["search", "--name", &pattern]);
            let Some(window) = found.out.lines().next() else { return Err(found.err) };
            self.ask(&["windowactivate", window]);
            let front = self.ask(&["getactivewindow", "getwindowname"]);
            if front.out.trim() == title { Ok(()) } else { Err(front.out) }
        });
    }

    /// Gives the window in front another title.
    #[track_caller]
    pub fn rename(&self, title: &str) {
        self.ask(&["getactivewindow", "set_window", "--name", title]).ok();
    }

    /// Somebody moves the mouse a little.
    #[track_caller]
    pub fn touch(&self) {
        self.ask(&["mousemove_relative", "--", "1", "0"]).ok();
        self.ask(&["mousemove_relative", "--", "-1", "0"]).ok();
    }

    fn ask(&self, arguments: &[&str]) -> Done {
        let mut command = Command::new("xdotool");
        command.args(arguments).env("DISPLAY", &self.display);
        Done::of(command)
    }
}

impl Drop for Desktop {
    fn drop(&mut self) {
        // Windows first: they would complain of a server that went away.
        while self.programs.pop().is_some() {}
    }
}

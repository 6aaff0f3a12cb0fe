//! A terminal window with a program in it, under tmux with a server of its own. It must never outlive its scope.

use super::command::Done;
use super::folder::Folder;
use super::wait::{self, LONG};
use std::path::PathBuf;
use std::process::Command;

pub struct Terminal {
    folder: Folder,
}

impl Terminal {
    /// A window of 110 by 32 that runs `command`.
    #[track_caller]
    pub fn open(command: &Command) -> Self {
        let terminal = Self { folder: Folder::new() };
        let mut open = terminal.tmux(&["new-session", "-d", "-x", "110", "-y", "32", "--"]);
        open.arg(command.get_program()).args(command.get_args());
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => open.env(name, value),
                None => open.env_remove(name),
            };
        }
        Done::of(open).ok();
        terminal
    }

    /// What is on the screen now.
    pub fn screen(&self) -> String {
        Done::of(self.tmux(&["capture-pane", "-p"])).out
    }

    /// Waits until these words are on the screen.
    #[track_caller]
    pub fn shows(&self, words: &str) -> String {
        wait::until(&format!("{words:?} on the screen"), LONG, || {
            let screen = self.screen();
            if screen.contains(words) { Ok(screen) } else { Err(screen) }
        })
    }

    /// Presses keys by their names in tmux: `Enter`, `Tab`, `q`.
    #[track_caller]
    pub fn press(&self, keys: &[&str]) {
        Done::of(self.tmux(&[&["send-keys"], keys].concat())).ok();
    }

    #[track_caller]
    pub fn type_in(&self, text: &str) {
        Done::of(self.tmux(&["send-keys", "-l", text])).ok();
    }

    /// Waits until the program has ended, and the window with it.
    #[track_caller]
    pub fn is_left(&self) {
        wait::until_true("the window to close", LONG, || {
            Done::of(self.tmux(&["has-session"])).code != Some(0)
        });
    }

    fn tmux(&self, words: &[&str]) -> Command {
        let mut command = Command::new("tmux");
        command.arg("-S").arg(self.socket()).args(["-f", "/dev/null"]).args(words);
        command.env_remove("TMUX").env("TERM", "xterm-256color").env("LC_ALL", "C.UTF-8");
        command
    }

    fn socket(&self) -> PathBuf {
        self.folder.join("tmux")
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        Done::of(self.tmux(&["kill-server"]));
    }
}

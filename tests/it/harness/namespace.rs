//! Stories that need what nobody else may see: a network card, a small disk. The test runs once more, in namespaces of its own.

use std::path::PathBuf;
use std::process::Command;

use super::Folder;
use super::command::Done;

/// Runs `story` (its whole name) again under `unshare` with these flags, once the shell has furnished the place; a folder of the story's
/// own is `$PLACE` there. None when that run is over and went well; inside it, the folder.
#[track_caller]
pub fn inside(story: &str, flags: &[&str], furnish: &str) -> Option<PathBuf> {
    if let Some(place) = std::env::var_os(PLACE) {
        return Some(place.into());
    }
    let folder = Folder::new();
    let mut command = Command::new("unshare");
    if !rustix::process::geteuid().is_root() {
        command.arg("--map-root-user");
    }
    command.args(flags).args(["sh", "-ec", &format!("{furnish}; exec \"$0\" \"$@\"")]);
    command.arg(std::env::current_exe().unwrap());
    command.args([story, "--exact", "--nocapture"]).env(PLACE, folder.join("place"));
    std::fs::create_dir(folder.join("place")).unwrap();
    let done = Done::of(command);
    assert!(done.out.contains("1 passed"), "{}\n{}", done.out, done.err);
    None
}

const PLACE: &str = "PLACE";

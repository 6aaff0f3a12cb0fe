//! A server as a process of its own that goes on when whoever started it ends; what it says goes into a file beside the data.

use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use http::{HeaderMap, Method};

use super::call::SOCKET;
use super::config::Config;
use super::exit::Failure;
use crate::net::admin::admin_request;

/// What a server started so says, in the data directory.
const SAID: &str = "server.log";

/// Starts this executable with `words` and waits until it serves; says so.
///
/// # Errors
/// It ended, with its own last line; or it is not ready after two minutes, and goes on trying.
pub(super) async fn start(config: &Config, words: &[OsString]) -> Result<String, Failure> {
    let said = config.data.join(SAID);
    let output = open(&said).map_err(|error| {
        Failure::failed(format!(
            "{} cannot be written: {error}. Check the rights of the folder.",
            said.display()
        ))
    })?;
    let begun = output.metadata().map_err(Failure::failed)?.len();
    let mut child = spawn(words, output).map_err(|error| {
        Failure::failed(format!("The server cannot be started: {error}. Try: timebook serve"))
    })?;
    let socket = config.data.join(SOCKET);
    let until = Instant::now() + PATIENCE;
    while Instant::now() < until {
        if let Some(status) = child.try_wait().map_err(Failure::failed)? {
            let why = last_line(&said, begun).unwrap_or_else(|| format!("it ended with {status}"));
            return Err(Failure::failed(format!("The server did not start: {why}")));
        }
        let asked = admin_request(&socket, Method::GET, "/readyz", None, &HeaderMap::new()).await;
        if asked.is_ok_and(|(status, _)| status.is_success()) {
            return Ok(format!("The server has started; what it says is in {}", said.display()));
        }
        tokio::time::sleep(BETWEEN).await;
    }
    Err(Failure::failed(format!(
        "The server is not ready after two minutes and goes on starting. Look into {}",
        said.display()
    )))
}

fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(path)
}

fn spawn(words: &[OsString], output: File) -> io::Result<Child> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args(words).stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output);
    // Not of this terminal's group: its Ctrl+C, and its end, are not the server's.
    #[cfg(unix)]
    {
        use std::os::unix::process::CommandExt;
        command.process_group(0);
    }
    #[cfg(windows)]
    {
        use std::os::windows::process::CommandExt;
        const DETACHED_PROCESS: u32 = 0x0000_0008;
        const CREATE_NEW_PROCESS_GROUP: u32 = 0x0000_0200;
        command.creation_flags(DETACHED_PROCESS | CREATE_NEW_PROCESS_GROUP);
    }
    command.spawn()
}

/// The last line written since `begun`, without what the log puts before it.
fn last_line(path: &Path, begun: u64) -> Option<String> {
    let text = std::fs::read(path).ok()?;
    let new = text.get(usize::try_from(begun).ok()?..)?;
    let text = String::from_utf8_lossy(new);
    let line = text.lines().rev().find(|line| !line.trim().is_empty())?;
    Some(line.trim_start_matches("timebook: ").to_owned())
}

/// How long a start may take: a large log is read whole.
const PATIENCE: Duration = Duration::from_secs(120);
const BETWEEN: Duration = Duration::from_millis(100);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_of_this_start_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(SAID);
        std::fs::write(&path, "timebook: of before\n").unwrap();
        assert_eq!(last_line(&path, 20), None);
        std::fs::write(&path, "timebook: of before\nworks\ntimebook: The port is taken.\n\n")
            .unwrap();
        assert_eq!(last_line(&path, 20).as_deref(), Some("The port is taken."));
    }
}

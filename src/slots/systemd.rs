//! Units of systemd: written, started and taken away again, for a person's session or for the whole computer.
//!
//! Must never leave anything half done: what was there before a failed installation is there after it.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;
use tokio::process::Command;

/// Whose services they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// A person's: they run while the person is signed in, with that person's rights.
    Session,
    /// The computer's: they run from its start on. Needs the administrator's rights.
    Computer,
}

/// Why a unit could not be dealt with.
#[derive(Debug, Error)]
pub enum UnitError {
    /// No systemd answers there.
    #[error("systemd does not answer here ({0})")]
    NotHere(String),
    /// It is unknown where the person's units are.
    #[error("HOME is not set, so it is unknown where your services are. Set it, then try again.")]
    NoHome,
    /// A unit's file could not be read or written.
    #[error("{} could not be written: {source}. Check the rights of its folder.", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A word that no unit can hold.
    #[error("{0} cannot be written into a service. Choose a path of plain letters.")]
    Word(String),
    /// It was written and did not start, so that it was taken away again.
    #[error(
        "The service could not be started: {why}. Nothing was installed. Look at: {}",
        scope.journal(unit)
    )]
    NotStarted {
        /// Its name.
        unit: String,
        /// Whose.
        scope: Scope,
        /// systemd's own words.
        why: String,
    },
    /// systemd refused.
    #[error("systemd refused: {why}. Look at: {}", scope.journal(unit))]
    Refused {
        /// The unit's name.
        unit: String,
        /// Whose.
        scope: Scope,
        /// systemd's own words.
        why: String,
    },
}

/// How a unit is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitState {
    /// systemd's word: active, activating, deactivating, inactive, failed.
    pub active: String,
    /// Does it start by itself?
    pub enabled: bool,
    /// The process it runs as.
    pub process: Option<u32>,
}

impl Scope {
    /// Runs `systemctl` for this scope; with what it printed, or its own words when it fails.
    ///
    /// # Errors
    /// The first line of its complaint.
    pub async fn systemctl(self, arguments: &[&str]) -> Result<String, String> {
        let mut command = Command::new("systemctl");
        if self == Scope::Session {
            command.arg("--user");
        }
        let run = command.args(arguments).output().await;
        let output = run.map_err(|error| format!("systemctl: {error}"))?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        let said = String::from_utf8_lossy(&output.stderr);
        let first = said.lines().find(|line| !line.trim().is_empty()).unwrap_or("no reason given");
        Err(first.trim().trim_end_matches('.').to_owned())
    }

    /// Where its units are.
    ///
    /// # Errors
    /// [`UnitError::NoHome`].
    pub fn folder(self) -> Result<PathBuf, UnitError> {
        if self == Scope::Computer {
            return Ok(PathBuf::from("/etc/systemd/system"));
        }
        let absolute =
            |name| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
        let config =
            absolute("XDG_CONFIG_HOME").or_else(|| Some(absolute("HOME")?.join(".config")));
        Ok(config.ok_or(UnitError::NoHome)?.join("systemd/user"))
    }

    /// Writes the unit, has it start by itself from now on, and starts it; one that is there is replaced and starts anew. Returns when it
    /// is ready, as it tells systemd itself.
    ///
    /// # Errors
    /// [`UnitError`]; what was there before is there again.
    pub async fn install(self, unit: &str, text: &str) -> Result<PathBuf, UnitError> {
        let path = self.folder()?.join(unit);
        // Asked first, so that nothing is written where nobody would read it.
        self.systemctl(&["show-environment"]).await.map_err(UnitError::NotHere)?;
        let failed = |source| UnitError::File { path: path.clone(), source };
        let before = match std::fs::read(&path) {
            Ok(text) => Some(text),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(failed(error)),
        };
        write(&path, text.as_bytes()).map_err(failed)?;
        let started = async {
            self.systemctl(&["daemon-reload"]).await?;
            // Again: what an older one was started by starts it no more.
            self.systemctl(&["reenable", unit]).await?;
            self.systemctl(&["restart", unit]).await
        };
        let Err(why) = started.await else { return Ok(path) };
        match before {
            Some(text) => write(&path, &text).map_err(failed)?,
            None => {
                // It may be enabled, and is to be tried no more.
                drop(self.systemctl(&["disable", "--now", unit]).await);
                std::fs::remove_file(&path).map_err(failed)?;
            }
        }
        drop(self.systemctl(&["daemon-reload"]).await);
        Err(UnitError::NotStarted { unit: unit.to_owned(), scope: self, why })
    }

    /// Stops the unit and takes it away; was it there?
    ///
    /// # Errors
    /// [`UnitError`].
    pub async fn uninstall(self, unit: &str) -> Result<bool, UnitError> {
        let path = self.folder()?.join(unit);
        if !path.exists() {
            return Ok(false);
        }
        self.ask(unit, &["disable", "--now", unit]).await?;
        std::fs::remove_file(&path).map_err(|source| UnitError::File { path, source })?;
        self.ask(unit, &["daemon-reload"]).await?;
        Ok(true)
    }

    /// Starts or stops the unit, as `verb` says; returns when it did.
    ///
    /// # Errors
    /// [`UnitError::Refused`].
    pub async fn ask(self, unit: &str, verb: &[&str]) -> Result<(), UnitError> {
        let asked = self.systemctl(verb).await;
        asked.map(drop).map_err(|why| UnitError::Refused {
            unit: unit.to_owned(),
            scope: self,
            why,
        })
    }

    /// How the unit is doing; none when there is no such unit.
    ///
    /// # Errors
    /// [`UnitError::NotHere`].
    pub async fn state(self, unit: &str) -> Result<Option<UnitState>, UnitError> {
        let asked = ["show", "--property=LoadState,ActiveState,UnitFileState,MainPID", unit];
        let told = self.systemctl(&asked).await.map_err(UnitError::NotHere)?;
        let value = |name: &str| {
            let of = |line: &str| Some(line.strip_prefix(name)?.strip_prefix('=')?.to_owned());
            told.lines().find_map(of).unwrap_or_default()
        };
        if value("LoadState") == "not-found" {
            return Ok(None);
        }
        let process = value("MainPID").parse().ok().filter(|id| *id != 0);
        let enabled = value("UnitFileState") == "enabled";
        Ok(Some(UnitState { active: value("ActiveState"), enabled, process }))
    }

    /// The command that shows what the unit said.
    fn journal(self, unit: &str) -> String {
        match self {
            Scope::Session => format!("journalctl --user -u {unit}"),
            Scope::Computer => format!("journalctl -u {unit}"),
        }
    }
}

/// A word of a command (`ExecStart`): quoted, with systemd's own signs escaped; see systemd.service(5), "Command lines".
///
/// # Errors
/// [`UnitError::Word`]: a line break, or no text at all.
pub fn quoted(path: &Path) -> Result<String, UnitError> {
    // A dollar begins a variable in commands, and nowhere else.
    Ok(quoted_path(path)?.replace('$', "$$"))
}

/// A path in a list of paths (`ReadWritePaths`), as one word of it.
///
/// # Errors
/// [`UnitError::Word`]: a line break, or no text at all.
pub fn quoted_path(path: &Path) -> Result<String, UnitError> {
    let text = path.to_str().filter(|text| !text.chars().any(char::is_control));
    let text = text.ok_or_else(|| UnitError::Word(path.display().to_string()))?;
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"").replace('%', "%%");
    Ok(format!("\"{escaped}\""))
}

fn write(path: &Path, text: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(path, text)
}

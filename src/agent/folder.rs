//! `DIR/agent`: the agent's files, each written whole or not at all, readable by their owner only.
//!
//! `agent.redb` the book and the outbox · `identity.json` who this computer is to the office · `policy` the office's activity
//! policy · `agent.toml` the person's own choices · `rules` and `office-rules` the sheets of redaction rules · `pause.json` · `hours` · `consent.json` · `commands.json` what the office told · `page-key` · `status.json` · `listen` · `lock`.

#[cfg(not(unix))]
mod other;
#[cfg(unix)]
mod unix;

#[cfg(not(unix))]
use other as platform;
#[cfg(unix)]
use unix as platform;

use std::fs::{File, TryLockError};
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use super::AgentError;

/// No file of the agent that is read whole is larger.
const LARGEST_FILE: u64 = 1024 * 1024;

/// How the name of a file ends that is not whole yet.
const UNFINISHED: &str = ".new";
/// Tells apart what this program writes.
static COUNT: AtomicU64 = AtomicU64::new(0);

/// The agent's directory. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// The agent's directory inside the data directory `data`; nothing is touched.
    pub fn of(data: &Path) -> Self {
        Self(data.join("agent"))
    }

    /// Makes the directory, for its owner only.
    ///
    /// # Errors
    /// [`AgentError::File`].
    pub fn create(&self) -> Result<(), AgentError> {
        platform::create_dir(&self.0).map_err(|error| AgentError::file(&self.0, &error))
    }

    /// The path of a file in it.
    pub fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// The file's text, with what is no text in it replaced: whoever reads it knows better what to do about a damaged one. `None` when
    /// there is none.
    ///
    /// # Errors
    /// [`AgentError::File`], also for one that is too large.
    pub fn read(&self, name: &str) -> Result<Option<String>, AgentError> {
        let path = self.path(name);
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(AgentError::file(path, &error)),
        };
        let mut bytes = Vec::new();
        let read = file.take(LARGEST_FILE + 1).read_to_end(&mut bytes);
        read.map_err(|error| AgentError::file(&path, &error))?;
        if bytes.len() as u64 > LARGEST_FILE {
            let why = format!("it is larger than {LARGEST_FILE} bytes");
            return Err(AgentError::File { path, why });
        }
        Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
    }

    /// Replaces the file: after the return the new text is on disk, and at no moment is there half of it.
    ///
    /// # Errors
    /// [`AgentError::File`]; then the old text stands.
    pub fn write(&self, name: &str, text: &str) -> Result<(), AgentError> {
        self.replace(name, text, true)
    }

    /// Replaces the file whole, without waiting for the disk: for what is written again in a moment anyway.
    ///
    /// # Errors
    /// [`AgentError::File`].
    pub fn write_passing(&self, name: &str, text: &str) -> Result<(), AgentError> {
        self.replace(name, text, false)
    }

    fn replace(&self, name: &str, text: &str, durably: bool) -> Result<(), AgentError> {
        // Several programs may write at once: each has a file of its own until it is whole.
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let fresh = format!("{name}.{}-{number}{UNFINISHED}", std::process::id());
        let (path, fresh) = (self.path(name), self.path(&fresh));
        let written = (|| {
            let mut file = platform::create_private(&fresh)?;
            file.write_all(text.as_bytes())?;
            if durably {
                file.sync_all()?;
            }
            std::fs::rename(&fresh, &path)?;
            if durably { platform::sync_dir(&self.0) } else { Ok(()) }
        })();
        written.map_err(|error| {
            // What is left of it helps nobody; whether it can be removed is no other matter than why it could not be written.
            let _ = std::fs::remove_file(&fresh);
            AgentError::file(path, &error)
        })
    }

    /// Removes what is left of writes that broke off.
    ///
    /// # Errors
    /// [`AgentError::File`].
    pub fn remove_unfinished(&self) -> Result<(), AgentError> {
        let failed = |error: std::io::Error| AgentError::file(&self.0, &error);
        for entry in std::fs::read_dir(&self.0).map_err(failed)? {
            let name = entry.map_err(failed)?.file_name();
            if let Some(name) = name.to_str().filter(|name| name.ends_with(UNFINISHED)) {
                self.remove(name)?;
            }
        }
        Ok(())
    }

    /// Removes the file, if it is there.
    ///
    /// # Errors
    /// [`AgentError::File`].
    pub fn remove(&self, name: &str) -> Result<(), AgentError> {
        match std::fs::remove_file(self.path(name)) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(AgentError::file(self.path(name), &error))
            }
            _ => Ok(()),
        }
    }

    /// Takes the directory for this process until the lock is dropped.
    ///
    /// # Errors
    /// [`AgentError::AlreadyRuns`], [`AgentError::File`].
    pub fn lock(&self) -> Result<Lock, AgentError> {
        let path = self.path("lock");
        let file = platform::open_lock(&path).map_err(|error| AgentError::file(&path, &error))?;
        match file.try_lock() {
            Ok(()) => Ok(Lock(file)),
            Err(TryLockError::WouldBlock) => Err(AgentError::AlreadyRuns(self.0.clone())),
            Err(TryLockError::Error(error)) => Err(AgentError::file(path, &error)),
        }
    }

    /// Does an agent run on it right now?
    pub fn is_locked(&self) -> bool {
        self.path("lock").exists() && matches!(self.lock(), Err(AgentError::AlreadyRuns(_)))
    }
}

/// The directory is ours until this is dropped; the system drops it too when the process ends, however it ends.
#[derive(Debug)]
pub struct Lock(#[expect(dead_code, reason = "held, never read: closing it ends the lock")] File);

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A data directory of a test's own, gone afterwards.
    pub(in crate::agent) struct Data(pub(in crate::agent) PathBuf);

    impl Data {
        pub(in crate::agent) fn new() -> Self {
            let name = format!("timebook-agent-{}", crate::clock::random_id());
            let path = std::env::temp_dir().join(name);
            let data = Self(path);
            data.folder().create().unwrap();
            data
        }

        pub(in crate::agent) fn folder(&self) -> Folder {
            Folder::of(&self.0)
        }
    }

    impl Drop for Data {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn a_file_is_replaced_whole_and_private() {
        let data = Data::new();
        let folder = data.folder();
        assert_eq!(folder.read("x").unwrap(), None);
        folder.write("x", "one").unwrap();
        folder.write("x", "two").unwrap();
        assert_eq!(folder.read("x").unwrap().as_deref(), Some("two"));
        let names = || std::fs::read_dir(folder.path(".")).unwrap().count();
        assert_eq!(names(), 1, "nothing stays beside it");
        folder.write("none/x", "y").unwrap_err();
        for unfinished in ["x.new", "x.7-1.new"] {
            std::fs::write(folder.path(unfinished), "half").unwrap();
        }
        folder.remove_unfinished().unwrap();
        assert_eq!((names(), folder.read("x").unwrap().as_deref()), (1, Some("two")));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = |path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!((mode(folder.path("x")), mode(folder.path("."))), (0o600, 0o700));
        }
        folder.remove("x").unwrap();
        folder.remove("x").unwrap();
        assert_eq!(folder.read("x").unwrap(), None);
    }

    #[test]
    fn one_agent_at_a_time() {
        let data = Data::new();
        let folder = data.folder();
        assert!(!folder.is_locked());
        let lock = folder.lock().unwrap();
        assert!(folder.is_locked());
        let sentence = folder.lock().unwrap_err().to_string();
        assert!(sentence.starts_with("An agent already runs on "), "{sentence}");
        drop(lock);
        assert!(!folder.is_locked());
    }
}

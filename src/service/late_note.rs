//! What was done while the server was out of service: kept beside the data, and written into the audit log by the next start.
//!
//! The log of changes is closed then, and both files may be copied as they stand. Each note has the id of the request that is going to
//! write it, so that a start that was cut off writes none twice.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::error::ServiceError;
use crate::clock;
use crate::consensus::Door;
use crate::domain::audit::AuditNote;
use crate::domain::command::{Actor, Command, Envelope};
use crate::domain::id::RequestId;
use crate::domain::text::ShortText;
use crate::domain::time::Timestamp;
use crate::store::file::sync_directory;

/// A line of the file.
#[derive(Serialize, Deserialize)]
struct Line {
    request: String,
    at_ms: i64,
    /// `local:NAME`, `user:ID`; anybody else is the system.
    by: String,
    action: String,
    subject: String,
}

/// Keeps a note in `dir`; it is on disk on return. Blocks.
///
/// # Errors
/// What the file system says.
pub(super) fn keep(dir: &Path, at: Timestamp, actor: &Actor, note: &AuditNote) -> io::Result<()> {
    let by = match actor {
        Actor::Local(name) => format!("local:{name}"),
        Actor::User(id) => format!("user:{id}"),
        Actor::System | Actor::Device(_) | Actor::Anyone => String::new(),
    };
    let line = Line {
        request: RequestId(clock::ascending_id()).to_string(),
        at_ms: at.ms(),
        by,
        action: note.action.to_string(),
        subject: note.subject.to_string(),
    };
    let mut text = serde_json::to_vec(&line)?;
    text.push(b'\n');
    let mut options = File::options();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(dir.join(FILE))?;
    file.write_all(&text)?;
    file.sync_all()?;
    sync_directory(dir)
}

/// Writes down what is kept in `dir`, and forgets it there.
///
/// # Errors
/// [`ServiceError`]; the next start tries again.
pub async fn write_down(door: &Door, dir: &Path) -> Result<(), ServiceError> {
    let path = dir.join(FILE);
    let refused = |error: io::Error| {
        let path = path.display();
        ServiceError::Failed(format!("{path} cannot be read or removed: {error}."))
    };
    let text = match read(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        text => text.map_err(refused)?,
    };
    for line in text.lines() {
        // The last one may have been cut off by the end of the process; whoever asked for it was not answered then.
        let Some(envelope) = serde_json::from_str(line).ok().and_then(envelope) else {
            tracing::warn!("a line of {} is none and is left out", path.display());
            continue;
        };
        door.commit(envelope).await?;
    }
    fs::remove_file(&path).map_err(refused)?;
    sync_directory(dir).map_err(refused)
}

fn envelope(line: Line) -> Option<Envelope> {
    let actor = match line.by.split_once(':') {
        Some(("local", name)) => Actor::Local(ShortText::cut(name)),
        Some(("user", id)) => Actor::User(id.parse().ok()?),
        _ => Actor::System,
    };
    let (action, subject) = (ShortText::cut(&line.action), ShortText::cut(&line.subject));
    Some(Envelope {
        request: line.request.parse().ok()?,
        at: Timestamp::new(line.at_ms)?,
        actor,
        command: Command::Audit(AuditNote { action, subject }),
    })
}

fn read(path: &Path) -> io::Result<String> {
    let mut bytes = Vec::new();
    File::open(path)?.take(MOST_BYTES).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Its name in the data directory.
const FILE: &str = "unlogged";
/// More is not read of it.
const MOST_BYTES: u64 = 4 * 1024 * 1024;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::consensus::DoorOptions;
    use crate::service::control::founding;
    use crate::store::read;

    #[tokio::test]
    async fn what_was_done_meanwhile_is_logged_once_and_by_whom() {
        let dir = tempfile::tempdir().unwrap();
        let at = Timestamp::new(1_795_333_311_000).unwrap();
        let note = |action: &str| AuditNote {
            action: ShortText::cut(action),
            subject: ShortText::cut("backup:a"),
        };
        let ada = Actor::Local(ShortText::cut("ada"));
        keep(dir.path(), at, &ada, &note("backup.created")).unwrap();
        keep(dir.path(), at, &ada, &note("backup.deleted")).unwrap();
        let kept = fs::read(dir.path().join(FILE)).unwrap();
        let options = DoorOptions { dir: dir.path().to_path_buf(), ..DoorOptions::default() };
        let door = Door::open(options).await.unwrap();
        founding::open(&door, dir.path(), &[], at).await.unwrap();
        write_down(&door, dir.path()).await.unwrap();
        assert!(!dir.path().join(FILE).exists());
        // As after a start that ended before the file was removed, with a line cut off at its end.
        fs::write(dir.path().join(FILE), [&kept[..], b"{\"request\":\"0"].concat()).unwrap();
        write_down(&door, dir.path()).await.unwrap();
        write_down(&door, dir.path()).await.unwrap();
        let mut log = door.read(|reader| read::audit(reader, 0, 100)).await.unwrap();
        log.retain(|entry| entry.action.as_str().starts_with("backup."));
        let told: Vec<_> = log.iter().map(|entry| (entry.action.as_str(), entry.at)).collect();
        assert_eq!(told, [("backup.created", at), ("backup.deleted", at)]);
        assert!(log.iter().all(|entry| entry.actor == ada));
        door.close().await.unwrap();
    }
}

//! What the office told this computer to do, for the person to see: `commands.json`, the newest first.

use serde::{Deserialize, Serialize};

use super::AgentError;
use super::folder::Folder;
use crate::domain::time::Timestamp;
use crate::wire::v1::rfc3339;

const FILE: &str = "commands.json";
/// Older ones give way.
const MOST: usize = 20;

/// Something the office told this computer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Heard {
    /// When (RFC 3339).
    pub(super) at: String,
    /// `policy`, `rules` or `erase`.
    pub(super) what: String,
    /// The policy's name; otherwise nothing.
    pub(super) detail: String,
}

/// What was heard, the newest first. A file that does not read tells nothing: it is written again with the next.
///
/// # Errors
/// [`AgentError::File`].
pub(super) fn heard(folder: &Folder) -> Result<Vec<Heard>, AgentError> {
    let text = folder.read(FILE)?.unwrap_or_default();
    Ok(serde_json::from_str(&text).unwrap_or_default())
}

/// Writes one more down.
pub(super) fn note(folder: &Folder, what: &str, detail: &str, now: Timestamp) {
    let noted = heard(folder).and_then(|mut all| {
        let (what, detail) = (what.to_owned(), detail.to_owned());
        all.insert(0, Heard { at: rfc3339(now), what, detail });
        all.truncate(MOST);
        folder.write(FILE, &serde_json::to_string(&all).unwrap_or_default())
    });
    if let Err(error) = noted {
        tracing::warn!(%error, "what the office told could not be written down");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agent::folder::tests::Data;

    #[test]
    fn the_newest_come_first_and_the_oldest_give_way() {
        let data = Data::new();
        let folder = data.folder();
        folder.write(FILE, "[").unwrap();
        assert_eq!(heard(&folder).unwrap(), []);
        for number in 0..25 {
            note(&folder, "policy", &number.to_string(), Timestamp::EARLIEST);
        }
        let all = heard(&folder).unwrap();
        assert_eq!((all.len(), all[0].detail.as_str(), all[19].detail.as_str()), (20, "24", "5"));
    }
}

//! What the recorder records, told to the person, and that they said yes to it: nothing is looked at before.

use serde::{Deserialize, Serialize};

use super::AgentError;
use super::folder::Folder;
use crate::domain::time::Timestamp;
use crate::wire::v1::rfc3339;

const FILE: &str = "consent.json";
/// Of [`TEXT`]: whoever said yes to an older one is asked again.
const TEXT_VERSION: u32 = 1;
/// What is recorded, as a person reads it before they say yes. The page has the same in both languages.
pub const TEXT: &[&str] = &[
    "Timebook can record by itself on this computer:",
    "  * which window is in front: the name of its application and its title, and for how long;",
    "  * whether somebody is there: how long keyboard and mouse were not touched, not what was typed.",
    "It never records keys, text you type, what is on the screen, sound or pictures.",
    "All of it is kept on this computer. What others may see of it is the office's policy (`timebook agent status`); titles leave only under",
    "`full detail`, or if you say so yourself. You see everything, and who looked.",
    "You can pause it (`timebook agent pause 15m | 1h | today | on`), give it hours (`timebook agent record hours`), leave out what you want",
    "(`timebook agent rules`), and turn it off again (`timebook agent record off`).",
];

/// That the person said yes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Consent {
    text_version: u32,
    /// When (RFC 3339).
    pub at: String,
}

impl Consent {
    /// What is known of it; nothing when they did not, or took it back. A file that does not read is no yes.
    ///
    /// # Errors
    /// [`AgentError::File`].
    pub fn read(folder: &Folder) -> Result<Option<Self>, AgentError> {
        let text = folder.read(FILE)?.unwrap_or_default();
        Ok(serde_json::from_str(&text).ok())
    }

    /// Is it a yes to what is recorded today?
    pub const fn counts(&self) -> bool {
        self.text_version == TEXT_VERSION
    }

    /// The person has read [`TEXT`] and says yes.
    ///
    /// # Errors
    /// [`AgentError::File`].
    pub fn give(folder: &Folder, now: Timestamp) -> Result<(), AgentError> {
        let consent = Self { text_version: TEXT_VERSION, at: rfc3339(now) };
        let text = serde_json::to_string(&consent)
            .map_err(|error| AgentError::BadAnswer(error.to_string()))?;
        folder.create()?;
        folder.write(FILE, &text)
    }

    /// The person takes it back.
    ///
    /// # Errors
    /// [`AgentError::File`].
    pub fn take_back(folder: &Folder) -> Result<(), AgentError> {
        folder.remove(FILE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agent::folder::tests::Data;

    #[test]
    fn only_a_yes_to_todays_text_counts() {
        let data = Data::new();
        let folder = data.folder();
        let counts = || Consent::read(&folder).unwrap().is_some_and(|consent| consent.counts());
        assert!(!counts());
        Consent::give(&folder, Timestamp::EARLIEST).unwrap();
        assert!(counts());
        folder.write(FILE, r#"{"text_version":0,"at":"x"}"#).unwrap();
        assert!(!counts(), "an older text is asked about again");
        folder.write(FILE, "{").unwrap();
        assert!(!counts());
        Consent::give(&folder, Timestamp::EARLIEST).unwrap();
        Consent::take_back(&folder).unwrap();
        assert!(!counts());
    }
}

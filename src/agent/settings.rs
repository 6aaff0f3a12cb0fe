//! `agent.toml`: what the person at the computer chose. Read at the start; must never be written by the program.

use serde::Deserialize;

use super::AgentError;
use super::folder::Folder;

const FILE: &str = "agent.toml";

/// The person's own choices.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Settings {
    /// Let window titles and addresses leave this computer whatever the office's policy says.
    #[serde(default)]
    pub(super) share_titles: bool,
}

impl Settings {
    pub(super) fn read(folder: &Folder) -> Result<Self, AgentError> {
        let Some(text) = folder.read(FILE)? else { return Ok(Self::default()) };
        toml::from_str(&text).map_err(|error| AgentError::Unreadable {
            path: folder.path(FILE),
            why: error.message().to_owned(),
            next: "It may hold one line: share_titles = true (or false). Correct it, then start again.",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agent::folder::tests::Data;

    #[test]
    fn a_slip_is_told_and_nothing_is_shared_by_default() {
        let data = Data::new();
        assert!(!Settings::read(&data.folder()).unwrap().share_titles);
        data.folder().write(FILE, "share_titles = true\n").unwrap();
        assert!(Settings::read(&data.folder()).unwrap().share_titles);
        data.folder().write(FILE, "share_title = true\n").unwrap();
        let sentence = Settings::read(&data.folder()).unwrap_err().to_string();
        assert!(sentence.contains("share_title") && sentence.contains("Correct it"), "{sentence}");
    }
}

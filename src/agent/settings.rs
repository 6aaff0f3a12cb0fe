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
    /// After so many seconds without a touch of keyboard or mouse, nobody is there.
    #[serde(default)]
    pub(super) idle_seconds: IdleSeconds,
}

/// How long the recorder waits before nobody is there; as aw-watcher-afk does it, if nothing is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "u64")]
pub(super) struct IdleSeconds(pub(super) u64);

impl Default for IdleSeconds {
    fn default() -> Self {
        Self(180)
    }
}

impl TryFrom<u64> for IdleSeconds {
    type Error = &'static str;

    fn try_from(seconds: u64) -> Result<Self, Self::Error> {
        let fits = (1..=3_600).contains(&seconds);
        fits.then_some(Self(seconds)).ok_or("idle_seconds is a whole number from 1 to 3600")
    }
}

impl Settings {
    pub(super) fn read(folder: &Folder) -> Result<Self, AgentError> {
        let Some(text) = folder.read(FILE)? else { return Ok(Self::default()) };
        toml::from_str(&text).map_err(|error| AgentError::Unreadable {
            path: folder.path(FILE),
            why: error.message().to_owned(),
            next: "It may hold two lines: share_titles = true (or false), idle_seconds = 180. Correct it, then start again.",
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

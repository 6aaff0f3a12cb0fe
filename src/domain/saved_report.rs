//! Saved reports: questions about hours that somebody asks again and again. What a report shows follows from who looks at it.

use super::id::{SavedReportId, UserId};
use super::text::{CanonicalJson, Label, UserName};
use super::time::Timestamp;

/// An office keeps at most this many.
pub const MOST_SAVED_REPORTS: usize = 2_000;
/// A person has at most this many.
pub const MOST_SAVED_A_PERSON: usize = 100;

/// A question about hours under a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedReport {
    /// For ever; never reused.
    pub id: SavedReportId,
    /// Whose; none is the office's, made at the server's own terminal.
    pub owner: Option<UserId>,
    /// What they call it.
    pub name: Label,
    /// May everybody in the office ask it?
    pub shared: bool,
    /// What is asked, as `wire` says it.
    pub query: CanonicalJson,
    /// When it was last changed.
    pub changed: Timestamp,
}

impl SavedReport {
    /// Does it ask about this person by name?
    pub fn names(&self, name: &UserName) -> bool {
        let people = self.query.as_str().split_once("\"people\":[").map_or("", |(_, rest)| rest);
        let people = people.split_once(']').map_or("", |(people, _)| people);
        people.split(',').any(|quoted| quoted.trim_matches('"') == name.as_str())
    }

    /// The same with `to` where it asks about `from`; none when it does not, or is too long so.
    pub fn renamed(&self, from: &UserName, to: &UserName) -> Option<Self> {
        const PEOPLE: &str = "\"people\":[";
        let (before, rest) = self.query.as_str().split_once(PEOPLE)?;
        let (people, after) = rest.split_once(']')?;
        let is_old = |quoted: &str| quoted.trim_matches('"') == from.as_str();
        if !people.split(',').any(is_old) {
            return None;
        }
        let new = format!("\"{to}\"");
        let people = people.split(',').map(|quoted| if is_old(quoted) { &new } else { quoted });
        let people = people.collect::<Vec<_>>().join(",");
        let query = CanonicalJson::new(format!("{before}{PEOPLE}{people}]{after}")).ok()?;
        Some(Self { query, ..self.clone() })
    }
}

/// A change of saved reports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SavedReportCommand {
    /// A new one, or another question under its id.
    Put(SavedReport),
    /// The end.
    Delete {
        /// Which.
        report: SavedReportId,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_about_somebody_goes_on_under_their_new_name() {
        let name = |text: &str| UserName::new(text).unwrap();
        let report = |query: &str| SavedReport {
            id: SavedReportId::from_bytes([1; 16]),
            owner: None,
            name: Label::new("Site").unwrap(),
            shared: true,
            query: CanonicalJson::new(query).unwrap(),
            changed: Timestamp::EARLIEST,
        };
        let asks = report(r#"{"people":["cy","cyril","bo"],"range":"today"}"#);
        let renamed = asks.renamed(&name("cy"), &name("cyan")).unwrap();
        let wanted = r#"{"people":["cyan","cyril","bo"],"range":"today"}"#;
        assert_eq!(renamed, SavedReport { query: CanonicalJson::new(wanted).unwrap(), ..asks });
        assert!(renamed.names(&name("cyan")) && !renamed.names(&name("cy")));
        assert_eq!(renamed.renamed(&name("cy"), &name("x")), None);
        assert_eq!(report(r#"{"range":"today"}"#).renamed(&name("cy"), &name("x")), None);
    }
}

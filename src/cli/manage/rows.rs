//! The lists of the Server Manager as rows of words. No I/O.

use serde_json::Value;

use super::screen::Page;
use crate::cli::actor::Names;
use crate::cli::{cell, job, print, shown};

/// A list's heading.
pub(super) fn heading(page: Page) -> &'static [&'static str] {
    match page {
        Page::Status => &[],
        Page::People => &["Person", "Since", "Last action", "Where from", "With"],
        Page::Computers => &["Computer", "Person", "Last contact", "Unsent", "State"],
        Page::Jobs => &["Job", "Asked by", "About", "State", "Since"],
        Page::Backups => &["Backup", "Made", "Bytes", "Holds"],
        Page::Log => &["When", "Who", "What", "About"],
    }
}

/// What an empty list says.
pub(super) fn empty(page: Page) -> &'static str {
    match page {
        Page::Status => "",
        Page::People => "Nobody is signed in.",
        Page::Computers => "No computer is enrolled. To add one: timebook device invite",
        Page::Jobs => "Nothing runs.",
        Page::Backups => "There is no backup yet. Press b to make one.",
        Page::Log => "Nothing was logged yet.",
    }
}

/// One item as a row, in the order of [`heading`].
pub(super) fn row(page: Page, item: &Value, names: &Names) -> Vec<String> {
    let of = |key: &str| shown(&item[key]);
    match page {
        Page::Status => Vec::new(),
        Page::People => ["user", "opened", "last_used", "address", "agent"].map(of).to_vec(),
        Page::Computers => {
            let contact =
                if item["last_contact"].is_null() { "last_contact_day" } else { "last_contact" };
            let state = if item["revoked"].is_null() { "enrolled" } else { "revoked" };
            vec![of("name"), of("person"), of(contact), of("unsent"), state.to_owned()]
        }
        Page::Jobs => vec![of("kind"), of("owner"), of("about"), job::state(item), of("started")],
        Page::Backups => {
            let number = |key: &str| item[key].as_u64().unwrap_or_default();
            let holds = match item["problem"].as_str() {
                Some(problem) => problem.to_owned(),
                None => format!(
                    "people {}, entries {}, events {}",
                    number("people"),
                    number("entries"),
                    number("events")
                ),
            };
            vec![of("name"), of("made"), number("bytes").to_string(), holds]
        }
        Page::Log => {
            vec![of("at"), names.of(&cell(&item["actor"])), of("action"), of("about")]
        }
    }
}

/// What is asked for by id when something is done to a row.
pub(super) fn id(item: &Value) -> Option<String> {
    // A backup has no other id than its name.
    item["id"].as_str().or_else(|| item["name"].as_str()).map(str::to_owned)
}

/// `Started since 09:31`, for the top of the window.
pub(super) fn since(status: &Value) -> String {
    print::when(status["since"].as_str().unwrap_or_default())
}

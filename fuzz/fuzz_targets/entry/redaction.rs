//! Any text as a sheet of redaction rules, held over any event: read the same again, and what is left of an event is one.
//! The sheet ends at the first NUL; the event's data follow.

use super::domain::redaction::{MOST_RULES, Rules};
use super::wire::activitywatch::{Redacted, fitting, redact};
use super::wire::json;

pub(super) fn run(data: &[u8]) {
    let mut parts = data.splitn(2, |byte| *byte == 0);
    let Ok(sheet) = std::str::from_utf8(parts.next().unwrap_or_default()) else { return };
    let Ok(rules) = Rules::parse(sheet) else { return };
    assert!(rules.len() <= MOST_RULES);
    let written: String = rules.iter().map(|rule| format!("{rule}\n")).collect();
    let again = Rules::parse(&written).expect("a rule reads as it is written");
    let Some(Ok(value)) = parts.next().map(json::parse) else { return };
    let Ok(data) = json::event_data(&value) else { return };
    let bucket = "aw-watcher-web-firefox";
    let made = redact([&rules], bucket, &data);
    assert_eq!(made, redact([&again], bucket, &data));
    match made {
        Redacted::Kept => assert!(fitting([&rules], bucket, &data).is_empty()),
        Redacted::Dropped => {}
        Redacted::Changed(left) => {
            let value = json::parse(left.json.as_str().as_bytes()).expect("what is left is JSON");
            assert_eq!(json::event_data(&value), Ok(left));
        }
    }
}

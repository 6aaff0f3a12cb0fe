//! What a copy is called in a place that other offices write to as well: with its office's id, so that nothing need be opened to tell whose
//! it is and of when.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::domain::time::Timestamp;
use crate::store::backup::{SEALED_SUFFIX, SUFFIX};

/// The name without its suffix, of the backup of this name.
pub(super) fn stem(name: &str, office: &str) -> String {
    format!("{}-{}", without_suffix(name), letters(office))
}

/// What the list of who was erased is called where many offices keep theirs.
pub(super) fn journal(office: &str) -> String {
    format!("{JOURNAL}{}", letters(office))
}

/// Is it one of those lists?
pub(super) fn is_journal(name: &str) -> bool {
    name.strip_prefix(JOURNAL).is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_alphanumeric()))
}

/// When the copy of this name was made; nothing when it is not the office's.
pub(super) fn made(name: &str, office: &str) -> Option<Timestamp> {
    let stem = without_suffix(name);
    if stem == name || !stem.contains(&format!("-{}", letters(office))) {
        return None;
    }
    let time = stem.strip_prefix("timebook-")?.get(..TIME.len())?;
    let clock = DateTime::strptime("%Y%m%dT%H%M%SZ", time).ok()?;
    let at = clock.to_zoned(TimeZone::UTC).ok()?;
    Timestamp::new(at.timestamp().as_millisecond())
}

fn without_suffix(name: &str) -> &str {
    let without = |suffix: &str| name.strip_suffix(suffix)?.strip_suffix('.');
    without(SEALED_SUFFIX).or_else(|| without(SUFFIX)).unwrap_or(name)
}

fn letters(office: &str) -> String {
    office.chars().filter(char::is_ascii_alphanumeric).take(OFFICE_LETTERS).collect()
}

const JOURNAL: &str = "erased-";
const TIME: &str = "20261123T023000Z";
const OFFICE_LETTERS: usize = 32;

#[cfg(test)]
mod tests {
    use super::*;

    const OFFICE: &str = "01890000-0000-7000-8000-000000000001";

    #[test]
    fn a_name_says_whose_it_is_and_of_when() {
        let stem = stem("timebook-20261123T023000Z.tbk", OFFICE);
        assert_eq!(stem, "timebook-20261123T023000Z-01890000000070008000000000000001");
        let at = Timestamp::new(1_795_401_000_000);
        for name in [format!("{stem}.tbk"), format!("{stem}.tbk.age"), format!("{stem}-2.tbk.age")]
        {
            assert_eq!(made(&name, OFFICE), at, "{name}");
            assert_eq!(made(&name, &OFFICE.replace('9', "8")), None, "{name}");
        }
        for bad in [stem.as_str(), "timebook-20261123T023000Z.tbk", "timebook-2026.tbk.age", "é"] {
            assert_eq!(made(bad, OFFICE), None, "{bad}");
        }
        assert!(is_journal(&journal(OFFICE)) && !is_journal("erased-../x"));
    }
}

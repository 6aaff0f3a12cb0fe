//! A look at somebody else's recorded activity: written down before the answer, shown to that person, never deleted before its time.

use super::command::Actor;
use super::id::UserId;
use super::policy::ActivityPolicy;
use super::text::ShortText;
use super::time::{DAY_MS, MINUTE_MS, Timestamp};

/// A look is kept this long: 24 months, as long as totals of what was looked at.
pub const LOOK_LIFE_MS: u64 = 731 * DAY_MS;
/// The same look again within this time is the same look.
pub const LOOK_AGAIN_MS: u64 = 5 * MINUTE_MS;

/// What a look is through that takes recorded activity away as a file.
pub const EXPORT: &str = "export";
/// The same of everything kept about a person.
pub const PERSON_DATA: &str = "person_data";
/// The same of the time entries they wrote.
pub const ENTRIES: &str = "entries";

/// A look at somebody else's recorded activity, or a file with what is kept about them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    /// Who looked.
    pub viewer: Actor,
    /// At whose.
    pub person: UserId,
    /// When.
    pub at: Timestamp,
    /// Through what, as a stable word, e.g. `report`.
    pub what: ShortText,
    /// The begin of what was looked at.
    pub from: Timestamp,
    /// Its end, not included.
    pub to: Timestamp,
    /// The most that was shown.
    pub detail: ActivityPolicy,
}

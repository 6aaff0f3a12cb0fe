//! The JSON of `/api/v1`, written once for the server, the agent and the command line.
//!
//! Requests refuse fields they do not know; answers may grow fields, and readers ignore those. Instants are RFC 3339 in UTC, days
//! `YYYY-MM-DD` in the person's zone, lengths of time whole milliseconds, ids UUIDs, bytes base64.

mod account;
mod activity;
mod computer;
mod office;
pub mod sync;

pub use account::{
    NewSession, NewToken, NewUser, Password, Setup, SetupDone, SetupState, SignedIn, Token,
    TokenMade, User, UserAdded,
};
pub use activity::{ActivityReport, AppTotal, DayReport};
pub use computer::{Device, Invitation, InvitationMade, NewInvitation, Quarantined};
pub use office::{AuditEntry, Checkup, NewPolicy, Office};

use serde::{Deserialize, Serialize};

use crate::domain::time::Timestamp;

/// A list, with room to grow a cursor beside it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Items<T> {
    /// What it lists.
    pub items: Vec<T>,
}

/// `at` as RFC 3339 in UTC, to the millisecond.
pub fn rfc3339(at: Timestamp) -> String {
    jiff::Timestamp::from_millisecond(at.ms()).map_or_else(|_| String::new(), |at| at.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_read_as_people_write_them() {
        let at = Timestamp::new(1_795_333_311_250).unwrap();
        assert_eq!(rfc3339(at), "2026-11-22T07:41:51.25Z");
        assert_eq!(rfc3339(Timestamp::EARLIEST), "1970-01-01T00:00:00Z");
        assert_eq!(rfc3339(Timestamp::LATEST), "2200-01-01T00:00:00Z");
    }

    #[test]
    fn requests_refuse_fields_they_do_not_know() {
        let known = r#"{"name":"ada","password":"x"}"#;
        assert!(serde_json::from_str::<NewSession>(known).is_ok());
        let more = r#"{"name":"ada","password":"x","admin":true}"#;
        assert!(serde_json::from_str::<NewSession>(more).is_err());
    }
}

//! The JSON of `/api/v1`, written once for the server, the agent and the command line.
//!
//! Requests refuse fields they do not know; answers may grow fields, and readers ignore those. Instants are RFC 3339 in UTC, days
//! `YYYY-MM-DD` in the person's zone, lengths of time whole milliseconds, ids UUIDs, bytes base64.

mod account;
mod activity;
mod backup;
mod budget;
mod category;
mod change;
mod computer;
mod customer;
mod duty;
mod entry;
mod erasure;
mod handbook;
mod hours;
mod import;
mod job;
mod link;
mod lock;
mod look;
mod mail;
mod office;
mod office_setting;
pub mod person_data;
mod project;
mod redaction;
mod retention;
mod saved_report;
mod server;
pub mod sync;
mod tag;
mod target;
mod task;
mod team;
mod team_activity;
mod timesheet;
mod total;
mod totp;

pub use account::{
    NewGrants, NewMail, NewName, NewRole, NewSession, NewToken, NewUser, NewZone, Password,
    Session, Setup, SetupDone, SetupLook, SetupSeen, SetupState, SignedIn, StepUp, SteppedUp,
    Token, TokenMade, User, UserAdded,
};
pub use activity::{ActivityReport, AppTotal, DayReport};
pub use backup::{Backup, S3Secret};
pub use budget::{Budget, NewEntriesExport};
pub use category::{
    BadCategory, Categories, Category, CategoryData, CategoryRule, MOST_CATEGORIES, NewCategories,
    default_categories, kept_categories, tree,
};
pub use change::{AnyRecord, Change, Changes, Event, Lagged, Version};
pub use computer::{Device, Invitation, InvitationMade, NewInvitation, Quarantined};
pub use customer::{Customer, CustomerFields};
pub use duty::Duty;
pub use entry::{
    Booked, ComputerCopy, Entry, EntryDuplicate, EntryFields, EntrySplit, RefusedEntry, Timer,
    TimerFields, TimerStop,
};
pub use erasure::{Erasure, ErasureBackup, ErasureBegun, Mention};
pub use handbook::Chapter;
pub use hours::{
    DayHours, DaysReport, HoursKey, HoursPeriod, HoursQuery, HoursReport, HoursRow, Overlap,
    PreviousHours, TimeSpan,
};
pub use import::{Import, ImportFault, ImportPerson, ImportPreview, ImportRow, UnknownPerson};
pub use job::{Job, JobResult, NewActivityExport};
pub use link::{Link, LinkMade, LinkSecret, LinkSeen, LinkUse, LinkUsed, NewLink};
pub use lock::{HeldEdit, Lock, NewLock};
pub use look::Look;
pub use mail::{Mail, MailPassword, MailTest, WaitingMail};
pub use office::{AnnouncedPolicy, AuditEntry, Certificate, Checkup, NewPolicy, Office, named};
pub use office_setting::{NewSetting, Setting};
pub use project::{Project, ProjectFields};
pub use redaction::{
    NewRedactionRules, RedactionRules, RedactionTest, RedactionTested, sheet_mark,
};
pub use retention::{NewRetention, Retention, RetentionGoes};
pub use saved_report::{NewSavedReport, SavedReport};
pub use server::{
    BackupStanding, LastRestore, NewEnd, ServerConcern, ServerSample, ServerStanding, ServerStatus,
    ServerWarning,
};
pub use tag::{Tag, TagFields};
pub use target::{NewTarget, Target, TargetSum, Targets};
pub use task::{Task, TaskFields};
pub use team::{NewTeam, Team};
pub use team_activity::{PersonActivity, TeamActivity};
pub use timesheet::{SheetDay, SheetNote, SheetRecord, Timesheet};
pub use total::{ActivityTotals, DayTotals, FoundEvent, Struck, Timeline, TimelineStretch, Total};
pub use totp::{TotpBegun, TotpCode, TotpConfirmed, TotpState};

use serde::{Deserialize, Serialize};

use crate::domain::time::Timestamp;

/// A list, or a page of one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Items<T> {
    /// What it lists.
    pub items: Vec<T>,
    /// Where the next page goes on, for `cursor`; none at the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// `at` as RFC 3339 in UTC, to the millisecond.
pub fn rfc3339(at: Timestamp) -> String {
    jiff::Timestamp::from_millisecond(at.ms()).map_or_else(|_| String::new(), |at| at.to_string())
}

/// The instant in RFC 3339 with any offset, to the millisecond; none outside what can be recorded.
#[must_use]
pub fn instant(text: &str) -> Option<Timestamp> {
    Timestamp::new(text.parse::<jiff::Timestamp>().ok()?.as_millisecond())
}

/// A moment of [`rfc3339`] for a person to read: to the minute, in `zone`. Anything else comes back as it is.
#[must_use]
pub fn to_the_minute(moment: &str, zone: &jiff::tz::TimeZone) -> String {
    moment.parse::<jiff::Timestamp>().map_or_else(
        |_| moment.to_owned(),
        |at| at.to_zoned(zone.clone()).strftime("%F %R %Z").to_string(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_told_in_the_zone_of_the_reader() {
        let berlin = jiff::tz::TimeZone::get("Europe/Berlin").unwrap();
        assert_eq!(to_the_minute("2026-11-22T07:41:51.25Z", &berlin), "2026-11-22 08:41 CET");
        assert_eq!(to_the_minute("until resumed", &berlin), "until resumed");
    }

    #[test]
    fn instants_read_as_people_write_them() {
        let at = Timestamp::new(1_795_333_311_250).unwrap();
        assert_eq!(rfc3339(at), "2026-11-22T07:41:51.25Z");
        assert_eq!(instant("2026-11-22T08:41:51.2509+01:00"), Some(at));
        for bad in ["2026-11-22", "2026-11-22T08:41:51", "1960-01-01T00:00:00Z", "now"] {
            assert_eq!(instant(bad), None, "{bad}");
        }
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

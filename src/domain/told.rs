//! What copies are told of beside the synced records: people, teams, weeks, the lock, and whatever else a client keeps. Of these only the
//! last change is known, and that one is gone: they are edited online, and have no history of their own.

use std::fmt;

use super::category::CategoryCommand;
use super::day::Day;
use super::device::DeviceCommand;
use super::id::{DeviceId, SavedReportId, TeamId, UserId};
use super::lock::{HeldNumber, LockCommand};
use super::office::OfficeCommand;
use super::office_setting::{OfficeSetting, OfficeSettingCommand};
use super::outcome::Noun;
use super::redaction::RedactionCommand;
use super::saved_report::SavedReportCommand;
use super::target::TargetCommand;
use super::team::TeamCommand;
use super::time::Timestamp;
use super::user::UserCommand;

/// Sorts of which nobody keeps a copy. They are read at their desk, page by page, by whoever may, and an event says when to look again:
/// ways in (sessions, tokens, invitations, links) and waiting mail hold what must not lie about in copies; jobs, imports, erasures and the
/// quarantine are work under way that somebody watches; who looked at what is the access log; and recorded activity, with the settings
/// of the clients that record it, has doors of its own.
pub const AT_A_DESK: [Noun; 12] = [
    Noun::Session,
    Noun::Token,
    Noun::Invitation,
    Noun::Link,
    Noun::Mail,
    Noun::Job,
    Noun::Import,
    Noun::Erasure,
    Noun::Quarantine,
    Noun::Look,
    Noun::Activity,
    Noun::Setting,
];

/// Which record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// A person with an account.
    User(UserId),
    /// A team.
    Team(TeamId),
    /// A person's week, by where it begins.
    Timesheet {
        /// Whose.
        person: UserId,
        /// Where its first day begins.
        from: Timestamp,
    },
    /// What is closed for everyone.
    Lock,
    /// An edit that came too late.
    HeldEdit {
        /// Whose.
        person: UserId,
        /// Which.
        number: HeldNumber,
    },
    /// What a person is to work.
    Target {
        /// Who.
        person: UserId,
        /// From this day on.
        from: Day,
    },
    /// A saved report.
    SavedReport(SavedReportId),
    /// A setting of the office.
    Setting(OfficeSetting),
    /// The office itself, with its policy.
    Office,
    /// A computer.
    Device(DeviceId),
    /// The office's redaction rules.
    Redaction,
    /// Categories of recorded activity.
    Category {
        /// Whose; none: the office's.
        owner: Option<UserId>,
    },
}

impl Told {
    /// Its sort.
    pub const fn noun(&self) -> Noun {
        match self {
            Self::User(_) => Noun::User,
            Self::Team(_) => Noun::Team,
            Self::Timesheet { .. } => Noun::Timesheet,
            Self::Lock => Noun::Lock,
            Self::HeldEdit { .. } => Noun::HeldEdit,
            Self::Target { .. } => Noun::Target,
            Self::SavedReport(_) => Noun::SavedReport,
            Self::Setting(_) => Noun::OfficeSetting,
            Self::Office => Noun::Office,
            Self::Device(_) => Noun::Device,
            Self::Redaction => Noun::Redaction,
            Self::Category { .. } => Noun::Category,
        }
    }
}

/// As JSON names it: the same words for as long as there is the record.
impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(id) => id.fmt(f),
            Self::Team(id) => id.fmt(f),
            Self::SavedReport(id) => id.fmt(f),
            Self::Timesheet { person, from } => write!(f, "{person}.{}", from.ms()),
            Self::Lock => f.write_str("lock"),
            Self::HeldEdit { person, number: (seq, place) } => write!(f, "{person}.{seq}.{place}"),
            Self::Target { person, from } => write!(f, "{person}.{from}"),
            Self::Setting(setting) => f.write_str(setting.key()),
            Self::Device(id) => id.fmt(f),
            Self::Redaction => f.write_str("redaction"),
            Self::Category { owner: Some(person) } => person.fmt(f),
            Self::Office | Self::Category { owner: None } => f.write_str("office"),
        }
    }
}

/// The last change of such a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Which.
    pub told: Told,
    /// The log index of its last change: its version.
    pub seq: u64,
    /// Whose business it is; none: everybody may hear that there is such a record, and that it is gone.
    pub whose: Option<UserId>,
    /// Since when it is gone.
    pub gone: Option<Timestamp>,
}

impl Mark {
    /// The version somebody names who looked at it; 0 for none.
    pub const fn version(&self) -> u64 {
        if self.gone.is_some() { 0 } else { self.seq }
    }
}

/// A change of what somebody looked at: refused when that is of another version by now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guarded {
    /// What they looked at.
    pub told: Told,
    /// Of which version it was; 0: there was none.
    pub version: u64,
    /// What they want.
    pub change: GuardedChange,
}

/// What can be asked for on condition of a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GuardedChange {
    /// Of an account.
    User(UserCommand),
    /// Of a team.
    Team(TeamCommand),
    /// Of the lock.
    Lock(LockCommand),
    /// Of a target.
    Target(TargetCommand),
    /// Of a saved report.
    SavedReport(SavedReportCommand),
    /// Of a setting.
    Setting(OfficeSettingCommand),
    /// Of the office's policy.
    Office(OfficeCommand),
    /// Of a computer.
    Device(DeviceCommand),
    /// Of the redaction rules.
    Redaction(RedactionCommand),
    /// Of categories.
    Category(CategoryCommand),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_record_has_a_name_of_its_own() {
        let person = UserId::from_bytes([1; 16]);
        let day = Day::new(20_451).unwrap();
        let names = [
            Told::User(person),
            Told::Team(TeamId::from_bytes([2; 16])),
            Told::Timesheet { person, from: Timestamp::EARLIEST },
            Told::Lock,
            Told::HeldEdit { person, number: (7, 1) },
            Told::Target { person, from: day },
            Told::SavedReport(SavedReportId::from_bytes([3; 16])),
            Told::Setting(OfficeSetting::WeekStart),
            Told::Office,
            Told::Device(DeviceId::from_bytes([4; 16])),
            Told::Redaction,
            Told::Category { owner: None },
            Told::Category { owner: Some(person) },
        ]
        .map(|told| format!("{} {told}", told.noun().name()));
        let different: std::collections::BTreeSet<_> = names.iter().collect();
        assert_eq!(different.len(), names.len());
        assert_eq!(names[5], format!("target {person}.{day}"));
        assert_eq!(names[7], "office_setting week_start");
    }
}

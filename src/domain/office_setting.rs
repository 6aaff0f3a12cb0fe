//! The office's settings: a closed list of typed keys, each with bounds, a default and what it is for.
//!
//! A value is checked here before it is logged and again when it is applied. Secrets are no settings: they are sealed.

mod held;
mod shape;

use std::fmt;

use super::mail::password_name;
use super::retention::LEAST_TRACE_DAYS;
use super::right::Right;
use super::s3::s3_secret_name;
use super::text::Label;
use super::warning::Warning;
pub use held::OfficeSettings;
use held::WORKING_WEEKS;
pub use shape::Shape;

/// What the office can set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OfficeSetting {
    /// The office's name; it stands in the office record.
    OrganisationName,
    /// Where days begin and end for people who say nothing else.
    TimeZone,
    /// On which day a week begins.
    WeekStart,
    /// What mail is written in.
    Language,
    /// The mail server.
    MailHost,
    /// Its port.
    MailPort,
    /// How the way there is protected.
    MailEncryption,
    /// What the office signs in there with.
    MailUser,
    /// Whom mail comes from.
    MailFrom,
    /// How long a session lasts.
    SessionDays,
    /// How long a session lasts unused.
    SessionIdleHours,
    /// How long single events are kept.
    DetailDays,
    /// How long totals are kept.
    TotalsMonths,
    /// How long what was deleted leaves a trace.
    TraceDays,
    /// How long people work in a week who have no target of their own.
    TargetWeekMinutes,
    /// On which days they do.
    TargetDays,
    /// When a backup is made by itself.
    BackupSchedule,
    /// How many of the newest backups are kept.
    BackupLast,
    /// Of how many days before the newest backup is kept.
    BackupDays,
    /// Of how many weeks.
    BackupWeeks,
    /// Of how many months.
    BackupMonths,
    /// A second folder that each of them is copied to.
    BackupFolder,
    /// A bucket that each of them is copied to.
    BackupS3,
    /// The region that bucket is in.
    BackupS3Region,
    /// The access key that bucket is reached with.
    BackupS3AccessKey,
    /// To whom copies elsewhere are sealed.
    BackupRecipient,
    /// Whether people are warned of something by mail.
    Warn(Warning),
}

/// What a setting is set to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SettingValue {
    /// Words.
    Text(Label),
    /// A whole number.
    Number(u64),
}

impl fmt::Display for SettingValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => text.fmt(f),
            Self::Number(number) => number.fmt(f),
        }
    }
}

impl OfficeSetting {
    /// Every one, in the order lists show them.
    pub const ALL: [Self; 36] = [
        Self::OrganisationName,
        Self::TimeZone,
        Self::WeekStart,
        Self::Language,
        Self::MailHost,
        Self::MailPort,
        Self::MailEncryption,
        Self::MailUser,
        Self::MailFrom,
        Self::SessionDays,
        Self::SessionIdleHours,
        Self::DetailDays,
        Self::TotalsMonths,
        Self::TraceDays,
        Self::TargetWeekMinutes,
        Self::TargetDays,
        Self::BackupSchedule,
        Self::BackupLast,
        Self::BackupDays,
        Self::BackupWeeks,
        Self::BackupMonths,
        Self::BackupFolder,
        Self::BackupS3,
        Self::BackupS3Region,
        Self::BackupS3AccessKey,
        Self::BackupRecipient,
        Self::Warn(Warning::SignIn),
        Self::Warn(Warning::Password),
        Self::Warn(Warning::Totp),
        Self::Warn(Warning::Token),
        Self::Warn(Warning::Address),
        Self::Warn(Warning::Account),
        Self::Warn(Warning::Export),
        Self::Warn(Warning::Timesheet),
        Self::Warn(Warning::Approval),
        Self::Warn(Warning::Server),
    ];

    /// The key in JSON, on the command line and in the audit log.
    pub const fn key(self) -> &'static str {
        match self {
            Self::OrganisationName => "organisation.name",
            Self::TimeZone => "time_zone",
            Self::WeekStart => "week_start",
            Self::Language => "language",
            Self::MailHost => "mail.host",
            Self::MailPort => "mail.port",
            Self::MailEncryption => "mail.encryption",
            Self::MailUser => "mail.user",
            Self::MailFrom => "mail.from",
            Self::SessionDays => "session.days",
            Self::SessionIdleHours => "session.idle_hours",
            Self::DetailDays => "retention.detail_days",
            Self::TotalsMonths => "retention.totals_months",
            Self::TraceDays => "retention.deleted_days",
            Self::TargetWeekMinutes => "target.week_minutes",
            Self::TargetDays => "target.days",
            Self::BackupSchedule => "backup.schedule",
            Self::BackupLast => "backup.keep_last",
            Self::BackupDays => "backup.keep_days",
            Self::BackupWeeks => "backup.keep_weeks",
            Self::BackupMonths => "backup.keep_months",
            Self::BackupFolder => "backup.folder",
            Self::BackupS3 => "backup.s3",
            Self::BackupS3Region => "backup.s3_region",
            Self::BackupS3AccessKey => "backup.s3_access_key",
            Self::BackupRecipient => "backup.recipient",
            Self::Warn(warning) => warning.key(),
        }
    }

    /// The setting of that key.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|setting| setting.key() == key)
    }

    /// What it is for, one sentence.
    pub const fn about(self) -> &'static str {
        match self {
            Self::OrganisationName => "The office's name, as everyone reads it.",
            Self::TimeZone => {
                "Where days begin and end for people who join by a link and say nothing else."
            }
            Self::WeekStart => "On which day a week begins.",
            Self::Language => "The language of mail.",
            Self::MailHost => {
                "The mail server; without one nothing is sent. A change forgets the mail password."
            }
            Self::MailPort => "The mail server's port. A change forgets the mail password.",
            Self::MailEncryption => {
                "How the way to the mail server is protected: from the first byte (tls), after a greeting (starttls), or not at all (none). A change forgets the mail password."
            }
            Self::MailUser => {
                "What the office signs in to the mail server with; nothing: it does not sign in. A change forgets the mail password."
            }
            Self::MailFrom => "Whom mail comes from.",
            Self::SessionDays => "After so many days a browser must sign in again.",
            Self::SessionIdleHours => {
                "After so many hours without use a browser must sign in again."
            }
            Self::DetailDays => {
                "After so many days a recorded event loses everything but application, presence and length."
            }
            Self::TotalsMonths => "After so many months recorded activity is deleted altogether.",
            Self::TraceDays => {
                "So many days it is known of what was deleted that it was there; a copy of the book that is older is fetched anew."
            }
            Self::TargetWeekMinutes => {
                "So many minutes a week people work who have no target of their own."
            }
            Self::TargetDays => "On which days people work who have no target of their own.",
            Self::BackupSchedule => {
                "When a backup is made by itself, as cron writes it (minute, hour, day of the month, month, day of the week), in the office's time zone; off: never."
            }
            Self::BackupLast => "So many of the newest backups are kept.",
            Self::BackupDays => "Of so many days with backups the newest of each is kept.",
            Self::BackupWeeks => "Of so many weeks with backups the newest of each is kept.",
            Self::BackupMonths => "Of so many months with backups the newest of each is kept.",
            Self::BackupFolder => {
                "A second folder, on another disk or a share, that each backup is copied to and kept in by the same rule; nothing: none."
            }
            Self::BackupS3 => {
                "A bucket of S3-compatible storage that each backup is copied to, always sealed, and kept in by the same rule, as https://HOST/BUCKET or https://HOST/BUCKET/FOLDER; nothing: none. A change forgets the bucket's secret key."
            }
            Self::BackupS3Region => {
                "The region that the bucket is in; most servers of one's own take any. A change forgets the bucket's secret key."
            }
            Self::BackupS3AccessKey => {
                "The access key that the bucket is reached with. A change forgets the bucket's secret key."
            }
            Self::BackupRecipient => {
                "Whom copies in the second folder and in the bucket are sealed to: a public key of age (age1...), as `timebook backup key` prints it; nothing: copies in the folder are not sealed. A change forgets the bucket's secret key."
            }
            Self::Warn(warning) => warning.about(),
        }
    }

    /// What it may be.
    pub const fn shape(self) -> Shape {
        match self {
            Self::OrganisationName | Self::MailUser => Shape::Name,
            Self::TimeZone => Shape::Zone,
            Self::WeekStart => Shape::Choice(&["monday", "saturday", "sunday"]),
            Self::Language => Shape::Choice(&["en", "de"]),
            Self::MailHost => Shape::Host,
            Self::MailPort => Shape::Number(1, 65_535),
            Self::MailEncryption => Shape::Choice(&["tls", "starttls", "none"]),
            Self::MailFrom => Shape::Mailbox,
            Self::SessionDays => Shape::Number(1, LONGEST_SESSION_DAYS),
            Self::SessionIdleHours => Shape::Number(1, LONGEST_SESSION_DAYS * 24),
            Self::DetailDays => Shape::Number(1, 3_660),
            Self::TotalsMonths => Shape::Number(1, 240),
            Self::TraceDays => Shape::Number(LEAST_TRACE_DAYS, 3_660),
            Self::TargetWeekMinutes => Shape::Number(0, 10_080),
            Self::TargetDays => Shape::Choice(&WORKING_WEEKS),
            Self::BackupSchedule => Shape::Schedule,
            Self::BackupLast => Shape::Number(1, 1_000),
            Self::BackupDays | Self::BackupWeeks | Self::BackupMonths => Shape::Number(0, 1_000),
            Self::BackupFolder => Shape::Folder,
            Self::BackupS3 => Shape::S3,
            Self::BackupS3Region | Self::BackupS3AccessKey => Shape::Word,
            Self::BackupRecipient => Shape::Recipient,
            Self::Warn(_) => Shape::Choice(&["on", "off"]),
        }
    }

    /// What holds until it is set; `None`: nothing.
    pub fn default(self) -> Option<SettingValue> {
        let text = |text: &str| Label::new(text).ok().map(SettingValue::Text);
        match self {
            Self::OrganisationName
            | Self::MailHost
            | Self::MailUser
            | Self::MailFrom
            | Self::BackupFolder
            | Self::BackupS3
            | Self::BackupS3AccessKey
            | Self::BackupRecipient => None,
            Self::BackupS3Region => text("us-east-1"),
            Self::BackupSchedule => text("30 2 * * *"),
            Self::BackupLast => Some(SettingValue::Number(3)),
            Self::BackupDays => Some(SettingValue::Number(7)),
            Self::BackupWeeks => Some(SettingValue::Number(4)),
            Self::BackupMonths => Some(SettingValue::Number(12)),
            Self::TimeZone => text("UTC"),
            Self::WeekStart => text("monday"),
            Self::Language => text("en"),
            Self::MailPort => Some(SettingValue::Number(587)),
            Self::MailEncryption => text("starttls"),
            Self::SessionDays => Some(SettingValue::Number(14)),
            Self::SessionIdleHours => Some(SettingValue::Number(72)),
            Self::DetailDays => Some(SettingValue::Number(90)),
            Self::TotalsMonths => Some(SettingValue::Number(24)),
            Self::TraceDays => Some(SettingValue::Number(90)),
            Self::TargetWeekMinutes => Some(SettingValue::Number(2_400)),
            Self::TargetDays => text("monday_to_friday"),
            Self::Warn(_) => text("on"),
        }
    }

    /// The name of the secret that is for what this says only: where the mail server or the bucket is, as whom and how it is used. Whoever
    /// changes that must give the secret again: otherwise it, or a backup, could be sent to a server of their own.
    pub fn guards(self) -> Option<Label> {
        match self {
            Self::MailHost | Self::MailPort | Self::MailEncryption | Self::MailUser => {
                Some(password_name())
            }
            Self::BackupS3
            | Self::BackupS3Region
            | Self::BackupS3AccessKey
            | Self::BackupRecipient => Some(s3_secret_name()),
            _ => None,
        }
    }

    /// Who may set it.
    pub const fn set_with(self) -> Right {
        Right::ManageServer
    }

    /// May everybody in the office read it? Others are for whoever may set them.
    pub const fn is_for_everyone(self) -> bool {
        matches!(
            self,
            Self::OrganisationName
                | Self::TimeZone
                | Self::WeekStart
                | Self::Language
                | Self::DetailDays
                | Self::TotalsMonths
                | Self::TraceDays
                | Self::TargetWeekMinutes
                | Self::TargetDays
                | Self::Warn(_)
        )
    }

    /// Why it may not be set to `value`, as the rule that is broken; `None` when it may. That a zone exists is checked where zones are
    /// known.
    pub fn fault(self, value: &SettingValue) -> Option<String> {
        let key = self.key();
        let rule = match (self.shape(), value) {
            (Shape::Number(least, most), SettingValue::Number(number)) => {
                if (least..=most).contains(number) {
                    return None;
                }
                format!("is a whole number from {least} to {most}")
            }
            (Shape::Number(least, most), SettingValue::Text(_)) => {
                format!("is a whole number from {least} to {most}, not text")
            }
            (_, SettingValue::Number(_)) => "is text, not a number".to_owned(),
            (shape, SettingValue::Text(text)) => shape.broken_rule(text.as_str())?,
        };
        Some(format!("`{key}` {rule}."))
    }
}

/// A change to the office's settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OfficeSettingCommand {
    /// Set it, or with nothing go back to the default.
    Set {
        /// Which.
        setting: OfficeSetting,
        /// To what.
        value: Option<SettingValue>,
    },
}

/// No session lasts longer, whatever is set.
pub const LONGEST_SESSION_DAYS: u64 = 90;

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn text(text: &str) -> SettingValue {
        SettingValue::Text(Label::new(text).unwrap())
    }

    #[test]
    fn keys_come_back_and_defaults_keep_the_rules() {
        for setting in OfficeSetting::ALL {
            assert_eq!(OfficeSetting::from_key(setting.key()), Some(setting));
            assert!(setting.about().ends_with('.'));
            let default = setting.default();
            assert_eq!(default.and_then(|value| setting.fault(&value)), None, "{}", setting.key());
        }
        assert_eq!(OfficeSetting::from_key("mail.password"), None);
    }

    #[test]
    fn values_keep_their_rules() {
        use OfficeSetting::{
            BackupFolder, BackupRecipient, BackupS3, BackupS3AccessKey, BackupSchedule, Language,
            MailFrom, MailHost, MailPort, OrganisationName,
        };
        for (setting, good) in [
            (MailHost, "mail.example.org"),
            (MailHost, "10.0.0.7"),
            (MailHost, "fe80::1"),
            (MailFrom, "time@example.org"),
            (MailFrom, "Time of Lovelace & Co <time@localhost>"),
            (Language, "de"),
            (OrganisationName, "Ärzte: 7 <8"),
            (BackupSchedule, "*/10 * * * *"),
            (BackupSchedule, "off"),
            (BackupFolder, "/mnt/backups"),
            (BackupFolder, "\\\\nas\\backups"),
            (BackupFolder, "D:\\backups"),
            (BackupS3, "https://s3.eu-central-1.amazonaws.com/office-backups/timebook"),
            (BackupS3AccessKey, "AKIAIOSFODNN7EXAMPLE"),
            (BackupRecipient, "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"),
        ] {
            assert_eq!(setting.fault(&text(good)), None, "{good}");
        }
        for (setting, bad) in [
            (MailHost, "mail.example.org:25"),
            (MailHost, "a b"),
            (MailHost, "-x"),
            (MailFrom, "nobody"),
            (MailFrom, "@example.org"),
            (MailFrom, "a@b@c d"),
            (MailFrom, "A, B <a@b>"),
            (MailFrom, "A <a@b"),
            (MailFrom, "a@"),
            (Language, "fr"),
            (MailPort, "25"),
            (BackupSchedule, "daily"),
            (BackupFolder, "backups"),
            (BackupFolder, "/mnt/../etc"),
            (BackupFolder, "/"),
            (BackupS3, "s3://office-backups"),
            (BackupS3AccessKey, "two words"),
            (BackupRecipient, "AGE-SECRET-KEY-1"),
        ] {
            let fault = setting.fault(&text(bad)).unwrap();
            assert!(fault.starts_with(&format!("`{}` i", setting.key())), "{bad}: {fault}");
        }
        assert_eq!(
            MailPort.fault(&SettingValue::Number(0)).unwrap(),
            "`mail.port` is a whole number from 1 to 65535."
        );
        assert!(MailPort.fault(&SettingValue::Number(25)).is_none());
        assert!(MailHost.fault(&SettingValue::Number(25)).is_some());
    }

    #[test]
    fn what_is_set_wins_over_the_default() {
        let mut set = BTreeMap::new();
        set.insert(OfficeSetting::MailPort, SettingValue::Number(25));
        let settings = OfficeSettings::new(set);
        assert_eq!(settings.number(OfficeSetting::MailPort), 25);
        assert_eq!(settings.number(OfficeSetting::DetailDays), 90);
        assert_eq!(settings.text(OfficeSetting::Language).as_deref(), Some("en"));
        assert_eq!(
            (settings.text(OfficeSetting::MailHost), settings.text(OfficeSetting::MailPort)),
            (None, None)
        );
    }
}

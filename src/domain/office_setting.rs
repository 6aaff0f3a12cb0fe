//! The office's settings: a closed list of typed keys, each with bounds, a default and what it is for.
//!
//! A value is checked here before it is logged and again when it is applied. Secrets are no settings: they are sealed.

use std::collections::BTreeMap;
use std::fmt;

use super::mail::{is_host, is_mailbox};
use super::retention::LEAST_TRACE_DAYS;
use super::right::Right;
use super::session::SessionLife;
use super::target::WorkingDays;
use super::text::Label;
use super::time::{DAY_MS, HOUR_MS};
use super::warning::Warning;

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

/// What a setting may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Any name.
    Name,
    /// A time zone.
    Zone,
    /// A host name or an address.
    Host,
    /// A mail address, alone or as `Name <address>`.
    Mailbox,
    /// One of these.
    Choice(&'static [&'static str]),
    /// A whole number from the first to the second.
    Number(u64, u64),
}

impl OfficeSetting {
    /// Every one, in the order lists show them.
    pub const ALL: [Self; 26] = [
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
            Self::Warn(_) => Shape::Choice(&["on", "off"]),
        }
    }

    /// What holds until it is set; `None`: nothing.
    pub fn default(self) -> Option<SettingValue> {
        let text = |text: &str| Label::new(text).ok().map(SettingValue::Text);
        match self {
            Self::OrganisationName | Self::MailHost | Self::MailUser | Self::MailFrom => None,
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

    /// Does it say which mail server the password is shown to, as whom and how? Whoever changes that must give the password again:
    /// otherwise it could be sent to a server of their own.
    pub const fn guards_mail_password(self) -> bool {
        matches!(self, Self::MailHost | Self::MailPort | Self::MailEncryption | Self::MailUser)
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

impl Shape {
    fn broken_rule(self, text: &str) -> Option<String> {
        let (keeps, rule) = match self {
            Self::Name | Self::Zone => (true, String::new()),
            Self::Host => {
                (is_host(text), "is a host name or an address, without a port".to_owned())
            }
            Self::Mailbox => {
                (is_mailbox(text), "is an address such as time@example.org".to_owned())
            }
            Self::Choice(choices) => {
                (choices.contains(&text), format!("is one of {}", choices.join(", ")))
            }
            Self::Number(..) => (false, "is a whole number".to_owned()),
        };
        (!keeps).then_some(rule)
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

/// All of the office's settings at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OfficeSettings {
    set: BTreeMap<OfficeSetting, SettingValue>,
}

impl OfficeSettings {
    /// What was set, and nothing else.
    pub const fn new(set: BTreeMap<OfficeSetting, SettingValue>) -> Self {
        Self { set }
    }

    /// What it was set to; `None` when the default holds.
    pub fn set(&self, setting: OfficeSetting) -> Option<&SettingValue> {
        self.set.get(&setting)
    }

    /// What holds.
    pub fn value(&self, setting: OfficeSetting) -> Option<SettingValue> {
        self.set(setting).cloned().or_else(|| setting.default())
    }

    /// The words that hold; `None` for nothing and for numbers.
    pub fn text(&self, setting: OfficeSetting) -> Option<String> {
        match self.value(setting)? {
            SettingValue::Text(text) => Some(text.to_string()),
            SettingValue::Number(_) => None,
        }
    }

    /// The number that holds; 0 for nothing and for words.
    pub fn number(&self, setting: OfficeSetting) -> u64 {
        match self.value(setting) {
            Some(SettingValue::Number(number)) => number,
            _ => 0,
        }
    }

    /// Are people warned of this?
    pub fn warns(&self, warning: Warning) -> bool {
        self.text(OfficeSetting::Warn(warning)).is_none_or(|set| set == "on")
    }

    /// How long people work in a week, and on which days, who have no target of their own.
    pub fn target(&self) -> (u32, WorkingDays) {
        let minutes = u32::try_from(self.number(OfficeSetting::TargetWeekMinutes)).unwrap_or(0);
        let days = self.text(OfficeSetting::TargetDays).unwrap_or_default();
        let at = WORKING_WEEKS.iter().position(|week| *week == days).unwrap_or(0);
        (minutes, WorkingDays::new(WORKING_WEEK_BITS[at]).unwrap_or(WorkingDays::NONE))
    }

    /// How long sessions live.
    pub fn session_life(&self) -> SessionLife {
        SessionLife {
            whole_ms: self.number(OfficeSetting::SessionDays) * DAY_MS,
            idle_ms: self.number(OfficeSetting::SessionIdleHours) * HOUR_MS,
        }
    }
}

/// What [`OfficeSetting::TargetDays`] is among, as bits of the week in [`WORKING_WEEK_BITS`].
const WORKING_WEEKS: [&str; 5] = [
    "monday_to_friday",
    "monday_to_saturday",
    "sunday_to_thursday",
    "saturday_to_wednesday",
    "every_day",
];
const WORKING_WEEK_BITS: [u8; 5] = [0b001_1111, 0b011_1111, 0b100_1111, 0b110_0111, 0b111_1111];

/// No session lasts longer, whatever is set.
pub const LONGEST_SESSION_DAYS: u64 = 90;

#[cfg(test)]
mod tests {
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
        use OfficeSetting::{Language, MailFrom, MailHost, MailPort, OrganisationName};
        for (setting, good) in [
            (MailHost, "mail.example.org"),
            (MailHost, "10.0.0.7"),
            (MailHost, "fe80::1"),
            (MailFrom, "time@example.org"),
            (MailFrom, "Time of Lovelace & Co <time@localhost>"),
            (Language, "de"),
            (OrganisationName, "Ärzte: 7 <8"),
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
        ] {
            let fault = setting.fault(&text(bad)).unwrap();
            assert!(fault.starts_with(&format!("`{}` is ", setting.key())), "{bad}: {fault}");
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

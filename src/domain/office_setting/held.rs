//! All of the office's settings as they hold.

use std::collections::BTreeMap;

use super::{OfficeSetting, SettingValue};
use crate::domain::keep_rule::KeepRule;
use crate::domain::schedule::Schedule;
use crate::domain::session::SessionLife;
use crate::domain::target::WorkingDays;
use crate::domain::time::{DAY_MS, HOUR_MS};
use crate::domain::warning::Warning;

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

    /// Which backups are kept.
    pub fn keep_rule(&self) -> KeepRule {
        KeepRule {
            last: self.number(OfficeSetting::BackupLast),
            days: self.number(OfficeSetting::BackupDays),
            weeks: self.number(OfficeSetting::BackupWeeks),
            months: self.number(OfficeSetting::BackupMonths),
        }
    }

    /// When backups are made by themselves; `None` for never.
    pub fn backup_schedule(&self) -> Option<Schedule> {
        let text = self.text(OfficeSetting::BackupSchedule).unwrap_or_default();
        Schedule::parse(&text).ok().flatten()
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
pub(super) const WORKING_WEEKS: [&str; 5] = [
    "monday_to_friday",
    "monday_to_saturday",
    "sunday_to_thursday",
    "saturday_to_wednesday",
    "every_day",
];
const WORKING_WEEK_BITS: [u8; 5] = [0b001_1111, 0b011_1111, 0b100_1111, 0b110_0111, 0b111_1111];

//! The office's settings.

use super::frame::Record;
use super::layout::choice;
use crate::domain::office_setting::{OfficeSetting, OfficeSettingCommand, SettingValue};

choice!(OfficeSetting {
    0 => OrganisationName,
    1 => TimeZone,
    2 => WeekStart,
    3 => Language,
    4 => MailHost,
    5 => MailPort,
    6 => MailEncryption,
    7 => MailUser,
    8 => MailFrom,
    9 => SessionDays,
    10 => SessionIdleHours,
    11 => DetailDays,
    12 => TotalsMonths,
    180 => TraceDays,
    150 => TargetWeekMinutes,
    151 => TargetDays,
});
choice!(SettingValue { 0 => Text(text), 1 => Number(number) });
choice!(OfficeSettingCommand { 0 => Set { setting, value } });

impl Record for SettingValue {
    const NAME: &'static str = "an office setting";
}

//! The office's settings.

use super::frame::Record;
use super::layout::{choice, fields};
use crate::domain::office_setting::{OfficeSetting, OfficeSettingCommand, SettingValue};
use crate::domain::warning::{Warned, Warning};

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
    240 => BackupSchedule,
    241 => BackupLast,
    242 => BackupDays,
    243 => BackupWeeks,
    244 => BackupMonths,
    245 => BackupFolder,
    246 => BackupS3,
    247 => BackupS3Region,
    248 => BackupS3AccessKey,
    249 => BackupRecipient,
    230 => Warn(warning),
});
choice!(Warning {
    0 => SignIn,
    1 => Password,
    2 => Totp,
    3 => Token,
    4 => Address,
    5 => Timesheet,
    6 => Approval,
    7 => Server,
    216 => Account,
    217 => Export,
});
fields!(Warned { audit });
choice!(SettingValue { 0 => Text(text), 1 => Number(number) });
choice!(OfficeSettingCommand { 0 => Set { setting, value } });

impl Record for Warned {
    const NAME: &'static str = "warnings";
}

impl Record for SettingValue {
    const NAME: &'static str = "an office setting";
}

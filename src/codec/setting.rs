//! Foreign clients' settings: the value is JSON text.

use super::frame::Record;
use super::layout::choice;
use crate::domain::setting::SettingCommand;
use crate::domain::text::CanonicalJson;

choice!(SettingCommand { 0 => Put { device, key, value }, 1 => Delete { device, key } });

impl Record for CanonicalJson {
    const NAME: &'static str = "a setting";
}

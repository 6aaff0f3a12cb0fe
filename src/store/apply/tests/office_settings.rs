//! The office's settings: checked again, audited with old and new, kept in one place each.

use super::*;
use crate::domain::office_setting::{OfficeSetting, OfficeSettingCommand, SettingValue};

fn set(setting: OfficeSetting, value: Option<SettingValue>) -> Command {
    Command::OfficeSetting(OfficeSettingCommand::Set { setting, value })
}

fn text(text: &str) -> Option<SettingValue> {
    Some(SettingValue::Text(label(text)))
}

impl Story {
    fn last_subject(&self) -> String {
        let entries = read::audit(&self.state.read().unwrap(), 0, usize::MAX).unwrap();
        let entry = entries.last().unwrap();
        format!("{} {}", entry.action, entry.subject)
    }
}

#[test]
fn a_change_is_audited_with_what_was_and_what_is() {
    use OfficeSetting::{MailHost, MailPort};
    let (mut story, _) = Story::with_ada();
    assert_eq!(story.run(set(MailHost, text("one.example"))), Outcome::Done);
    assert_eq!(story.last_subject(), "setting.set mail.host: (default) -> one.example");
    let before = story.actions().len();
    assert_eq!(story.run(set(MailHost, text("one.example"))), Outcome::Already);
    assert_eq!(story.actions().len(), before);
    assert_eq!(story.run(set(MailPort, Some(SettingValue::Number(25)))), Outcome::Done);
    assert_eq!(story.run(set(MailHost, None)), Outcome::Done);
    assert_eq!(story.last_subject(), "setting.set mail.host: one.example -> (default)");
    let settings = read::office_settings(&story.state.read().unwrap()).unwrap();
    assert_eq!((settings.text(MailHost), settings.number(MailPort)), (None, 25));
    story.refuses(set(MailHost, Some(SettingValue::Number(25))), Refusal::BadSetting);
    story.refuses(set(MailPort, Some(SettingValue::Number(0))), Refusal::BadSetting);
}

#[test]
fn the_offices_name_stands_in_one_place() {
    let (mut story, _) = Story::with_ada();
    let name = OfficeSetting::OrganisationName;
    let office = |story: &Story| read::office(&story.state.read().unwrap()).unwrap().unwrap();
    let settings = read::office_settings(&story.state.read().unwrap()).unwrap();
    assert_eq!(settings.text(name).as_deref(), Some("Lovelace & Co"));
    assert_eq!(story.run(set(name, text("Ada's"))), Outcome::Done);
    assert_eq!(office(&story).name, Some(label("Ada's")));
    assert_eq!(story.last_subject(), "setting.set organisation.name: Lovelace & Co -> Ada's");
    assert_eq!(story.run(set(name, None)), Outcome::Done);
    assert_eq!(office(&story).name, None);
}

#[test]
fn sessions_live_as_long_as_is_set() {
    let (mut story, ada) = Story::with_ada();
    assert_eq!(
        story.run(set(OfficeSetting::SessionIdleHours, Some(SettingValue::Number(1)))),
        Outcome::Done
    );
    let first = story.sign_in(ada);
    story.later(crate::domain::time::HOUR_MS);
    let second = story.sign_in(ada);
    let state = story.state.read().unwrap();
    assert_eq!(read::session(&state, first.id).unwrap(), None, "ended, and gone with the next");
    assert!(read::session(&state, second.id).unwrap().is_some());
}

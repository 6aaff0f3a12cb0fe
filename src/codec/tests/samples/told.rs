//! What copies are told of, and changes of a version.

use super::*;
use crate::domain::category::CategoryCommand;
use crate::domain::day::Day;
use crate::domain::id::SavedReportId;
use crate::domain::lock::LockCommand;
use crate::domain::mail::AboutMail;
use crate::domain::outcome::KeptKeys;
use crate::domain::redaction::RedactionCommand;
use crate::domain::saved_report::SavedReportCommand;
use crate::domain::target::TargetCommand;
use crate::domain::text::RuleSheet;
use crate::domain::told::{Guarded, GuardedChange, Mark, Told};
use crate::domain::user::Contact;
use crate::domain::warning::Warned;

pub(super) fn told(all: &mut Vec<Sample>) {
    let (person, from) = (UserId::from_bytes([0x15; 16]), Day::new(20_451).unwrap());
    let (team, report) = (TeamId::from_bytes([0x1b; 16]), SavedReportId::from_bytes([0x2a; 16]));
    for (name, told) in [
        ("user", Told::User(person)),
        ("team", Told::Team(team)),
        ("timesheet", Told::Timesheet { person, from: now() }),
        ("lock", Told::Lock),
        ("held-edit", Told::HeldEdit { person, number: (70_000, 1) }),
        ("target", Told::Target { person, from }),
        ("saved-report", Told::SavedReport(report)),
        ("setting", Told::Setting(OfficeSetting::WeekStart)),
        ("office", Told::Office),
        ("device", Told::Device(DeviceId::from_bytes([0x16; 16]))),
        ("redaction", Told::Redaction),
        ("office-categories", Told::Category { owner: None }),
        ("own-categories", Told::Category { owner: Some(person) }),
    ] {
        put(all, "mark-of", name, Mark { told, seq: 70_000, whose: Some(person), gone: None });
    }
    let gone = Mark { told: Told::Team(team), seq: 70_000, whose: None, gone: Some(now()) };
    put(all, "mark-of", "gone", gone);
    let (reason, device) = (ShortText::cut("paid"), DeviceId::from_bytes([0x16; 16]));
    let setting = OfficeSettingCommand::Set { setting: OfficeSetting::WeekStart, value: None };
    for (name, told, change) in [
        ("user", Told::User(person), GuardedChange::User(UserCommand::Disable { user: person })),
        ("team", Told::Team(team), GuardedChange::Team(TeamCommand::Delete { team })),
        ("lock", Told::Lock, GuardedChange::Lock(LockCommand::MoveBack { date: None, reason })),
        (
            "target",
            Told::Target { person, from },
            GuardedChange::Target(TargetCommand::Remove { person, from }),
        ),
        (
            "saved-report",
            Told::SavedReport(report),
            GuardedChange::SavedReport(SavedReportCommand::Delete { report }),
        ),
        ("setting", Told::Setting(OfficeSetting::WeekStart), GuardedChange::Setting(setting)),
        ("office", Told::Office, GuardedChange::Office(OfficeCommand::WithdrawPolicy)),
        ("device", Told::Device(device), GuardedChange::Device(DeviceCommand::Revoke { device })),
        (
            "redaction",
            Told::Redaction,
            GuardedChange::Redaction(RedactionCommand::Set(RuleSheet::empty())),
        ),
        (
            "category",
            Told::Category { owner: None },
            GuardedChange::Category(CategoryCommand::Reset { owner: None }),
        ),
    ] {
        let (request, actor) = (RequestId::from_bytes([0x19; 16]), Actor::User(person));
        let command = Command::Guarded(Guarded { told, version: 70_000, change });
        put(
            all,
            "command",
            format!("guarded.{name}"),
            Envelope { request, at: now(), actor, command },
        );
    }
    warnings(all, person);
}

fn warnings(all: &mut Vec<Sample>, user: UserId) {
    let mail = Label::new("ada@office.example").unwrap();
    let zone = crate::domain::text::ZoneName::new("Europe/Berlin").unwrap();
    put(all, "contact", "contact", Contact { mail: mail.clone() });
    put(all, "warned", "warned", Warned { audit: 70_000 });
    put(all, "kept-keys", "kept-keys", KeptKeys { count: 70_000 });
    let letter = WaitingMail {
        id: MailId::from_bytes([0x2f; 16]),
        kind: MailKind::Warning,
        to: mail.clone(),
        sealed: vec![1, 2, 3],
        queued: now(),
        tries: 0,
        next_try: now(),
        why: ShortText::cut(""),
    };
    for (name, command) in [
        ("user.set-mail", Command::User(UserCommand::SetMail { user, address: Some(mail) })),
        (
            "user.rename",
            Command::User(UserCommand::Rename { user, name: UserName::new("ada.l").unwrap() }),
        ),
        ("user.set-zone", Command::User(UserCommand::SetZone { user, zone })),
        ("user.no-mail", Command::User(UserCommand::SetMail { user, address: None })),
        (
            "mail.warn",
            Command::Mail(MailCommand::Warn { audit: 70_000, letters: vec![letter.clone()] }),
        ),
        (
            "mail.warn-of",
            Command::Mail(MailCommand::WarnOf {
                audit: 70_000,
                letters: vec![
                    AboutMail { mail: letter.clone(), about: Some(UserId::from_bytes([0x15; 16])) },
                    AboutMail { mail: letter, about: None },
                ],
            }),
        ),
    ] {
        let (request, actor) = (RequestId::from_bytes([0x19; 16]), Actor::System);
        put(all, "command", name, Envelope { request, at: now(), actor, command });
    }
}

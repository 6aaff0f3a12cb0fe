//! Weeks, the lock, and edits that came too late.

use super::*;
use crate::domain::category::{Categories, CategoryCommand};
use crate::domain::day::Day;
use crate::domain::entry::Entry;
use crate::domain::id::{EntryId, ReplicaId, SavedReportId};
use crate::domain::lock::{Closed, HeldEdit, Lock, LockCommand, LockDate};
use crate::domain::outcome::HoursRefusal;
use crate::domain::redaction::{OfficeRules, RedactionCommand};
use crate::domain::saved_report::{SavedReport, SavedReportCommand};
use crate::domain::sync::Stamp;
use crate::domain::target::{Target, TargetCommand, WorkingDays};
use crate::domain::text::{NoteText, RuleSheet};
use crate::domain::timesheet::{Decision, SheetState, Timesheet, TimesheetCommand, Week};

pub(super) fn sheets(all: &mut Vec<Sample>) {
    put(all, "timesheet", "open", sheet(SheetState::Open));
    put(all, "timesheet", "submitted", sheet(SheetState::Submitted));
    put(all, "timesheet", "approved", sheet(SheetState::Approved));
    let back = Timesheet { approved_ms: None, submitted_ms: None, ..sheet(SheetState::SentBack) };
    put(all, "timesheet", "sent-back", back);
    let lock = Lock { date: lock_date(), set: now(), by: Actor::System, reason: short("paid") };
    put(all, "lock", "lock", lock);
    for (name, why) in [("locked", Closed::Locked), ("approved", Closed::Approved)] {
        put(all, "held-edit", name, held(why));
    }
    let decision = Decision { person: ada(), from: now(), expect: Some(70_000), note: note() };
    let expect = None;
    for (name, sheet) in [
        ("submit", TimesheetCommand::Submit { person: ada(), week: week(), expect }),
        ("withdraw", TimesheetCommand::Withdraw(decision.clone())),
        ("approve", TimesheetCommand::Approve(decision.clone())),
        ("send-back", TimesheetCommand::SendBack(decision.clone())),
        ("reopen", TimesheetCommand::Reopen(decision)),
    ] {
        command(all, format!("timesheet.{name}"), Command::Timesheet(sheet));
    }
    let (date, reason, number) = (lock_date(), short("paid"), (70_000, 1));
    for (name, lock) in [
        ("advance", LockCommand::Advance { date: date.clone(), reason: reason.clone() }),
        ("move-back", LockCommand::MoveBack { date: Some(date), reason: reason.clone() }),
        ("remove", LockCommand::MoveBack { date: None, reason }),
        ("discard", LockCommand::Discard { person: ada(), number }),
    ] {
        command(all, format!("lock.{name}"), Command::Lock(lock));
    }
    let target = Target { person: ada(), from: week().first, week_minutes: 2_310, days: days() };
    let report = SavedReport {
        id: SavedReportId::from_bytes([0x2a; 16]),
        owner: Some(ada()),
        name: label("Last month"),
        shared: true,
        query: CanonicalJson::new("{\"range\":\"last_month\"}").unwrap(),
        changed: now(),
    };
    put(all, "target", "target", target.clone());
    put(all, "saved-report", "shared", report.clone());
    let office = SavedReport { owner: None, ..report.clone() };
    put(all, "saved-report", "office", office);
    let (person, from, id) = (ada(), target.from, report.id);
    command(all, "target.set".to_owned(), Command::Target(TargetCommand::Set(target)));
    let remove = TargetCommand::Remove { person, from };
    command(all, "target.remove".to_owned(), Command::Target(remove));
    let tree = CanonicalJson::new("[{\"name\":[\"Work\"],\"rule\":{\"type\":\"none\"}}]").unwrap();
    let (owner, changed) = (Some(ada()), now());
    put(all, "categories", "tree".to_owned(), Categories { tree: tree.clone(), changed });
    let set = CategoryCommand::Set { owner, tree };
    command(all, "category.set".to_owned(), Command::Category(set));
    let reset = CategoryCommand::Reset { owner: None };
    command(all, "category.reset".to_owned(), Command::Category(reset));
    let save = SavedReportCommand::Put(report);
    command(all, "saved-report.put".to_owned(), Command::SavedReport(save));
    let delete = SavedReportCommand::Delete { report: id };
    command(all, "saved-report.delete".to_owned(), Command::SavedReport(delete));
    redaction(all);
    let mut outcome = |name: &str, outcome| {
        put(all, "outcome", name, Remembered { at: now(), outcome });
    };
    outcome("held", Outcome::Held { entry: EntryId::from_bytes([0x22; 16]) });
    for refusal in [
        Refusal::Hours(HoursRefusal::WeekSubmitted),
        Refusal::Hours(HoursRefusal::WeekApproved),
        Refusal::Hours(HoursRefusal::TimeLocked),
        Refusal::Hours(HoursRefusal::WeekNotOpen),
        Refusal::Hours(HoursRefusal::WeekNotSubmitted),
        Refusal::Hours(HoursRefusal::WeekNotApproved),
        Refusal::Hours(HoursRefusal::UnknownWeek),
        Refusal::Hours(HoursRefusal::TimerRuns),
        Refusal::Hours(HoursRefusal::WeekNotBegun),
        Refusal::Hours(HoursRefusal::WeekOverlaps),
        Refusal::Hours(HoursRefusal::LockNotLater),
        Refusal::Hours(HoursRefusal::LockNotEarlier),
        Refusal::Hours(HoursRefusal::LockInFuture),
        Refusal::Hours(HoursRefusal::UnknownHeld),
        Refusal::Hours(HoursRefusal::BadTarget),
        Refusal::Hours(HoursRefusal::UnknownTarget),
        Refusal::Hours(HoursRefusal::UnknownReport),
    ] {
        outcome(refusal.code(), Outcome::Refused(refusal));
    }
}

fn command(all: &mut Vec<Sample>, name: String, command: Command) {
    let request = RequestId::from_bytes([0x19; 16]);
    put(all, "command", name, Envelope { request, at: now(), actor: Actor::User(ada()), command });
}

fn ada() -> UserId {
    UserId::from_bytes([0x15; 16])
}

fn days() -> WorkingDays {
    WorkingDays::from_names(["monday", "friday"]).unwrap()
}

fn note() -> NoteText {
    NoteText::new("Friday is\nmissing.").unwrap()
}

fn week() -> Week {
    let zone = ZoneName::new("Europe/Berlin").unwrap();
    let (first, last) = (Day::new(20_451).unwrap(), Day::new(20_457).unwrap());
    Week { first, last, from: now(), to: now().plus_ms(604_800_000), zone }
}

fn sheet(state: SheetState) -> Timesheet {
    Timesheet {
        person: ada(),
        week: week(),
        state,
        changed_seq: 70_000,
        changed: now(),
        by: Actor::User(ada()),
        note: note(),
        submitted_ms: Some(144_000_000),
        approved_ms: Some(70_000),
    }
}

fn lock_date() -> LockDate {
    LockDate { day: Day::new(200).unwrap(), at: now(), zone: ZoneName::new("UTC").unwrap() }
}

fn held(why: Closed) -> HeldEdit {
    let body = Entry {
        person: ada(),
        project: None,
        task: None,
        start: now(),
        end: Some(now().plus_ms(70_000)),
        cut: None,
        note: note(),
        tags: Vec::new(),
        billable: true,
    };
    let stamp = Stamp { modified: now(), replica: ReplicaId::from_bytes([0x16; 16]) };
    let (entry, actor) = (EntryId::from_bytes([0x22; 16]), Actor::System);
    HeldEdit { entry, body, stamp, deleted: false, at: now(), actor, why }
}

fn redaction(all: &mut Vec<Sample>) {
    let sheet = RuleSheet::new("drop app = KeePassXC\ncut url ~ token=[^&]*\n").unwrap();
    put(all, "redaction", "rules", OfficeRules { sheet: sheet.clone(), changed: now() });
    let none = OfficeRules { sheet: RuleSheet::empty(), changed: now() };
    put(all, "redaction", "none", none);
    let set = Command::Redaction(RedactionCommand::Set(sheet));
    command(all, "redaction.set".to_owned(), set);
}

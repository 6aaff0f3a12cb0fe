//! What is kept and for how long: erasures.

use super::*;
use crate::domain::answer::{Answer, AnswerCommand, Given};
use crate::domain::erasure::{EraseOrder, ErasedComputer, ErasedCounts, Erasure, ErasureCommand};
use crate::domain::id::{EntryId, ImportId, RecordId, ReplicaId};
use crate::domain::import::{Import, ImportCommand, ImportEdit, ImportState, Imported, Source};
use crate::domain::outcome::Noun;
use crate::domain::retention::{RetentionCommand, Swept};
use crate::domain::sync::{Edit, Stamp};

pub(super) fn keeping(all: &mut Vec<Sample>) {
    put(all, "erasure", "begun", erasure());
    let ended = Some(now().plus_ms(60_000));
    put(all, "erasure", "ended", Erasure { ended, computers: Vec::new(), ..erasure() });
    put(all, "job", "person_data", Job { kind: JobKind::PersonData, ..job(None) });
    let (office, device) = (OfficeId::from_bytes([0x16; 16]), device_id());
    put(all, "erase-order", "order", EraseOrder { office, device, asked: now() });
    let person = UserId::from_bytes([0x15; 16]);
    for (name, erasure) in [
        ("erasure.begin", ErasureCommand::Begin { person }),
        ("erasure.step", ErasureCommand::Step { person, rows: 500 }),
        ("erasure.confirm", ErasureCommand::Confirm { device }),
    ] {
        command(all, name, Command::Erasure(erasure));
    }
    answers(all);
    retention(all);
    imports(all);
    let mut outcome = |name: &str, outcome| {
        put(all, "outcome", name, Remembered { at: now(), outcome });
    };
    outcome("erased", Outcome::Erased { more: true });
    for refusal in [
        Refusal::StillEnabled,
        Refusal::BeingErased,
        Refusal::UnknownErasure,
        Refusal::CopyTooOld,
        Refusal::UnknownImport,
    ] {
        outcome(refusal.code(), Outcome::Refused(refusal));
    }
}

fn imports(all: &mut Vec<Sample>) {
    let id = ImportId::from_bytes([0x34; 16]);
    let import = |source, state| Import {
        id,
        source,
        by: Actor::System,
        begun: now(),
        state,
        entries: 300,
        catalog: 4,
    };
    for (source, state) in [
        (Source::Toggl, ImportState::Running),
        (Source::Clockify, ImportState::Done),
        (Source::Kimai, ImportState::Undone),
        (Source::Timetagger, ImportState::Done),
    ] {
        put(all, "import", source.name(), import(source, state));
    }
    let replica = ReplicaId::from_bytes([0x16; 16]);
    put(all, "imported", "imported", Imported { stamp: Stamp { modified: now(), replica } });
    for (name, kind) in [
        ("import", JobKind::Import),
        ("import_undo", JobKind::ImportUndo),
        ("activitywatch", JobKind::ActivityWatch),
        ("entries_csv", JobKind::EntriesCsv),
        ("backup", JobKind::Backup),
        ("backup_check", JobKind::BackupCheck),
    ] {
        put(all, "job", name, Job { kind, ..job(None) });
    }
    let delete = |id: [u8; 16]| (RecordId::from_bytes(id), None);
    let (record, expect) = delete([0x1a; 16]);
    for (name, edit) in [
        ("customer", ImportEdit::Customer(Edit::Delete { id: record.into(), expect })),
        ("project", ImportEdit::Project(Edit::Delete { id: record.into(), expect })),
        ("task", ImportEdit::Task(Edit::Delete { id: record.into(), expect })),
        ("tag", ImportEdit::Tag(Edit::Delete { id: record.into(), expect })),
        ("entry", ImportEdit::Entry(Edit::Delete { id: record.into(), expect })),
    ] {
        let add = ImportCommand::Add { import: id, edit };
        command(all, &format!("import.add-{name}"), Command::Import(add));
    }
    for (name, step) in [
        ("import.begin", ImportCommand::Begin(import(Source::Toggl, ImportState::Running))),
        ("import.end", ImportCommand::End { import: id }),
        ("import.take-back", ImportCommand::TakeBack { import: id, noun: Noun::Entry, record }),
        ("import.undone", ImportCommand::Undone { import: id }),
        ("import.forget", ImportCommand::Forget { import: id }),
    ] {
        command(all, name, Command::Import(step));
    }
}

fn retention(all: &mut Vec<Sample>) {
    let swept = Swept { floor: 70_000, events: 300, thinned: 5, traces: 6, looks: 7 };
    put(all, "swept", "swept", swept);
    let (bucket, before, rows) = (BucketNumber(300), now(), 500);
    let person = UserId::from_bytes([0x15; 16]);
    let records = vec![(Noun::Entry, RecordId::from_bytes([0x1a; 16]))];
    for (name, step) in [
        ("retention.drop", RetentionCommand::Drop { bucket, before, rows }),
        ("retention.thin", RetentionCommand::Thin { bucket, from: now(), before, rows }),
        ("retention.purge", RetentionCommand::Purge { records, before }),
        ("retention.forget", RetentionCommand::Forget { person, before, rows }),
        ("retention.tell", RetentionCommand::Tell),
    ] {
        command(all, name, Command::Retention(step));
    }
}

fn answers(all: &mut Vec<Sample>) {
    let given =
        Given { status: 201, media_type: short("application/json"), sealed: Some(vec![9; 3]) };
    let begun = Answer { at: now(), given: None };
    let answered = Answer { at: now(), given: Some(given.clone()) };
    put(all, "answer", "begun", begun.clone());
    put(all, "answer", "given", answered.clone());
    let too_long = Given { sealed: None, ..given.clone() };
    put(all, "answer", "too-long", Answer { given: Some(too_long), ..begun });
    let key = RequestId::keyed([0x1b; 8], [0x1c; 8]);
    for (name, answer) in [
        ("answer.begin", AnswerCommand::Begin { key }),
        ("answer.give", AnswerCommand::Give { key, given }),
        ("answer.forget", AnswerCommand::Forget { key }),
        ("answer.begin-for", AnswerCommand::BeginFor { caller: 0x0102_0304_0506_0708, key }),
        ("answer.forget-old", AnswerCommand::ForgetOld { rows: 500 }),
    ] {
        command(all, name, Command::Answer(answer));
    }
    put(all, "outcome", "answered", Remembered { at: now(), outcome: Outcome::Answered(answered) });
}

fn command(all: &mut Vec<Sample>, name: &str, command: Command) {
    let (request, actor) = (RequestId::from_bytes([0x19; 16]), Actor::System);
    put(all, "command", name, Envelope { request, at: now(), actor, command });
}

fn device_id() -> DeviceId {
    DeviceId::from_bytes([0x11; 16])
}

fn erasure() -> Erasure {
    Erasure {
        person: UserId::from_bytes([0x15; 16]),
        asked: now(),
        by: Actor::Local(short("root")),
        ended: None,
        looked: Some(EntryId::from_bytes([0x31; 16])),
        counts: ErasedCounts {
            events: 70_000,
            buckets: 2,
            entries: 300,
            versions: 301,
            looks: 4,
            ways_in: 5,
            others: 6,
        },
        computers: vec![
            ErasedComputer { device: device_id(), confirmed: None },
            ErasedComputer { device: device_id(), confirmed: Some(now().plus_ms(60_000)) },
        ],
    }
}

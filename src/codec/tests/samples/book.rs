//! The office's book: synced records, their history, and the edits of them.

use super::*;
use crate::domain::colour::Colour;
use crate::domain::customer::Customer;
use crate::domain::entry::{BookCopy, Entry, EntryCommand, EntryOffer, OfferedEntry, RefusedOffer};
use crate::domain::id::{
    CustomerId, EntryId, ProjectId, RecordId, ReplicaId, RequestId, TagId, TaskId, UserId,
};
use crate::domain::project::Project;
use crate::domain::sync::{Edit, HistoryEntry, Meta, Stamp, Synced, Syncs, Verdict};
use crate::domain::tag::Tag;
use crate::domain::task::Task;
use crate::domain::text::{NoteText, ShortText};

pub(super) fn book(all: &mut Vec<Sample>) {
    put(all, "mark", "mark", ());
    put(all, "record-id", "record", RecordId::from_bytes([0x1a; 16]));
    put(all, "request-id", "keyed", RequestId::keyed([0x1b; 8], [0x1c; 8]));
    put(all, "customer", "customer", synced(customer_id(), customer()));
    put(all, "customer", "deleted", gone(synced(customer_id(), customer())));
    put(all, "project", "project", synced(project_id(), project()));
    let own = Project { customer: None, budget_minutes: None, members: None, ..project() };
    put(all, "project", "own", synced(project_id(), own));
    put(all, "task", "task", synced(task_id(), task()));
    put(all, "task", "top", synced(task_id(), Task { parent: None, ..task() }));
    put(all, "tag", "tag", synced(tag_id(), tag()));
    put(all, "entry", "entry", synced(entry_id(), entry()));
    let running = Entry { end: None, task: None, project: None, tags: Vec::new(), ..entry() };
    put(all, "entry", "running", synced(entry_id(), running.clone()));
    let cut = Entry { cut: Some(now().plus_ms(70_000)), ..running };
    put(all, "entry", "cut", synced(entry_id(), cut));
    for (name, verdict) in [("won", Verdict::Won), ("lost", Verdict::Lost)] {
        let record = encode(&synced(tag_id(), tag()));
        put(
            all,
            "version",
            name,
            HistoryEntry { record, at: now(), actor: Actor::System, verdict },
        );
    }
    edits(all, "customer", customer_id(), customer(), Command::Customer);
    edits(all, "project", project_id(), project(), Command::Project);
    edits(all, "task", task_id(), task(), Command::Task);
    edits(all, "tag", tag_id(), tag(), Command::Tag);
    edits(all, "entry", entry_id(), entry(), |edit| Command::Entry(EntryCommand::Edit(edit)));
    let stamp = synced(entry_id(), entry()).meta.stamp;
    let offer = EntryCommand::Offer { id: entry_id(), body: entry(), stamp, deleted: false };
    command(all, "entry.offer".to_owned(), Command::Entry(offer));
    let offer = EntryOffer { id: entry_id(), body: entry(), modified: now(), deleted: true };
    put(all, "operation", "offer-entry", Operation::OfferEntry(offer.clone()));
    let refused = RefusedOffer { offer: offer.clone(), at: now(), refusal: Refusal::TooLong };
    put(all, "refused-offer", "refused", refused);
    let offered = OfferedEntry { offer, seq: 70_000, refused: None };
    put(all, "offered-entry", "waiting", offered.clone());
    let refused = Some(ShortText::cut("It is too long."));
    put(all, "offered-entry", "refused", OfferedEntry { refused, ..offered });
    let view = ShortText::cut("own");
    let person = UserId::from_bytes([0x02; 16]);
    let copy = BookCopy { person, server_epoch: 2, view, since: 70_000, refreshed: now() };
    put(all, "book-copy", "copy", copy);
    let (id, second) = (entry_id(), EntryId::from_bytes([0x1e; 16]));
    let split = EntryCommand::Split { id, expect: Some(9), moment: now(), second };
    command(all, "entry.split".to_owned(), Command::Entry(split));
    let one = Box::new(Edit::Set { id, expect: Some(70_000), body: entry() });
    let other = Box::new(Edit::Delete { id: second, expect: Some(9) });
    let both = EntryCommand::Both { one, other };
    command(all, "entry.both".to_owned(), Command::Entry(both));
    let person = UserId::from_bytes([0x02; 16]);
    let stop = EntryCommand::Stop { person, end: now() };
    command(all, "entry.stop".to_owned(), Command::Entry(stop));
    command(all, "entry.discard".to_owned(), Command::Entry(EntryCommand::Discard { person }));
    let mut outcome = |name: &str, outcome| {
        put(all, "outcome", name, Remembered { at: now(), outcome });
    };
    outcome("kept", Outcome::Kept { record: RecordId::from_bytes([0x1a; 16]), version: 70_000 });
    outcome(
        "booked",
        Outcome::Booked { entry: entry_id(), version: 70_000, overlaps: vec![entry_id()] },
    );
    let refusals = [
        Refusal::Stale { version: 70_000 },
        Refusal::KeyReused,
        Refusal::IdTaken,
        Refusal::TitleTaken,
        Refusal::InUse,
        Refusal::UnknownCustomer,
        Refusal::UnknownProject,
        Refusal::UnknownTask,
        Refusal::UnknownTag,
        Refusal::OtherProject,
        Refusal::TaskLoop,
        Refusal::TooDeep,
        Refusal::UnknownEntry,
        Refusal::EndsBeforeStart,
        Refusal::TooLong,
        Refusal::InFuture,
        Refusal::Archived,
        Refusal::TaskElsewhere,
        Refusal::OtherPerson,
        Refusal::LaterTimer,
        Refusal::SplitOutside,
        Refusal::NotAMember,
        Refusal::NoTimer,
    ];
    for refusal in refusals {
        outcome(refusal.code(), Outcome::Refused(refusal));
    }
}

fn edits<T: Syncs>(
    all: &mut Vec<Sample>,
    noun: &str,
    id: T::Id,
    body: T,
    carrying: fn(Edit<T>) -> Command,
) {
    for (name, edit) in [
        ("add", Edit::Add { id, body: body.clone() }),
        ("set", Edit::Set { id, expect: Some(70_000), body: body.clone() }),
        ("restore", Edit::Restore { id, expect: None, body }),
        ("delete", Edit::Delete { id, expect: None }),
    ] {
        command(all, format!("{noun}.{name}"), carrying(edit));
    }
}

fn command(all: &mut Vec<Sample>, name: String, command: Command) {
    let request = RequestId::from_bytes([0x19; 16]);
    let actor = Actor::User(UserId::from_bytes([0x15; 16]));
    put(all, "command", name, Envelope { request, at: now(), actor, command });
}

fn synced<T: Syncs>(id: T::Id, body: T) -> Synced<T> {
    let stamp = Stamp { modified: now().plus_ms(300), replica: ReplicaId::from_bytes([0x16; 16]) };
    Synced { id, meta: Meta { created: now(), changed_seq: 70_000, stamp, deleted: None }, body }
}

fn gone<T: Syncs>(record: Synced<T>) -> Synced<T> {
    Synced { meta: Meta { deleted: Some(record.meta.stamp.modified), ..record.meta }, ..record }
}

fn customer_id() -> CustomerId {
    CustomerId::from_bytes([0x1d; 16])
}

fn project_id() -> ProjectId {
    ProjectId::from_bytes([0x1e; 16])
}

fn task_id() -> TaskId {
    TaskId::from_bytes([0x1f; 16])
}

fn tag_id() -> TagId {
    TagId::from_bytes([0x20; 16])
}

fn entry_id() -> EntryId {
    EntryId::from_bytes([0x22; 16])
}

fn entry() -> Entry {
    Entry {
        person: UserId::from_bytes([0x15; 16]),
        project: Some(project_id()),
        task: Some(task_id()),
        start: now(),
        end: Some(now().plus_ms(5_400_000)),
        cut: None,
        note: NoteText::new("Two lines\nof note").unwrap(),
        tags: vec![tag_id()],
        billable: true,
    }
}

fn customer() -> Customer {
    Customer {
        name: label("Ärzte & Co"),
        colour: Some(Colour([0x33, 0x66, 0xcc])),
        note: NoteText::new("Two lines\nof note").unwrap(),
        archived: false,
    }
}

fn project() -> Project {
    Project {
        customer: Some(customer_id()),
        name: label("Website"),
        colour: None,
        billable: true,
        budget_minutes: Some(70_000),
        archived: false,
        members: Some(vec![UserId::from_bytes([0x15; 16])]),
    }
}

fn task() -> Task {
    Task {
        project: project_id(),
        parent: Some(TaskId::from_bytes([0x21; 16])),
        name: label("Design"),
        done: true,
        archived: true,
        budget_minutes: Some(90),
    }
}

fn tag() -> Tag {
    Tag { name: label("travel"), colour: Some(Colour([0, 0, 255])), archived: true }
}

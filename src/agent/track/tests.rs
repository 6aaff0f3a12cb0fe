//! Stories of `timebook track` over a book of its own: what a person sees, what goes out, and what the office's copy does to it.

use std::collections::BTreeSet;

use super::work::{look_up, perform};
use super::*;
use crate::agent::folder::tests::Data;
use crate::agent::identity::tests::identity;
use crate::domain::batch::{ACTIVITY_STREAM, Operation};
use crate::domain::entry::EntryOffer;
use crate::domain::outcome::{HoursRefusal, Refusal};
use crate::domain::policy::ActivityPolicy;
use crate::domain::time::{DAY_MS, MINUTE_MS, Timestamp};
use crate::store::tables::{Outbox, OutboxStreams};
use crate::store::{KeyRange, Order, Read, Write};
use crate::wire::v1 as wire;

const PERSON: &str = "01890000-0000-7000-8000-0000000000aa";

struct Desk {
    book: ActivityBook,
    now: Timestamp,
    _data: Data,
}

impl Desk {
    fn open() -> Self {
        let data = Data::new();
        let now = Timestamp::new(1_795_333_311_000).unwrap();
        let recorded = (ActivityPolicy::HoursOnly, false);
        let book = ActivityBook::open(&data.folder(), &identity(), recorded, now).unwrap();
        Self { book, now, _data: data }
    }

    fn pass(&mut self, minutes: u64) {
        self.now = self.now.plus_ms(minutes * MINUTE_MS);
    }

    async fn ask(&self, ask: Ask) -> Result<Told, String> {
        let now = self.now;
        if ask.only_looks() {
            return self.book.see(move |reader| look_up(reader, &ask, now)).await.unwrap();
        }
        self.book.write(move |desk| perform(desk.writer, ask, now)).await.unwrap()
    }

    async fn told(&self, ask: Ask) -> Told {
        self.ask(ask).await.unwrap()
    }

    async fn start(&self, fields: Fields) -> Told {
        self.told(Ask::Start { at_ms: None, fields }).await
    }

    /// Everything offered to the office so far, in order.
    async fn offers(&self) -> Vec<EntryOffer> {
        let rows = self
            .book
            .write(|desk| desk.writer.rows::<Outbox>(KeyRange::all(), Order::Rising, usize::MAX));
        let operation = |operation| match operation {
            Operation::OfferEntry(offer) => offer,
            other => panic!("{other:?}"),
        };
        rows.await.unwrap().into_iter().map(|(_, queued)| operation(queued.operation)).collect()
    }

    /// The office has everything.
    async fn deliver(&self) {
        let deliver = self.book.write(|desk| {
            let mut stream = desk.writer.get::<OutboxStreams>(&ACTIVITY_STREAM)?.unwrap();
            stream.applied_seq = stream.last_seq;
            desk.writer.put::<OutboxStreams>(&ACTIVITY_STREAM, &stream)
        });
        deliver.await.unwrap();
    }

    async fn refresh(&self, page: wire::ComputerCopy) -> Option<Took> {
        let now = self.now;
        let take = self.book.write(move |desk| {
            let before = stands(desk.writer.as_reader())?;
            take_in(desk.writer, &before, &[page], now)
        });
        take.await.unwrap()
    }
}

fn on(project: &str, task: &str) -> Fields {
    let part = |name: &str| (!name.is_empty()).then(|| name.to_owned());
    Fields { project: part(project), task: part(task), ..Fields::default() }
}

fn said(note: &str) -> Fields {
    Fields { note: Some(note.to_owned()), ..Fields::default() }
}

fn id(number: u8) -> String {
    format!("01890000-0000-7000-8000-0000000000{number:02x}")
}

/// A page of changes as the server writes it.
fn page(items: serde_json::Value, since: u64) -> wire::ComputerCopy {
    serde_json::from_value(serde_json::json!({
        "person": PERSON,
        "server_epoch": 1,
        "view": "own",
        "since": since,
        "items": items,
        "refused": [],
    }))
    .unwrap()
}

fn change(noun: &str, number: u8, mut fields: serde_json::Value) -> serde_json::Value {
    let record = fields.as_object_mut().unwrap();
    for (name, value) in
        [("id", id(number)), ("created", NOW.to_owned()), ("modified", NOW.to_owned())]
    {
        record.insert(name.to_owned(), value.into());
    }
    record.insert("version".to_owned(), 7.into());
    serde_json::json!({"seq": 7, "noun": noun, "id": id(number), "gone": false, noun: fields})
}

const NOW: &str = "2026-11-22T10:00:00Z";

fn catalog() -> serde_json::Value {
    use serde_json::json;
    let project = |number, name: &str, customer: Option<String>, archived| {
        let fields = json!({"name": name, "customer": customer, "colour": null, "billable": number == 3,
            "budget_minutes": null, "archived": archived, "members": null});
        change("project", number, fields)
    };
    let task = |number, name: &str, parent: Option<String>| {
        let fields = json!({"name": name, "project": id(3), "parent": parent, "done": false,
            "archived": false, "budget_minutes": null});
        change("task", number, fields)
    };
    let customer = |number, name: &str| {
        change(
            "customer",
            number,
            json!({"name": name, "colour": null, "note": "", "archived": false}),
        )
    };
    json!([
        customer(1, "Acme"),
        customer(2, "Bolt"),
        project(3, "Website", Some(id(1)), false),
        project(4, "Website", Some(id(2)), false),
        project(5, "Old", None, true),
        task(6, "Design", None),
        task(7, "Icons", Some(id(6))),
        change("tag", 8, json!({"name": "Travel", "colour": null, "archived": false})),
    ])
}

#[tokio::test]
async fn a_timer_runs_without_an_office() {
    let mut desk = Desk::open();
    assert_eq!(desk.told(Ask::Status).await, Told::default());
    assert!(desk.ask(Ask::Stop { at_ms: None }).await.unwrap_err().contains("Start one first"));
    let first = desk.start(said("mail")).await.entry.unwrap();
    assert_eq!((first.end, first.state, first.ms), (None, State::Waiting, 0));
    desk.pass(30);
    let told = desk.start(said("phone")).await;
    assert_eq!((told.ended.unwrap().ms, told.waiting), (30 * MINUTE_MS, 2));
    desk.pass(15);
    let early = desk.now.minus_ms(16 * MINUTE_MS).ms();
    desk.ask(Ask::Start { at_ms: Some(early), fields: said("too early") }).await.unwrap_err();
    desk.ask(Ask::Stop { at_ms: Some(early) }).await.unwrap_err();
    let stopped = desk.told(Ask::Stop { at_ms: None }).await.entry.unwrap();
    assert_eq!((stopped.note.as_str(), stopped.ms), ("phone", 15 * MINUTE_MS));
    assert_eq!(desk.told(Ask::Status).await.entry, None);
    desk.pass(5);
    let on = desk.told(Ask::Continue { which: first.id.clone() }).await.entry.unwrap();
    assert_eq!((on.note.as_str(), on.end), ("mail", None));
    assert_ne!(on.id, first.id);
    assert!(desk.told(Ask::Discard).await.deleted);
    let items = desk.told(Ask::List { from_ms: 0 }).await.items;
    assert_eq!(items.iter().map(|i| i.note.as_str()).collect::<Vec<_>>(), ["phone", "mail"]);
    // What nobody stopped is not said to be stopped: another computer may know better.
    let offers = desk.offers().await;
    assert_eq!(offers.len(), 5);
    assert!(
        offers.iter().all(|offer| offer.id.to_string() != first.id || offer.body.end.is_none())
    );
    assert!(offers.windows(2).all(|pair| pair[0].modified <= pair[1].modified));
    // One that was forgotten is asked about.
    desk.start(said("night")).await;
    desk.now = desk.now.plus_ms(DAY_MS + 1);
    assert!(desk.ask(Ask::Stop { at_ms: None }).await.unwrap_err().contains("--at TIME"));
    let end = Some(desk.now.minus_ms(DAY_MS / 2).ms());
    desk.told(Ask::Stop { at_ms: end }).await;
}

#[tokio::test]
async fn names_are_found_in_the_copy_and_mistyped_ones_told() {
    let desk = Desk::open();
    let refuses =
        async |fields: Fields| desk.ask(Ask::Start { at_ms: None, fields }).await.unwrap_err();
    assert!(refuses(on("Website", "")).await.contains("no copy"));
    assert_eq!(desk.refresh(page(catalog(), 9)).await, Some(Took::Complete));
    assert!(refuses(on("Website", "")).await.contains("Acme/Website, Bolt/Website"));
    assert!(refuses(on("Webside", "")).await.contains("Known here: Acme/Website, Bolt/Website."));
    assert!(refuses(on("Old", "")).await.contains("archive"));
    assert!(refuses(on("Bolt/Website", "Design")).await.contains("no task"));
    let tags = Some(vec!["nope".to_owned()]);
    assert!(refuses(Fields { tags, ..Fields::default() }).await.contains("no tag"));
    assert_eq!(desk.offers().await.len(), 0, "nothing half-done");
    let tags = Some(vec!["travel".to_owned()]);
    let started = desk.start(Fields { tags, ..on(" acme/website", "icons") }).await;
    let entry = started.entry.unwrap();
    assert_eq!(
        (entry.project.as_deref(), entry.customer.as_deref()),
        (Some("Website"), Some("Acme"))
    );
    assert_eq!((entry.task.as_deref(), entry.billable), (Some("Design/Icons"), true));
    assert_eq!(entry.tags, ["Travel"]);
    let offer = &desk.offers().await[0];
    assert_eq!((offer.body.person.to_string().as_str(), offer.body.tags.len()), (PERSON, 1));
    // Another project takes its task away.
    let edit = |fields| Ask::Edit {
        which: "last".to_owned(),
        start_ms: None,
        end_ms: None,
        fields,
        delete: false,
    };
    let moved = desk.told(edit(on("Bolt/Website", ""))).await.entry.unwrap();
    assert_eq!((moved.task, moved.billable), (None, false));
    let elsewhere = desk.ask(edit(on("", "Design/Icons"))).await.unwrap_err();
    assert!(elsewhere.contains("no task"), "{elsewhere}");
    desk.told(edit(on("", ""))).await;
    let none = Fields { project: Some(String::new()), ..Fields::default() };
    assert_eq!(desk.told(edit(none)).await.entry.unwrap().project, None);
    let found = desk.told(edit(on("", "design"))).await.entry.unwrap();
    assert_eq!(found.project.as_deref(), Some("Website"), "a task brings its project");
}

#[tokio::test]
async fn what_is_edited_is_the_later_edit_whatever_the_clock_says() {
    let mut desk = Desk::open();
    let span = |from: u64, until: u64, now: Timestamp| Ask::Log {
        start_ms: now.minus_ms(from * MINUTE_MS).ms(),
        end_ms: now.minus_ms(until * MINUTE_MS).ms(),
        fields: said("plan"),
    };
    let turned = desk.ask(span(30, 60, desk.now)).await.unwrap_err();
    assert!(turned.contains("Check begin and end"), "{turned}");
    let entry = desk.told(span(60, 30, desk.now)).await.entry.unwrap();
    desk.now = desk.now.minus_ms(4 * MINUTE_MS);
    let which = entry.id[28..].to_owned();
    let edit = |which: &str, delete| Ask::Edit {
        which: which.to_owned(),
        start_ms: None,
        end_ms: None,
        fields: said("review"),
        delete,
    };
    assert_eq!(desk.told(edit(&which, false)).await.entry.unwrap().note, "review");
    for unknown in ["abc", "ffffffff"] {
        desk.ask(edit(unknown, false)).await.unwrap_err();
    }
    let gone = desk.told(edit(&which, true)).await;
    assert!(gone.deleted && gone.entry.is_some());
    let offers = desk.offers().await;
    assert!(offers.windows(2).all(|pair| pair[0].modified < pair[1].modified));
    assert_eq!(offers.iter().map(|offer| offer.id).collect::<BTreeSet<_>>().len(), 1);
    assert_eq!(desk.told(Ask::List { from_ms: 0 }).await.items, []);
}

#[tokio::test]
async fn the_office_says_what_stands_and_what_was_refused() {
    let mut desk = Desk::open();
    desk.refresh(page(catalog(), 9)).await;
    let entry = desk.start(said("mail")).await.entry.unwrap();
    // Not delivered yet: a refresh changes nothing of it.
    desk.refresh(page(serde_json::json!([]), 10)).await;
    assert_eq!(desk.told(Ask::Status).await.entry.unwrap().state, State::Waiting);
    desk.deliver().await;
    assert_eq!(desk.told(Ask::Status).await.entry.unwrap().state, State::Delivered);
    let mut refusing = page(serde_json::json!([]), 11);
    refusing.refused = vec![wire::RefusedEntry {
        id: entry.id.clone(),
        modified: NOW.to_owned(),
        code: "too_long".to_owned(),
        detail: "It is too long.".to_owned(),
        next: "Enter one for each day.".to_owned(),
    }];
    desk.refresh(refusing).await;
    let status = desk.told(Ask::Status).await;
    let told = status.items[0].refused.clone().unwrap();
    assert_eq!((told.as_str(), status.waiting), ("It is too long. Enter one for each day.", 0));
    // Mended, it waits anew; delivered, the office's own copy counts.
    desk.pass(1);
    let stopped = desk.told(Ask::Stop { at_ms: None }).await;
    assert_eq!((stopped.entry.unwrap().state, stopped.waiting), (State::Waiting, 1));
    desk.deliver().await;
    let fields = serde_json::json!({"person": PERSON, "project": id(3), "task": null, "start": NOW,
        "end": "2026-11-22T11:00:00Z", "note": "as the office has it", "tags": [], "billable": true});
    let mut there = change("entry", 0x20, fields);
    there["id"] = entry.id.clone().into();
    desk.refresh(page(serde_json::json!([there]), 12)).await;
    let items = desk.told(Ask::List { from_ms: 0 }).await.items;
    assert_eq!((items.len(), items[0].note.as_str()), (1, "as the office has it"));
    assert_eq!(items[0].state, State::Delivered);
}

#[tokio::test]
async fn a_copy_of_something_else_is_thrown_away_and_one_that_does_not_read_is_not_taken() {
    let desk = Desk::open();
    desk.refresh(page(catalog(), 9)).await;
    let mut damaged = catalog();
    damaged[0]["customer"]["name"] = "".into();
    assert_eq!(desk.refresh(page(damaged, 10)).await, None);
    desk.start(on("Acme/Website", "")).await;
    let restored = wire::ComputerCopy {
        changes: wire::Changes { server_epoch: 2, ..page(catalog(), 3).changes },
        ..page(catalog(), 3)
    };
    assert_eq!(desk.refresh(restored.clone()).await, Some(Took::Stale));
    let running = desk.told(Ask::Status).await.entry.unwrap();
    assert_eq!(running.state, State::Waiting, "what was edited here stays");
    assert_eq!(desk.refresh(restored).await, Some(Took::Complete));
    let gone = serde_json::json!([{"seq": 4, "noun": "tag", "id": id(8), "gone": true},
        {"seq": 5, "noun": "invoice", "id": id(9), "gone": false}]);
    let mut page = page(gone, 5);
    page.changes.server_epoch = 2;
    assert_eq!(
        desk.refresh(page).await,
        Some(Took::Complete),
        "of what is not known nothing is kept"
    );
    let tags = Some(vec!["travel".to_owned()]);
    let fields = Fields { tags, ..Fields::default() };
    desk.ask(Ask::Start { at_ms: None, fields }).await.unwrap_err();
}

#[tokio::test]
async fn a_stream_that_begins_afresh_carries_every_edit_again() {
    let desk = Desk::open();
    let entry = desk.start(said("mail")).await.entry.unwrap();
    desk.deliver().await;
    desk.book.send_afresh(1, true, desk.now).await.unwrap();
    let status = desk.told(Ask::Status).await;
    assert_eq!((status.waiting, status.entry.unwrap().id), (1, entry.id.clone()));
    let offers = desk.offers().await;
    assert!(offers.iter().any(|offer| offer.id.to_string() == entry.id));
}

#[tokio::test]
async fn what_covers_the_same_time_is_said_and_not_refused() {
    let mut desk = Desk::open();
    let log = |desk: &Desk, from: u64, until: u64, note: &str| {
        let ms = |minutes: u64| desk.now.minus_ms(minutes * MINUTE_MS).ms();
        Ask::Log { start_ms: ms(from), end_ms: ms(until), fields: said(note) }
    };
    let first = desk.told(log(&desk, 120, 60, "first")).await;
    assert!(first.overlaps.is_empty());
    assert!(desk.told(log(&desk, 60, 30, "neighbour")).await.overlaps.is_empty());
    let over = desk.told(log(&desk, 90, 45, "over both")).await;
    let notes: Vec<_> = over.overlaps.iter().map(|shown| shown.note.as_str()).collect();
    assert_eq!(notes, ["first", "neighbour"]);
    assert!(over.entry.is_some(), "it is kept all the same");
    // The timer that a newer one ends is no overlap, and what is deleted is none either.
    desk.start(said("timer")).await;
    desk.pass(10);
    assert!(desk.start(said("next")).await.overlaps.is_empty());
    let which = over.entry.unwrap().id;
    let delete =
        Ask::Edit { which, start_ms: None, end_ms: None, fields: Fields::default(), delete: true };
    assert!(desk.told(delete).await.overlaps.is_empty());
}

/// So many hours after the begin of Monday the 16th of November 2026 in UTC.
fn hour(hours: i64) -> i64 {
    1_794_787_200_000 + hours * 60 * MINUTE_MS.cast_signed()
}

/// A week of the person's, or the lock, as the office tells of them; without a record when it is gone.
fn week(state: &str) -> serde_json::Value {
    let record = serde_json::json!({"person": "ada", "version": 7, "state": state, "first": "2026-11-16", "last": "2026-11-22",
        "from": "2026-11-16T00:00:00Z", "to": "2026-11-23T00:00:00Z", "time_zone": "UTC", "note": "", "changed": NOW, "by": "system",
        "submitted_ms": 1, "approved_ms": null});
    serde_json::json!({"seq": 7, "noun": "timesheet", "id": format!("{PERSON}.{}", hour(0)), "gone": false, "timesheet": record})
}

fn lock(before: Option<&str>) -> serde_json::Value {
    let at = before.map(|day| format!("{day}T00:00:00Z"));
    let record = serde_json::json!({"version": 7, "before": before, "at": at, "time_zone": "UTC", "set": NOW, "by": "system", "reason": "r"});
    let gone = before.is_none();
    let mut change = serde_json::json!({"seq": 7, "noun": "lock", "id": "lock", "gone": gone});
    if !gone {
        change["lock"] = record;
    }
    change
}

#[tokio::test]
async fn closed_time_is_known_here_and_told_at_once() {
    let desk = Desk::open();
    let log = |from: i64, to: i64| Ask::Log {
        start_ms: hour(from),
        end_ms: hour(to),
        fields: said("work"),
    };
    let tell = async |change: serde_json::Value| {
        let took = desk.refresh(page(serde_json::json!([change]), 7)).await;
        assert_eq!(took, Some(Took::Complete));
    };
    tell(week("submitted")).await;
    let before = desk.told(log(9, 10)).await;
    assert!(before.note.unwrap().contains("week from 2026-11-16 comes back to you"));
    assert_eq!(desk.told(log(-1, 0)).await.note, None, "the week before");
    tell(week("approved")).await;
    let offers = desk.offers().await.len();
    let why = desk.ask(log(9, 10)).await.unwrap_err();
    assert_eq!(why, Refusal::Hours(HoursRefusal::WeekApproved).to_string());
    assert!(desk.ask(log(-1, 1)).await.is_err(), "into it, too");
    assert_eq!(desk.offers().await.len(), offers, "nothing is kept of that");
    for open in ["open", "sent_back"] {
        tell(week(open)).await;
        assert_eq!(desk.told(log(9, 10)).await.note, None, "{open}");
    }
    tell(lock(Some("2026-11-17"))).await;
    let why = desk.ask(log(9, 10)).await.unwrap_err();
    assert_eq!(why, Refusal::Hours(HoursRefusal::TimeLocked).to_string());
    desk.told(log(24, 25)).await;
    tell(lock(None)).await;
    desk.told(log(10, 11)).await;
    // What the office has there stays; what it never took may be mended.
    let kept = desk.told(log(11, 12)).await.entry.unwrap();
    let there = serde_json::json!({"person": PERSON, "start": wire::rfc3339(Timestamp::new(hour(14)).unwrap()),
        "end": wire::rfc3339(Timestamp::new(hour(15)).unwrap()), "project": null, "task": null, "note": "there", "tags": [], "billable": false});
    let change = change("entry", 9, there);
    let took = desk.refresh(page(serde_json::json!([change, lock(Some("2026-11-20"))]), 8)).await;
    assert_eq!(took, Some(Took::Complete));
    let delete = |which: String| Ask::Edit {
        which,
        start_ms: None,
        end_ms: None,
        fields: Fields::default(),
        delete: true,
    };
    assert!(desk.ask(delete(id(9))).await.unwrap_err().contains("closed this time"));
    assert!(desk.told(delete(kept.id)).await.deleted);
    // Another copy knows nothing of what this one knew.
    let other = wire::ComputerCopy {
        changes: wire::Changes {
            view: "other".to_owned(),
            ..page(serde_json::json!([]), 9).changes
        },
        ..page(serde_json::json!([]), 9)
    };
    assert_eq!(desk.refresh(other).await, Some(Took::Stale));
    assert_eq!(desk.told(log(9, 10)).await.note, None);
}

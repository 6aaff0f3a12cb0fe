//! Batches from agents: each operation once, in order, whatever arrives in whatever order.

use super::*;
use crate::domain::activity::LONGEST_EVENT_MS;
use crate::domain::batch::{ACTIVITY_STREAM, Batch, BatchCommand, Operation};
use crate::domain::device::{DeviceCommand, StreamState};

/// An agent as the server sees it: batches one after the other, each naming the one before.
struct Agent {
    device: DeviceId,
    epoch: u32,
    seq: u64,
    last: [u8; 32],
}

impl Agent {
    fn new(device: DeviceId, epoch: u32) -> Self {
        Self { device, epoch, seq: 0, last: [0; 32] }
    }

    fn batch(&mut self, operations: Vec<Operation>) -> (Batch, [u8; 32]) {
        let batch = Batch {
            office: OFFICE,
            device: self.device,
            stream: ACTIVITY_STREAM,
            device_epoch: self.epoch,
            seq_from: self.seq + 1,
            seq_to: self.seq + operations.len() as u64,
            previous: self.last,
            created: Timestamp::new(5).unwrap(),
            operations,
        };
        let hash = *blake3::hash(&crate::codec::encode(&batch)).as_bytes();
        (self.seq, self.last) = (batch.seq_to, hash);
        (batch, hash)
    }
}

fn accept((batch, hash): &(Batch, [u8; 32])) -> Command {
    Command::Batch(BatchCommand::Accept { batch: batch.clone(), hash: *hash })
}

fn put_bucket(created_ms: i64) -> Operation {
    let created = Timestamp::new(created_ms).unwrap();
    Operation::PutBucket { name: bucket_name("window"), about: about("currentwindow"), created }
}

fn put(id: u64, start_ms: i64, name: &str) -> Operation {
    let event = event(Timestamp::new(start_ms).unwrap(), 10, app(name))
        .numbered(EventId(id), ActivityPolicy::FullDetail);
    Operation::PutEvent { bucket: bucket_name("window"), event }
}

#[test]
fn an_event_is_recorded_under_the_stricter_of_the_agents_policy_and_the_offices_then() {
    use ActivityPolicy::{CategoryTotals, FullDetail};
    let (mut story, ada) = Story::with_ada();
    let policy = OfficeCommand::SetPolicy { policy: FullDetail, reason: ShortText::cut("ours") };
    assert_eq!(story.run(Command::Office(policy)), Outcome::Done);
    let mut agent = Agent::new(story.computer(ada).id, 1);
    let start = Timestamp::new(1_000).unwrap();
    let stricter = event(start, 10, app("b")).numbered(EventId(2), CategoryTotals);
    let stricter = Operation::PutEvent { bucket: bucket_name("window"), event: stricter };
    let batch = agent.batch(vec![put_bucket(1), put(1, 1_000, "a"), stricter]);
    assert!(matches!(story.run(accept(&batch)), Outcome::Applied(_)));
    let kept = story.events(agent.device, "window");
    let mut policies: Vec<_> = kept.iter().map(|event| event.policy).collect();
    policies.sort();
    assert_eq!(policies, [CategoryTotals, FullDetail]);
}

fn delete(id: u64) -> Operation {
    Operation::DeleteEvent { bucket: bucket_name("window"), event: EventId(id) }
}

fn with_agent() -> (Story, Agent) {
    let (mut story, ada) = Story::with_ada();
    let device = story.computer(ada).id;
    (story, Agent::new(device, 1))
}

fn stood(seq: u64, hash: [u8; 32]) -> StreamState {
    StreamState { epoch: 1, applied_seq: seq, last_hash: hash }
}

fn apps(story: &Story, device: DeviceId) -> Vec<(u64, String)> {
    let events = story.events(device, "window");
    events.into_iter().map(|e| (e.id.0, e.data.app.clone().unwrap())).collect()
}

#[test]
fn in_order_each_is_applied_once() {
    let (mut story, mut agent) = with_agent();
    let one = agent.batch(vec![put_bucket(1), put(1, 100, "a"), put(2, 200, "b")]);
    let two = agent.batch(vec![put(2, 200, "c"), delete(1), put(3, 300, "d")]);
    assert_eq!(story.run(accept(&one)), Outcome::Applied(stood(3, one.1)));
    assert_eq!(story.run(accept(&two)), Outcome::Applied(stood(6, two.1)));
    let device = agent.device;
    assert_eq!(apps(&story, device), [(3, "d".to_owned()), (2, "c".to_owned())]);
    let kept = story.events(device, "window");
    let hours = ActivityPolicy::HoursOnly;
    assert!(kept.iter().all(|e| e.policy == hours), "never looser than the office's was then");
}

#[test]
fn replayed_ones_change_nothing() {
    let (mut story, mut agent) = with_agent();
    let batches: Vec<_> =
        (1..5).map(|n| agent.batch(vec![put_bucket(1), put(n, 9, "a")])).collect();
    for batch in &batches {
        story.run(accept(batch));
    }
    let (before, place) = (story.hash(), stood(8, agent.last));
    for batch in batches.iter().rev().chain(&batches) {
        assert_eq!(story.run(accept(batch)), Outcome::Applied(place));
        assert!(story.hash() == before);
    }
}

#[test]
fn a_gap_waits_for_what_comes_between() {
    let (mut story, mut agent) = with_agent();
    let batches: Vec<_> =
        (1..4).map(|n| agent.batch(vec![put_bucket(1), put(n, 9, "a")])).collect();
    story.run(accept(&batches[0]));
    let before = story.hash();
    assert_eq!(story.run(accept(&batches[2])), Outcome::Gap(stood(2, batches[0].1)));
    assert!(story.hash() == before);
    assert_eq!(story.run(accept(&batches[1])), Outcome::Applied(stood(4, batches[1].1)));
    assert_eq!(story.run(accept(&batches[2])), Outcome::Applied(stood(6, batches[2].1)));
    assert_eq!(apps(&story, agent.device).len(), 3);
}

#[test]
fn other_content_under_the_same_numbers_conflicts() {
    let (mut story, mut agent) = with_agent();
    let one = agent.batch(vec![put_bucket(1), put(1, 9, "a")]);
    story.run(accept(&one));
    let (before, place) = (story.hash(), Outcome::Conflict(stood(2, one.1)));
    let mut twin = Agent::new(agent.device, 1);
    let other = twin.batch(vec![put_bucket(1), put(1, 9, "b")]);
    assert_eq!(story.run(accept(&other)), place, "another last batch");
    let next = twin.batch(vec![put(2, 10, "b")]);
    assert_eq!(story.run(accept(&next)), place, "the next names another one before");
    let mut wide = Agent::new(agent.device, 1);
    let across = wide.batch(vec![put_bucket(1), put(1, 9, "a"), put(2, 10, "a")]);
    assert_eq!(story.run(accept(&across)), place, "begins within, ends beyond");
    assert!(story.hash() == before);
}

#[test]
fn another_office_a_stranger_and_a_revoked_one_are_refused() {
    let (mut story, mut agent) = with_agent();
    let (batch, hash) = agent.batch(vec![put_bucket(1)]);
    story.later(600_000);
    let office = OfficeId::from_bytes([8; 16]);
    story.refuses(accept(&(Batch { office, ..batch.clone() }, hash)), Refusal::OtherOffice);
    let device = DeviceId::from_bytes([0xee; 16]);
    story.refuses(accept(&(Batch { device, ..batch.clone() }, hash)), Refusal::UnknownDevice);
    story.run(Command::Device(DeviceCommand::Revoke { device: agent.device }));
    story.refuses(accept(&(batch, hash)), Refusal::DeviceRevoked);
}

#[test]
fn a_fresh_start_counts_anew_and_an_old_one_is_over() {
    let (mut story, mut agent) = with_agent();
    let old = agent.batch(vec![put_bucket(1), put(1, 100, "a")]);
    story.run(accept(&old));
    let mut fresh = Agent::new(agent.device, 2);
    let one = fresh.batch(vec![put_bucket(1), put(2, 200, "b")]);
    let two = fresh.batch(vec![put(3, 300, "c")]);
    assert_eq!(story.run(accept(&two)), Outcome::Gap(StreamState::start(2)));
    let place = |seq, last_hash| StreamState { epoch: 2, applied_seq: seq, last_hash };
    assert_eq!(story.run(accept(&one)), Outcome::Applied(place(2, one.1)));
    assert_eq!(story.run(accept(&two)), Outcome::Applied(place(3, two.1)));
    let late = agent.batch(vec![put(9, 900, "z")]);
    assert_eq!(story.run(accept(&late)), Outcome::Conflict(place(3, two.1)));
    let names: Vec<String> = apps(&story, agent.device).into_iter().map(|(_, app)| app).collect();
    assert_eq!(names, ["c", "b", "a"]);
}

#[test]
fn the_whole_book_sent_again_changes_nothing() {
    let (mut story, mut agent) = with_agent();
    let book = vec![put_bucket(1), put(1, 100, "a"), put(2, 200, "b")];
    let sent = agent.batch(book.clone());
    story.run(accept(&sent));
    let before = story.events(agent.device, "window");
    let again = Agent::new(agent.device, 2).batch(book);
    assert!(matches!(story.run(accept(&again)), Outcome::Applied(_)));
    assert_eq!(story.events(agent.device, "window"), before);
}

#[test]
fn a_lost_book_overwrites_nothing_of_the_old_one() {
    let (mut story, mut agent) = with_agent();
    let old = agent.batch(vec![put_bucket(1), put(1, 100, "a"), put(2, 200, "b")]);
    story.run(accept(&old));
    let mut fresh = Agent::new(agent.device, 2);
    // The same watcher's bucket, made anew: its events count from 1 again.
    let one = fresh.batch(vec![put_bucket(777), put(1, 300, "c")]);
    let two = fresh.batch(vec![put_bucket(777), put(1, 300, "d"), put(2, 400, "e"), delete(1)]);
    story.run(accept(&one));
    assert_eq!(apps(&story, agent.device).len(), 3);
    story.run(accept(&two));
    let texts =
        |of: &[(u64, &str)]| of.iter().map(|(n, a)| (*n, (*a).to_owned())).collect::<Vec<_>>();
    assert_eq!(apps(&story, agent.device), texts(&[(4, "e"), (2, "b"), (1, "a")]));
}

#[test]
fn absurd_numbers_and_orphans_have_nowhere_to_go() {
    let (mut story, mut agent) = with_agent();
    let long = event(Timestamp::new(50).unwrap(), u64::MAX, app("long"));
    let long =
        Event { duration_ms: u64::MAX, ..long.numbered(EventId(1), ActivityPolicy::HoursOnly) };
    let orphan = Operation::DeleteBucket { name: bucket_name("never made") };
    let data = EventData { title: Some("t".repeat(3 * 1024 * 1024)), ..app("monster") };
    let monster = event(Timestamp::new(70).unwrap(), 10, data)
        .numbered(EventId(7), ActivityPolicy::HoursOnly);
    let monster = Operation::PutEvent { bucket: bucket_name("window"), event: monster };
    let batch = agent.batch(vec![
        put(5, 5, "orphan"),
        orphan,
        put_bucket(1),
        put(u64::MAX, 100, "absurd"),
        delete(u64::MAX),
        Operation::PutEvent { bucket: bucket_name("window"), event: long },
        monster,
        put(EventId::LARGEST.0, 60, "largest"),
    ]);
    assert!(matches!(story.run(accept(&batch)), Outcome::Applied(_)));
    let kept = story.events(agent.device, "window");
    assert_eq!(kept.len(), 2);
    assert_eq!((kept[0].id, kept[1].duration_ms), (EventId::LARGEST, LONGEST_EVENT_MS));
}

#[test]
fn a_deleted_bucket_takes_its_events_along() {
    let (mut story, mut agent) = with_agent();
    let name = bucket_name("window");
    let batch = agent.batch(vec![
        put_bucket(1),
        put(1, 100, "a"),
        Operation::DeleteBucket { name },
        put(2, 200, "b"),
        put_bucket(2),
        put(1, 300, "c"),
    ]);
    story.run(accept(&batch));
    assert_eq!(apps(&story, agent.device), [(1, "c".to_owned())]);
}

#[test]
fn a_time_entry_made_offline_is_its_persons_and_a_refused_one_holds_nothing_up() {
    use crate::domain::entry::{Entry, EntryOffer};
    use crate::domain::id::EntryId;
    use crate::domain::text::NoteText;

    let (mut story, mut agent) = with_agent();
    let person = read::device(&story.state.read().unwrap(), agent.device).unwrap().unwrap().person;
    let bo = story.person("bo", Role::Employee);
    let now = story.now;
    let offer = |number: u8, minutes: u64, later: u64| EntryOffer {
        id: EntryId::from_bytes([number; 16]),
        body: Entry {
            // Whatever a computer says: it is enrolled for one person.
            person: bo,
            project: None,
            task: None,
            start: now.minus_ms(60_000 * minutes),
            end: Some(now),
            cut: None,
            note: NoteText::empty(),
            tags: Vec::new(),
            billable: false,
        },
        modified: now.plus_ms(later),
        deleted: false,
    };
    let batch = agent.batch(vec![
        Operation::OfferEntry(offer(1, 30, 0)),
        Operation::OfferEntry(offer(2, 30 * 60, 0)),
        put_bucket(5),
        put(1, 6, "after"),
    ]);
    let end = stood(4, batch.1);
    assert_eq!(story.run(accept(&batch)), Outcome::Applied(end));
    assert_eq!(apps(&story, agent.device), [(1, "after".to_owned())]);
    let entry = |story: &Story, number: u8| {
        let id = EntryId::from_bytes([number; 16]);
        read::sync::record::<Entry>(&story.state.read().unwrap(), id).unwrap()
    };
    assert_eq!(entry(&story, 1).unwrap().body.person, person);
    assert_eq!(entry(&story, 2), None);
    let refused = |story: &Story, device| {
        let kept = read::entry::refused(&story.state.read().unwrap(), device, 9).unwrap();
        kept.iter().map(|kept| (kept.offer.id, kept.refusal)).collect::<Vec<_>>()
    };
    let id = EntryId::from_bytes([2; 16]);
    assert_eq!(refused(&story, agent.device), [(id, Refusal::TooLong)]);
    // Mended, it counts; so does taking it back.
    let batch = agent.batch(vec![Operation::OfferEntry(offer(2, 60, 1))]);
    story.run(accept(&batch));
    assert_eq!(entry(&story, 2).unwrap().body.start, now.minus_ms(60_000 * 60));
    assert_eq!(refused(&story, agent.device), []);
    let gone = EntryOffer { deleted: true, ..offer(3, 30 * 60, 0) };
    let batch =
        agent.batch(vec![Operation::OfferEntry(offer(3, 30 * 60, 0)), Operation::OfferEntry(gone)]);
    story.run(accept(&batch));
    assert_eq!(refused(&story, agent.device), []);
    assert!(!entry(&story, 3).unwrap().is_live());
    // Somebody else's entry stays theirs.
    let theirs = Entry { person: bo, ..offer(4, 9, 0).body };
    let add = crate::domain::sync::Edit::Add { id: EntryId::from_bytes([4; 16]), body: theirs };
    story.run(Command::Entry(crate::domain::entry::EntryCommand::Edit(add)));
    let batch =
        agent.batch(vec![Operation::OfferEntry(EntryOffer { deleted: true, ..offer(4, 9, 9) })]);
    story.run(accept(&batch));
    assert!(entry(&story, 4).unwrap().is_live());
    let id = EntryId::from_bytes([4; 16]);
    assert_eq!(refused(&story, agent.device), [(id, Refusal::OtherPerson)]);
}

//! The agent's book and its outbox against a copy of the server's book: whatever happens here arrives there, and no more.

mod admission;
mod leaving;
mod retention;

use proptest::prelude::*;

use super::*;
use crate::agent::folder::tests::Data;
use crate::agent::identity::tests::identity;
use crate::agent::pause::{Wish, pause};
use crate::compat::activitywatch::book::Book;
use crate::domain::activity::{
    ActivityCommand, BucketAbout, EventData, EventId, NewEvent, SkipKnown,
};
use crate::domain::batch::{Batch, Receipt};
use crate::domain::outcome::{Outcome, Refusal};
use crate::domain::text::{CanonicalJson, ShortText};
use crate::store::outbox::Standing;
use crate::store::tables::Outbox;
use crate::store::{OpenError, Read};

use ActivityPolicy::{FullDetail, HoursOnly};

fn open(data: &Data, policy: ActivityPolicy, share_titles: bool) -> ActivityBook {
    open_as(data, &identity(), policy, share_titles)
}

/// The thread of a book that was dropped closes it a moment later.
fn open_as(
    data: &Data,
    identity: &Identity,
    policy: ActivityPolicy,
    share_titles: bool,
) -> ActivityBook {
    loop {
        match ActivityBook::open(&data.folder(), identity, (policy, share_titles), at(1_000_000)) {
            Err(AgentError::Open(OpenError::InUse(_))) => std::thread::yield_now(),
            opened => return opened.unwrap(),
        }
    }
}

fn at(ms: i64) -> Timestamp {
    Timestamp::new(ms).unwrap()
}

fn name(text: &str) -> BucketName {
    BucketName::new(text).unwrap()
}

fn about() -> BucketAbout {
    let text = |text| ShortText::new(text).unwrap();
    let data = CanonicalJson::empty();
    BucketAbout { kind: text("currentwindow"), client: text("c"), hostname: text("h"), data }
}

fn create(bucket: &str) -> ActivityCommand {
    ActivityCommand::CreateBucket {
        device: HERE,
        name: name(bucket),
        about: about(),
        created: None,
    }
}

fn event(start: i64, app: &str) -> NewEvent {
    let json = format!(r#"{{"app":"{app}","title":"secret"}}"#);
    let data = EventData {
        json: CanonicalJson::new(json).unwrap(),
        app: Some(app.to_owned()),
        title: Some("secret".to_owned()),
        url: None,
        afk: None,
    };
    NewEvent { id: None, start: at(start), duration_ms: 0, data }
}

fn beat(bucket: &str, start: i64, app: &str) -> ActivityCommand {
    let (name, event) = (name(bucket), event(start, app));
    ActivityCommand::Heartbeat { device: HERE, name, event, pulsetime_ms: 5_000 }
}

/// Every event of every bucket.
fn content(state: &State) -> Vec<(BucketName, BucketAbout, Vec<Event>)> {
    let reader = state.read().unwrap();
    let mut all = Vec::new();
    for bucket in activity::buckets(&reader, HERE).unwrap() {
        let mut events = Vec::new();
        let range = (Timestamp::EARLIEST, Timestamp::LATEST);
        activity::events_newest_first(&reader, &bucket, range.0, range.1, |event| {
            take_up_to(usize::MAX, &mut events, event)
        })
        .unwrap();
        all.push((bucket.name, bucket.about, events));
    }
    all
}

/// The server's side: its book, and its place in the stream.
struct Server {
    state: State,
    epoch: u32,
    applied: u64,
    hash: [u8; 32],
}

impl Server {
    fn new(data: &Data) -> Self {
        let state = State::open(&data.0.join("server.redb")).unwrap();
        Self { state, epoch: 1, applied: 0, hash: [0; 32] }
    }

    /// As the server's apply does it.
    fn take(&mut self, bytes: &[u8]) {
        let signed = crate::codec::batch::SignedBatch::parse(bytes).unwrap();
        let batch = signed.open(identity().key.verifying_key().as_bytes()).unwrap();
        if batch.device_epoch > self.epoch {
            (self.epoch, self.applied, self.hash) = (batch.device_epoch, 0, [0; 32]);
        }
        if batch.seq_to <= self.applied {
            return;
        }
        assert_eq!((batch.seq_from, batch.previous), (self.applied + 1, self.hash));
        self.apply(&batch);
        (self.applied, self.hash) = (batch.seq_to, signed.payload_hash());
    }

    fn apply(&self, batch: &Batch) {
        let run = |w: &mut dyn Writer| {
            for operation in &batch.operations {
                let find = |w: &mut dyn Writer, name| activity::bucket(w.as_reader(), HERE, name);
                match operation {
                    Operation::PutBucket { name, about, created } => {
                        let (bucket, _) = activity::create_bucket(w, HERE, name, about, *created)?;
                        let same = bucket.created == *created;
                        let base = if same { bucket.base } else { bucket.last_event };
                        let (about, created) = (about.clone(), *created);
                        activity::put_bucket(w, &Bucket { about, created, base, ..bucket })?;
                    }
                    Operation::DeleteBucket { name } => {
                        if let Some(bucket) = find(w, name)? {
                            activity::Pen::new(w).delete_bucket(&bucket)?;
                        }
                    }
                    Operation::PutEvent { bucket, event } => {
                        if let Some(mut bucket) = find(w, bucket)? {
                            let id = bucket.number_of(event.id).unwrap();
                            activity::Pen::new(w)
                                .put_event(&mut bucket, Event { id, ..event.clone() })?;
                        }
                    }
                    Operation::DeleteEvent { bucket, event } => {
                        if let Some(bucket) = find(w, bucket)? {
                            let id = bucket.number_of(*event).unwrap();
                            activity::Pen::new(w).delete_event(bucket.number, id)?;
                        }
                    }
                    Operation::OfferEntry(_) => unreachable!("nobody tracks in these stories"),
                }
            }
            Ok(())
        };
        self.state.write(run).unwrap();
    }

    fn receipt(&self) -> Receipt {
        Receipt {
            office: identity().office,
            server_epoch: 1,
            device: identity().device,
            stream: ACTIVITY_STREAM,
            device_epoch: self.epoch,
            applied_seq: self.applied,
            applied_hash: self.hash,
            safe_seq: 0,
        }
    }
}

async fn next(book: &ActivityBook) -> Option<Vec<u8>> {
    let who = (identity().office, identity().device);
    match book.next_batch(who, identity().key, at(5)).await.unwrap() {
        Outgoing::Batch(batch) => Some(batch.bytes),
        Outgoing::Nothing | Outgoing::Held => None,
    }
}

async fn acknowledge(book: &ActivityBook, receipt: Receipt) -> Standing {
    book.write(move |desk| outbox::acknowledge(desk.writer, &receipt, at(6))).await.unwrap()
}

async fn deliver(book: &ActivityBook, server: &mut Server) {
    book.release(true, at(5)).await.unwrap();
    while let Some(bytes) = next(book).await {
        server.take(&bytes);
        acknowledge(book, server.receipt()).await;
    }
}

#[tokio::test]
async fn what_is_answered_is_in_the_book_and_in_the_outbox() {
    let data = Data::new();
    let book = open(&data, HoursOnly, false);
    let refused = book.change(HERE, beat("w", 1_000, "a")).await.unwrap();
    assert_eq!(refused, Outcome::Refused(Refusal::UnknownBucket));
    assert_eq!(book.change(HERE, create("w")).await.unwrap(), Outcome::Done);
    assert_eq!(book.change(HERE, create("w")).await.unwrap(), Outcome::Already);
    book.change(HERE, beat("w", 1_000, "a")).await.unwrap();
    let Outcome::Event(grown) = book.change(HERE, beat("w", 4_000, "a")).await.unwrap() else {
        panic!("a heartbeat is answered with its event")
    };
    assert_eq!((grown.id, grown.duration_ms), (EventId(1), 3_000));
    assert_eq!(grown.data.title.as_deref(), Some("secret"), "the local book keeps everything");
    let rows =
        book.state.read().unwrap().rows::<Outbox>(KeyRange::all(), Order::Rising, 9).unwrap();
    assert_eq!(rows.len(), 2, "the growing event is queued once");
    let Operation::PutEvent { event, .. } = &rows[1].1.operation else { panic!("an event") };
    assert_eq!(event.duration_ms, 3_000);
    assert_eq!(event.data.json.as_str(), r#"{"app":"a"}"#, "the office gets no title");
}

#[tokio::test]
async fn under_full_detail_everything_goes_out_but_nothing_recorded_before() {
    let data = Data::new();
    let book = open(&data, HoursOnly, false);
    let mut server = Server::new(&data);
    book.change(HERE, create("w")).await.unwrap();
    book.change(HERE, beat("w", 1_000, "a")).await.unwrap();
    book.set_policy(FullDetail, at(1_500));
    book.change(HERE, beat("w", 2_000, "a")).await.unwrap();
    deliver(&book, &mut server).await;
    let events = content(&server.state).remove(0).2;
    let titles: Vec<_> = events.iter().map(|event| event.data.title.as_deref()).collect();
    assert_eq!(titles, [Some("secret"), None]);
}

#[tokio::test]
async fn a_pause_answers_and_records_nothing() {
    let data = Data::new();
    let book = open(&data, HoursOnly, false);
    book.change(HERE, create("w")).await.unwrap();
    book.change(HERE, beat("w", 1_000, "a")).await.unwrap();
    let before = (content(&book.state), book.counts().await.unwrap());
    pause(&data.folder(), Wish::On, at(1_500), &jiff::tz::TimeZone::UTC).unwrap();
    let answered = book.change(HERE, beat("w", 2_000, "b")).await.unwrap();
    assert!(matches!(answered, Outcome::Event(event) if event.start == at(2_000)));
    let events = vec![event(3_000, "c")];
    let insert = ActivityCommand::InsertEvents {
        device: HERE,
        name: name("w"),
        events,
        skip_known: SkipKnown::No,
    };
    assert_eq!(book.change(HERE, insert).await.unwrap(), Outcome::Inserted(vec![None]));
    assert_eq!((content(&book.state), book.counts().await.unwrap()), before);
    pause(&data.folder(), Wish::Off, crate::clock::now(), &jiff::tz::TimeZone::UTC).unwrap();
    book.change(HERE, beat("w", 2_500, "late")).await.unwrap();
    assert_eq!(content(&book.state), before.0, "what began in the pause is not recorded later");
}

#[tokio::test]
async fn a_growth_that_was_held_back_survives_a_crash() {
    let data = Data::new();
    let mut server = Server::new(&data);
    let book = open(&data, HoursOnly, true);
    book.change(HERE, create("w")).await.unwrap();
    book.change(HERE, beat("w", 1_000, "a")).await.unwrap();
    deliver(&book, &mut server).await;
    book.change(HERE, beat("w", 3_000, "a")).await.unwrap();
    assert_eq!(book.counts().await.unwrap().waiting, 0, "held back");
    drop(book);
    let book = open(&data, HoursOnly, true);
    deliver(&book, &mut server).await;
    assert_eq!(content(&server.state), content(&book.state));
}

#[tokio::test]
async fn enrolled_again_only_what_waits_goes_to_the_new_device() {
    let data = Data::new();
    let mut server = Server::new(&data);
    let book = open(&data, HoursOnly, true);
    book.change(HERE, create("w")).await.unwrap();
    book.change(HERE, beat("w", 1_000, "a")).await.unwrap();
    deliver(&book, &mut server).await;
    book.change(HERE, beat("w", 50_000, "b")).await.unwrap();
    next(&book).await.unwrap();
    drop(book);
    let folder = Data::new();
    let mut fresh = Server::new(&folder);
    let again = Identity { device_epoch: 2, ..identity() };
    let book = open_as(&data, &again, HoursOnly, true);
    deliver(&book, &mut fresh).await;
    let apps: Vec<_> =
        content(&fresh.state).remove(0).2.into_iter().map(|e| e.data.app.clone()).collect();
    assert_eq!(apps, [Some("b".to_owned())]);
    drop(book);
    let book = open_as(&data, &again, HoursOnly, true);
    assert_eq!(next(&book).await.map(|_| ()), Some(()), "the newest event, once more");
    let forgotten = Identity { device_epoch: 3, send_whole_book: true, ..identity() };
    drop(book);
    let (empty, book) = (Data::new(), open_as(&data, &forgotten, HoursOnly, true));
    let mut empty = Server::new(&empty);
    deliver(&book, &mut empty).await;
    assert_eq!(content(&empty.state), content(&book.state));
}

#[tokio::test]
async fn brought_back_from_a_copy_it_overwrites_nothing() {
    let (data, copy) = (Data::new(), Data::new());
    let mut server = Server::new(&data);
    let book = open(&data, HoursOnly, true);
    book.change(HERE, create("w")).await.unwrap();
    book.change(HERE, beat("w", 1_000, "before")).await.unwrap();
    deliver(&book, &mut server).await;
    let folder = copy.folder();
    drop(book);
    drop(open(&data, HoursOnly, true));
    std::fs::copy(data.folder().path(FILE), folder.path(FILE)).unwrap();
    let book = open(&data, HoursOnly, true);
    book.change(HERE, beat("w", 50_000, "lost")).await.unwrap();
    book.change(HERE, beat("w", 55_000, "lost")).await.unwrap();
    deliver(&book, &mut server).await;
    drop(book);
    let book = open(&copy, HoursOnly, true);
    book.change(HERE, beat("w", 90_000, "early")).await.unwrap();
    let Standing::Beyond { epoch } = acknowledge(&book, server.receipt()).await else {
        panic!("the server knows what this book does not")
    };
    book.send_afresh(epoch, false, at(95_000)).await.unwrap();
    book.change(HERE, beat("w", 99_000, "after")).await.unwrap();
    deliver(&book, &mut server).await;
    let mut seen: Vec<(i64, u64, String)> = content(&server.state)
        .remove(0)
        .2
        .into_iter()
        .map(|e| (e.start.ms(), e.duration_ms, e.data.app.clone().unwrap()))
        .collect();
    seen.sort();
    seen.dedup();
    let whole =
        [(1_000, 0, "before"), (50_000, 5_000, "lost"), (90_000, 0, "early"), (99_000, 0, "after")];
    assert_eq!(seen, whole.map(|(start, long, app)| (start, long, app.to_owned())));
}

/// One step of a story.
#[derive(Clone, Debug)]
enum Turn {
    Create(u8),
    /// So much after the beat before, mostly near enough to merge.
    Beat {
        bucket: u8,
        later: i64,
        app: u8,
    },
    Insert {
        bucket: u8,
        start: i64,
        replace: Option<u64>,
    },
    Delete {
        bucket: u8,
        event: u64,
    },
    DeleteBucket(u8),
    Deliver,
    /// A batch arrives, its receipt does not.
    LoseReceipt,
    /// The agent is killed.
    Crash,
    /// The server loses all it has, and the agent must notice.
    Wipe,
}

fn turns() -> impl Strategy<Value = Vec<Turn>> {
    let bucket = || 0_u8..2;
    let turn = prop_oneof![
        3 => bucket().prop_map(Turn::Create),
        12 => (bucket(), -1_000_i64..7_000, prop_oneof![4 => Just(0_u8), 1 => Just(1)])
            .prop_map(|(bucket, later, app)| Turn::Beat { bucket, later, app }),
        2 => (bucket(), 0_i64..40_000, prop::option::of(1_u64..8))
            .prop_map(|(bucket, start, replace)| Turn::Insert { bucket, start, replace }),
        1 => (bucket(), 1_u64..8).prop_map(|(bucket, event)| Turn::Delete { bucket, event }),
        1 => bucket().prop_map(Turn::DeleteBucket),
        3 => Just(Turn::Deliver),
        2 => Just(Turn::LoseReceipt),
        1 => Just(Turn::Crash),
        1 => Just(Turn::Wipe),
    ];
    prop::collection::vec(turn, 1..60)
}

async fn tell(turns: Vec<Turn>) {
    let data = Data::new();
    let mut server = Server::new(&data);
    let mut book = open(&data, HoursOnly, true);
    let bucket = |number: u8| name(&format!("bucket-{number}"));
    let mut clock = 100_000;
    for turn in turns {
        let command = match turn {
            Turn::Create(n) => create(bucket(n).as_str()),
            Turn::Beat { bucket: n, later, app } => {
                clock += later;
                beat(bucket(n).as_str(), clock, &format!("app-{app}"))
            }
            Turn::Insert { bucket: n, start, replace } => {
                let event = NewEvent { id: replace.map(EventId), ..event(start, "inserted") };
                let skip_known = SkipKnown::No;
                let events = vec![event];
                ActivityCommand::InsertEvents { device: HERE, name: bucket(n), events, skip_known }
            }
            Turn::Delete { bucket: n, event } => {
                let event = EventId(event);
                ActivityCommand::DeleteEvent { device: HERE, name: bucket(n), event }
            }
            Turn::DeleteBucket(n) => {
                ActivityCommand::DeleteBucket { device: HERE, name: bucket(n) }
            }
            Turn::Deliver => {
                deliver(&book, &mut server).await;
                continue;
            }
            Turn::LoseReceipt => {
                if let Some(bytes) = next(&book).await {
                    server.take(&bytes);
                }
                continue;
            }
            Turn::Crash => {
                drop(book);
                book = open(&data, HoursOnly, true);
                continue;
            }
            Turn::Wipe => {
                let wipe = |w: &mut dyn Writer| {
                    for bucket in activity::buckets(w.as_reader(), HERE)? {
                        activity::Pen::new(w).delete_bucket(&bucket)?;
                    }
                    Ok(())
                };
                server.state.write(wipe).unwrap();
                (server.applied, server.hash) = (0, [0; 32]);
                // What was kept too long is gone, so that healing needs the whole book now and then.
                book.write(|desk| outbox::drop_kept(desk.writer, ACTIVITY_STREAM, 300, at(6)))
                    .await
                    .unwrap();
                if let Standing::Behind { epoch } = acknowledge(&book, server.receipt()).await {
                    book.send_afresh(epoch, true, at(6)).await.unwrap();
                }
                continue;
            }
        };
        book.change(HERE, command).await.unwrap();
    }
    deliver(&book, &mut server).await;
    assert_eq!(content(&server.state), content(&book.state));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    /// Whatever is recorded, lost on the way, killed or restored: in the end the server has exactly what the agent has.
    #[test]
    fn the_server_ends_with_exactly_what_was_recorded(turns in turns()) {
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(tell(turns));
    }
}

#[tokio::test]
async fn what_the_rules_leave_out_is_neither_stored_nor_queued() {
    let data = Data::new();
    redaction::add(&data.folder(), "drop app = a").unwrap();
    redaction::add(&data.folder(), "mask app = b").unwrap();
    let book = open(&data, FullDetail, true);
    book.change(HERE, create("w")).await.unwrap();
    let dropped = book.change(HERE, beat("w", 1_000, "A")).await.unwrap();
    assert!(matches!(dropped, Outcome::Event(event) if event.id == EventId(0)));
    book.change(HERE, beat("w", 2_000, "b")).await.unwrap();
    let events = vec![event(3_000, "a"), event(4_000, "c")];
    let insert = ActivityCommand::InsertEvents {
        device: HERE,
        name: name("w"),
        events,
        skip_known: SkipKnown::No,
    };
    let inserted = book.change(HERE, insert).await.unwrap();
    assert_eq!(inserted, Outcome::Inserted(vec![None, Some(EventId(2))]));
    book.release(true, at(9_000)).await.unwrap();
    let stored: Vec<_> =
        content(&book.state)[0].2.iter().map(|e| e.data.json.to_string()).collect();
    let kept = [r#"{"app":"c","title":"secret"}"#, r#"{"app":"b","title":"***"}"#];
    assert_eq!(stored, kept);
    let queued = book.state.read().unwrap().rows::<Outbox>(KeyRange::all(), Order::Rising, 99);
    let queued = format!("{:?}", queued.unwrap());
    assert!(queued.contains("***") && queued.contains("\"c"), "{queued}");
    assert!(!queued.contains("\"a\"") && queued.matches("secret").count() == 2, "{queued}");
}

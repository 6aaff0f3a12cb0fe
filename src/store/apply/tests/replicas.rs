//! Several computers offline for a week: whatever their people do meanwhile, and in whatever order and in however many batches it arrives,
//! the same time entries stand there in the end, and every edit that gave way stands in the history.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::codec::encode;
use crate::domain::batch::{ACTIVITY_STREAM, Batch, BatchCommand, Operation};
use crate::domain::entry::{Entry, EntryCommand, EntryOffer};
use crate::domain::id::{EntryId, ProjectId, RecordId};
use crate::domain::project::Project;
use crate::domain::sync::{Edit, Stamp};
use crate::domain::text::NoteText;
use crate::domain::time::{DAY_MS, MINUTE_MS};
use crate::store::read::sync as book;
use crate::store::tables::{Entries, EntryUses, PersonEntries, RefusedOffers, Table};
use crate::store::transaction::{KeyRange, Order, Read, Reader};

const COMPUTERS: usize = 3;
/// Entries that every computer knew when it went away.
const KNOWN: u8 = 4;

/// What somebody does at one of the computers.
#[derive(Clone, Copy, Debug)]
enum Deed {
    /// A timer begins; the one that runs is left to end there.
    Start,
    /// The timer that was begun last here ends.
    Stop,
    /// An entry that is known there gets another note and another begin.
    Edit { which: u8, earlier: u64 },
    /// One becomes two.
    Split { which: u8 },
    /// One goes.
    Delete { which: u8 },
}

/// At which computer, so many minutes after what was done there before.
type Done = (usize, u64, Deed);

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        3 => Just(Deed::Start),
        2 => Just(Deed::Stop),
        4 => (any::<u8>(), 0_u64..90).prop_map(|(which, earlier)| Deed::Edit { which, earlier }),
        1 => any::<u8>().prop_map(|which| Deed::Split { which }),
        1 => any::<u8>().prop_map(|which| Deed::Delete { which }),
    ]
}

/// A week at the computers: the edits each makes, in its order.
fn week(done: &[Done], person: UserId, now: Timestamp) -> [Vec<EntryOffer>; COMPUTERS] {
    let began = now.minus_ms(7 * DAY_MS);
    let mut offers: [Vec<EntryOffer>; COMPUTERS] = Default::default();
    let mut seen: Vec<BTreeMap<EntryId, Entry>> = (0..COMPUTERS)
        .map(|_| (1..=KNOWN).map(|number| (known_id(number), known(number, person, now))).collect())
        .collect();
    // Clocks differ; one runs ahead of the office's.
    let mut clocks = [began, began.plus_ms(3 * MINUTE_MS), began.minus_ms(40 * MINUTE_MS)];
    for (number, (place, minutes, deed)) in done.iter().enumerate() {
        clocks[*place] = clocks[*place].plus_ms(minutes * MINUTE_MS + 1);
        let (clock, seen) = (clocks[*place], &mut seen[*place]);
        let note = NoteText::new(format!("edit {number}")).unwrap();
        let fresh = |half: u8| {
            let mut bytes = [half; 16];
            bytes[..8].copy_from_slice(&(number as u64 + 1).to_be_bytes());
            EntryId::from_bytes(bytes)
        };
        let pick = |which: u8| {
            let place = usize::from(which) % seen.len().max(1);
            seen.iter().nth(place).map(|(id, body)| (*id, body.clone()))
        };
        let mut made: Vec<(EntryId, Entry, bool)> = Vec::new();
        match *deed {
            Deed::Start => {
                let body = Entry { start: clock, end: None, ..known(1, person, now) };
                made.push((fresh(1), Entry { note, ..body }, false));
            }
            Deed::Stop => {
                let open = seen.iter().filter(|(_, body)| body.end.is_none() && body.start < clock);
                if let Some((id, body)) = open.max_by_key(|(_, body)| body.start) {
                    let end = body.start.plus_ms(DAY_MS).min(clock);
                    made.push((*id, Entry { end: Some(end), note, ..body.clone() }, false));
                }
            }
            Deed::Edit { which, earlier } => {
                if let Some((id, body)) = pick(which) {
                    let start = body.start.minus_ms(earlier * MINUTE_MS);
                    let end = body.end.map(|end| end.min(start.plus_ms(DAY_MS)));
                    made.push((id, Entry { start, end, note, ..body }, false));
                }
            }
            Deed::Split { which } => {
                if let Some((id, body)) = pick(which)
                    && let Some((first, second)) = body.split(body.start.plus_ms(MINUTE_MS))
                {
                    let second_note = NoteText::new(format!("edit {number} second")).unwrap();
                    made.push((id, Entry { note, ..first }, false));
                    made.push((fresh(2), Entry { note: second_note, ..second }, false));
                }
            }
            Deed::Delete { which } => {
                if let Some((id, body)) = pick(which) {
                    made.push((id, Entry { note, ..body }, true));
                }
            }
        }
        for (id, body, deleted) in made {
            if deleted {
                seen.remove(&id);
            } else {
                seen.insert(id, body.clone());
            }
            offers[*place].push(EntryOffer { id, body, modified: clock, deleted });
        }
    }
    offers
}

fn known_id(number: u8) -> EntryId {
    EntryId::from_bytes([0xee, number, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, number])
}

fn known(number: u8, person: UserId, now: Timestamp) -> Entry {
    let start = now.minus_ms(8 * DAY_MS).plus_ms(u64::from(number) * 90 * MINUTE_MS);
    Entry {
        person,
        project: Some(project()),
        task: None,
        start,
        end: Some(start.plus_ms(60 * MINUTE_MS)),
        cut: None,
        note: NoteText::empty(),
        tags: Vec::new(),
        billable: false,
    }
}

fn project() -> ProjectId {
    ProjectId::from_bytes([7; 16])
}

/// What stands there in the end, whatever way led there, and the edits in the histories.
fn told(done: &[Done], turns: &[(usize, usize)]) -> (blake3::Hash, BTreeSet<String>) {
    let (mut story, ada) = Story::with_ada();
    let body = Project {
        customer: None,
        name: Label::new("Website").unwrap(),
        colour: None,
        billable: true,
        budget_minutes: None,
        archived: false,
        members: None,
    };
    story.run(Command::Project(Edit::Add { id: project(), body }));
    for number in 1..=KNOWN {
        let (id, body) = (known_id(number), known(number, ada, story.now));
        story.run(Command::Entry(EntryCommand::Edit(Edit::Add { id, body })));
    }
    story.now = story.now.plus_ms(7 * DAY_MS);
    let now = story.now;
    let offers = week(done, ada, now);
    let devices: Vec<DeviceId> = (0..COMPUTERS).map(|_| story.computer(ada).id).collect();
    let mut sent = [0_usize; COMPUTERS];
    let mut last = [[0; 32]; COMPUTERS];
    let everything = (0..COMPUTERS).map(|place| (place, usize::MAX));
    for (place, most) in turns.iter().copied().chain(everything) {
        let rest = &offers[place][sent[place]..];
        let rest = &rest[..rest.len().min(most)];
        if rest.is_empty() {
            continue;
        }
        let batch = Batch {
            office: OFFICE,
            device: devices[place],
            stream: ACTIVITY_STREAM,
            device_epoch: 1,
            seq_from: sent[place] as u64 + 1,
            seq_to: (sent[place] + rest.len()) as u64,
            previous: last[place],
            created: now,
            operations: rest.iter().cloned().map(Operation::OfferEntry).collect(),
        };
        let hash = *blake3::hash(&encode(&batch)).as_bytes();
        // Sent again, it counts once.
        for _ in 0..2 {
            let accept = BatchCommand::Accept { batch: batch.clone(), hash };
            let outcome = story.run(Command::Batch(accept));
            assert!(matches!(outcome, Outcome::Applied(_)), "{outcome:?}");
        }
        (sent[place], last[place]) = (sent[place] + rest.len(), hash);
    }
    let scope = story.state.read().unwrap();
    let mut notes = BTreeSet::new();
    let mut hasher = blake3::Hasher::new();
    for (id, entry) in scope.rows::<Entries>(KeyRange::all(), Order::Rising, usize::MAX).unwrap() {
        let Stamp { modified, replica } = entry.meta.stamp;
        // All but the version, which counts how it came to be.
        let seen = (id, entry.body, modified, replica, entry.meta.created, entry.meta.deleted);
        hasher.update(format!("{seen:?}").as_bytes());
        let record: RecordId = id.into();
        for (_, version) in book::history(&scope, Noun::Entry, record).unwrap() {
            let version = book::version_of::<Entry>(&version).unwrap();
            notes.insert(version.body.note.as_str().to_owned());
        }
    }
    rows::<PersonEntries>(&scope, &mut hasher);
    rows::<EntryUses>(&scope, &mut hasher);
    rows::<RefusedOffers>(&scope, &mut hasher);
    (hasher.finalize(), notes)
}

fn rows<T: Table>(reader: &dyn Reader, hasher: &mut blake3::Hasher) {
    reader
        .scan_bytes(T::NAME, KeyRange::all(), Order::Rising, &mut |key, _| {
            hasher.update(key);
            Ok(std::ops::ControlFlow::Continue(()))
        })
        .unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_week_offline_converges_and_nothing_is_lost(
        done in prop::collection::vec((0..COMPUTERS, 0_u64..240, deed()), 1..40),
        turns in prop::collection::vec((0..COMPUTERS, 1_usize..6), 0..40),
        other in prop::collection::vec((0..COMPUTERS, 1_usize..6), 0..40),
    ) {
        let (one, notes) = told(&done, &turns);
        prop_assert_eq!(&(one, notes.clone()), &told(&done, &other));
        let now = Story::with_ada().0.now.plus_ms(7 * DAY_MS);
        let made = week(&done, UserId::from_bytes([0; 16]), now);
        for offer in made.iter().flatten() {
            let note = offer.body.note.as_str();
            prop_assert!(notes.contains(note), "{} is in no history", note);
        }
    }
}

//! Removing what is too old, step by step. What goes is counted in the same transaction; [`RetentionCommand::Tell`] writes the audit entry.

use std::ops::ControlFlow;

use super::{Applying, refused, sync, told};
use crate::domain::activity::{BucketNumber, Event, EventData};
use crate::domain::customer::Customer;
use crate::domain::entry::Entry;
use crate::domain::id::{RecordId, UserId};
use crate::domain::outcome::{Noun, Outcome, Refusal};
use crate::domain::project::Project;
use crate::domain::retention::{ROWS_A_STEP, RetentionCommand, Swept};
use crate::domain::tag::Tag;
use crate::domain::task::Task;
use crate::domain::text::CanonicalJson;
use crate::domain::time::Timestamp;
use crate::store::error::StoreError;
use crate::store::read::sync::Shelf;
use crate::store::tables::{Hot, HotIds, Looks, Sweeps, Tails};
use crate::store::transaction::{KeyRange, Order, Read, Write};

pub(super) fn apply(
    at: &mut Applying<'_>,
    command: &RetentionCommand,
) -> Result<Outcome, StoreError> {
    let mut swept = at.writer.get::<Sweeps>(&())?.unwrap_or_default();
    let more = match command {
        RetentionCommand::Drop { bucket, before, rows } => {
            drop_events(at, &mut swept, *bucket, *before, limited(*rows))?
        }
        RetentionCommand::Thin { bucket, from, before, rows } => {
            thin(at, &mut swept, *bucket, (*from, *before), limited(*rows))?
        }
        RetentionCommand::Purge { records, before } => {
            if records.len() > ROWS_A_STEP as usize {
                return refused(Refusal::TooMany);
            }
            for (noun, id) in records {
                purge(at, &mut swept, *noun, *id, *before)?;
            }
            false
        }
        RetentionCommand::Forget { person, before, rows } => {
            forget(at, &mut swept, *person, *before, limited(*rows))?
        }
        RetentionCommand::Tell => {
            if swept.is_nothing() {
                return Ok(Outcome::Already);
            }
            let Swept { floor, events, thinned, traces, looks } = swept;
            let words = format!(
                "{events} events deleted, {thinned} without detail, {traces} traces of deleted records, {looks} looks"
            );
            at.audit("retention.sweep", &words)?;
            swept = Swept { floor, ..Swept::default() };
            false
        }
    };
    at.writer.put::<Sweeps>(&(), &swept)?;
    Ok(Outcome::Erased { more })
}

/// What an event keeps once it is old: which application, whether somebody was there, and for how long.
pub(in crate::store) fn thinned(event: &Event) -> Option<Event> {
    let EventData { app, afk, .. } = &event.data;
    let mut words = serde_json::Map::new();
    if let Some(app) = app {
        words.insert("app".to_owned(), app.clone().into());
    }
    if let Some(afk) = afk {
        words.insert("status".to_owned(), if *afk { "afk" } else { "not-afk" }.into());
    }
    let json = CanonicalJson::new(serde_json::Value::Object(words).to_string()).ok()?;
    let (app, afk) = (app.clone(), *afk);
    let data = EventData { json, app, title: None, url: None, afk };
    (data != event.data).then(|| Event { data, ..event.clone() })
}

fn limited(rows: u32) -> usize {
    rows.clamp(1, ROWS_A_STEP) as usize
}

fn drop_events(
    at: &mut Applying<'_>,
    swept: &mut Swept,
    bucket: BucketNumber,
    before: Timestamp,
    rows: usize,
) -> Result<bool, StoreError> {
    let old = KeyRange::between(&bucket, &(bucket, before));
    let found = at.writer.rows::<Hot>(old, Order::Rising, rows)?;
    for (key, event) in &found {
        at.writer.delete::<Hot>(key)?;
        at.writer.delete::<HotIds>(&(bucket, event.id))?;
        swept.events += 1;
    }
    if found.len() == rows {
        return Ok(true);
    }
    // The newest goes only with all the others.
    if at.writer.get::<Tails>(&bucket)?.is_some_and(|tail| tail.start < before) {
        at.writer.delete::<Tails>(&bucket)?;
        swept.events += 1;
    }
    Ok(false)
}

/// Rows that one step reads at most to find those that still have their detail.
const MOST_LOOKED: usize = 10_000;

fn thin(
    at: &mut Applying<'_>,
    swept: &mut Swept,
    bucket: BucketNumber,
    (from, before): (Timestamp, Timestamp),
    rows: usize,
) -> Result<bool, StoreError> {
    let old = KeyRange::between(&(bucket, from), &(bucket, before));
    let (mut found, mut looked) = (Vec::new(), 0);
    at.writer.scan::<Hot>(old, Order::Rising, |key, event| {
        looked += 1;
        found.extend(thinned(&event).map(|thin| (key, thin)));
        if found.len() < rows && looked < MOST_LOOKED {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    })?;
    for (key, thin) in &found {
        at.writer.put::<Hot>(key, thin)?;
        swept.thinned += 1;
    }
    if found.len() == rows || looked == MOST_LOOKED {
        return Ok(true);
    }
    let tail = at.writer.get::<Tails>(&bucket)?.filter(|tail| tail.start < before);
    if let Some(thin) = tail.as_ref().and_then(thinned) {
        at.writer.put::<Tails>(&bucket, &thin)?;
        swept.thinned += 1;
    }
    Ok(false)
}

fn forget(
    at: &mut Applying<'_>,
    swept: &mut Swept,
    person: UserId,
    before: Timestamp,
    rows: usize,
) -> Result<bool, StoreError> {
    let old = KeyRange::between(&(person, Timestamp::EARLIEST, 0_u64), &(person, before, 0_u64));
    let found = at.writer.rows::<Looks>(old, Order::Rising, rows)?;
    for (key, _) in &found {
        at.writer.delete::<Looks>(key)?;
        swept.looks += 1;
    }
    Ok(found.len() == rows)
}

fn purge(
    at: &mut Applying<'_>,
    swept: &mut Swept,
    noun: Noun,
    id: RecordId,
    before: Timestamp,
) -> Result<(), StoreError> {
    let gone = match noun {
        Noun::Customer => trace::<Customer>(at, id, before)?,
        Noun::Project => trace::<Project>(at, id, before)?,
        Noun::Task => trace::<Task>(at, id, before)?,
        Noun::Tag => trace::<Tag>(at, id, before)?,
        // Its start stays: it may be what ended an older timer.
        Noun::Entry => trace::<Entry>(at, id, before)?,
        noun => told::purge(at, (noun, id), before)?,
    };
    if let Some(version) = gone {
        swept.floor = swept.floor.max(version);
        swept.traces += 1;
    }
    Ok(())
}

/// The version of the trace that went.
fn trace<B: Shelf>(
    at: &mut Applying<'_>,
    id: RecordId,
    before: Timestamp,
) -> Result<Option<u64>, StoreError> {
    let Some(record) = at.writer.get::<B::Table>(&B::Id::from(id))? else { return Ok(None) };
    if record.meta.deleted.is_none_or(|deleted| deleted >= before) {
        return Ok(None);
    }
    sync::purge(at, &record)?;
    Ok(Some(record.meta.changed_seq))
}

//! Doing what is asked, in one transaction: the edit as it is seen here, and the operation that offers it to the office.

use super::ask::{Ask, Fields, Told};
use super::closed::{Verdict, verdict};
use super::look::{Look, Seen};
use crate::clock;
use crate::domain::batch::{ACTIVITY_STREAM, Operation};
use crate::domain::entry::{Entry, EntryOffer, MOST_LONG_MS, OfferedEntry};
use crate::domain::id::{EntryId, UserId};
use crate::domain::outcome::Refusal;
use crate::domain::text::NoteText;
use crate::domain::time::Timestamp;
use crate::store::tables::{Entries, OfferedEntries};
use crate::store::{KeyRange, Order, Read, Reader, StoreError, Write, Writer, outbox};
use crate::wire::v1::rfc3339;

/// A sentence with a next step, when it cannot be; then nothing changed.
type Said<T> = Result<T, String>;

/// What to do, once it is known that it can be.
struct Plan {
    /// The entry it is about.
    id: EntryId,
    body: Entry,
    deleted: bool,
    /// The timer that ends because of it.
    ends: Option<(EntryId, Timestamp)>,
}

pub(super) fn perform(
    writer: &mut dyn Writer,
    ask: Ask,
    now: Timestamp,
) -> Result<Said<Told>, StoreError> {
    let look = Look::at(writer.as_reader(), now)?;
    let plan = match plan(&look, ask, now) {
        Ok(plan) => plan,
        Err(sentence) => return Ok(Err(sentence)),
    };
    let known = look.entries.get(&plan.id);
    let note = match office_says(writer.as_reader(), &look, &plan)? {
        Verdict::Open => None,
        Verdict::Reopens(note) => Some(note),
        Verdict::Shut(sentence) => return Ok(Err(sentence)),
    };
    let gone = known.map(|known| look.shown(plan.id, known)).filter(|_| plan.deleted);
    offer(writer, &plan, known, now)?;
    if let Some((other, at)) = plan.ends {
        end_there(writer, other, at)?;
    }
    let look = Look::at(writer.as_reader(), now)?;
    let told = look.told(Some(plan.id));
    let overlaps = if plan.deleted { Vec::new() } else { look.overlaps(plan.id) };
    let ended = plan.ends.and_then(|(id, _)| Some(look.shown(id, look.entries.get(&id)?)));
    let entry = told.entry.clone().or(gone);
    Ok(Ok(Told { entry, ended, overlaps, deleted: plan.deleted, note, ..told }))
}

/// What the office would say, as far as it is known here. Against what it has: what it refused or holds may always be mended.
fn office_says(reader: &dyn Reader, look: &Look, plan: &Plan) -> Result<Verdict, StoreError> {
    let Some(copy) = &look.copy else { return Ok(Verdict::Open) };
    let was = reader.get::<Entries>(&plan.id)?.map(|there| there.body);
    let now = (!plan.deleted).then_some(&plan.body);
    verdict(reader, copy.person, was.as_ref(), now)
}

/// What is asked of what stands there, without a change.
pub(super) fn look_up(
    reader: &dyn Reader,
    ask: &Ask,
    now: Timestamp,
) -> Result<Said<Told>, StoreError> {
    let look = Look::at(reader, now)?;
    Ok(match ask {
        Ask::Find { which } => look.which(which).map(|(id, _)| look.told(Some(id))),
        Ask::List { from_ms } => {
            let from = Timestamp::new(*from_ms).unwrap_or(Timestamp::EARLIEST);
            Ok(Told { items: look.since(from), ..look.told(None) })
        }
        _ => {
            let running = look.running().map(|(id, _)| id);
            Ok(Told { items: look.refused(), ..look.told(running) })
        }
    })
}

fn plan(look: &Look, ask: Ask, now: Timestamp) -> Said<Plan> {
    match ask {
        Ask::Start { at_ms, fields } => start(look, moment(at_ms)?.unwrap_or(now), &fields, now),
        Ask::Continue { which } => {
            let (_, seen) = look.which(&which)?;
            let body = Entry { start: now, end: None, cut: None, ..seen.body.clone() };
            begin(look, body, now)
        }
        Ask::Stop { at_ms } => {
            let (id, seen) = look.running().ok_or_else(|| Refusal::NoTimer.to_string())?;
            let end = moment(at_ms)?.unwrap_or(now);
            if at_ms.is_none() && end.ms_since(seen.body.start) > MOST_LONG_MS {
                return Err(format!(
                    "The timer runs since {}, longer than 24 hours. Say when the work ended: timebook track stop --at TIME",
                    rfc3339(seen.body.start)
                ));
            }
            kept(
                Plan {
                    id,
                    body: Entry { end: Some(end), ..seen.body.clone() },
                    deleted: false,
                    ends: None,
                },
                now,
            )
        }
        Ask::Discard => {
            let (id, seen) = look.running().ok_or_else(|| Refusal::NoTimer.to_string())?;
            Ok(Plan { id, body: seen.body.clone(), deleted: true, ends: None })
        }
        Ask::Log { start_ms, end_ms, fields } => {
            let (start, end) = (moment(Some(start_ms))?, moment(Some(end_ms))?);
            let body = Entry { end, ..blank(look, start.unwrap_or(now)) };
            let body = look.names.fill(body, &fields, true)?;
            kept(Plan { id: fresh(), body, deleted: false, ends: None }, now)
        }
        Ask::Edit { which, start_ms, end_ms, fields, delete } => {
            let (id, seen) = look.which(&which)?;
            let mut body = look.names.fill(seen.body.clone(), &fields, false)?;
            // Where a newer timer ended it follows anew at the office; here it stays as it is seen.
            body.cut = seen.body.cut.filter(|_| end_ms.is_none());
            body.start = moment(start_ms)?.unwrap_or(body.start);
            body.end = moment(end_ms)?.or(body.end);
            let plan = Plan { id, body, deleted: delete, ends: None };
            if delete { Ok(plan) } else { kept(plan, now) }
        }
        Ask::Status | Ask::Find { .. } | Ask::List { .. } => {
            Err("There is nothing to change.".to_owned())
        }
    }
}

fn start(look: &Look, start: Timestamp, fields: &Fields, now: Timestamp) -> Said<Plan> {
    begin(look, look.names.fill(blank(look, start), fields, true)?, now)
}

/// A timer; the one that runs ends where it begins.
fn begin(look: &Look, body: Entry, now: Timestamp) -> Said<Plan> {
    let running = look.running().map(|(id, seen)| (id, seen.body.start));
    if running.is_some_and(|(_, start)| body.start <= start) {
        return Err(Refusal::LaterTimer.to_string());
    }
    let ends = running.map(|(id, _)| (id, body.start));
    kept(Plan { id: fresh(), body, deleted: false, ends }, now)
}

/// Goes on only with what the office could take.
fn kept(plan: Plan, now: Timestamp) -> Said<Plan> {
    match plan.body.fault(now) {
        Some(refusal) => Err(refusal.to_string()),
        None => Ok(plan),
    }
}

fn offer(
    writer: &mut dyn Writer,
    plan: &Plan,
    known: Option<&Seen>,
    now: Timestamp,
) -> Result<(), StoreError> {
    // After everything that is known of the entry, whatever the clocks say: the person has seen that.
    let after = known.map_or(Timestamp::EARLIEST, |known| known.modified.plus_ms(1));
    let (id, modified) = (plan.id, now.max(after));
    let offer = EntryOffer { id, body: plan.body.clone(), modified, deleted: plan.deleted };
    put(writer, offer, now)
}

fn put(writer: &mut dyn Writer, offer: EntryOffer, now: Timestamp) -> Result<(), StoreError> {
    let operation = Operation::OfferEntry(offer.clone());
    let seq = outbox::append(writer, ACTIVITY_STREAM, operation, now)?;
    writer.put::<OfferedEntries>(&offer.id.clone(), &OfferedEntry { offer, seq, refused: None })
}

/// Where the older timer ends is seen here at once. The office is not told: it follows there from the newer one, so that what anybody else
/// wrote of the older one meanwhile is not overwritten.
fn end_there(writer: &mut dyn Writer, id: EntryId, at: Timestamp) -> Result<(), StoreError> {
    let cut = |body: &Entry| Entry { cut: Some(body.cut_at(at)), ..body.clone() };
    if let Some(mut offered) = writer.get::<OfferedEntries>(&id)? {
        offered.offer.body = cut(&offered.offer.body);
        writer.put::<OfferedEntries>(&id, &offered)?;
    }
    if let Some(mut known) = writer.get::<Entries>(&id)? {
        known.body = cut(&known.body);
        writer.put::<Entries>(&id, &known)?;
    }
    Ok(())
}

/// Everything edited here goes out once more, behind what waits: the stream began afresh, and the places of before count no more.
pub(in crate::agent) fn offer_again(
    writer: &mut dyn Writer,
    now: Timestamp,
) -> Result<(), StoreError> {
    let rows = writer.rows::<OfferedEntries>(KeyRange::all(), Order::Rising, usize::MAX)?;
    for (_, offered) in rows {
        put(writer, offered.offer, now)?;
    }
    Ok(())
}

fn blank(look: &Look, start: Timestamp) -> Entry {
    // The office puts the person's own id in, whatever stands here.
    let person = look.copy.as_ref().map_or(UserId::from_bytes([0; 16]), |copy| copy.person);
    Entry {
        person,
        project: None,
        task: None,
        start,
        end: None,
        cut: None,
        note: NoteText::empty(),
        tags: Vec::new(),
        billable: false,
    }
}

fn moment(ms: Option<i64>) -> Said<Option<Timestamp>> {
    let Some(ms) = ms else { return Ok(None) };
    let at = Timestamp::new(ms);
    at.map(Some).ok_or_else(|| "A time lies between 1970 and 2200. Check it.".to_owned())
}

fn fresh() -> EntryId {
    EntryId(clock::ascending_id())
}

//! Writing into the book: the newest event grows in place, others get rows of their own, and what lies in a block comes out of it first.
//!
//! A block is never changed in place: whoever must change an event in it takes it out with those around it ([`super::sealed`]), and the
//! next seal packs them again. What was deleted is gone from the file's rows at once.

mod run;

use std::ops::ControlFlow;

use super::block::{self, Closed};
use super::scan::{Look, Seen, Span, scan};
use super::sealed::Shelf;
use super::thin::thinned;
use super::{create_bucket, dropped, newest, put_bucket};
use crate::codec::block::Outline;
use crate::domain::activity::{
    Bucket, BucketAbout, BucketNumber, Event, EventId, LONGEST_EVENT_MS, NewEvent, SkipKnown,
    merge_heartbeat,
};
use crate::domain::id::DeviceId;
use crate::domain::policy::ActivityPolicy;
use crate::domain::report::Stretch;
use crate::domain::text::BucketName;
use crate::domain::time::Timestamp;
use crate::store::error::StoreError;
use crate::store::tables::{Buckets, Hot, HotIds, Table, Tails};
use crate::store::transaction::{KeyRange, Order, Read, Reader, Write, Writer};

/// A hand that writes: it knows what it touched, and keeps the blocks it last looked into. Nothing seals while it writes.
pub struct Pen<'w> {
    writer: &'w mut dyn Writer,
    touched: Vec<Stretch>,
    shelf: Shelf,
}

impl<'w> Pen<'w> {
    /// Writes through `writer`.
    pub fn new(writer: &'w mut dyn Writer) -> Self {
        Self { writer, touched: Vec::new(), shelf: Shelf::default() }
    }

    /// When what was written, changed or removed so far was.
    pub fn into_touched(self) -> Vec<Stretch> {
        self.touched
    }

    /// Makes the bucket unless it is there; with whether it was made.
    ///
    /// # Errors
    /// [`StoreError`], as every method here.
    pub fn create_bucket(
        &mut self,
        device: DeviceId,
        name: &BucketName,
        about: &BucketAbout,
        created: Timestamp,
    ) -> Result<(Bucket, bool), StoreError> {
        let made = create_bucket(self.writer, device, name, about, created)?;
        if made.1 {
            self.touch_all();
        }
        Ok(made)
    }

    /// Writes what the bucket, which was `was`, is `now`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn put_bucket(&mut self, was: &Bucket, now: &Bucket) -> Result<(), StoreError> {
        if was.about.kind != now.about.kind {
            self.touch_all();
        }
        put_bucket(self.writer, now)
    }

    /// What there is now.
    pub fn reader(&self) -> &dyn Reader {
        self.writer.as_reader()
    }

    /// Grows the newest event by a heartbeat, or starts the next.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn heartbeat(
        &mut self,
        bucket: &mut Bucket,
        beat: &NewEvent,
        pulsetime_ms: u64,
        policy: ActivityPolicy,
    ) -> Result<Event, StoreError> {
        let newest = newest(self.writer.as_reader(), bucket.number)?;
        // An event keeps the policy it was recorded under; once the policy changed, the next heartbeat starts an event of its own.
        let last = newest.filter(|last| last.policy == policy);
        if let Some(last) = last
            && let Some(merged) = merge_heartbeat(&last, beat, pulsetime_ms)
        {
            self.grew(&last, &merged);
            self.writer.put::<Tails>(&bucket.number, &merged)?;
            return Ok(merged);
        }
        self.insert_new(bucket, beat.clone(), policy)
    }

    /// Inserts an event, or replaces the one whose number it carries; `None` when it was known and known ones are left out. One that was
    /// known and has grown since becomes as long as it is now.
    ///
    /// A number that was never given here replaces nothing: such an event is new and gets the next one.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn insert(
        &mut self,
        bucket: &mut Bucket,
        event: NewEvent,
        policy: ActivityPolicy,
        skip_known: SkipKnown,
    ) -> Result<Option<Event>, StoreError> {
        if skip_known == SkipKnown::Yes
            && let Some(known) = self.known(bucket.number, &event)?
        {
            let duration_ms = event.duration_ms.min(LONGEST_EVENT_MS);
            if duration_ms <= known.duration_ms {
                return Ok(None);
            }
            let grown = Event { duration_ms, ..known };
            self.put_event(bucket, grown.clone())?;
            return Ok(Some(grown));
        }
        match event.id.filter(|id| *id <= bucket.last_event) {
            Some(id) => {
                let event = event.numbered(id, policy);
                self.put_event(bucket, event.clone())?;
                Ok(Some(event))
            }
            None => self.insert_new(bucket, event, policy).map(Some),
        }
    }

    /// The event is there and is this, whatever stood under its number.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn put_event(&mut self, bucket: &mut Bucket, event: Event) -> Result<(), StoreError> {
        // The open event of a recording computer is put again and again: the one case worth a short way.
        let tail = newest(self.writer.as_reader(), bucket.number)?;
        if let Some(tail) = tail
            && tail.id == event.id
            && tail.start <= event.start
        {
            self.grew(&tail, &event);
            return self.writer.put::<Tails>(&bucket.number, &event);
        }
        // A number that was never given stands nowhere.
        if event.id <= bucket.last_event {
            // What was delivered already comes again after a restore: a block stays closed for that.
            if self.is_sealed_so(bucket.number, &event)? {
                return Ok(());
            }
            self.delete_event(bucket.number, event.id)?;
        }
        bucket.last_event = bucket.last_event.max(event.id);
        self.place(bucket, event)
    }

    /// Removes the event; was it there?
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn delete_event(&mut self, bucket: BucketNumber, id: EventId) -> Result<bool, StoreError> {
        let tail = newest(self.writer.as_reader(), bucket)?;
        if let Some(tail) = tail.filter(|tail| tail.id == id) {
            self.touch(tail.start, tail.end());
            self.writer.delete::<Tails>(&bucket)?;
            self.promote(bucket)?;
            return Ok(true);
        }
        if self.writer.get::<HotIds>(&(bucket, id))?.is_none() {
            let reader = self.writer.as_reader();
            let Some((closed, at)) = self.shelf.find(reader, bucket, id)? else { return Ok(false) };
            self.shelf.unseal(self.writer, bucket, &closed, at)?;
        }
        let Some(event) = take_row(self.writer, bucket, id)? else { return Ok(false) };
        self.touch(event.start, event.end());
        Ok(true)
    }

    /// Removes the bucket; its events are gone for everybody, and their rows go in steps ([`super::dropped`]).
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn delete_bucket(&mut self, bucket: &Bucket) -> Result<(), StoreError> {
        self.writer.delete::<Tails>(&bucket.number)?;
        self.writer.delete::<Buckets>(&(bucket.device, bucket.name.clone()))?;
        dropped::add(self.writer, bucket)?;
        self.touch_all();
        Ok(())
    }

    fn insert_new(
        &mut self,
        bucket: &mut Bucket,
        event: NewEvent,
        policy: ActivityPolicy,
    ) -> Result<Event, StoreError> {
        bucket.last_event = EventId(bucket.last_event.0 + 1);
        let event = event.numbered(bucket.last_event, policy);
        self.place(bucket, event.clone())?;
        Ok(event)
    }

    /// Puts an event that is not there yet where it belongs: into `tail` when it is the newest, else into `hot`. Writes the bucket's row.
    fn place(&mut self, bucket: &mut Bucket, event: Event) -> Result<(), StoreError> {
        let number = bucket.number;
        self.touch(event.start, event.end());
        let older = match newest(self.writer.as_reader(), number)? {
            Some(tail) if (tail.start, tail.id) > (event.start, event.id) => Some(event),
            tail => {
                self.writer.put::<Tails>(&number, &event)?;
                tail
            }
        };
        if let Some(older) = older {
            bucket.longest_hot_ms = bucket.longest_hot_ms.max(older.duration_ms);
            put_row(self.writer, number, &older)?;
        }
        put_bucket(self.writer, bucket)
    }

    /// The newest of the others becomes the newest of all.
    fn promote(&mut self, bucket: BucketNumber) -> Result<(), StoreError> {
        let row =
            |writer: &dyn Writer| writer.first::<Hot>(KeyRange::prefix(&bucket), Order::Falling);
        let (row_there, sealed) =
            (row(self.writer)?, block::last(self.writer.as_reader(), bucket)?);
        let newest_row = row_there.map(|((_, start, id), _)| (start, id));
        if let Some(closed) = sealed.filter(|closed| Some(closed.about.last()) > newest_row) {
            // With its neighbours: whoever deletes the newest often deletes the next, too.
            self.shelf.unseal(self.writer, bucket, &closed, closed.about.count as usize - 1)?;
        }
        if let Some((_, next)) = row(self.writer)? {
            take_row(self.writer, bucket, next.id)?;
            self.writer.put::<Tails>(&bucket, &next)?;
        }
        Ok(())
    }

    /// The event that this one tells of again: it began then and says the same, or what is left of that once it is old. The longest, if
    /// there are several.
    fn known(
        &mut self,
        bucket: BucketNumber,
        event: &NewEvent,
    ) -> Result<Option<Event>, StoreError> {
        let thin = std::cell::LazyCell::new(|| thinned(&event.data));
        let same = |known: &Event| {
            let json = &known.data.json;
            *json == event.data.json || thin.as_ref().is_some_and(|thin| thin.json == *json)
        };
        self.find_at(bucket, event.start, &same)
    }

    /// The event that begins at `start` and is as `fits` says. The longest, if there are several.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn find_at(
        &mut self,
        bucket: BucketNumber,
        start: Timestamp,
        fits: &dyn Fn(&Event) -> bool,
    ) -> Result<Option<Event>, StoreError> {
        let same = |known: &Event| known.start == start && fits(known);
        let mut found: Option<Event> = None;
        let mut take = |known: &Event| {
            let length = |event: &Event| (event.duration_ms, std::cmp::Reverse(event.id));
            if same(known) && found.as_ref().is_none_or(|found| length(found) < length(known)) {
                found = Some(known.clone());
            }
        };
        let (from, to) = ((start, EventId(0)), (start, EventId(u64::MAX)));
        let span = Span { from, to, ..Span::all(bucket, Order::Rising) };
        let mut sealed = Vec::new();
        let look = |closed: &Closed| {
            sealed.push(closed.clone());
            Look::Past
        };
        scan(self.writer.as_reader(), span, look, |seen: Seen<'_, Outline>| {
            if let Seen::Row(event) = seen {
                take(event);
            }
            ControlFlow::Continue(())
        })?;
        for closed in sealed {
            let block = self.shelf.open(self.writer.as_reader(), bucket, &closed)?;
            let mut at = block.before(from);
            while at < block.len() && block.place(at).0 == start {
                take(&block.event(at));
                at += 1;
            }
        }
        Ok(found)
    }

    /// Stands this very event in a block?
    fn is_sealed_so(&mut self, bucket: BucketNumber, event: &Event) -> Result<bool, StoreError> {
        if self.writer.get::<HotIds>(&(bucket, event.id))?.is_some() {
            return Ok(false);
        }
        let reader = self.writer.as_reader();
        let Some((closed, at)) = self.shelf.find(reader, bucket, event.id)? else {
            return Ok(false);
        };
        Ok(self.shelf.open(reader, bucket, &closed)?.event(at) == *event)
    }

    /// Of an event that only became longer or shorter, the rest stays as it was.
    fn grew(&mut self, was: &Event, is: &Event) {
        if was.start == is.start && was.data == is.data && was.policy == is.policy {
            self.touch(was.end().min(is.end()), was.end().max(is.end()));
        } else {
            self.touch(was.start, was.end());
            self.touch(is.start, is.end());
        }
    }

    /// What kinds of watcher a computer has says how every day of it is added up.
    fn touch_all(&mut self) {
        self.touch(Timestamp::EARLIEST, Timestamp::LATEST);
    }

    fn touch(&mut self, from: Timestamp, to: Timestamp) {
        self.touched.push(Stretch { from, to });
    }
}

/// Gives the event a row of its own.
pub(super) fn put_row(
    writer: &mut dyn Writer,
    bucket: BucketNumber,
    event: &Event,
) -> Result<(), StoreError> {
    writer.put::<HotIds>(&(bucket, event.id), &event.start)?;
    writer.put::<Hot>(&(bucket, event.start, event.id), event)
}

/// Removes the event's own row.
pub(in crate::store) fn take_row(
    writer: &mut dyn Writer,
    bucket: BucketNumber,
    id: EventId,
) -> Result<Option<Event>, StoreError> {
    let Some(start) = writer.get::<HotIds>(&(bucket, id))? else { return Ok(None) };
    let key = (bucket, start, id);
    let event = writer.get::<Hot>(&key)?;
    writer.delete::<HotIds>(&(bucket, id))?;
    writer.delete::<Hot>(&key)?;
    Ok(event)
}

/// Removes every row of the range.
pub(in crate::store) fn clear<T: Table>(
    writer: &mut dyn Writer,
    range: KeyRange,
) -> Result<(), StoreError> {
    let table = T::NAME;
    let mut keys = Vec::new();
    writer.scan_bytes(table, range, Order::Rising, &mut |key, _| {
        keys.push(key.to_vec());
        Ok(ControlFlow::Continue(()))
    })?;
    for key in keys {
        writer.delete_bytes(table, &key)?;
    }
    Ok(())
}

//! Unpacking a block, strictly.

use std::cell::{OnceCell, RefCell};
use std::io::Read;
use std::ops::Range;

use zstd::bulk::Decompressor;
use zstd::zstd_safe;

use super::bytes::{LONGEST_ESCAPE, Numbers, escaped_len};
use super::outline::{Outline, Saying};
use super::{
    Block, Data, MOST_EVENTS, MOST_JSON_BYTES, MOST_NUMBER_BYTES, MOST_TEXT_BYTES, NAME, Shape,
    VERSION, damaged,
};
use crate::codec::CodecError;
use crate::domain::activity::LONGEST_EVENT_MS;
use crate::domain::policy::ActivityPolicy;
use crate::domain::text::CanonicalJson;
use crate::domain::time::Timestamp;

/// zstd windows above 2 MiB are refused: nothing in a block is longer.
const LARGEST_WINDOW_LOG: u32 = 21;

pub(super) fn unpack(bytes: &[u8]) -> Result<Block, CodecError> {
    let (numbers, text) = unframed(bytes)?;
    let mut numbers = Numbers(&numbers);
    let mut texts = Texts { text: &text, at: 0 };
    let columns = Columns::read(&mut numbers)?;
    let shapes = shapes(&mut numbers, &mut texts, columns.distinct)?;
    let apps = apps(&mut numbers, &mut texts, columns.distinct)?;
    let (says, sayings) = sayings(&mut numbers, &shapes, apps.len(), columns.distinct)?;
    let mut data: Vec<Data> =
        says.into_iter().map(|shape| Data { shape, title: None, url: None }).collect();
    for data in data.iter_mut().filter(|data| shapes[data.shape].gaps[1]) {
        data.title = Some(texts.take(&mut numbers)?);
    }
    for data in data.iter_mut().filter(|data| shapes[data.shape].gaps[2]) {
        data.url = Some(texts.take(&mut numbers)?);
    }
    if numbers.most() > 0 || texts.at != text.len() {
        return Err(damaged("its columns contradict each other"));
    }
    let outline = columns.outline(sayings, apps, text);
    let mut all = 0;
    for (data, saying) in data.iter().zip(&outline.sayings) {
        all += json_length(data, saying, &shapes[data.shape], &outline)?;
        if all > MOST_JSON_BYTES {
            return Err(damaged("its events say too much together"));
        }
    }
    let said = data.iter().map(|_| OnceCell::new()).collect();
    Ok(Block { outline, data, shapes, said })
}

pub(super) fn outline(bytes: &[u8]) -> Result<Outline, CodecError> {
    let (numbers, mut text) = unframed(bytes)?;
    let mut numbers = Numbers(&numbers);
    let mut texts = Texts { text: &text, at: 0 };
    let columns = Columns::read(&mut numbers)?;
    let shapes = shapes(&mut numbers, &mut texts, columns.distinct)?;
    let apps = apps(&mut numbers, &mut texts, columns.distinct)?;
    let (_, sayings) = sayings(&mut numbers, &shapes, apps.len(), columns.distinct)?;
    // Whoever keeps outlines of many blocks keeps no titles.
    let names = texts.at;
    text.truncate(names);
    Ok(columns.outline(sayings, apps, text))
}

/// The numbers and the texts, unpacked.
fn unframed(bytes: &[u8]) -> Result<(Vec<u8>, String), CodecError> {
    let Some((&version, rest)) = bytes.split_first() else { return Err(damaged("it is empty")) };
    if version > VERSION {
        return Err(CodecError::Newer { what: NAME, version, newest: VERSION });
    }
    if version < VERSION {
        return Err(damaged("version 0 was never written"));
    }
    let mut head = Numbers(rest);
    let length = head.below(rest.len())?;
    let (numbers, text) = head.0.split_at_checked(length).ok_or_else(|| damaged("it is cut"))?;
    let numbers = unpacked(numbers, MOST_NUMBER_BYTES)?;
    let text = String::from_utf8(unpacked(text, MOST_TEXT_BYTES)?)
        .map_err(|_| damaged("its texts are not UTF-8"))?;
    Ok((numbers, text))
}

/// What stands there for every event.
struct Columns {
    ids: Vec<u64>,
    starts: Vec<Timestamp>,
    durations: Vec<u64>,
    policies: Vec<ActivityPolicy>,
    /// What each event says, by number.
    says: Vec<u32>,
    /// How many different things those are.
    distinct: usize,
}

impl Columns {
    fn read(numbers: &mut Numbers<'_>) -> Result<Self, CodecError> {
        let count = numbers.below(MOST_EVENTS + 1)?;
        if count == 0 || count > numbers.most() {
            return Err(damaged("it cannot hold so many events"));
        }
        let ids = ids(numbers, count)?;
        let (starts, durations) = times(numbers, count)?;
        let rises = |at: usize| (starts[at - 1], ids[at - 1]) < (starts[at], ids[at]);
        if !(1..count).all(rises) {
            return Err(damaged("its events are out of order"));
        }
        let policies = policies(numbers, count)?;
        let (says, distinct) = says(numbers, count)?;
        Ok(Self { ids, starts, durations, policies, says, distinct })
    }

    fn outline(self, sayings: Vec<Saying>, apps: Vec<Range<usize>>, text: String) -> Outline {
        let Self { ids, starts, durations, policies, says, .. } = self;
        Outline { ids, starts, durations, policies, says, sayings, apps, text }
    }
}

thread_local! {
    /// Making one takes as long as unpacking a small block.
    static UNPACKER: RefCell<Option<Decompressor<'static>>> = const { RefCell::new(None) };
}

/// What is packed in one frame, and nothing behind it.
fn unpacked(packed: &[u8], most: usize) -> Result<Vec<u8>, CodecError> {
    let Ok(Some(length)) = zstd_safe::get_frame_content_size(packed) else {
        return unpacked_unmeasured(packed, most);
    };
    let length = usize::try_from(length).ok().filter(|length| *length <= most);
    let length = length.ok_or_else(|| damaged("it unpacks to more than a block may"))?;
    if zstd_safe::find_frame_compressed_size(packed) != Ok(packed.len()) {
        return Err(damaged("bytes are left over or missing"));
    }
    let bad = |error: std::io::Error| CodecError::damaged(NAME, error);
    let bytes = UNPACKER.with_borrow_mut(|unpacker| {
        let unpacker = match unpacker {
            Some(unpacker) => unpacker,
            None => unpacker.insert(Decompressor::new()?),
        };
        unpacker.decompress(packed, length)
    });
    let bytes = bytes.map_err(bad)?;
    if bytes.len() == length { Ok(bytes) } else { Err(damaged("it is shorter than it says")) }
}

/// The same of a frame that does not say how long its content is: the first blocks were written so.
fn unpacked_unmeasured(packed: &[u8], most: usize) -> Result<Vec<u8>, CodecError> {
    let bad = |error: std::io::Error| CodecError::damaged(NAME, error);
    let mut decoder = zstd::Decoder::with_buffer(packed).map_err(bad)?.single_frame();
    decoder.window_log_max(LARGEST_WINDOW_LOG).map_err(bad)?;
    let mut bytes = Vec::new();
    decoder.by_ref().take(most as u64 + 1).read_to_end(&mut bytes).map_err(bad)?;
    if bytes.len() > most {
        return Err(damaged("it unpacks to more than a block may"));
    }
    if decoder.finish().is_empty() { Ok(bytes) } else { Err(damaged("bytes are left over")) }
}

fn ids(numbers: &mut Numbers<'_>, count: usize) -> Result<Vec<u64>, CodecError> {
    let (mut ids, mut next) = (Vec::with_capacity(count), 0_u64);
    for _ in 0..count {
        let id = next.wrapping_add(numbers.signed()?.cast_unsigned());
        next = id.wrapping_add(1);
        ids.push(id);
    }
    Ok(ids)
}

fn times(
    numbers: &mut Numbers<'_>,
    count: usize,
) -> Result<(Vec<Timestamp>, Vec<u64>), CodecError> {
    let mut gaps = Vec::with_capacity(count);
    for _ in 0..count {
        gaps.push(numbers.signed()?);
    }
    let (mut starts, mut durations) = (Vec::with_capacity(count), Vec::with_capacity(count));
    let mut end = 0_i64;
    for gap in gaps {
        let start = end.checked_add(gap).and_then(Timestamp::new);
        let start = start.ok_or_else(|| damaged("a time is out of bounds"))?;
        let duration_ms = numbers.number()?;
        if duration_ms > LONGEST_EVENT_MS {
            return Err(damaged("an event is too long"));
        }
        end = start.ms().saturating_add_unsigned(duration_ms);
        starts.push(start);
        durations.push(duration_ms);
    }
    Ok((starts, durations))
}

fn policies(numbers: &mut Numbers<'_>, count: usize) -> Result<Vec<ActivityPolicy>, CodecError> {
    let mut policies: Vec<ActivityPolicy> = Vec::with_capacity(count);
    while policies.len() < count {
        let policy = match numbers.number()? {
            0 => ActivityPolicy::HoursOnly,
            1 => ActivityPolicy::CategoryTotals,
            2 => ActivityPolicy::AppTotals,
            3 => ActivityPolicy::FullDetail,
            _ => return Err(damaged("there is no such policy")),
        };
        let run = numbers.below(count - policies.len() + 1)?;
        if run == 0 || policies.last() == Some(&policy) {
            return Err(damaged("a run of policies is not one"));
        }
        policies.extend(std::iter::repeat_n(policy, run));
    }
    Ok(policies)
}

/// What each event says, by number, and how many different things those are.
fn says(numbers: &mut Numbers<'_>, count: usize) -> Result<(Vec<u32>, usize), CodecError> {
    // The latest is the last: what is new costs no moving.
    let (mut says, mut recent) = (Vec::with_capacity(count), Vec::<u32>::new());
    for _ in 0..count {
        match numbers.below(recent.len() + 1)? {
            0 => {
                let next = u32::try_from(recent.len());
                recent.push(next.map_err(|_| damaged("it is too long"))?);
            }
            at => {
                let from = recent.len() - at;
                recent[from..].rotate_left(1);
            }
        }
        says.extend(recent.last());
    }
    Ok((says, recent.len()))
}

/// The texts, one after the other.
struct Texts<'a> {
    text: &'a str,
    at: usize,
}

impl Texts<'_> {
    fn take(&mut self, numbers: &mut Numbers<'_>) -> Result<Range<usize>, CodecError> {
        let length = numbers.below(self.text.len() - self.at + 1)?;
        let range = self.at..self.at + length;
        if !self.text.is_char_boundary(range.end) {
            return Err(damaged("a text ends within a character"));
        }
        self.at = range.end;
        Ok(range)
    }
}

fn shapes(
    numbers: &mut Numbers<'_>,
    texts: &mut Texts<'_>,
    most: usize,
) -> Result<Vec<Shape>, CodecError> {
    let count = numbers.below(most + 1)?;
    let mut shapes = Vec::new();
    for _ in 0..count {
        let flags = numbers.below(0x40)?;
        let afk = match flags >> 3 & 3 {
            0 => None,
            1 => Some(false),
            2 => Some(true),
            _ => return Err(damaged("a shape has flags that mean nothing")),
        };
        let gaps = [flags & 1 != 0, flags & 2 != 0, flags & 4 != 0];
        let filled = flags & 0x20 != 0;
        let wanted = if filled { 1 + gaps.iter().filter(|gap| **gap).count() } else { 1 };
        let mut pieces = Vec::with_capacity(wanted);
        for _ in 0..wanted {
            pieces.push(texts.take(numbers)?);
        }
        shapes.push(Shape { gaps, afk, filled, pieces });
    }
    Ok(shapes)
}

fn apps(
    numbers: &mut Numbers<'_>,
    texts: &mut Texts<'_>,
    most: usize,
) -> Result<Vec<Range<usize>>, CodecError> {
    let count = numbers.below(most + 1)?;
    (0..count).map(|_| texts.take(numbers)).collect()
}

/// Of each thing that is said, its shape, and what an outline knows of it.
fn sayings(
    numbers: &mut Numbers<'_>,
    shapes: &[Shape],
    apps: usize,
    distinct: usize,
) -> Result<(Vec<usize>, Vec<Saying>), CodecError> {
    if numbers.number()? != distinct as u64 || distinct > numbers.most() {
        return Err(damaged("its columns contradict each other"));
    }
    let mut of = Vec::with_capacity(distinct);
    for _ in 0..distinct {
        of.push(numbers.below(shapes.len())?);
    }
    let mut sayings = Vec::with_capacity(distinct);
    for shape in of.iter().map(|shape| &shapes[*shape]) {
        let app = if shape.gaps[0] { Some(numbers.below(apps)?) } else { None };
        sayings.push(Saying { app, afk: shape.afk });
    }
    Ok((of, sayings))
}

/// How long the JSON is before anything in it is escaped, if it is no longer than JSON may be after that.
fn json_length(
    data: &Data,
    saying: &Saying,
    shape: &Shape,
    outline: &Outline,
) -> Result<usize, CodecError> {
    let app = saying.app.map(|app| &outline.apps[app]);
    let gaps = || [app, data.title.as_ref(), data.url.as_ref()].into_iter().flatten();
    let filling = |length: fn(&str) -> usize| {
        let all = gaps().map(|range| length(&outline.text[range.clone()])).sum::<usize>();
        if shape.filled { all } else { 0 }
    };
    let pieces: usize = shape.pieces.iter().map(ExactSizeIterator::len).sum();
    let plain = filling(str::len);
    let surely_fits = pieces > 0 && pieces + LONGEST_ESCAPE * plain <= CanonicalJson::MOST_BYTES;
    if !surely_fits && !(1..=CanonicalJson::MOST_BYTES).contains(&(pieces + filling(escaped_len))) {
        return Err(damaged("what an event says is too long"));
    }
    Ok(pieces + plain)
}

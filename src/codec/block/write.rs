//! Packing events into a block.

use std::collections::HashMap;
use std::sync::Arc;

use super::{LONGEST_TEXT, MOST_JSON_WRITTEN, MOST_TEXT_WRITTEN, VERSION, bytes};
use crate::domain::activity::{Event, EventData};
use crate::domain::policy::ActivityPolicy;

/// Level 3: level 19 is 5-10 % smaller and ten times slower (measured).
const ZSTD_LEVEL: i32 = 3;

pub(super) fn pack(events: &[Event], most: usize) -> (Vec<u8>, usize) {
    let mut says = Sayings::default();
    let mut codes = Vec::new();
    // The latest is the last: what is new costs no moving.
    let mut recent: Vec<usize> = Vec::new();
    for event in events.iter().take(most) {
        let Some(saying) = says.number_of(&event.data) else { break };
        let code = match recent.iter().rposition(|known| *known == saying) {
            Some(at) => {
                recent[at..].rotate_left(1);
                (recent.len() - at) as u64
            }
            None => {
                recent.push(saying);
                0
            }
        };
        codes.push(code);
    }
    let events = &events[..codes.len()];
    let mut numbers = Vec::with_capacity(events.len() * 8);
    bytes::put(&mut numbers, events.len() as u64);
    columns(&mut numbers, events);
    for code in codes {
        bytes::put(&mut numbers, code);
    }
    let text = says.write(&mut numbers);
    let (numbers, text) = (packed(&numbers), packed(text.as_bytes()));
    let mut block = vec![VERSION];
    bytes::put(&mut block, numbers.len() as u64);
    block.extend(numbers);
    block.extend(text);
    (block, events.len())
}

fn columns(numbers: &mut Vec<u8>, events: &[Event]) {
    let mut next = 0_u64;
    for event in events {
        bytes::put_signed(numbers, event.id.0.wrapping_sub(next).cast_signed());
        next = event.id.0.wrapping_add(1);
    }
    let mut end = 0;
    for event in events {
        bytes::put_signed(numbers, event.start.ms() - end);
        end = event.start.ms().saturating_add_unsigned(event.duration_ms);
    }
    for event in events {
        bytes::put(numbers, event.duration_ms);
    }
    for run in events.chunk_by(|a, b| a.policy == b.policy) {
        numbers.push(policy_number(run[0].policy));
        bytes::put(numbers, run.len() as u64);
    }
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    zstd::bulk::compress(bytes, ZSTD_LEVEL)
        .expect("compressing from memory into memory fails only for want of memory")
}

const fn policy_number(policy: ActivityPolicy) -> u8 {
    match policy {
        ActivityPolicy::HoursOnly => 0,
        ActivityPolicy::CategoryTotals => 1,
        ActivityPolicy::AppTotals => 2,
        ActivityPolicy::FullDetail => 3,
    }
}

/// The distinct things that events say, numbered as they come.
#[derive(Default)]
struct Sayings<'a> {
    known: HashMap<Words<'a>, usize>,
    /// The same by where it lies in memory: events out of one block share it.
    shared: HashMap<*const EventData, usize>,
    shapes: HashMap<Shape, usize>,
    apps: HashMap<&'a str, usize>,
    /// The same in the order of their numbers.
    all: Vec<Saying<'a>>,
    all_shapes: Vec<Shape>,
    all_apps: Vec<&'a str>,
    text_bytes: usize,
    /// Of the JSON of each of `all`.
    json_bytes: usize,
}

type Words<'a> = (&'a str, [Option<&'a str>; 3], Option<bool>);

struct Saying<'a> {
    shape: usize,
    app: Option<usize>,
    title: Option<&'a str>,
    url: Option<&'a str>,
}

#[derive(Clone, PartialEq, Eq, Hash)]
struct Shape {
    flags: u8,
    pieces: Vec<String>,
}

impl<'a> Sayings<'a> {
    /// Its number; nothing when its texts do not fit beside those that are there.
    fn number_of(&mut self, data: &'a Arc<EventData>) -> Option<usize> {
        let at = Arc::as_ptr(data);
        if let Some(known) = self.shared.get(&at) {
            return Some(*known);
        }
        let number = self.number_by_words(data)?;
        self.shared.insert(at, number);
        Some(number)
    }

    fn number_by_words(&mut self, data: &'a EventData) -> Option<usize> {
        let texts = [&data.app, &data.title, &data.url].map(|text| text.as_deref().map(cut));
        let words = (data.json.as_str(), texts, data.afk);
        if let Some(known) = self.known.get(&words) {
            return Some(*known);
        }
        let (shape, [app, title, url]) = (Shape::of(data, texts), texts);
        let new_shape = !self.shapes.contains_key(&shape);
        let new_app = app.filter(|app| !self.apps.contains_key(app));
        let length = |text: Option<&str>| text.map_or(0, str::len);
        let pieces = shape.pieces.iter().map(String::len).sum::<usize>();
        let more = length(new_app) + length(title) + length(url) + pieces * usize::from(new_shape);
        let json = data.json.as_str().len();
        let fits = self.text_bytes + more <= MOST_TEXT_WRITTEN
            && self.json_bytes + json <= MOST_JSON_WRITTEN;
        if !fits && !self.all.is_empty() {
            return None;
        }
        self.text_bytes += more;
        self.json_bytes += json;
        let shape = *self.shapes.entry(shape).or_insert_with_key(|shape| {
            self.all_shapes.push(shape.clone());
            self.all_shapes.len() - 1
        });
        let app = app.map(|app| {
            *self.apps.entry(app).or_insert_with(|| {
                self.all_apps.push(app);
                self.all_apps.len() - 1
            })
        });
        self.all.push(Saying { shape, app, title, url });
        self.known.insert(words, self.all.len() - 1);
        Some(self.all.len() - 1)
    }

    /// Appends their numbers and gives their texts.
    fn write(&self, numbers: &mut Vec<u8>) -> String {
        let mut text = String::with_capacity(self.text_bytes);
        let mut put_text = |numbers: &mut Vec<u8>, words: &str| {
            bytes::put(numbers, words.len() as u64);
            text.push_str(words);
        };
        bytes::put(numbers, self.all_shapes.len() as u64);
        for shape in &self.all_shapes {
            numbers.push(shape.flags);
            for piece in &shape.pieces {
                put_text(numbers, piece);
            }
        }
        bytes::put(numbers, self.all_apps.len() as u64);
        for app in &self.all_apps {
            put_text(numbers, app);
        }
        bytes::put(numbers, self.all.len() as u64);
        for saying in &self.all {
            bytes::put(numbers, saying.shape as u64);
        }
        for app in self.all.iter().filter_map(|saying| saying.app) {
            bytes::put(numbers, app as u64);
        }
        for title in self.all.iter().filter_map(|saying| saying.title) {
            put_text(numbers, title);
        }
        for url in self.all.iter().filter_map(|saying| saying.url) {
            put_text(numbers, url);
        }
        text
    }
}

/// No door lets such a text in; should one be there all the same, a block with it must be readable.
fn cut(text: &str) -> &str {
    &text[..text.floor_char_boundary(LONGEST_TEXT)]
}

impl Shape {
    /// The JSON with a gap after `"key":"` for each text, or whole where a text does not stand there in so many words.
    fn of(data: &EventData, texts: [Option<&str>; 3]) -> Self {
        let json = data.json.as_str();
        let gaps = |pieces: &mut Vec<String>| {
            let mut rest = json;
            for (key, text) in ["\"app\":\"", "\"title\":\"", "\"url\":\""].into_iter().zip(texts) {
                let Some(text) = text else { continue };
                let mut words = String::with_capacity(text.len() + 2);
                bytes::push_escaped(&mut words, text);
                let (before, after) = rest.split_at(rest.find(key)? + key.len());
                pieces.push(before.to_owned());
                rest = after.strip_prefix(&words)?;
            }
            pieces.push(rest.to_owned());
            Some(())
        };
        let mut pieces = Vec::new();
        let filled = gaps(&mut pieces).is_some();
        if !filled {
            pieces = vec![json.to_owned()];
        }
        let [app, title, url] = texts.map(|text| u8::from(text.is_some()));
        let afk = data.afk.map_or(0, |afk| if afk { 2 } else { 1 });
        Self { flags: app | title << 1 | url << 2 | afk << 3 | u8::from(filled) << 5, pieces }
    }
}

//! From lines to a backup.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek};
use std::path::Path;
use std::sync::Arc;

use serde_json::Value;

use super::{First, NAME, SCHEMA};
use crate::codec::json::{BadJson, Json};
use crate::domain::activity::{BucketNumber, Event, EventData};
use crate::domain::office::NEWEST_LEVEL;
use crate::domain::tier::Place;
use crate::domain::time::Timestamp;
use crate::store::activity::block;
use crate::store::backup::create::{make_folder, temporary};
use crate::store::backup::{About, BackupError, Made, Step, Watch, create, step, table};
use crate::store::error::StoreError;
use crate::store::hash::state_hash_of;
use crate::store::state::State;
use crate::store::tables::{BlockParts, Table, TableName, from_json};
use crate::store::transaction::Writer;

/// No line is longer: a record has at most 8 MiB, and its letters may be escaped.
const MOST_LINE_BYTES: u64 = 64 * 1024 * 1024;
/// Bytes of rows in one transaction.
const STEP_BYTES: usize = 4 * 1024 * 1024;

/// Makes a backup in `folder` of the lines at `path`, under `name`. Blocks.
///
/// # Errors
/// [`BackupError`] with the line that is wrong; nothing is left behind.
pub fn from_lines(
    path: &Path,
    folder: &Path,
    name: &str,
    watch: &mut Watch<'_>,
) -> Result<Made, BackupError> {
    make_folder(folder).map_err(BackupError::refused(folder, "cannot be made"))?;
    let file = File::open(path).map_err(BackupError::refused(path, "cannot be read"))?;
    let length = file.metadata().map_or(0, |about| about.len());
    let mut from = Source { path, lines: BufReader::new(file), number: 0, line: Vec::new() };
    let first = first(&mut from)?;
    let place = temporary(folder)?;
    let state = State::open(place.path())?;
    let mut into = Sink { state: &state, rows: Vec::new(), bytes: 0, block: None };
    let mut rows = 0;
    loop {
        match from.next()? {
            Said::Row { table, key, value } => {
                rows += 1;
                into.row(table, key, value).map_err(|error| error.at(&from))?;
            }
            Said::End(said) if said == rows => break,
            Said::End(said) => {
                return Err(from.wrong(format!("{said} rows were written, and {rows} are here")));
            }
        }
        let read = from.lines.stream_position().unwrap_or(0);
        step(watch, Step::Lines, read, length)?;
    }
    from.end()?;
    into.finish().map_err(|error| error.at(&from))?;
    state.checkpoint()?;
    let scope = state.read()?;
    let hash = state_hash_of(&scope, |table| first.counts.contains_key(table.name))?;
    if blake3::Hash::from(hash).to_hex().as_str() != first.state_hash {
        return Err(BackupError::damaged(path, "its lines are not those that were written"));
    }
    let created = i64::try_from(first.made_ms).ok().and_then(Timestamp::new);
    let created = created.ok_or_else(|| from.wrong("it was made at no time there is"))?;
    let about = About { created, host: first.host, name: name.to_owned(), kept_until: None };
    create(scope, &about, folder, watch)
}

fn first(from: &mut Source<'_>) -> Result<First, BackupError> {
    if from.line()?.is_none() {
        return Err(from.wrong("it is empty"));
    }
    let value: Value = serde_json::from_slice(&from.line).unwrap_or_default();
    let schema = value["schema"].as_u64().filter(|_| value["timebook"] == NAME);
    let Some(schema) = schema else {
        return Err(from.wrong("these are no lines of `timebook export office`"));
    };
    let level = value["level"].as_u64().unwrap_or(0);
    if schema > u64::from(SCHEMA) || level > u64::from(NEWEST_LEVEL) {
        let program = value["program"].as_str().unwrap_or("a newer version").to_owned();
        return Err(from.wrong(format!(
            "Timebook {program} wrote it, and this is {}: install that version first",
            env!("CARGO_PKG_VERSION")
        )));
    }
    let first: First = serde_json::from_value(value).map_err(|error| from.wrong(error))?;
    match first.counts.keys().find(|name| table(name).is_none()) {
        Some(unknown) => Err(from.wrong(format!("the table {unknown:?} is not known"))),
        None => Ok(first),
    }
}

/// Lines, one after the other.
struct Source<'a> {
    path: &'a Path,
    lines: BufReader<File>,
    number: u64,
    line: Vec<u8>,
}

enum Said {
    Row { table: TableName, key: Value, value: Value },
    End(u64),
}

impl Source<'_> {
    /// Reads the next line; nothing after the last.
    fn line(&mut self) -> Result<Option<()>, BackupError> {
        self.line.clear();
        self.number += 1;
        let most = self.lines.by_ref().take(MOST_LINE_BYTES).read_until(b'\n', &mut self.line);
        most.map_err(BackupError::refused(self.path, "cannot be read"))?;
        if self.line.is_empty() {
            return Ok(None);
        }
        if self.line.pop() != Some(b'\n') {
            return Err(self.wrong("it is cut off, or longer than any line"));
        }
        Ok(Some(()))
    }

    fn next(&mut self) -> Result<Said, BackupError> {
        if self.line()?.is_none() {
            return Err(self.wrong("the file ends before its last line"));
        }
        let said = serde_json::from_slice::<serde_json::Map<String, Value>>(&self.line);
        let mut said = said.map_err(|error| self.wrong(error))?;
        if let Some(end) = said.get("end").and_then(Value::as_u64).filter(|_| said.len() == 1) {
            return Ok(Said::End(end));
        }
        let parts = (said.remove("table"), said.remove("key"), said.remove("value"));
        let (Some(Value::String(name)), Some(key), Some(value), true) =
            (parts.0, parts.1, parts.2, said.is_empty())
        else {
            return Err(self.wrong("a table, a key and a value are wanted, and nothing else"));
        };
        let table = table(&name);
        let table = table.ok_or_else(|| self.wrong(format!("the table {name:?} is not known")))?;
        Ok(Said::Row { table, key, value })
    }

    fn end(&mut self) -> Result<(), BackupError> {
        match self.line()?.is_none() {
            true => Ok(()),
            false => Err(self.wrong("more follows the last line")),
        }
    }

    fn wrong(&self, why: impl std::fmt::Display) -> BackupError {
        BackupError::Line { path: self.path.to_path_buf(), line: self.number, why: why.to_string() }
    }
}

/// Rows on their way into the state, in steps that bound the memory.
struct Sink<'a> {
    state: &'a State,
    rows: Vec<(TableName, Vec<u8>, Vec<u8>)>,
    bytes: usize,
    block: Option<Growing>,
}

/// The events of a block that came so far.
struct Growing {
    bucket: BucketNumber,
    first: Place,
    events: Vec<Event>,
    /// What they say: once for all that say the same.
    said: HashMap<String, Arc<EventData>>,
}

enum Unkept {
    Bad(BadJson),
    Store(StoreError),
}

impl Unkept {
    fn at(self, from: &Source<'_>) -> BackupError {
        match self {
            Self::Bad(why) => from.wrong(why),
            Self::Store(error) => error.into(),
        }
    }
}

impl From<BadJson> for Unkept {
    fn from(bad: BadJson) -> Self {
        Self::Bad(bad)
    }
}

impl From<StoreError> for Unkept {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Sink<'_> {
    fn row(&mut self, table: TableName, key: Value, value: Value) -> Result<(), Unkept> {
        if table == BlockParts::NAME {
            return self.event(key, value);
        }
        let (key, value) = from_json(table, key, value)?;
        self.bytes += key.len() + value.len();
        self.rows.push((table, key, value));
        if self.bytes >= STEP_BYTES { Ok(self.write()?) } else { Ok(()) }
    }

    fn event(&mut self, key: Value, value: Value) -> Result<(), Unkept> {
        let (bucket, start, id) = Json::from_json(key)?;
        let first = (start, id);
        if self.block.as_ref().is_none_or(|block| (block.bucket, block.first) != (bucket, first)) {
            self.close_block()?;
            self.block = Some(Growing { bucket, first, events: Vec::new(), said: HashMap::new() });
        }
        let mut event = Event::from_json(value)?;
        let Some(block) = &mut self.block else { return Ok(()) };
        match block.said.get(event.data.json.as_str()) {
            Some(said) if *said == event.data => event.data = Arc::clone(said),
            _ => {
                let words = event.data.json.as_str().to_owned();
                block.said.insert(words, Arc::clone(&event.data));
            }
        }
        let rises = |last: &Event| (last.start, last.id) < (event.start, event.id);
        if !block.events.last().is_none_or(rises) {
            return Err(BadJson::new("events of a block rise by start and number").into());
        }
        block.events.push(event);
        Ok(())
    }

    fn close_block(&mut self) -> Result<(), Unkept> {
        let Some(Growing { bucket, first, events, .. }) = self.block.take() else {
            return Ok(());
        };
        let written =
            self.state.write(|writer| block::write_parts(writer, bucket, first, &events))?;
        match written {
            true => Ok(()),
            false => Err(BadJson::new("its block holds more than a block may").into()),
        }
    }

    fn write(&mut self) -> Result<(), StoreError> {
        self.bytes = 0;
        let rows = std::mem::take(&mut self.rows);
        self.state.write(|writer: &mut dyn Writer| {
            rows.iter().try_for_each(|(table, key, value)| writer.put_bytes(*table, key, value))
        })
    }

    fn finish(&mut self) -> Result<(), Unkept> {
        self.write()?;
        self.close_block()
    }
}

//! What a person sees of the agent: `timebook agent status`.
//!
//! A running agent keeps `status.json` beside its book (the book itself is open in one process only), replaced whole every few
//! seconds and whenever something changes. Whether an agent runs is told by its lock, whether it records by the pause on disk, so
//! neither can be out of date. Must never show a title, an address or a key.

mod kept;

use std::fmt;
use std::time::Duration;

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;
use tokio::time::Instant;

use super::AgentError;
use super::book::ActivityBook;
use super::consent::Consent;
use super::erase::Erased;
use super::folder::Folder;
use super::hours::{self, Hours};
use super::identity::{Identity, read_policy};
use super::pause::Pause;
use super::recorder::Standing;
use super::redaction::Sheets;
use super::sync::Contact;
use super::takeover;
use crate::clock;
use crate::domain::time::Timestamp;
use crate::store::outbox::Counts;
use crate::wire::v1::{rfc3339, to_the_minute};
use kept::Looked;
pub use kept::{Kept, KeptMonth};

const FILE: &str = "status.json";
/// The file is written again at least this often.
const WRITE_EVERY: Duration = Duration::from_secs(5);
/// ActivityWatch's own server is looked for this often.
const OFFER_EVERY: Duration = Duration::from_secs(600);

/// What a running agent writes down about itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Running {
    waiting: u64,
    waiting_since: Option<String>,
    last_contact: Option<String>,
    recorder: String,
    notes: Vec<String>,
    kept: Option<Kept>,
}

/// The agent's status.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Status {
    /// Whether an agent runs on this data directory now.
    pub running: bool,
    /// Whether it writes activity down now: it runs and is not paused.
    pub recording: bool,
    /// Why a running agent writes nothing down without a pause: `hours` (outside of them), `fault` (rules or hours that do not read; a
    /// note says which) or `erased`.
    pub why: Option<&'static str>,
    /// When the pause ends (RFC 3339), `until resumed`, or nothing.
    pub paused_until: Option<String>,
    /// What the agent's own recorder does: `off`, `waiting` (paused, or outside the hours), `looking`, `silent` (watchers record) or
    /// `blind` (a note says why).
    pub recorder: String,
    /// The hours in which anything is recorded: `always`, or days and times.
    pub hours: String,
    /// The office this computer is enrolled with; nothing before that.
    pub office: Option<Enrolled>,
    /// Where watchers connect.
    pub door: Option<String>,
    /// Operations the office has not acknowledged.
    pub waiting: u64,
    /// Since when the oldest of them waits (RFC 3339).
    pub waiting_since: Option<String>,
    /// When the office's server was last heard (RFC 3339).
    pub last_contact: Option<String>,
    /// What is kept here and when it goes; nothing before the office has said how long.
    pub kept: Option<Kept>,
    /// Sentences a person should read.
    pub notes: Vec<String>,
}

/// Who this computer is to the office.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Enrolled {
    /// The office's id.
    pub id: String,
    /// What the office calls this computer.
    pub device: String,
    /// Whose activity is recorded.
    pub person: String,
    /// What managers may see, e.g. `hours_only`.
    pub policy: String,
    /// `host:port` of its servers.
    pub servers: Vec<String>,
}

/// Reads the status; works whether the agent runs or not.
///
/// # Errors
/// [`AgentError`] when a file of the agent cannot be read.
pub fn status(folder: &Folder, now: Timestamp) -> Result<Status, AgentError> {
    let running = folder.is_locked();
    let policy = read_policy(folder)?;
    let office = Identity::read(folder)?.map(|identity| Enrolled {
        id: identity.office.to_string(),
        device: identity.device.to_string(),
        person: identity.person,
        policy: policy.name().to_owned(),
        servers: identity.addresses,
    });
    let pause = Pause::read(folder)?.filter(|pause| pause.lasts(now));
    let paused_until =
        pause.map(|pause| pause.until.map_or_else(|| "until resumed".to_owned(), rfc3339));
    let listen = folder.read("listen")?.filter(|_| running);
    let door = listen.and_then(|text| text.lines().next().map(str::to_owned));
    // Written by this program alone: one that does not read is one that was never finished.
    let text = folder.read(FILE)?.unwrap_or_default();
    let told: Running = serde_json::from_str(&text).unwrap_or_default();
    let Running { mut waiting, mut waiting_since, last_contact, mut recorder, mut notes, mut kept } =
        told;
    if !running {
        notes.clear();
        recorder.clear();
        if let Some(counts) = ActivityBook::counts_at_rest(folder)? {
            (waiting, waiting_since) = (counts.waiting, counts.since.map(rfc3339));
        }
        kept = ActivityBook::kept_at_rest(folder, now)?.or(kept);
    }
    // A no counts at once, also while the recorder still waits for something to see.
    let consented = Consent::read(folder)?.is_some_and(|consent| consent.counts());
    if recorder.is_empty() || !consented {
        recorder = "off".to_owned();
    }
    let hours = hours::text(folder)?;
    let open = Hours::parse(&hours).map(|hours| hours.admit(now, &TimeZone::system()));
    let faults = Sheets::read(folder)?.faults();
    let faults: Vec<String> =
        faults.into_iter().chain(open.as_ref().err().map(ToString::to_string)).collect();
    let erased = Erased::read(folder)?;
    let why = match (&erased, faults.is_empty(), open.unwrap_or(false)) {
        (Some(_), _, _) => Some("erased"),
        (None, false, _) => Some("fault"),
        (None, true, false) => Some("hours"),
        (None, true, true) => None,
    };
    notes.extend(faults);
    let recording = running && paused_until.is_none() && why.is_none();
    let why = why.filter(|_| running);
    if recorder == "looking" && !recording {
        recorder = "waiting".to_owned();
    }
    notes.extend(erased.map(|erased| erased.sentence()));
    Ok(Status {
        running,
        recording,
        why,
        paused_until,
        recorder,
        hours,
        office,
        door,
        waiting,
        waiting_since,
        last_contact,
        kept,
        notes,
    })
}

/// Keeps the file up to date until the future is dropped.
pub(super) async fn keep(
    folder: Folder,
    book: ActivityBook,
    mut contact: watch::Receiver<Contact>,
    mut recorder: watch::Receiver<Standing>,
) {
    let mut queued = book.queued();
    let (mut offer, mut offered) = (None, None::<Instant>);
    let mut kept = Looked::default();
    loop {
        kept.look_again(&folder, &book).await;
        if offered.is_none_or(|last| last.elapsed() >= OFFER_EVERY) {
            (offer, offered) = (takeover::offer(&folder).await, Some(Instant::now()));
        }
        let shown = contact.borrow_and_update().clone();
        match book.counts().await {
            Ok(counts) => {
                let standing = recorder.borrow_and_update().clone();
                let notes = notes(&shown, &standing, offer.clone());
                write(&folder, &shown, &standing, (notes, kept.kept.clone()), counts);
            }
            Err(error) => tracing::warn!(%error, "the outbox could not be counted"),
        }
        queued.mark_unchanged();
        let change = async {
            tokio::select! {
                _ = contact.changed() => {}
                _ = queued.changed() => {}
                _ = recorder.changed() => {}
            }
            // Changes come in bursts: one look a second is enough.
            tokio::time::sleep(Duration::from_secs(1)).await;
        };
        // Either way it is time to write again.
        drop(tokio::time::timeout(WRITE_EVERY, change).await);
    }
}

/// Writes the file once: the last word before an orderly end.
pub(super) async fn write_last(
    folder: &Folder,
    book: &ActivityBook,
    contact: &Contact,
    recorder: &Standing,
) {
    match book.counts().await {
        Ok(counts) => {
            let kept = book.kept(clock::now()).await.unwrap_or_default();
            write(folder, contact, recorder, (notes(contact, recorder, None), kept), counts);
        }
        Err(error) => tracing::warn!(%error, "the outbox could not be counted"),
    }
}

fn notes(contact: &Contact, recorder: &Standing, offer: Option<String>) -> Vec<String> {
    contact.notes().into_iter().chain(recorder.note()).chain(offer).collect()
}

fn write(
    folder: &Folder,
    contact: &Contact,
    recorder: &Standing,
    (notes, kept): (Vec<String>, Option<Kept>),
    counts: Counts,
) {
    let running = Running {
        waiting: counts.waiting,
        waiting_since: counts.since.map(rfc3339),
        last_contact: contact.last.map(rfc3339),
        recorder: recorder.word().to_owned(),
        notes,
        kept,
    };
    let text = serde_json::to_string(&running).unwrap_or_default();
    if let Err(error) = folder.write_passing(FILE, &text) {
        tracing::warn!(%error, "the status could not be written down");
    }
}

impl Status {
    /// The status of now.
    ///
    /// # Errors
    /// As [`status`].
    pub fn now(folder: &Folder) -> Result<Self, AgentError> {
        status(folder, clock::now())
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let when = |moment: &String| to_the_minute(moment, &TimeZone::system());
        match &self.office {
            Some(office) => {
                let servers = office.servers.join(", ");
                writeln!(f, "Enrolled:       for {} with {servers}", office.person)?;
                writeln!(f, "Others may see: {}", office.policy.replace('_', " "))?;
            }
            None => writeln!(f, "Enrolled:       no. Run: timebook agent enroll CODE")?,
        }
        match (&self.paused_until, self.running) {
            (Some(until), _) => {
                let until = when(until);
                let until = until.strip_prefix("until ").unwrap_or(&until);
                writeln!(
                    f,
                    "Recording:      paused until {until}. To go on: timebook agent pause off"
                )?;
            }
            (None, true) => writeln!(f, "Recording:      {}", recording(self.why))?,
            (None, false) => {
                writeln!(f, "Recording:      no, the agent does not run. Run: timebook agent run")?
            }
        }
        writeln!(f, "Own recorder:   {}", recorder(&self.recorder))?;
        if self.hours != "always" {
            writeln!(f, "Hours:          {}", self.hours)?;
        }
        if let Some(door) = &self.door {
            writeln!(f, "Watchers use:   {door}")?;
        }
        match &self.waiting_since {
            Some(since) => writeln!(f, "Not sent yet:   {} since {}", self.waiting, when(since))?,
            None => writeln!(f, "Not sent yet:   {}", self.waiting)?,
        }
        let last = self.last_contact.as_ref().map_or_else(|| "none".to_owned(), when);
        writeln!(f, "Last contact:   {last}")?;
        if let Some(kept) = &self.kept {
            writeln!(f, "Kept here:      {kept}. Month by month: timebook agent retention")?;
        }
        for note in &self.notes {
            writeln!(f, "Note:           {note}")?;
        }
        Ok(())
    }
}

/// Whether a running agent that is not paused writes anything down, for a person.
fn recording(why: Option<&str>) -> &'static str {
    match why {
        None => "yes",
        Some("hours") => "no, not outside your hours. To change them: timebook agent record hours",
        Some("erased") => "no, everything recorded here is being erased",
        Some(_) => "no, your rules or hours do not read; see the note",
    }
}

/// What the recorder does, for a person.
fn recorder(word: &str) -> &'static str {
    match word {
        "waiting" => "on, but not now",
        "looking" => "on: windows, and whether somebody is there",
        "silent" => "on; watchers record, so it has nothing to do",
        "blind" => "on, but it sees no desktop",
        _ => "off. To see what it records: timebook agent record on",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agent::folder::tests::Data;
    use crate::agent::identity::tests::identity;
    use crate::agent::pause::{Wish, pause};

    #[test]
    fn speaks_before_the_enrolment_and_after() {
        let data = Data::new();
        let folder = data.folder();
        let now = Timestamp::EARLIEST;
        let before = status(&folder, now).unwrap();
        assert!(!before.running && before.office.is_none());
        assert!(before.to_string().contains("timebook agent enroll CODE"));
        identity().store(&folder).unwrap();
        pause(&folder, Wish::On, now, &TimeZone::UTC).unwrap();
        let _lock = folder.lock().unwrap();
        folder.write(FILE, r#"{"waiting":3,"waiting_since":"x","notes":["n"]}"#).unwrap();
        let after = status(&folder, now).unwrap();
        assert!(after.running && !after.recording);
        assert_eq!((after.waiting, after.paused_until.as_deref()), (3, Some("until resumed")));
        let text = after.to_string();
        assert!(
            text.contains("for ada with 127.0.0.1:1") && text.contains("Note:           n"),
            "{text}"
        );
        folder.write(FILE, "{").unwrap();
        assert_eq!(status(&folder, now).unwrap().waiting, 0);
    }

    #[test]
    fn why_nothing_is_written_down_is_told() {
        let data = Data::new();
        let folder = data.folder();
        let monday = Timestamp::new(1_793_620_800_000).unwrap();
        let told = |folder: &Folder| {
            let status = status(folder, monday).unwrap();
            assert_eq!(status.recording, status.why.is_none());
            (status.why, status.to_string().contains("Recording:      yes"))
        };
        let _lock = folder.lock().unwrap();
        assert_eq!(told(&folder), (None, true));
        hours::set(&folder, "thu 08:00-09:00").unwrap();
        assert_eq!(told(&folder), (Some("hours"), false));
        folder.write("rules", "drop everything").unwrap();
        assert_eq!(told(&folder), (Some("fault"), false));
        folder.write("erased.json", r#"{"office":"o","at":"x","confirmed":false}"#).unwrap();
        assert_eq!(told(&folder), (Some("erased"), false));
    }
}

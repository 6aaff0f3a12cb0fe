//! The recorder: which window is in front, and whether somebody is there, written down exactly as aw-watcher-window and aw-watcher-afk
//! would, so that everything after it sees one kind of record.
//!
//! It looks at nothing before the person has read what it records and said yes ([`super::consent`]), nor in a pause, nor outside the
//! hours the person set. Where a watcher of the same kind records through the door, it is silent. One small trait ([`Desktop`]) with one
//! file per platform; what follows from what was seen is pure ([`beats`]). Must never see keys, text typed, or what is on the screen.

#[cfg(any(windows, target_os = "macos", test))]
mod asked;
mod beats;
mod desktop;
#[cfg(target_os = "linux")]
mod kde_idle;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(target_os = "linux")]
mod wayland;
#[cfg(windows)]
mod windows;
#[cfg(target_os = "linux")]
mod x11;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use jiff::tz::TimeZone;
use tokio::runtime::Handle;
use tokio::sync::watch;

use super::AgentError;
use super::book::{ActivityBook, HERE};
use super::consent::Consent;
use super::erase::Erased;
use super::folder::Folder;
use super::hours::Hours;
use super::pause::Pause;
use crate::clock;
use crate::compat::activitywatch::book::Book;
use crate::domain::activity::{ActivityCommand, BucketAbout, NewEvent};
use crate::domain::outcome::Outcome;
use crate::domain::text::{BucketName, CanonicalJson, ShortText};
use crate::domain::time::Timestamp;
use crate::wire::json::event_data;
use beats::{Beat, Beats};
use desktop::{Desktop, DesktopError, open};

/// What kind of record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Which window is in front.
    Window,
    /// Whether somebody is there.
    Afk,
}

impl Kind {
    const ALL: [Self; 2] = [Self::Window, Self::Afk];

    /// The bucket's type.
    pub(super) const fn bucket_type(self) -> &'static str {
        match self {
            Self::Window => "currentwindow",
            Self::Afk => "afkstatus",
        }
    }

    const fn watcher(self) -> &'static str {
        match self {
            Self::Window => "aw-watcher-window",
            Self::Afk => "aw-watcher-afk",
        }
    }
}

/// What the recorder does, for the person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Standing {
    /// The person has not said yes, or took it back.
    #[default]
    Off,
    /// Paused, or outside the hours.
    Waiting,
    /// It looks, through this.
    Looking(&'static str),
    /// Watchers record both kinds through the door.
    Silent,
    /// It cannot look; the sentence says why. It tries again.
    Blind(String),
}

impl Standing {
    /// One stable word.
    pub(super) const fn word(&self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Waiting => "waiting",
            Self::Looking(_) => "looking",
            Self::Silent => "silent",
            Self::Blind(_) => "blind",
        }
    }

    /// What a person should know of it.
    pub(super) fn note(&self) -> Option<String> {
        match self {
            Self::Blind(why) => Some(format!("Windows cannot be recorded here: {why}")),
            _ => None,
        }
    }
}

/// While it may not look, it asks again this often.
const ASK_AGAIN: Duration = Duration::from_secs(2);
/// A desktop that cannot be looked at is tried again this often.
const TRY_AGAIN: Duration = Duration::from_secs(30);

/// Starts the recorder's thread; it ends soon after `stop` is set, or with the program.
pub(super) fn start(
    folder: &Folder,
    book: ActivityBook,
    idle_after: Duration,
    stop: Arc<AtomicBool>,
) -> Result<watch::Receiver<Standing>, AgentError> {
    let (standing, shown) = watch::channel(Standing::Off);
    let recorder = Recorder {
        folder: folder.clone(),
        book,
        runtime: Handle::current(),
        beats: Beats::new(u64::try_from(idle_after.as_millis()).unwrap_or(u64::MAX)),
        idle_after,
        desktop: None,
        made: false,
        standing,
        stop,
    };
    let thread = std::thread::Builder::new().name("recorder".to_owned());
    thread.spawn(move || recorder.run()).map_err(AgentError::System)?;
    Ok(shown)
}

struct Recorder {
    folder: Folder,
    book: ActivityBook,
    runtime: Handle,
    beats: Beats,
    idle_after: Duration,
    desktop: Option<Box<dyn Desktop>>,
    /// Are the buckets there?
    made: bool,
    standing: watch::Sender<Standing>,
    stop: Arc<AtomicBool>,
}

impl Recorder {
    fn run(mut self) {
        while !self.stop.load(Ordering::Relaxed) {
            let pause = match self.step() {
                Ok(pause) => pause,
                Err(error) => {
                    // Whatever it was: a desktop that went away, a session that ended.
                    self.desktop = None;
                    self.beats.forget();
                    self.show(Standing::Blind(error.to_string()));
                    TRY_AGAIN
                }
            };
            self.wait(pause);
        }
    }

    /// One look, or none; with how long to wait before the next.
    fn step(&mut self) -> Result<Duration, DesktopError> {
        let consent = match may_look(&self.folder, clock::now()) {
            Ok(consent) => consent,
            Err(standing) => {
                self.rest(standing);
                return Ok(ASK_AGAIN);
            }
        };
        let wanted = self.wanted();
        if wanted.is_empty() {
            self.rest(Standing::Silent);
            return Ok(ASK_AGAIN);
        }
        let desktop = match &mut self.desktop {
            Some(desktop) => desktop,
            none => none.insert(open(self.idle_after)?),
        };
        let patience = self.beats.patience(desktop.tells_of_return());
        let name = desktop.name();
        let sight = desktop.look(patience)?;
        // The person may have said no while it waited, or a pause begun: then nothing of what it saw counts.
        if self.stop.load(Ordering::Relaxed)
            || may_look(&self.folder, clock::now()).as_ref() != Ok(&consent)
        {
            self.beats.forget();
            return Ok(Duration::ZERO);
        }
        self.show(Standing::Looking(name));
        let beats = self.beats.after(&sight, clock::now());
        for beat in beats.into_iter().filter(|beat| wanted.contains(&beat.kind)) {
            if self.record(beat).is_none() {
                self.made = false;
                return Ok(ASK_AGAIN);
            }
        }
        Ok(Duration::ZERO)
    }

    /// Nothing is looked at: the connection goes, too.
    fn rest(&mut self, standing: Standing) {
        self.desktop = None;
        self.beats.forget();
        self.show(standing);
    }

    fn show(&self, standing: Standing) {
        self.standing.send_if_modified(|shown| {
            let changed = *shown != standing;
            if changed {
                tracing::info!(recorder = standing.word(), "the recorder");
                *shown = standing;
            }
            changed
        });
    }

    /// The kinds that no watcher records.
    fn wanted(&self) -> Vec<Kind> {
        let now = clock::now();
        Kind::ALL.into_iter().filter(|kind| !self.book.is_fed(*kind, now)).collect()
    }

    /// Nothing when it could not be written down.
    fn record(&mut self, beat: Beat) -> Option<()> {
        if !self.made {
            for kind in Kind::ALL {
                self.create(kind)?;
            }
            self.made = true;
        }
        let (name, data) = (self.bucket(beat.kind)?, event_data(&beat.data).ok()?);
        let (start, duration_ms) = (beat.start, beat.duration_ms);
        let event = NewEvent { id: None, start, duration_ms, data };
        let pulsetime_ms = beat.pulsetime_ms;
        let heartbeat = ActivityCommand::Heartbeat { device: HERE, name, event, pulsetime_ms };
        matches!(self.change(heartbeat)?, Outcome::Event(_)).then_some(())
    }

    fn create(&self, kind: Kind) -> Option<()> {
        let text = |text: &str| ShortText::cut(text);
        let about = BucketAbout {
            kind: text(kind.bucket_type()),
            client: text(kind.watcher()),
            hostname: text(&self.hostname()?),
            data: CanonicalJson::empty(),
        };
        let (name, created) = (self.bucket(kind)?, None);
        let create = ActivityCommand::CreateBucket { device: HERE, name, about, created };
        self.change(create).map(|_| ())
    }

    fn bucket(&self, kind: Kind) -> Option<BucketName> {
        BucketName::new(format!("{}_{}", kind.watcher(), self.hostname()?)).ok()
    }

    fn hostname(&self) -> Option<String> {
        self.runtime.block_on(self.book.info(HERE)).ok().map(|info| info.hostname)
    }

    fn change(&self, command: ActivityCommand) -> Option<Outcome> {
        self.runtime.block_on(self.book.record(command)).ok()
    }

    fn wait(&self, length: Duration) {
        if !length.is_zero() {
            std::thread::sleep(length);
        }
    }
}

/// The person's yes that holds, in no pause, within their hours, and while nothing is to be erased; otherwise what there is to do instead.
fn may_look(folder: &Folder, now: Timestamp) -> Result<Consent, Standing> {
    let consent = Consent::read(folder).ok().flatten().filter(Consent::counts);
    let consent = consent.ok_or(Standing::Off)?;
    let paused = Pause::read(folder).map(|pause| pause.is_some_and(|pause| pause.lasts(now)));
    let open = Hours::read(folder).map(|hours| hours.admit(now, &TimeZone::system()));
    let erased = Erased::read(folder).map(|erased| erased.is_some());
    // What cannot be read might say no.
    let may = !paused.unwrap_or(true) && open.unwrap_or(false) && !erased.unwrap_or(true);
    may.then_some(consent).ok_or(Standing::Waiting)
}

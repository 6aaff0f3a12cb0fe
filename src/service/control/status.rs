//! How the server is doing, for whoever may see it: now, and over the last day.
//!
//! Kept in memory only. Must never name what somebody recorded.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use super::process::{self, Disk, Usage};
use crate::clock::Pulse;
use crate::consensus::{CommitTimes, Door, LOG_FILE, STATE_FILE};
use crate::domain::device::DeviceKind;
use crate::domain::right::Right;
use crate::domain::time::{DAY_MS, HOUR_MS, MINUTE_MS, Timestamp};
use crate::net::serve::Traffic;
use crate::net::tls::Certificates;
use crate::service::Principal;
use crate::service::error::ServiceError;
use crate::service::health::Health;
use crate::store::read;

/// The server's own state and history. Cheap to clone.
#[derive(Clone)]
pub struct Status(Arc<Inner>);

struct Inner {
    door: Door,
    health: Health,
    dir: PathBuf,
    traffic: Arc<Traffic>,
    now: fn() -> Timestamp,
    since: Timestamp,
    history: LastDay,
    certificates: ShownCertificates,
}

/// The certificates that the server shows, once it shows some.
pub type ShownCertificates = Arc<OnceLock<Arc<Certificates>>>;

/// What is known of the last day. It outlasts a stop and a start: cheap to clone, and all clones are the same.
#[derive(Clone, Default)]
pub struct LastDay(Arc<Mutex<History>>);

#[derive(Default)]
struct History {
    samples: VecDeque<Sample>,
    drifts: Drifts,
    /// The clocks at the last sample.
    pulse: Option<Pulse>,
    /// Where the last sample ended.
    last: Option<Reading>,
}

/// What last happened to the computer's clocks while the server ran.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Drifts {
    /// When the computer woke, and how long it had slept, in milliseconds.
    pub(super) slept: Option<(Timestamp, u64)>,
    /// When its clock was seen to be set, and by how many milliseconds; back, where negative.
    pub(super) set: Option<(Timestamp, i64)>,
}

/// What is counted since the start, at one moment.
#[derive(Clone)]
struct Reading {
    at: Timestamp,
    usage: Usage,
    answers: u64,
    commits: CommitTimes,
}

/// How the server is doing now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Now {
    /// When its working process started.
    pub since: Timestamp,
    /// Now.
    pub at: Timestamp,
    /// People with an open session, and how many sessions those are.
    pub people: usize,
    /// Open sessions.
    pub sessions: usize,
    /// Computers that may record.
    pub computers: usize,
    /// Of them, those that were heard from lately: an idle computer calls once an hour.
    pub in_touch: usize,
    /// What the process takes.
    pub usage: Usage,
    /// Processor time over the last minute, in hundredths of one processor.
    pub cpu_percent: Option<u64>,
    /// Connections open now.
    pub connections: u64,
    /// Bytes of the state.
    pub state_bytes: u64,
    /// Bytes of the log of changes.
    pub log_bytes: u64,
    /// The disk under both.
    pub disk: Option<Disk>,
    /// Changes on their way to the disk.
    pub queued: usize,
    /// Half of the changes since the start took at most so long.
    pub commit_median: Option<Duration>,
    /// 99 of 100 did.
    pub commit_p99: Option<Duration>,
}

/// A minute of the past.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// Its end.
    pub at: Timestamp,
    /// Resident memory at its end, in bytes.
    pub memory: u64,
    /// Processor time in it, in hundredths of one processor.
    pub cpu_percent: u64,
    /// Connections open at its end.
    pub connections: u64,
    /// Requests answered in it.
    pub answers: u64,
    /// Changes written in it.
    pub commits: u64,
    /// 99 of 100 of these took at most so long.
    pub commit_p99: Option<Duration>,
}

impl Status {
    /// Of the server that began now with its data in `dir`, its connections in `traffic`, what is known of the day before in `history`, and
    /// what it shows in `certificates`.
    pub fn new(
        door: Door,
        health: Health,
        dir: PathBuf,
        (traffic, history, certificates): (Arc<Traffic>, LastDay, ShownCertificates),
        now: fn() -> Timestamp,
    ) -> Self {
        let since = now();
        // What is counted begins anew with each house: its first reading only begins.
        history.lock().last = None;
        Self(Arc::new(Inner { door, health, dir, traffic, now, since, history, certificates }))
    }

    /// How it is doing now.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] without [`Right::ViewServer`].
    pub async fn now(&self, principal: &Principal) -> Result<Now, ServiceError> {
        principal.must_have(Right::ViewServer)?;
        let at = (self.0.now)();
        let figures = self.0.health.figures().await?;
        let found = self.0.door.read(move |reader| {
            let life = read::office_settings(reader)?.session_life();
            let sessions = read::sessions(reader)?.into_iter();
            let open: Vec<_> = sessions.filter(|session| session.is_live(at, life)).collect();
            Ok((open, read::devices(reader)?))
        });
        let (open, devices) = found.await?;
        let mut people: Vec<_> = open.iter().map(|session| session.user).collect();
        people.sort_unstable();
        people.dedup();
        let computers = || {
            let agents =
                devices.iter().filter(|device| matches!(device.kind, DeviceKind::Agent { .. }));
            agents.filter(|device| device.revoked.is_none())
        };
        let lately = |last: Timestamp| at.ms_since(last) <= IN_TOUCH_MS;
        let (usage, disk, state_bytes, log_bytes) = self.measure().await?;
        Ok(Now {
            since: self.0.since,
            at,
            people: people.len(),
            sessions: open.len(),
            computers: computers().count(),
            in_touch: computers().filter(|device| device.last_contact.is_some_and(lately)).count(),
            usage,
            cpu_percent: self.history().samples.back().map(|sample| sample.cpu_percent),
            connections: self.0.traffic.open(),
            state_bytes,
            log_bytes,
            disk,
            queued: figures.queued,
            commit_median: figures.commits.within(50),
            commit_p99: figures.commits.within(99),
        })
    }

    /// So much is free on the disk of the data; `None` where the system does not say. Blocks for a moment.
    pub fn free_bytes(&self) -> Option<u64> {
        process::disk(&self.0.dir).map(|disk| disk.free)
    }

    /// The last day, a sample a minute, the oldest first.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] without [`Right::ViewServer`].
    pub fn last_day(&self, principal: &Principal) -> Result<Vec<Sample>, ServiceError> {
        principal.must_have(Right::ViewServer)?;
        Ok(self.history().samples.iter().cloned().collect())
    }

    /// Takes a sample now and then every minute, as long as the server runs.
    pub async fn keep_history(self) {
        loop {
            if let Err(error) = self.sample().await
                && !self.0.door.is_closed()
            {
                tracing::warn!(%error, "the server's state could not be sampled; it is tried again in a minute");
            }
            tokio::time::sleep(SAMPLE_EVERY).await;
        }
    }

    async fn sample(&self) -> Result<(), ServiceError> {
        let (usage, ..) = self.measure().await?;
        let at = (self.0.now)();
        let commits = self.0.door.status().commits;
        let now = Reading { at, usage, answers: self.0.health.answers(), commits };
        let connections = self.0.traffic.open();
        let mut history = self.history();
        history.feel(at, Pulse::take());
        history.take(now, connections);
        Ok(())
    }

    /// The clock of this server.
    pub(super) fn moment(&self) -> Timestamp {
        (self.0.now)()
    }

    pub(super) fn door(&self) -> &Door {
        &self.0.door
    }

    /// Where the data lies, the disk under it, and how long it is.
    pub(super) async fn place(&self) -> Result<(PathBuf, Option<Disk>, u64), ServiceError> {
        let (_, disk, state_bytes, log_bytes) = self.measure().await?;
        let dir = self.0.dir.clone();
        let dir = std::path::absolute(&dir).unwrap_or(dir);
        Ok((dir, disk, state_bytes + log_bytes))
    }

    pub(super) fn drifts(&self) -> Drifts {
        self.history().drifts
    }

    /// When the certificate that browsers see ends; `None` while none is shown.
    pub(super) fn certificate_ends(&self) -> Option<Timestamp> {
        let ends = self.0.certificates.get()?.ends();
        Timestamp::new(ends.saturating_mul(1_000))
    }

    async fn measure(&self) -> Result<(Usage, Option<Disk>, u64, u64), ServiceError> {
        let dir = self.0.dir.clone();
        let measure = move || {
            let bytes = |file| std::fs::metadata(dir.join(file)).map_or(0, |about| about.len());
            let usage = process::usage()?;
            Some((usage, process::disk(&dir), bytes(STATE_FILE), bytes(LOG_FILE)))
        };
        let measured = tokio::task::spawn_blocking(measure).await;
        measured.ok().flatten().ok_or_else(|| {
            ServiceError::Failed("The system does not say what this process takes.".to_owned())
        })
    }

    fn history(&self) -> MutexGuard<'_, History> {
        self.0.history.lock()
    }
}

impl LastDay {
    fn lock(&self) -> MutexGuard<'_, History> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl History {
    /// Notes what happened to the clocks since the last sample.
    fn feel(&mut self, at: Timestamp, pulse: Pulse) {
        let Some(before) = self.pulse.replace(pulse) else { return };
        let drift = pulse.since(&before, SAMPLE_EVERY);
        if drift.slept_ms > 0 {
            self.drifts.slept = Some((at, drift.slept_ms));
        }
        if drift.set_by_ms != 0 {
            self.drifts.set = Some((at, drift.set_by_ms));
        }
    }

    /// Adds what was since the last reading; the first one only begins.
    fn take(&mut self, now: Reading, connections: u64) {
        if let Some(last) = self.last.replace(now.clone()) {
            let ms = now.at.ms_since(last.at).max(1);
            let cpu = now.usage.cpu_ms.saturating_sub(last.usage.cpu_ms);
            let commits = now.commits.since(&last.commits);
            self.samples.push_back(Sample {
                at: now.at,
                memory: now.usage.memory,
                cpu_percent: cpu.saturating_mul(100) / ms,
                connections,
                answers: now.answers.saturating_sub(last.answers),
                commits: commits.counts.iter().sum(),
                commit_p99: commits.within(99),
            });
        }
        let oldest = now.at.minus_ms(DAY_MS);
        while self.samples.len() > MOST_SAMPLES
            || self.samples.front().is_some_and(|sample| sample.at < oldest)
        {
            self.samples.pop_front();
        }
    }
}

const SAMPLE_EVERY: Duration = Duration::from_secs(60);
/// However the clock runs, no more are kept.
const MOST_SAMPLES: usize = 24 * 60;
/// An idle computer calls at least once an hour.
const IN_TOUCH_MS: u64 = HOUR_MS + 15 * MINUTE_MS;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock;
    use crate::consensus::DoorOptions;
    use crate::domain::text::ShortText;

    fn reading(minute: u64, cpu_ms: u64, answers: u64, quick: u64) -> Reading {
        let mut commits = CommitTimes::default();
        commits.counts[0] = quick;
        Reading {
            at: Timestamp::EARLIEST.plus_ms(minute * MINUTE_MS),
            usage: Usage { memory: 7, cpu_ms, ..Usage::default() },
            answers,
            commits,
        }
    }

    #[test]
    fn a_sample_has_what_was_since_the_last() {
        let mut history = History::default();
        history.take(reading(0, 1_000, 10, 5), 1);
        assert!(history.samples.is_empty(), "one reading says nothing of a minute");
        history.take(reading(1, 4_000, 25, 8), 2);
        let sample = history.samples.back().unwrap();
        assert_eq!((sample.cpu_percent, sample.answers, sample.commits), (5, 15, 3));
        assert_eq!(sample.commit_p99, Some(Duration::from_micros(250)));
    }

    #[test]
    fn a_day_is_kept_and_no_more() {
        let mut history = History::default();
        for minute in 0..3 * 24 * 60 {
            history.take(reading(minute, 0, minute, 0), 0);
        }
        assert_eq!(history.samples.len(), MOST_SAMPLES);
        // Nothing for two days, as on a computer that slept.
        history.take(reading(6 * 24 * 60, 0, 0, 0), 0);
        assert_eq!(history.samples.len(), 1);
    }

    #[tokio::test]
    async fn the_last_day_outlasts_a_stop_and_a_start() {
        let dir = tempfile::tempdir().unwrap();
        let options = DoorOptions { dir: dir.path().to_owned(), ..DoorOptions::default() };
        let door = Door::open(options).await.unwrap();
        let (last_day, root) = (LastDay::default(), Principal::Local(ShortText::cut("root")));
        let status = || {
            let (health, lasting) =
                (Health::new(door.clone()), (Arc::default(), last_day.clone(), Arc::default()));
            Status::new(door.clone(), health, dir.path().to_owned(), lasting, clock::now)
        };
        let before = status();
        before.sample().await.unwrap();
        before.sample().await.unwrap();
        let after = status();
        assert_eq!(after.last_day(&root).unwrap().len(), 1);
        after.sample().await.unwrap();
        assert_eq!(after.last_day(&root).unwrap().len(), 1, "between the two nothing was counted");
        after.sample().await.unwrap();
        assert_eq!(after.last_day(&root).unwrap().len(), 2);
        door.close().await.unwrap();
    }
}

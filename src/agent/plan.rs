//! What to do next about the server, from what is known now. Pure: time and chance come as arguments, a step comes out.
//!
//! After a failure the next server address is tried at once; when none is left, the wait is a quarter of how long it has been failing,
//! between one second and five minutes: a short outage is over for us soon after it is over, a long one costs the network nothing.

#[cfg(test)]
mod tests;

use crate::domain::time::{HOUR_MS, MINUTE_MS, SECOND_MS, Timestamp};

/// After a delivery, the next one waits at least this long, so that what is recorded meanwhile goes together.
pub const PACE_MS: u64 = 3 * SECOND_MS;
/// The shortest wait after a failure.
pub const SHORTEST_WAIT_MS: u64 = SECOND_MS;
/// The longest wait after a failure.
pub const LONGEST_WAIT_MS: u64 = 5 * MINUTE_MS;
/// With nothing to deliver the server is asked where it stands this often: a restore is noticed, a new policy heard. As long as nothing is
/// recorded the time doubles with each answer, up to [`ASK_AT_LEAST_EVERY_MS`]: nobody is at the computer, and it shall not use the network.
pub const ASK_EVERY_MS: u64 = 5 * MINUTE_MS;
/// However long nothing is recorded, the server is asked this often.
pub const ASK_AT_LEAST_EVERY_MS: u64 = HOUR_MS;
/// A server that refused this computer for good is asked again this often: somebody may have thought better of it.
pub const ASK_REFUSER_EVERY_MS: u64 = HOUR_MS;
/// A random share of a wait is added or taken away, up to this many percent, so that an office does not call in step.
const JITTER_PERCENT: u64 = 20;

/// What to do now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Deliver the next batch to this server.
    Send {
        /// Its place in the list of addresses.
        server: usize,
    },
    /// Ask this server where it stands.
    Ask {
        /// Its place in the list of addresses.
        server: usize,
    },
    /// Nothing before `until`; news of something to deliver may come sooner and counts only if `or_news`.
    Wait {
        /// When to look again.
        until: Timestamp,
        /// Whether something to deliver ends the wait.
        or_news: bool,
    },
}

/// What came of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Met {
    /// The server said where it stands and that was taken in; is there `more` to deliver right away?
    Heard {
        /// Whether enough waits to go on at once.
        more: bool,
    },
    /// No usable answer: nobody there, too slow, broken off, an error. At least this many milliseconds are asked for.
    Failed {
        /// What the server asked for; usually nothing.
        wait_ms: u64,
    },
    /// An answer that does not fit what we know: ask before sending again.
    Doubted,
    /// The server refuses this computer for good.
    Refused,
}

/// The state of our dealings with the servers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    servers: usize,
    /// The server that answered last.
    good: usize,
    /// Servers tried in vain since the last answer or wait.
    tried: usize,
    failing_since: Option<Timestamp>,
    not_before: Option<Timestamp>,
    heard: Option<Timestamp>,
    doubted: bool,
    /// Answers since something was delivered.
    quiet: u8,
}

impl Plan {
    /// A fresh start with this many server addresses, at least one: ask where the server stands.
    pub const fn new(servers: usize) -> Self {
        Self {
            servers: if servers == 0 { 1 } else { servers },
            good: 0,
            tried: 0,
            failing_since: None,
            not_before: None,
            heard: None,
            doubted: false,
            quiet: 0,
        }
    }

    /// The same after an answer to a question, with nothing to deliver; or after a delivery.
    #[must_use]
    pub const fn with_answer(self, delivered: bool) -> Self {
        let quiet = if delivered { 0 } else { self.quiet.saturating_add(1) };
        Self { quiet, ..self }
    }

    /// The same with something to say that is no delivery: the server is asked where it stands, and hears it with that.
    #[must_use]
    pub const fn asking(self) -> Self {
        Self { heard: None, ..self }
    }

    /// The step to take at `now`; `waiting` says whether there is anything to deliver.
    pub fn next(&self, now: Timestamp, waiting: bool) -> Step {
        if let Some(until) = self.not_before.filter(|until| is_ahead(now, *until)) {
            return Step::Wait { until, or_news: false };
        }
        let server = (self.good + self.tried) % self.servers;
        // A clock that was set back must not silence us: an answer from the future is no answer.
        let heard = self.heard.filter(|heard| *heard <= now);
        let doublings = u32::from(self.quiet.saturating_sub(1)).min(8);
        let ask_every = (ASK_EVERY_MS << doublings).min(ASK_AT_LEAST_EVERY_MS);
        match heard.map(|heard| heard.plus_ms(ask_every)) {
            None => Step::Ask { server },
            Some(_) if self.doubted => Step::Ask { server },
            Some(_) if waiting => Step::Send { server },
            Some(again) if again <= now => Step::Ask { server },
            Some(again) => Step::Wait { until: again, or_news: true },
        }
    }

    /// No server has answered for at least so long.
    pub fn has_failed_for(&self, ms: u64, now: Timestamp) -> bool {
        self.failing_since.is_some_and(|since| now.ms_since(since) >= ms)
    }

    /// The server that is asked now.
    pub const fn server(&self) -> usize {
        (self.good + self.tried) % self.servers
    }

    /// Takes in what came of the last step. `chance` is any byte, each as likely as the other.
    #[must_use]
    pub fn after(self, met: Met, now: Timestamp, chance: u8) -> Self {
        let answered = Self {
            good: (self.good + self.tried) % self.servers,
            tried: 0,
            heard: Some(now),
            ..self
        };
        match met {
            // Doubt is over only when a delivery went well: till then answers do not shorten the wait.
            Met::Heard { .. } if self.doubted => {
                let not_before = Some(wait(self.failing_since, now, 0, chance));
                Self { doubted: false, not_before, ..answered }
            }
            Met::Heard { more } => {
                let pace = if more { 0 } else { PACE_MS };
                Self { failing_since: None, not_before: Some(now.plus_ms(pace)), ..answered }
            }
            Met::Doubted => {
                let failing_since = Some(self.failing_since.unwrap_or(now));
                let not_before = Some(wait(failing_since, now, 0, chance));
                Self { failing_since, not_before, doubted: true, ..answered }
            }
            Met::Failed { .. } if self.tried + 1 < self.servers => {
                Self { tried: self.tried + 1, not_before: None, ..self }
            }
            Met::Failed { wait_ms } => {
                let failing_since = Some(self.failing_since.unwrap_or(now));
                let not_before = Some(wait(failing_since, now, wait_ms, chance));
                Self { tried: 0, failing_since, not_before, ..self }
            }
            Met::Refused => {
                let not_before = Some(now.plus_ms(jittered(ASK_REFUSER_EVERY_MS, chance)));
                Self { not_before, doubted: true, ..answered }
            }
        }
    }
}

/// Is `until` ahead, and no farther than any wait is long? (Farther means that the clock was set back.)
fn is_ahead(now: Timestamp, until: Timestamp) -> bool {
    until > now && until.ms_since(now) <= 2 * ASK_REFUSER_EVERY_MS
}

fn wait(failing_since: Option<Timestamp>, now: Timestamp, asked_ms: u64, chance: u8) -> Timestamp {
    let failing = failing_since.map_or(0, |since| now.ms_since(since));
    let ms = (failing / 4).max(asked_ms).clamp(SHORTEST_WAIT_MS, LONGEST_WAIT_MS);
    now.plus_ms(jittered(ms, chance))
}

/// `ms`, up to [`JITTER_PERCENT`] shorter or longer.
fn jittered(ms: u64, chance: u8) -> u64 {
    let span = 2 * JITTER_PERCENT * u64::from(chance) / u64::from(u8::MAX);
    ms * (100 - JITTER_PERCENT + span) / 100
}

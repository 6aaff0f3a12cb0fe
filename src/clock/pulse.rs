//! How the clocks of this computer ran between two moments: whether it slept, and whether somebody set its clock.

use std::time::{Duration, Instant};

use super::now;
use crate::domain::time::Timestamp;

/// The clocks at one moment.
#[derive(Clone, Copy, Debug)]
pub struct Pulse {
    wall: Timestamp,
    /// Runs while the computer is awake; on some systems also while it sleeps.
    awake: Instant,
    /// Runs always.
    always: Option<Duration>,
}

/// What happened between two moments.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Drift {
    /// The computer slept for so long, in milliseconds.
    pub slept_ms: u64,
    /// Its clock was set forward by so many milliseconds; back, where negative.
    pub set_by_ms: i64,
}

impl Pulse {
    /// The clocks now.
    pub fn take() -> Self {
        Self { wall: now(), awake: Instant::now(), always: since_boot() }
    }

    /// What happened since `before`, which was meant to be `meant` ago.
    pub fn since(&self, before: &Self, meant: Duration) -> Drift {
        let awake = self.awake.duration_since(before.awake);
        let always = self.always.zip(before.always).and_then(|(now, then)| now.checked_sub(then));
        let (slept, whole) = match always {
            Some(always) => (always.saturating_sub(awake), always),
            // A system whose one clock runs on while it sleeps: what took so much longer than it was meant to was slept.
            None => (awake.saturating_sub(meant + SLOW), awake),
        };
        let ms = |of: Duration| i64::try_from(of.as_millis()).unwrap_or(i64::MAX);
        let set_by = (self.wall.ms() - before.wall.ms()).saturating_sub(ms(whole));
        Drift {
            slept_ms: if slept >= NAP { ms(slept).unsigned_abs() } else { 0 },
            set_by_ms: if set_by.unsigned_abs() >= SET_MS { set_by } else { 0 },
        }
    }
}

#[cfg(target_os = "linux")]
fn since_boot() -> Option<Duration> {
    let at = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
    Some(Duration::new(u64::try_from(at.tv_sec).ok()?, u32::try_from(at.tv_nsec).ok()?))
}

#[cfg(not(target_os = "linux"))]
const fn since_boot() -> Option<Duration> {
    None
}

/// A busy computer comes back late without having slept.
const SLOW: Duration = Duration::from_secs(120);
const NAP: Duration = Duration::from_secs(10);
/// Servers of time set a clock by seconds.
const SET_MS: u64 = 120_000;

#[cfg(test)]
mod tests {
    use super::*;

    fn later(of: &Pulse, wall_s: u64, awake_s: u64, always_s: Option<u64>) -> Pulse {
        Pulse {
            wall: of.wall.plus_ms(wall_s * 1_000),
            awake: of.awake + Duration::from_secs(awake_s),
            always: of.always.zip(always_s).map(|(at, more)| at + Duration::from_secs(more)),
        }
    }

    #[test]
    fn sleep_and_a_set_clock_are_told_apart() {
        let begin = Pulse { always: Some(Duration::from_secs(9)), ..Pulse::take() };
        let minute = Duration::from_secs(60);
        let drift = |pulse: Pulse| {
            let Drift { slept_ms, set_by_ms } = pulse.since(&begin, minute);
            (slept_ms / 1_000, set_by_ms / 1_000)
        };
        assert_eq!(drift(later(&begin, 60, 60, Some(60))), (0, 0));
        // A busy minute that took three.
        assert_eq!(drift(later(&begin, 180, 180, Some(180))), (0, 0));
        assert_eq!(drift(later(&begin, 3_660, 60, Some(3_660))), (3_600, 0));
        assert_eq!(drift(later(&begin, 3_660, 60, Some(60))), (0, 3_600));
        // The same on a system with one clock.
        assert_eq!(drift(later(&begin, 180, 180, None)), (0, 0));
        assert_eq!(drift(later(&begin, 3_780, 3_780, None)), (3_600, 0));
        let back = Pulse { wall: begin.wall.minus_ms(600_000), ..later(&begin, 0, 60, Some(60)) };
        assert_eq!(drift(back), (0, -660));
    }
}

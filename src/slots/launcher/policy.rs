//! When a child that ended is started again, and how soon. Pure: durations in, a decision out.

use std::time::Duration;

/// The exit code by which a child asks to be started again (after an update, or an error that only a restart heals).
pub const RESTART_CODE: i32 = 75;

/// Exit codes that end the launcher, too: done, wrong usage, refused, unreachable.
const FINAL_CODES: [i32; 4] = [0, 2, 3, 4];

/// Final only before the child was ready.
const FAILED_START: i32 = 1;

/// When and how fast a child is started again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RestartPolicy {
    /// A child that was ready for at least this long begins a new count.
    pub quick: Duration,
    /// The first death is answered at once, the second after this pause; it doubles with each quick death.
    pub first_pause: Duration,
    /// The longest pause.
    pub longest_pause: Duration,
    /// After so many deaths in a row without ever being ready, the launcher gives up. Deaths of children that were
    /// ready never end the launcher: they served.
    pub attempts: u32,
    /// A child that said that it lives, and then says nothing for so long, hangs: it is killed, and another one takes its place.
    pub silence: Duration,
    /// After the stop signal, how long the child may take before it is killed. Longer than the server's own drain.
    pub drain: Duration,
}

impl Default for RestartPolicy {
    fn default() -> Self {
        Self {
            quick: Duration::from_secs(1),
            first_pause: Duration::from_millis(100),
            longest_pause: Duration::from_secs(5),
            attempts: 10,
            silence: super::DEFAULT_SILENCE,
            drain: super::DEFAULT_DRAIN,
        }
    }
}

/// How a child ended.
pub(super) struct Ended {
    /// `None` when a signal ended it.
    pub(super) code: Option<i32>,
    /// How long it was ready; `None` if it never was.
    pub(super) ready_for: Option<Duration>,
    /// In words.
    pub(super) how: String,
}

/// Deaths in a row.
#[derive(Default)]
pub(super) struct Streak {
    quick: u32,
    never_ready: u32,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    Exit(i32),
    Restart { pause: Duration },
    GiveUp { times: u32 },
}

impl RestartPolicy {
    pub(super) fn next(&self, streak: &mut Streak, ended: &Ended) -> Next {
        match ended.code {
            Some(code) if FINAL_CODES.contains(&code) => return Next::Exit(code),
            Some(FAILED_START) if ended.ready_for.is_none() => return Next::Exit(FAILED_START),
            _ => {}
        }
        match ended.ready_for {
            Some(ready_for) if ready_for >= self.quick => *streak = Streak::default(),
            Some(_) => streak.never_ready = 0,
            None => streak.never_ready += 1,
        }
        if streak.never_ready >= self.attempts {
            return Next::GiveUp { times: streak.never_ready };
        }
        let doubled = self.first_pause.saturating_mul(1 << streak.quick.saturating_sub(1).min(16));
        let pause =
            if streak.quick == 0 { Duration::ZERO } else { doubled.min(self.longest_pause) };
        streak.quick += 1;
        Next::Restart { pause }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ended(code: Option<i32>, ready_ms: Option<u64>) -> Ended {
        Ended { code, ready_for: ready_ms.map(Duration::from_millis), how: String::new() }
    }

    #[test]
    fn final_codes_end_the_launcher() {
        let policy = RestartPolicy::default();
        let next = |code, ready| policy.next(&mut Streak::default(), &ended(Some(code), ready));
        for code in [0, 2, 3, 4] {
            assert_eq!(next(code, None), Next::Exit(code));
            assert_eq!(next(code, Some(9_000)), Next::Exit(code));
        }
        assert_eq!(next(1, None), Next::Exit(1));
        assert_eq!(next(1, Some(9_000)), Next::Restart { pause: Duration::ZERO });
        assert_eq!(next(101, None), Next::Restart { pause: Duration::ZERO });
        assert_eq!(next(RESTART_CODE, Some(9_000)), Next::Restart { pause: Duration::ZERO });
    }

    #[test]
    fn a_child_that_dies_while_starting_is_given_up() {
        let (policy, mut streak) = (RestartPolicy::default(), Streak::default());
        let mut pauses = Vec::new();
        let last = loop {
            match policy.next(&mut streak, &ended(None, None)) {
                Next::Restart { pause } => pauses.push(pause.as_millis()),
                other => break other,
            }
        };
        assert_eq!(pauses, [0, 100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000]);
        assert_eq!(last, Next::GiveUp { times: 10 });
    }

    #[test]
    fn a_child_that_served_is_never_given_up() {
        let (policy, mut streak) = (RestartPolicy::default(), Streak::default());
        for _ in 0..100 {
            assert!(matches!(
                policy.next(&mut streak, &ended(None, Some(5))),
                Next::Restart { .. }
            ));
        }
        assert_eq!(
            policy.next(&mut streak, &ended(None, Some(1_000))),
            Next::Restart { pause: Duration::ZERO }
        );
        assert_eq!(
            policy.next(&mut streak, &ended(None, None)),
            Next::Restart { pause: Duration::from_millis(100) }
        );
    }
}

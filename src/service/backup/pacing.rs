//! How fast a step of a backup goes, since it began.

use std::time::{Duration, Instant};

use crate::domain::job::Pace;
use crate::store::backup::{Progress, Step};

/// Hears of progress, and tells the pace.
#[derive(Debug, Default)]
pub struct Pacing {
    step: Option<(Step, Instant)>,
}

impl Pacing {
    /// The pace of the step that `now` is of; nothing before it went on for a moment.
    pub fn of(&mut self, now: Progress) -> Option<Pace> {
        let begun = match self.step {
            Some((step, begun)) if step == now.step => begun,
            _ => self.step.insert((now.step, Instant::now())).1,
        };
        pace(now, begun.elapsed())
    }
}

fn pace(now: Progress, took: Duration) -> Option<Pace> {
    let ms = u64::try_from(took.as_millis()).ok().filter(|ms| *ms >= SOON_MS)?;
    Some(Pace { per_second: now.done.saturating_mul(1_000) / ms, unit: now.step.unit() })
}

/// Before this long has passed, the pace says nothing.
const SOON_MS: u64 = 200;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::job::Unit;

    #[test]
    fn a_pace_is_of_its_step_and_not_told_too_soon() {
        let now = |step, done| Progress { step, done, total: 1_000 };
        let took = Duration::from_millis;
        assert_eq!(pace(now(Step::Pack, 500), took(199)), None);
        let packed = pace(now(Step::Pack, 500), took(250)).unwrap();
        assert_eq!((packed.per_second, packed.unit), (2_000, Unit::Bytes));
        assert_eq!(pace(now(Step::Copy, 500), took(1_000)).unwrap().unit, Unit::Rows);
        let mut pacing = Pacing::default();
        assert_eq!(pacing.of(now(Step::Copy, 900)), None);
        assert_eq!(pacing.of(now(Step::Pack, 900)), None, "another step begins anew");
    }
}

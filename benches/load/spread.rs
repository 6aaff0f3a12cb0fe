//! How long many operations took.

use std::time::Duration;

/// Durations of many operations within a time.
#[derive(Clone, Debug)]
pub(crate) struct Spread {
    sorted: Vec<Duration>,
    within: Duration,
}

impl Spread {
    pub(crate) fn new(mut durations: Vec<Duration>, within: Duration) -> Self {
        durations.sort_unstable();
        Self { sorted: durations, within }
    }

    /// Operations a second.
    pub(crate) fn rate(&self) -> f64 {
        self.sorted.len() as f64 / self.within.as_secs_f64()
    }

    /// The duration that `percent` of operations did not exceed.
    pub(crate) fn percentile_ms(&self, percent: usize) -> f64 {
        let at = (self.sorted.len() * percent / 100).min(self.sorted.len().saturating_sub(1));
        self.sorted.get(at).map_or(f64::NAN, |d| d.as_secs_f64() * 1_000.0)
    }
}

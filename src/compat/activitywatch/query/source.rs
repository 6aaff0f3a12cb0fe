//! Where a query's events come from, and for which time.

use super::fault::{Fault, Kind};
use crate::domain::activity::Event;
use crate::domain::time::Timestamp;
use crate::wire::activitywatch::{instant, instant_json, window_end};

/// What a query reads. Its methods may block.
pub trait Source {
    /// Name and hostname of every bucket, by name.
    ///
    /// # Errors
    /// [`Fault`], as every method.
    fn buckets(&self) -> Result<Vec<(String, String)>, Fault>;

    /// The events of a bucket that overlap the period, newest first, page by page; `false` when there is no such bucket.
    ///
    /// # Errors
    /// [`Fault`], also what `page` answers.
    fn events(
        &self,
        bucket: &str,
        period: &Period,
        page: &mut dyn FnMut(Vec<Event>) -> Result<(), Fault>,
    ) -> Result<bool, Fault>;

    /// How many events overlap the period; `None` when there is no such bucket.
    ///
    /// # Errors
    /// [`Fault`].
    fn count(&self, bucket: &str, period: &Period) -> Result<Option<u64>, Fault>;
}

/// The time a query looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// From here.
    pub start: Timestamp,
    /// To here.
    pub end: Timestamp,
    /// To here for events: the next whole millisecond, as aw-server takes it.
    pub window_end: Timestamp,
}

impl Period {
    /// The period between two times.
    pub(super) fn new(start: &str, end: &str) -> Result<Self, Fault> {
        let wrong = |error: crate::wire::activitywatch::BadShape| {
            Fault::new(Kind::Function, error.to_string())
        };
        Ok(Self {
            start: instant("timeperiods", start).map_err(wrong)?,
            end: instant("timeperiods", end).map_err(wrong)?,
            window_end: window_end("timeperiods", end).map_err(wrong)?,
        })
    }

    /// The period of a text such as `2026-01-01/2026-01-02`.
    pub(super) fn parse(text: &str) -> Result<Self, Fault> {
        let (start, end) = Self::halves(text)?;
        Self::new(start, end)
    }

    pub(super) fn halves(text: &str) -> Result<(&str, &str), Fault> {
        text.split_once('/').ok_or_else(|| {
            Fault::function(
                "A period is two times with a `/` between, such as 2026-01-01/2026-01-02.",
            )
        })
    }

    pub(super) fn start_text(&self) -> String {
        instant_json(self.start)
    }

    pub(super) fn end_text(&self) -> String {
        instant_json(self.end)
    }
}

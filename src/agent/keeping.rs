//! How long things are kept on this computer: as long as the office keeps them, by what it said last. Whole months go, so that a computer
//! never has less than its office.
//!
//! Must never let anything go by itself: without an office that was heard of late and has it safe, everything stays.

use serde::{Deserialize, Serialize};

use super::AgentError;
use super::folder::Folder;
use crate::domain::office_setting::{OfficeSetting, Shape};
use crate::domain::retention::{Limits, MONTH_MS};
use crate::domain::tier::utc_month;
use crate::domain::time::{DAY_MS, HOUR_MS, Timestamp};
use crate::wire::v1::sync;

const FILE: &str = "keeps.json";
/// What was heard longer ago may not be so any more.
const COUNTS_MS: u64 = DAY_MS;
/// That it is still so is written down this often.
const WRITE_EVERY_MS: u64 = HOUR_MS;

/// How long the office keeps things.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Keeping {
    /// For so many days, titles and addresses.
    pub(super) detail_days: u64,
    /// For so many months, anything.
    pub(super) totals_months: u64,
    /// When the office said so last, in milliseconds.
    heard_ms: i64,
}

impl Keeping {
    /// As the office says it; nothing when no office can mean that.
    pub(super) fn of(told: &sync::Keeps, now: Timestamp) -> Option<Self> {
        let sync::Keeps { detail_days, totals_months } = *told;
        let can_be = |setting: OfficeSetting, number: u64| match setting.shape() {
            Shape::Number(least, most) => (least..=most).contains(&number),
            _ => false,
        };
        let sound = can_be(OfficeSetting::DetailDays, detail_days)
            && can_be(OfficeSetting::TotalsMonths, totals_months);
        sound.then_some(Self { detail_days, totals_months, heard_ms: now.ms() })
    }

    /// What was heard last; a file that does not read says nothing.
    ///
    /// # Errors
    /// [`AgentError::File`].
    pub(super) fn read(folder: &Folder) -> Result<Option<Self>, AgentError> {
        let text = folder.read(FILE)?.unwrap_or_default();
        Ok(serde_json::from_str(&text).ok())
    }

    /// Remembers it.
    ///
    /// # Errors
    /// [`AgentError::File`].
    pub(super) fn store(self, folder: &Folder) -> Result<(), AgentError> {
        let written = Self::read(folder)?;
        let is_recent = |written: Self| {
            written == Self { heard_ms: written.heard_ms, ..self }
                && (0..WRITE_EVERY_MS.cast_signed()).contains(&(self.heard_ms - written.heard_ms))
        };
        if written.is_some_and(is_recent) {
            return Ok(());
        }
        let text = serde_json::to_string(&self)
            .map_err(|error| AgentError::BadAnswer(error.to_string()))?;
        folder.write_passing(FILE, &text)
    }

    /// Was it heard so lately that it may be acted on?
    pub(super) fn counts(self, now: Timestamp) -> bool {
        now.ms() >= self.heard_ms && now.ms().abs_diff(self.heard_ms) <= COUNTS_MS
    }

    /// Up to where things may go, at `now`: to the begin of a month.
    pub(super) fn limits(self, now: Timestamp) -> Limits {
        let Limits { detail, totals, .. } =
            Limits::at(now, self.detail_days, self.totals_months, 0);
        let begin = |limit| utc_month(limit).from;
        Limits { detail: begin(detail), totals: begin(totals), traces: Timestamp::EARLIEST }
    }

    /// When titles and addresses of a month that ends there may go, and when all of it.
    pub(super) fn goes(self, ends: Timestamp) -> (Timestamp, Timestamp) {
        let detail = ends.plus_ms(self.detail_days.saturating_mul(DAY_MS));
        (detail, ends.plus_ms(self.totals_months.saturating_mul(MONTH_MS)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agent::folder::tests::Data;

    fn told(detail_days: u64, totals_months: u64) -> sync::Keeps {
        sync::Keeps { detail_days, totals_months }
    }

    /// The 22nd of November 2026.
    fn now() -> Timestamp {
        Timestamp::new(1_795_333_311_000).unwrap()
    }

    #[test]
    fn whole_months_go_and_none_before_its_time() {
        let keeping = Keeping::of(&told(90, 24), now()).unwrap();
        for days in 0..800 {
            let now = now().plus_ms(days * DAY_MS);
            let limits = keeping.limits(now);
            let exact = Limits::at(now, 90, 24, 0);
            for (limit, exact) in [(limits.detail, exact.detail), (limits.totals, exact.totals)] {
                assert!(limit <= exact && exact.ms_since(limit) < 31 * DAY_MS);
                assert_eq!(utc_month(limit).from, limit, "a month's begin");
            }
            // What was promised for the last month that went was kept, and the next has still time.
            let before = utc_month(limits.detail.minus_ms(1));
            assert!(keeping.goes(before.to).0 <= now);
            assert!(keeping.goes(utc_month(limits.detail).to).0 > now);
        }
    }

    #[test]
    fn what_no_office_means_is_not_heard_and_what_was_heard_long_ago_does_not_count() {
        for (days, months) in [(0, 24), (90, 0), (u64::MAX, 24), (90, u64::MAX)] {
            assert_eq!(Keeping::of(&told(days, months), now()), None);
        }
        let keeping = Keeping::of(&told(30, 6), now()).unwrap();
        assert!(keeping.counts(now()) && keeping.counts(now().plus_ms(DAY_MS)));
        assert!(!keeping.counts(now().plus_ms(DAY_MS + 1)) && !keeping.counts(now().minus_ms(1)));
    }

    #[test]
    fn it_is_remembered_and_not_written_with_every_answer() {
        let data = Data::new();
        let folder = data.folder();
        assert_eq!(Keeping::read(&folder).unwrap(), None);
        let at = |ms| Keeping::of(&told(90, 24), now().plus_ms(ms)).unwrap();
        at(0).store(&folder).unwrap();
        at(5_000).store(&folder).unwrap();
        assert_eq!(Keeping::read(&folder).unwrap(), Some(at(0)));
        at(HOUR_MS).store(&folder).unwrap();
        assert_eq!(Keeping::read(&folder).unwrap(), Some(at(HOUR_MS)));
        let other = Keeping::of(&told(91, 24), now().plus_ms(HOUR_MS + 1)).unwrap();
        other.store(&folder).unwrap();
        assert_eq!(Keeping::read(&folder).unwrap(), Some(other));
        folder.write(FILE, "{").unwrap();
        assert_eq!(Keeping::read(&folder).unwrap(), None);
    }
}

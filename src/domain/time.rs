//! Points in time: UTC, whole milliseconds, between fixed bounds.

use std::fmt;

/// Milliseconds since 1970-01-01T00:00:00Z.
///
/// Only made through [`Timestamp::new`], so a value outside the bounds cannot exist: an absurd date from outside is refused at
/// the door and never reaches arithmetic that could overflow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// 1970-01-01T00:00:00Z.
    pub const EARLIEST: Self = Self(0);
    /// 2200-01-01T00:00:00Z.
    pub const LATEST: Self = Self(7_258_118_400_000);

    /// The time `ms` milliseconds after the epoch, or `None` outside [`Self::EARLIEST`]..=[`Self::LATEST`].
    pub const fn new(ms: i64) -> Option<Self> {
        if ms < Self::EARLIEST.0 || ms > Self::LATEST.0 { None } else { Some(Self(ms)) }
    }

    /// Milliseconds since the epoch.
    pub const fn ms(self) -> i64 {
        self.0
    }

    /// Later by `ms`, at most [`Self::LATEST`].
    pub const fn plus_ms(self, ms: u64) -> Self {
        let sum = self.0.cast_unsigned().saturating_add(ms);
        if sum > Self::LATEST.0.cast_unsigned() { Self::LATEST } else { Self(sum.cast_signed()) }
    }

    /// Earlier by `ms`, at least [`Self::EARLIEST`].
    pub const fn minus_ms(self, ms: u64) -> Self {
        Self(self.0.cast_unsigned().saturating_sub(ms).cast_signed())
    }

    /// Milliseconds from `earlier` to here; nothing when `earlier` is later.
    pub const fn ms_since(self, earlier: Self) -> u64 {
        if self.0 <= earlier.0 { 0 } else { self.0.abs_diff(earlier.0) }
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ms", self.0)
    }
}

/// One second.
pub const SECOND_MS: u64 = 1_000;
/// One minute.
pub const MINUTE_MS: u64 = 60 * SECOND_MS;
/// One hour.
pub const HOUR_MS: u64 = 60 * MINUTE_MS;
/// Twenty-four hours; a person's day may be longer or shorter.
pub const DAY_MS: u64 = 24 * HOUR_MS;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stays_between_its_bounds() {
        assert_eq!(Timestamp::new(-1), None);
        assert_eq!(Timestamp::new(Timestamp::LATEST.ms() + 1), None);
        assert_eq!(Timestamp::LATEST.plus_ms(u64::MAX), Timestamp::LATEST);
        assert_eq!(Timestamp::EARLIEST.minus_ms(5), Timestamp::EARLIEST);
        let t = Timestamp::new(1_000).unwrap();
        assert_eq!(t.plus_ms(500).ms_since(t), 500);
        assert_eq!(t.ms_since(t.plus_ms(500)), 0);
    }
}

//! The only wall clock, and the only randomness of the domain (keys, salts and TLS draw their own).
//!
//! Everything else takes `now` as an argument. With the `faults` feature a file named by `TIMEBOOK_FAULT_CLOCK` shifts the clock, so
//! that tests move time instead of sleeping.
#![expect(clippy::disallowed_methods, reason = "this is the room where the clock and chance live")]

mod pulse;

use std::time::{SystemTime, UNIX_EPOCH};

use uuid::Uuid;

use crate::domain::time::Timestamp;

pub use pulse::{Drift, Pulse};

/// Now, by the computer's clock; held within [`Timestamp`]'s bounds when that clock is absurd.
pub fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let ms = i64::try_from(since.as_millis()).unwrap_or(i64::MAX).saturating_add(shift_ms());
    Timestamp::new(ms).unwrap_or(if ms < 0 { Timestamp::EARLIEST } else { Timestamp::LATEST })
}

#[cfg(not(feature = "faults"))]
const fn shift_ms() -> i64 {
    0
}

/// The shift a test asks for, in milliseconds, read afresh each time.
#[cfg(feature = "faults")]
fn shift_ms() -> i64 {
    std::env::var_os("TIMEBOOK_FAULT_CLOCK")
        .and_then(|file| std::fs::read_to_string(file).ok())
        .and_then(|text| text.trim().parse().ok())
        .unwrap_or(0)
}

/// A fresh id that sorts after those made before it (UUIDv7).
pub fn ascending_id() -> Uuid {
    Uuid::now_v7()
}

/// A fresh id that tells nothing (UUIDv4): for tokens that foreign clients must accept.
pub fn random_id() -> Uuid {
    Uuid::new_v4()
}

/// `N` bytes that nobody can guess.
///
/// # Panics
/// When the operating system has no randomness: nothing here is safe without it.
pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system hands out randomness");
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_rise_and_chance_differs() {
        assert!(ascending_id() < ascending_id());
        assert_ne!(random_bytes::<16>(), random_bytes::<16>());
        assert!(now() > Timestamp::new(1_700_000_000_000).unwrap());
    }
}

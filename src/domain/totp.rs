//! Codes from an app (TOTP, RFC 6238) as a second proof at sign-in, and the one-time codes for when the app is lost.

use super::id::UserId;
use super::secret::Secret;
use super::text::Label;
use super::time::Timestamp;

/// A code counts for this long; the one before and the one after count, too: clocks differ.
pub const STEP_MS: u64 = 30_000;
/// So many one-time codes are handed out when an app is confirmed.
pub const RECOVERY_CODES: usize = 10;

/// The number of the step that `at` lies in.
pub const fn step_of(at: Timestamp) -> u64 {
    at.ms().cast_unsigned() / STEP_MS
}

/// The name a person's seed is sealed under.
///
/// # Panics
/// Never: `totp-` and an id make a short label.
pub fn seed_name(user: UserId) -> Label {
    Label::new(format!("totp-{user}")).expect("a short word and an id make a label")
}

/// A person's app. Its seed is sealed, under [`seed_name`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Totp {
    /// Since when its codes are asked for; none before the first code was given back.
    pub confirmed: Option<Timestamp>,
    /// The last step whose code was taken: no code counts twice.
    pub last_step: u64,
    /// BLAKE3 of each one-time code that was not used yet.
    pub recovery: Vec<[u8; 32]>,
}

/// A change to a person's app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TotpCommand {
    /// A fresh seed, not asked for before it is confirmed.
    Begin {
        /// Whose.
        user: UserId,
        /// The sealed seed.
        seed: Secret,
    },
    /// The app gave a right code: from now on one is asked for.
    Confirm {
        /// Whose.
        user: UserId,
        /// The step of that code.
        step: u64,
        /// BLAKE3 of each one-time code.
        recovery: Vec<[u8; 32]>,
    },
    /// A right code was given.
    Use {
        /// Whose.
        user: UserId,
        /// Its step.
        step: u64,
    },
    /// A one-time code was given.
    UseRecovery {
        /// Whose.
        user: UserId,
        /// BLAKE3 of it.
        hash: [u8; 32],
    },
    /// No code is asked for any more.
    Remove {
        /// Whose.
        user: UserId,
    },
}

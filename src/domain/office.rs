//! The office: what is true of the whole, once.

use super::id::{ClusterId, OfficeId};
use super::policy::ActivityPolicy;
use super::text::Label;
use super::time::{DAY_MS, Timestamp};

/// The newest level this build applies. `apply` branches on the level kept in the state, never on the build.
pub const NEWEST_LEVEL: u32 = 1;
/// A set-up link can be used for this long.
pub const SETUP_LIFE_MS: u64 = DAY_MS;

/// The office: one record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Office {
    /// For ever.
    pub id: OfficeId,
    /// This set of servers.
    pub cluster: ClusterId,
    /// Counts restores.
    pub server_epoch: u32,
    /// What all voters support.
    pub level: u32,
    /// As people read it; empty until set-up.
    pub name: Option<Label>,
    /// What managers may see of recorded activity.
    pub policy: ActivityPolicy,
    /// ed25519 key that verifies receipts.
    pub receipt_key: [u8; 32],
    /// When it was founded.
    pub founded: Timestamp,
    /// The office key wrapped by the recovery code, from the first account on.
    pub wrapped_key: Option<Vec<u8>>,
    /// The open set-up link, until used or expired.
    pub setup: Option<Setup>,
}

/// An open set-up link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setup {
    /// BLAKE3 of the one-time secret.
    pub secret_hash: [u8; 32],
    /// When it ends.
    pub expires: Timestamp,
}

/// A change to the office.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OfficeCommand {
    /// On the very first start; refused when there is one.
    Found(Office),
    /// A fresh set-up link; refused once anybody exists.
    OpenSetup(Setup),
    /// A new activity policy, with its reason.
    SetPolicy {
        /// The policy.
        policy: ActivityPolicy,
        /// Why; everyone reads it.
        reason: super::text::ShortText,
    },
    /// A looser activity policy, known to everyone before it counts.
    AnnouncePolicy {
        /// The policy.
        policy: ActivityPolicy,
        /// Why; everyone reads it.
        reason: super::text::ShortText,
    },
    /// What was announced shall not come.
    WithdrawPolicy,
    /// All voters support this level now. Levels only rise.
    RaiseLevel {
        /// The new level.
        level: u32,
    },
}

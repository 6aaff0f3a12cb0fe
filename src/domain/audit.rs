//! The audit log: what happened, by whom, each entry chained to the one before by its hash.

use super::command::Actor;
use super::text::ShortText;
use super::time::Timestamp;

/// One entry. `hash` covers everything else, `previous` included: an entry cannot be changed, moved or left out unnoticed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// 1, 2, 3, …
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub actor: Actor,
    /// What, as a stable word, e.g. `user.add`.
    pub action: ShortText,
    /// To whom or what, as a person reads it.
    pub subject: ShortText,
    /// The hash of the entry before; zeros for the first.
    pub previous: [u8; 32],
    /// BLAKE3 over the encoded entry with this field zero.
    pub hash: [u8; 32],
}

/// Something worth an entry that is not a change: a refused sign-in, a look at somebody's activity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditNote {
    /// What, as a stable word.
    pub action: ShortText,
    /// To whom or what.
    pub subject: ShortText,
}

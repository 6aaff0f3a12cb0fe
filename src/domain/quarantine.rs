//! What arrived and was not believed: kept, shown, and decided by an administrator.

use super::id::{DeviceId, QuarantineId};
use super::text::ShortText;
use super::time::Timestamp;

/// At most this many entries; the oldest gives way, so that a hostile sender cannot fill the disk.
pub const MOST_QUARANTINED: usize = 200;
/// At most this many entries a claimed device.
pub const MOST_QUARANTINED_A_DEVICE: usize = 20;

/// Why a batch was set aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Suspicion {
    /// The signature does not fit the device's key: changed on the way, or signed by another.
    BadSignature,
    /// Meant for another office.
    OtherOffice,
    /// The device was revoked.
    RevokedDevice,
    /// No such device here.
    UnknownDevice,
    /// The same sequence numbers as an applied batch, with other content.
    Conflict,
    /// Signed, but it does not read as a batch.
    Unreadable,
}

impl Suspicion {
    /// The name in JSON and on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::BadSignature => "bad_signature",
            Self::OtherOffice => "other_office",
            Self::RevokedDevice => "revoked_device",
            Self::UnknownDevice => "unknown_device",
            Self::Conflict => "conflict",
            Self::Unreadable => "unreadable",
        }
    }

    /// One sentence for the administrator.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::BadSignature => "The signature does not fit this computer's key.",
            Self::OtherOffice => "It was made for another office.",
            Self::RevokedDevice => "This computer was revoked.",
            Self::UnknownDevice => "No computer of this id was ever enrolled here.",
            Self::Conflict => {
                "It says something else than what was already accepted under the same numbers."
            }
            Self::Unreadable => "Its signature is good, but it does not read as a batch.",
        }
    }
}

/// A batch that was set aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quarantined {
    /// For lists and decisions.
    pub id: QuarantineId,
    /// The device it claims to come from.
    pub device: DeviceId,
    /// Why.
    pub why: Suspicion,
    /// More, as a person reads it.
    pub detail: ShortText,
    /// When it came.
    pub at: Timestamp,
    /// BLAKE3 of the bytes: the same batch again adds no second entry.
    pub hash: [u8; 32],
    /// The bytes as they came.
    pub bytes: Vec<u8>,
}

/// A change to the quarantine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum QuarantineCommand {
    /// Set aside.
    Add(Quarantined),
    /// Decided: thrown away.
    Delete {
        /// Which.
        entry: QuarantineId,
    },
}

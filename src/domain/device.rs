//! A computer that records, or the named pseudo-device of a token.

use super::id::{DeviceId, UserId};
use super::text::Label;
use super::time::Timestamp;

/// How a device speaks to the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeviceKind {
    /// With an agent that holds this ed25519 key.
    Agent {
        /// Verifies its batches.
        public_key: [u8; 32],
    },
    /// Through a foreign door with a token.
    Token,
}

/// A computer that records, or the named pseudo-device of a token. A person has at most one live pseudo-device of a name; enrolled
/// computers may share one, because a name is only a label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// For ever; never reused.
    pub id: DeviceId,
    /// The computer's name: a label, not an identity.
    pub name: Label,
    /// Whose activity it records.
    pub person: UserId,
    /// How it speaks to the server.
    pub kind: DeviceKind,
    /// When it was enrolled.
    pub enrolled: Timestamp,
    /// When it last delivered something.
    pub last_contact: Option<Timestamp>,
    /// Since when it is refused.
    pub revoked: Option<Timestamp>,
}

/// What a computer's agent says of itself: for lists and updates, believed as little as any other claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// Its version, e.g. `0.1.0`.
    pub version: Label,
    /// What it runs on, e.g. `linux` or `windows`.
    pub system: Label,
}

/// Whether recording is paused on a computer, as its agent said: a claim like any other. Never why, nor what is recorded there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pausing {
    /// It is not.
    Not,
    /// It is, and goes on by itself then.
    Until(Timestamp),
    /// It is, until the person lets it go on.
    Open,
}

impl Pausing {
    /// Does it last at `now`?
    pub fn lasts(self, now: Timestamp) -> bool {
        match self {
            Self::Not => false,
            Self::Until(until) => now < until,
            Self::Open => true,
        }
    }
}

/// How far one stream of a device has been applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StreamState {
    /// The device's fresh start this counts in.
    pub epoch: u32,
    /// The last batch sequence number applied; 0 before the first.
    pub applied_seq: u64,
    /// BLAKE3 of the last applied batch's payload; zeros before the first.
    pub last_hash: [u8; 32],
}

impl StreamState {
    /// Before the first batch of `epoch`.
    pub const fn start(epoch: u32) -> Self {
        Self { epoch, applied_seq: 0, last_hash: [0; 32] }
    }
}

/// A change to devices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeviceCommand {
    /// An invited computer with a fresh key. `device.person` comes from the invitation.
    Enroll {
        /// BLAKE3 of the one-time secret.
        secret_hash: [u8; 32],
        /// The computer; its person is overwritten by the invitation's.
        device: Device,
    },
    /// Refused from now on; what it recorded stays.
    Revoke {
        /// Which.
        device: DeviceId,
    },
    /// Its agent was replaced, or is heard for the first time.
    Introduce {
        /// Which.
        device: DeviceId,
        /// What runs there now.
        program: Program,
    },
}

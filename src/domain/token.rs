//! An API token: a UUIDv4 (so that WakaTime clients accept it), kept only as a hash.

use super::id::{DeviceId, TokenId, UserId};
use super::text::Label;
use super::time::Timestamp;

/// What a token may be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Record activity through a foreign door, and read back what this token's device recorded.
    Record,
    /// Read what its person may read through `/api/v1`.
    Read,
    /// Everything its person may do through `/api/v1`.
    Manage,
}

impl Scope {
    /// The name of this scope in JSON and on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Record => "record",
            Self::Read => "read",
            Self::Manage => "manage",
        }
    }

    /// The scope of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Record, Self::Read, Self::Manage].into_iter().find(|scope| scope.name() == name)
    }
}

/// An API token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// For lists and revocation.
    pub id: TokenId,
    /// BLAKE3 of the secret.
    pub secret_hash: [u8; 32],
    /// Whose.
    pub user: UserId,
    /// The pseudo-device that what is recorded with it belongs to.
    pub device: DeviceId,
    /// What a person calls it.
    pub label: Label,
    /// What it may be used for.
    pub scopes: Vec<Scope>,
    /// When it was made.
    pub created: Timestamp,
    /// Since when it is refused.
    pub revoked: Option<Timestamp>,
}

/// A change to tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenCommand {
    /// A new token. `token.device` is used for a new pseudo-device unless the person already has one of the name `device`:
    /// then that one is kept, so that changing a token orphans nothing.
    Create {
        /// The token.
        token: Token,
        /// The pseudo-device's name.
        device: Label,
    },
    /// Refused from now on.
    Revoke {
        /// Which.
        token: TokenId,
    },
}

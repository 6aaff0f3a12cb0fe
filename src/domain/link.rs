//! One-time links for people: to set a new password, or to join the office. Whoever made one never learns the password.

use super::id::{LinkId, UserId};
use super::text::{Label, PasswordHash, UserName};
use super::time::{DAY_MS, Timestamp};
use super::user::{Role, User};

/// A link to a new password can be used for this long.
pub const RESET_LIFE_MS: u64 = DAY_MS;
/// A link to join can be used for this long.
pub const JOIN_LIFE_MS: u64 = 7 * DAY_MS;

/// What a link is good for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkPurpose {
    /// A new password for this person.
    Reset {
        /// Whose.
        user: UserId,
    },
    /// An account of this name and role.
    Join {
        /// What they will sign in with.
        name: UserName,
        /// What they may do.
        role: Role,
    },
}

impl LinkPurpose {
    /// The name of this purpose in JSON.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Reset { .. } => "reset",
            Self::Join { .. } => "join",
        }
    }

    /// How long such a link can be used.
    pub const fn life_ms(&self) -> u64 {
        match self {
            Self::Reset { .. } => RESET_LIFE_MS,
            Self::Join { .. } => JOIN_LIFE_MS,
        }
    }

    /// Is it for the same person? The newer of two such links ends the older.
    pub fn is_for_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Reset { user }, Self::Reset { user: others }) => user == others,
            (Self::Join { name, .. }, Self::Join { name: others, .. }) => name == others,
            _ => false,
        }
    }
}

/// A one-time link. Its secret is kept only as a hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// For lists and withdrawal.
    pub id: LinkId,
    /// BLAKE3 of the one-time secret.
    pub secret_hash: [u8; 32],
    /// What it is good for.
    pub purpose: LinkPurpose,
    /// When it was made.
    pub created: Timestamp,
    /// When it ends.
    pub expires: Timestamp,
}

/// A change to links.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkCommand {
    /// A new one; an older one for the same person ends.
    Make(Link),
    /// Withdrawn before use.
    Withdraw {
        /// Which.
        link: LinkId,
    },
    /// Used for a new password; ends every session of that person.
    Reset {
        /// BLAKE3 of the one-time secret.
        secret_hash: [u8; 32],
        /// The new hash.
        password: PasswordHash,
    },
    /// A new one that goes to this address; whoever joins by it is written to there.
    MakeFor {
        /// The link.
        link: Link,
        /// Where it goes.
        mail: Label,
    },
    /// Used to join.
    Join {
        /// BLAKE3 of the one-time secret.
        secret_hash: [u8; 32],
        /// Who; name and role come from the link.
        user: User,
    },
}

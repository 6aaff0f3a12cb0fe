//! A one-time invitation to enroll one computer for one person.

use super::id::{InvitationId, UserId};
use super::time::{DAY_MS, Timestamp};

/// An invitation can be used for this long.
pub const INVITATION_LIFE_MS: u64 = 7 * DAY_MS;

/// A one-time invitation. Its secret is kept only as a hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// For lists and revocation.
    pub id: InvitationId,
    /// BLAKE3 of the one-time secret.
    pub secret_hash: [u8; 32],
    /// Whose computer it will be.
    pub person: UserId,
    /// When it was made.
    pub created: Timestamp,
    /// When it ends.
    pub expires: Timestamp,
}

/// A change to invitations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InvitationCommand {
    /// A new one.
    Create(Invitation),
    /// Withdrawn before use.
    Withdraw {
        /// Which.
        invitation: InvitationId,
    },
}

//! A person with an account.

use std::collections::BTreeSet;

use super::id::{SessionId, UserId};
use super::right::Right;
use super::text::{Label, PasswordHash, UserName, ZoneName};
use super::time::Timestamp;

/// What a person may do; grants add to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Records and sees their own.
    Employee,
    /// Sees the team's, as far as the office policy allows.
    Manager,
    /// Runs the server.
    Administrator,
}

impl Role {
    /// The name of this role in JSON and on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Employee => "employee",
            Self::Manager => "manager",
            Self::Administrator => "administrator",
        }
    }

    /// The role of that name; `admin` is short for `administrator`.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "employee" => Some(Self::Employee),
            "manager" => Some(Self::Manager),
            "administrator" | "admin" => Some(Self::Administrator),
            _ => None,
        }
    }
}

/// A person with an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// For ever; never reused.
    pub id: UserId,
    /// What they sign in with; unique in the office.
    pub name: UserName,
    /// What they may do.
    pub role: Role,
    /// Where their days begin and end.
    pub zone: ZoneName,
    /// Argon2id, PHC form.
    pub password: PasswordHash,
    /// When the account was made.
    pub created: Timestamp,
    /// Since when they can no longer sign in.
    pub disabled: Option<Timestamp>,
}

/// What a person may do beyond their role.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grants {
    /// Rising, each once.
    pub rights: BTreeSet<Right>,
}

/// Where a person is written to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// Their mail address.
    pub mail: Label,
}

/// A change to an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UserCommand {
    /// The first administrator, by the one-time set-up secret; refused once anybody exists.
    First {
        /// SHA-256-sized hash of the secret, compared with the one kept.
        secret_hash: [u8; 32],
        /// Who.
        user: User,
        /// The office's name, as people read it.
        office: Label,
        /// The office key wrapped by the recovery code.
        wrapped_key: Vec<u8>,
    },
    /// One more person.
    Add {
        /// Who.
        user: User,
        /// The office key wrapped by the recovery code, kept if this is the first person of all.
        wrapped_key: Option<Vec<u8>>,
    },
    /// A new password; ends every session of that person.
    SetPassword {
        /// Whose.
        user: UserId,
        /// The new hash.
        password: PasswordHash,
    },
    /// No more sign-in, sessions and tokens end; what was recorded stays.
    Disable {
        /// Who.
        user: UserId,
    },
    /// A new password of one's own; ends every other session.
    ChangePassword {
        /// Whose.
        user: UserId,
        /// The new hash.
        password: PasswordHash,
        /// The session it was asked from.
        keep: Option<SessionId>,
    },
    /// Another role.
    SetRole {
        /// Whose.
        user: UserId,
        /// It.
        role: Role,
    },
    /// What they may do beyond their role, all of it.
    SetGrants {
        /// Whose.
        user: UserId,
        /// It.
        grants: Grants,
    },
    /// Disabled no longer.
    Enable {
        /// Who.
        user: UserId,
    },
    /// Their days begin somewhere else from now on. Weeks that were written down keep their days.
    SetZone {
        /// Whose.
        user: UserId,
        /// Where.
        zone: ZoneName,
    },
    /// Another name to sign in with. Sessions and tokens stay.
    Rename {
        /// Whose.
        user: UserId,
        /// It.
        name: UserName,
    },
    /// Another mail address, or none.
    SetMail {
        /// Whose.
        user: UserId,
        /// It.
        address: Option<Label>,
    },
}

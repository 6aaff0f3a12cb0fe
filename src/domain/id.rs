//! Names that never change: one newtype an id, all UUIDs. Chosen by `clock`, never here.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub Uuid);

        impl $name {
            /// The sixteen bytes, big-endian, as they stand in keys and on disk.
            pub const fn bytes(self) -> [u8; 16] {
                self.0.into_bytes()
            }

            /// The id whose bytes these are.
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(Uuid::from_bytes(bytes))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }
    )*};
}

ids! {
    /// The office, for ever: batches, invitations and sealing are bound to it.
    OfficeId;
    /// This set of servers; changes on restore and on forced takeover, and fences servers only.
    ClusterId;
    /// A person.
    UserId;
    /// A computer with an agent, or the named pseudo-device of a token.
    DeviceId;
    /// An API token (its secret is another value).
    TokenId;
    /// A browser session (its secret is another value).
    SessionId;
    /// An invitation to enroll one computer.
    InvitationId;
    /// A one-time link for a person (its secret is another value).
    LinkId;
    /// A team.
    TeamId;
    /// One command: the same id twice is the same command once.
    RequestId;
    /// A batch that was set aside.
    QuarantineId;
    /// Whom the office works for.
    CustomerId;
    /// What it works on.
    ProjectId;
    /// A part of a project, or of another task.
    TaskId;
    /// A word put on time entries.
    TagId;
    /// A stretch of somebody's time.
    EntryId;
    /// Where an edit was made: the office's servers together are one replica, each device is one.
    ReplicaId;
    /// Any synced record, whatever its noun.
    RecordId;
    /// Long work.
    JobId;
    /// A letter.
    MailId;
    /// An import.
    ImportId;
    /// A question about hours under a name.
    SavedReportId;
}

impl RecordId {
    /// Nothing: what stands below nothing.
    pub const NIL: Self = Self(Uuid::nil());
}

impl RequestId {
    /// The id of a request that carries a key of the caller's own: the first half stands for caller and key, the second for what is
    /// asked. A repeated request has the same id, another request with the same key the same first half. Marked as UUID version 8, which
    /// `clock` never makes.
    pub fn keyed(caller_and_key: [u8; 8], asked: [u8; 8]) -> Self {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&caller_and_key);
        bytes[8..].copy_from_slice(&asked);
        bytes[6] = (bytes[6] & 0x0f) | 0x80;
        bytes[8] = (bytes[8] & 0x3f) | 0x80;
        Self::from_bytes(bytes)
    }

    /// Does it stand for a request with a key?
    pub const fn is_keyed(self) -> bool {
        self.0.get_version_num() == 8
    }
}

macro_rules! records {
    ($($id:ident),* $(,)?) => {$(
        impl From<$id> for RecordId {
            fn from(id: $id) -> Self {
                Self(id.0)
            }
        }

        impl From<RecordId> for $id {
            fn from(id: RecordId) -> Self {
                Self(id.0)
            }
        }
    )*};
}

records!(CustomerId, ProjectId, TaskId, TagId, EntryId);

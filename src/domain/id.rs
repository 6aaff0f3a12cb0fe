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
    /// One command: the same id twice is the same command once.
    RequestId;
    /// A batch that was set aside.
    QuarantineId;
}

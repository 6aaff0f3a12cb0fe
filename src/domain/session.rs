//! A signed-in browser or terminal.

use super::id::{SessionId, UserId};
use super::text::{Label, PasswordHash, ShortText};
use super::time::{HOUR_MS, MINUTE_MS, Timestamp};

/// Last use is written down at most this often, so that reading does not become writing.
pub const SESSION_TOUCH_MS: u64 = HOUR_MS;
/// A proof of who one is, signing in included, is good for dangerous changes for this long.
pub const PROOF_LIFE_MS: u64 = 5 * MINUTE_MS;

/// A signed-in browser. The secret in its cookie is kept only as a hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// For lists and revocation.
    pub id: SessionId,
    /// BLAKE3 of the secret.
    pub secret_hash: [u8; 32],
    /// Whose.
    pub user: UserId,
    /// When it was opened.
    pub opened: Timestamp,
    /// When it was last seen, to within [`SESSION_TOUCH_MS`].
    pub seen: Timestamp,
}

impl Session {
    /// Is it still good at `now`, in an office where sessions live so long?
    pub fn is_live(&self, now: Timestamp, life: SessionLife) -> bool {
        now.ms_since(self.opened) < life.whole_ms && now.ms_since(self.seen) < life.idle_ms
    }
}

/// How long sessions live in an office.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionLife {
    /// It ends this long after it was opened, whatever happens (OWASP ASVS 7.3.2).
    pub whole_ms: u64,
    /// It ends when unused for this long (OWASP ASVS 7.3.1).
    pub idle_ms: u64,
}

/// What a person may want to know of a session, and when it last proved who it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionAbout {
    /// The network address it was opened from.
    pub address: ShortText,
    /// What the browser or program calls itself.
    pub agent: ShortText,
    /// When a password or code was last given: at sign-in, or again.
    pub proven: Timestamp,
}

impl SessionAbout {
    /// Was it proven lately enough for dangerous changes?
    pub fn is_proven(&self, now: Timestamp) -> bool {
        now.ms_since(self.proven) < PROOF_LIFE_MS
    }
}

/// A change to sessions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SessionCommand {
    /// Signed in.
    Open(Session),
    /// Seen again.
    Touch {
        /// Which.
        session: SessionId,
    },
    /// Signed out.
    Close {
        /// Which.
        session: SessionId,
    },
    /// Signed in, from somewhere, as the first Timebook wrote it.
    OpenFrom {
        /// The session.
        session: Session,
        /// Where.
        about: SessionAbout,
    },
    /// Signed in, from somewhere, with this password; refused when the person has another by now.
    SignIn {
        /// The session.
        session: Session,
        /// Where.
        about: SessionAbout,
        /// What the password was checked against.
        password: PasswordHash,
    },
    /// Proved again who it is.
    Prove {
        /// Which.
        session: SessionId,
    },
}

/// The network that an address lies in, as far as it says who is there: the first three numbers of four, or the first four groups of
/// eight. A home or an office that gets another address tomorrow is the same network mostly.
pub fn network(address: &str) -> Option<Label> {
    let network = match address.rsplit_once('.') {
        // A version 4 address may be written as a version 6 one.
        Some((head, _)) => head.rsplit(':').next().unwrap_or(head).to_owned(),
        None => {
            let head = address.split("::").next().unwrap_or(address);
            head.split(':').take(4).collect::<Vec<_>>().join(":")
        }
    };
    // A version 6 address that begins with nothing is this computer itself.
    Label::new(if network.is_empty() { "::".to_owned() } else { network }).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_one_network_are_one_place() {
        let of = |address: &str| network(address).unwrap().to_string();
        assert_eq!(of("192.0.2.7"), of("192.0.2.200"));
        assert_eq!(of("::ffff:192.0.2.7"), of("192.0.2.9"));
        assert_ne!(of("192.0.2.7"), of("192.0.3.7"));
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), of("2001:db8:1:2::9"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_eq!((of("::1"), of("2001:db8::1")), ("::".to_owned(), "2001:db8".to_owned()));
    }
}

//! The audit log: what happened, by whom, each entry chained to the one before by its hash.
//!
//! A subject names people, computers and tokens by id, never by name, and no mail address in full: an entry can never be changed, and
//! what was recorded about a person must be able to go. Whoever reads the log is shown the names there still are.

use super::command::Actor;
use super::id::{DeviceId, TokenId, UserId};
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
    /// To whom or what; see [`person`], [`computer`], [`token`] and [`place`].
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

/// What a name in a subject begins with, before the id.
pub const PERSON: &str = "user:";
/// The same of a computer.
pub const COMPUTER: &str = "device:";
/// The same of a token.
pub const TOKEN: &str = "token:";

/// A person, as a subject names them.
pub fn person(id: UserId) -> String {
    format!("{PERSON}{id}")
}

/// A computer, as a subject names it.
pub fn computer(id: DeviceId) -> String {
    format!("{COMPUTER}{id}")
}

/// A token, as a subject names it.
pub fn token(id: TokenId) -> String {
    format!("{TOKEN}{id}")
}

/// A text in which every mail address has lost whose it is: `...@example.org`.
pub fn place(text: &str) -> String {
    let word = |word: &str| match word.rsplit_once('@') {
        Some((_, place)) => format!("...@{place}"),
        None => word.to_owned(),
    };
    text.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_keeps_its_place_only() {
        assert_eq!(place("ada@example.org"), "...@example.org");
        assert_eq!(place("550 <ada@example.org>: unknown"), "550 ...@example.org>: unknown");
        assert_eq!(place("Nobody answers."), "Nobody answers.");
    }
}

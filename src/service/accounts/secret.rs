//! Random secrets that are shown once and kept as hashes.
//!
//! They are random and long, so a fast hash is enough: there is nothing to guess.

use data_encoding::{BASE32_NOPAD, BASE64URL_NOPAD};
use uuid::Uuid;

use crate::clock;

/// A session's secret is this long, in bytes.
const SESSION_BYTES: usize = 32;
/// A link's secret is this long, in bytes: the set-up link's, too.
const LINK_BYTES: usize = 20;

/// A fresh session secret as it stands in a cookie, with its hash.
pub(super) fn new_session() -> (String, [u8; 32]) {
    let secret = clock::random_bytes::<SESSION_BYTES>();
    (BASE64URL_NOPAD.encode(&secret), hash(&secret))
}

/// The hash of the session secret in `text`; `None` when it cannot be one.
pub(super) fn session_hash(text: &str) -> Option<[u8; 32]> {
    let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
    (bytes.len() == SESSION_BYTES).then(|| hash(&bytes))
}

/// A fresh token secret (a UUIDv4, so that WakaTime clients accept it), with its hash.
pub(super) fn new_token() -> (String, [u8; 32]) {
    let secret = clock::random_id();
    (secret.to_string(), hash(secret.as_bytes()))
}

/// The hash of the token secret in `text`; `None` when it cannot be one.
pub(super) fn token_hash(text: &str) -> Option<[u8; 32]> {
    Uuid::try_parse(text).ok().map(|secret| hash(secret.as_bytes()))
}

/// A fresh secret of a one-time link, as it stands in its fragment, with its hash.
pub(super) fn new_link() -> (String, [u8; 32]) {
    let text = BASE32_NOPAD.encode(&clock::random_bytes::<LINK_BYTES>());
    let hash = link_hash(&text);
    (text, hash)
}

/// The hash of a link's secret as it stands in its fragment.
pub(super) fn link_hash(text: &str) -> [u8; 32] {
    hash(text.as_bytes())
}

fn hash(bytes: &[u8]) -> [u8; 32] {
    *blake3::hash(bytes).as_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_come_back_to_their_hash() {
        let (text, hash) = new_session();
        assert_eq!(session_hash(&text), Some(hash));
        assert_eq!(session_hash(&text[1..]), None);
        let (text, hash) = new_token();
        assert_eq!(token_hash(&text.to_uppercase()), Some(hash));
        assert_eq!(token_hash("not a token"), None);
    }
}

//! A key of the caller's own: the same request sent again with the same key is done once, and answered again.

use super::Principal;
use super::error::ServiceError;
use crate::domain::command::Actor;
use crate::domain::id::RequestId;

/// Characters of a key.
const MOST_CHARACTERS: usize = 200;

/// One request of one caller, as far as its key tells it from others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OnceKey(RequestId);

impl OnceKey {
    /// For what `principal` asks with this key; `asked` are the parts of the request that make it the same request.
    ///
    /// # Errors
    /// [`ServiceError::BadInput`] for a key that is none.
    pub fn new(principal: &Principal, key: &str, asked: &[&[u8]]) -> Result<Self, ServiceError> {
        if !(1..=MOST_CHARACTERS).contains(&key.len()) || !key.bytes().all(|b| b.is_ascii_graphic())
        {
            return Err(ServiceError::bad_input(
                "bad_idempotency_key",
                format!(
                    "An idempotency key has 1 to {MOST_CHARACTERS} visible ASCII characters and no spaces."
                ),
                "Use a fresh UUID for each request.",
            ));
        }
        let caller = match principal.actor() {
            Actor::System => "system".to_owned(),
            Actor::Anyone => "anyone".to_owned(),
            Actor::Local(name) => format!("local:{name}"),
            Actor::User(user) => format!("user:{user}"),
            Actor::Device(device) => format!("device:{device}"),
        };
        let first = half("timebook idempotency key v1", &[caller.as_bytes(), key.as_bytes()]);
        let second = half("timebook idempotent request v1", asked);
        Ok(Self(RequestId::keyed(first, second)))
    }

    /// The id its command goes by.
    pub(super) const fn request(self) -> RequestId {
        self.0
    }
}

/// The first eight bytes of a hash over the parts, each with its length.
fn half(purpose: &str, parts: &[&[u8]]) -> [u8; 8] {
    let mut hasher = blake3::Hasher::new_derive_key(purpose);
    for part in parts {
        hasher.update(&(part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    let mut first = [0; 8];
    first.copy_from_slice(&hasher.finalize().as_bytes()[..8]);
    first
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::text::ShortText;

    fn key(caller: &str, key: &str, asked: &[&[u8]]) -> [u8; 16] {
        let principal = Principal::Local(ShortText::cut(caller));
        OnceKey::new(&principal, key, asked).unwrap().request().bytes()
    }

    #[test]
    fn caller_and_key_make_one_half_and_what_is_asked_the_other() {
        let one = key("ada", "k", &[b"POST", b"body"]);
        assert!(RequestId::from_bytes(one).is_keyed());
        assert_eq!(one, key("ada", "k", &[b"POST", b"body"]));
        let other = key("ada", "k", &[b"POSTb", b"ody"]);
        assert!(one[..8] == other[..8] && one[8..] != other[8..]);
        for (caller, name) in [("bo", "k"), ("ada", "l")] {
            let other = key(caller, name, &[b"POST", b"body"]);
            assert!(one[..8] != other[..8] && one[8..] == other[8..], "{caller} {name}");
        }
        for bad in ["", "a b", "ä", &"k".repeat(201)] {
            assert!(OnceKey::new(&Principal::Nobody, bad, &[]).is_err(), "{bad}");
        }
    }
}

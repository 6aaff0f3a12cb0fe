//! A key of the caller's own: the same request sent again with the same key is done once, and answered again.

use std::cell::Cell;
use std::sync::Arc;

use super::error::ServiceError;
use super::secrets::OfficeKey;
use super::{Change, Principal};
use crate::consensus::{CommitError, Door};
use crate::domain::answer::{AnswerCommand, Given, MOST_ANSWER_BYTES};
use crate::domain::command::{Actor, Command};
use crate::domain::id::RequestId;
use crate::domain::outcome::Outcome;
use crate::domain::secret::Secret;
use crate::domain::text::{Label, ShortText};
use crate::domain::time::Timestamp;

/// Characters of a key.
const MOST_CHARACTERS: usize = 200;
/// In place of the status of a request of which nobody knows how it ended.
const LOST: u32 = 0;

/// One request of one caller, as far as its key tells it from others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OnceKey {
    request: RequestId,
    /// Who asks, as a number.
    caller: u64,
}

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
        let who = half("timebook idempotent caller v1", &[caller.as_bytes()]);
        Ok(Self { request: RequestId::keyed(first, second), caller: u64::from_be_bytes(who) })
    }

    /// The id its command goes by.
    pub(super) const fn request(self) -> RequestId {
        self.request
    }
}

tokio::task_local! {
    /// Was anything written for the request that this task answers, or may it have been?
    static WRITTEN: Cell<bool>;
}

/// Does `work` to its end; with what it gives, whether anything was written for it, or may have been.
pub async fn watched<T>(work: impl Future<Output = T>) -> (T, bool) {
    let work = async {
        let given = work.await;
        (given, WRITTEN.with(Cell::get))
    };
    WRITTEN.scope(Cell::new(false), work).await
}

/// Remembers how a change ended, for [`watched`]: what was refused, or never reached the door, was not made.
pub(super) fn note(sent: &Result<Outcome, CommitError>) {
    use CommitError::{Busy, Level, TooLarge};
    if !matches!(sent, Ok(Outcome::Refused(_)) | Err(Busy | TooLarge { .. } | Level { .. })) {
        // Outside of a request nobody asks: there is nothing to set.
        WRITTEN.try_with(|written| written.set(true)).unwrap_or_default();
    }
}

/// Answers that are kept for requests with a key, where the command itself does not carry it. Cheap to clone.
#[derive(Clone)]
pub struct Answers {
    door: Door,
    key: Arc<OfficeKey>,
}

/// What is known of a request with a key.
pub enum Known {
    /// It is new, and this one is to be answered.
    New,
    /// It was answered so.
    Answered(Kept),
    /// It was answered, at more length than is kept.
    TooLong,
    /// It failed in the middle: nobody knows what was done.
    Lost,
    /// It came before and was not answered yet, or never will be: it is that old, in milliseconds.
    Begun(u64),
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The HTTP status.
    pub status: u16,
    /// The media type; empty without a body.
    pub media_type: String,
    /// The body.
    pub body: Vec<u8>,
}

impl Answers {
    /// Answers behind `door`, sealed with the office key.
    pub const fn new(door: Door, key: Arc<OfficeKey>) -> Self {
        Self { door, key }
    }

    /// A request came: from here on the same one is not done again.
    ///
    /// # Errors
    /// [`ServiceError`]; [`crate::domain::outcome::Refusal::KeyReused`] when the key stands for another one.
    pub async fn begin(&self, once: OnceKey, now: Timestamp) -> Result<Known, ServiceError> {
        let outcome = self
            .commit(AnswerCommand::BeginFor { caller: once.caller, key: once.request }, now)
            .await?;
        let Outcome::Answered(answer) = outcome else { return Ok(Known::New) };
        let Some(given) = answer.given else { return Ok(Known::Begun(now.ms_since(answer.at))) };
        if given.status == LOST {
            return Ok(Known::Lost);
        }
        let Some(sealed) = given.sealed else { return Ok(Known::TooLong) };
        let secret = Secret { name: seal_name(once), sealed };
        let body = self.key.open(&secret).map_err(|e| ServiceError::Failed(format!("{e}.")))?;
        let status = u16::try_from(given.status).unwrap_or(500);
        Ok(Known::Answered(Kept { status, media_type: given.media_type.to_string(), body }))
    }

    /// It was answered so.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn give(
        &self,
        once: OnceKey,
        kept: &Kept,
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        let fits = kept.body.len() <= MOST_ANSWER_BYTES;
        let sealed = fits.then(|| self.key.seal(&seal_name(once), &kept.body).sealed);
        let media_type = ShortText::cut(&kept.media_type);
        let given = Given { status: kept.status.into(), media_type, sealed };
        self.commit(AnswerCommand::Give { key: once.request, given }, now).await.map(drop)
    }

    /// It failed, and something may have been done.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn lose(&self, once: OnceKey, now: Timestamp) -> Result<(), ServiceError> {
        let given = Given { status: LOST, media_type: ShortText::cut(""), sealed: None };
        self.commit(AnswerCommand::Give { key: once.request, given }, now).await.map(drop)
    }

    /// Nothing was done: it may come again.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn forget(&self, once: OnceKey, now: Timestamp) -> Result<(), ServiceError> {
        self.commit(AnswerCommand::Forget { key: once.request }, now).await.map(drop)
    }

    async fn commit(
        &self,
        command: AnswerCommand,
        now: Timestamp,
    ) -> Result<Outcome, ServiceError> {
        let command = Command::Answer(command);
        Change { now, actor: Actor::System, command }.commit(&self.door).await
    }
}

fn seal_name(once: OnceKey) -> Label {
    Label::new(format!("answer-{}", once.request)).expect("a word and an id are a label")
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

//! What the status shows of the dealings with the office, and what the log tells of them. Must never decide anything.

use std::mem::discriminant;

use super::Sync;
use crate::domain::time::{MINUTE_MS, Timestamp};
use crate::net::client::ClientError;

/// Clocks that differ by more are worth a note.
const SKEW_MS: u64 = 2 * MINUTE_MS;

/// The latest of the dealings with the office.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contact {
    /// When the office's server last gave a signed answer.
    pub last: Option<Timestamp>,
    /// How things stand.
    pub standing: Standing,
    /// How far this computer's clock is ahead of the server's, in milliseconds; negative when behind.
    pub skew_ms: Option<i64>,
    /// What a person should know about what was sent again.
    pub afresh: Option<&'static str>,
}

/// How things stand with the office.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Standing {
    /// Not tried yet.
    #[default]
    Unknown,
    /// It answers.
    Fine,
    /// No usable answer; the sentence says why. It is tried again.
    Trouble(String),
    /// Somebody else answers in its place: nothing is sent to them.
    Untrusted(String),
    /// It refuses this computer for good.
    Refused(String),
    /// What was recorded here is gone by its order, and it knows: the agent ends.
    Erased,
}

impl Contact {
    pub(super) fn heard(&mut self, now: Timestamp, skew_ms: Option<i64>) {
        self.last = Some(now);
        self.standing = Standing::Fine;
        self.skew_ms = skew_ms.or(self.skew_ms);
    }

    pub(super) fn fail(&mut self, error: &ClientError) {
        self.standing = match error {
            ClientError::Untrusted(_) => Standing::Untrusted(error.to_string()),
            other => Standing::Trouble(other.to_string()),
        };
    }

    pub(super) fn refuse(&mut self, now: Timestamp, sentence: String) {
        self.last = Some(now);
        self.standing = Standing::Refused(sentence);
    }

    pub(super) fn erased(&mut self, now: Timestamp) {
        self.last = Some(now);
        self.standing = Standing::Erased;
    }

    pub(super) fn decline(&mut self, sentence: String) {
        self.standing = Standing::Trouble(sentence);
    }

    pub(super) fn afresh(&mut self, whole: bool) {
        self.afresh = Some(if whole {
            "The server was restored from an old backup: everything recorded here is sent to it again."
        } else {
            "The server has records under this computer's name that are not from this data directory. Was the directory copied or brought back from a backup? Enroll each computer by itself."
        });
    }

    /// Sentences a person should read.
    pub fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        match &self.standing {
            Standing::Unknown | Standing::Fine | Standing::Erased => {}
            Standing::Trouble(sentence) => notes.push(sentence.clone()),
            Standing::Untrusted(sentence) => {
                notes.push(format!("{sentence} Nothing is sent until the office's own server answers; everything is kept."));
            }
            Standing::Refused(sentence) => {
                notes.push(format!("The office refuses this computer: {sentence} Recording goes on here, nothing is sent."));
            }
        }
        if let Some(skew) = self.skew_ms.filter(|skew| skew.unsigned_abs() > SKEW_MS) {
            let side = if skew > 0 { "ahead of" } else { "behind" };
            let minutes = skew.unsigned_abs() / MINUTE_MS;
            notes.push(format!("This computer's clock is {minutes} minutes {side} the server's. Set it right, or times in reports will be wrong."));
        }
        notes.extend(self.afresh.map(str::to_owned));
        notes
    }
}

impl Sync {
    /// Changes what the status shows, and tells the log when the office is lost or back; every single try would fill it.
    pub(super) fn note(&self, change: impl FnOnce(&mut Contact)) {
        self.contact.send_modify(|contact| {
            let before = discriminant(&contact.standing);
            change(contact);
            if discriminant(&contact.standing) == before {
                return;
            }
            match &contact.standing {
                Standing::Unknown => {}
                Standing::Fine => tracing::info!("the office's server answers"),
                Standing::Erased => tracing::warn!("everything recorded here is erased"),
                Standing::Trouble(why) | Standing::Untrusted(why) | Standing::Refused(why) => {
                    tracing::warn!("nothing can be sent now, everything is kept: {why}");
                }
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_a_person_should_know_and_no_more() {
        let mut contact = Contact::default();
        contact.heard(Timestamp::EARLIEST, Some(119_000));
        assert_eq!(contact.notes(), Vec::<String>::new());
        contact.heard(Timestamp::EARLIEST, Some(-5 * 60_000));
        assert!(contact.notes()[0].contains("5 minutes behind"));
        contact.heard(Timestamp::EARLIEST, None);
        assert_eq!(contact.notes().len(), 1, "what is not said again is remembered");
        contact.heard(Timestamp::EARLIEST, Some(0));
        contact.fail(&ClientError::Untrusted("other".to_owned()));
        assert!(contact.notes()[0].contains("everything is kept"));
        contact.heard(Timestamp::EARLIEST, None);
        assert_eq!(contact.notes(), Vec::<String>::new());
    }
}

//! Mail: how it is doing, a test, and the mail server's password.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::rfc3339;
use crate::domain::mail;

/// How mail is doing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Mail {
    /// Host and sender are set: what is written is sent.
    pub set_up: bool,
    /// A password for the mail server is kept; it is never shown.
    pub has_password: bool,
    /// When something was last sent or tried since the server started.
    #[schema(format = DateTime)]
    pub last_try: Option<String>,
    /// Why the last try failed; null when it did not.
    pub last_error: Option<String>,
    /// What waits, oldest first.
    pub waiting: Vec<WaitingMail>,
}

/// A letter that waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WaitingMail {
    /// For ever.
    pub id: String,
    /// `invitation`, `reset` or `warning`.
    pub kind: String,
    /// Where it goes.
    pub to: String,
    /// When it was written.
    #[schema(format = DateTime)]
    pub queued: String,
    /// So often it was tried.
    pub tries: u32,
    /// When it is tried next.
    #[schema(format = DateTime)]
    pub next_try: String,
    /// Why it did not go the last time.
    pub why: Option<String>,
}

impl From<&mail::WaitingMail> for WaitingMail {
    fn from(mail: &mail::WaitingMail) -> Self {
        let why = mail.why.as_str();
        Self {
            id: mail.id.to_string(),
            kind: mail.kind.name().to_owned(),
            to: mail.to.to_string(),
            queued: rfc3339(mail.queued),
            tries: mail.tries,
            next_try: rfc3339(mail.next_try),
            why: (!why.is_empty()).then(|| why.to_owned()),
        }
    }
}

/// A test of mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MailTest {
    /// Where the test goes.
    pub to: String,
}

/// The mail server's password.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MailPassword {
    /// Empty: none from now on.
    pub password: String,
}

//! What a setting may be, and the rule that a text breaks. That a zone or a key exists is seen where those are known.

use crate::domain::mail::{is_host, is_mailbox};
use crate::domain::s3::S3Place;
use crate::domain::schedule::Schedule;

/// What a setting may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Any name.
    Name,
    /// A time zone.
    Zone,
    /// A host name or an address.
    Host,
    /// A mail address, alone or as `Name <address>`.
    Mailbox,
    /// When something is done by itself.
    Schedule,
    /// A folder of the server, by its whole path.
    Folder,
    /// A bucket of S3-compatible storage, by its URL.
    S3,
    /// One word of a few signs.
    Word,
    /// A public key of age.
    Recipient,
    /// One of these.
    Choice(&'static [&'static str]),
    /// A whole number from the first to the second.
    Number(u64, u64),
}

impl Shape {
    /// The rule that `text` breaks; nothing where it keeps all.
    pub(super) fn broken_rule(self, text: &str) -> Option<String> {
        let (keeps, rule) = match self {
            Self::Name | Self::Zone => (true, String::new()),
            Self::Host => {
                (is_host(text), "is a host name or an address, without a port".to_owned())
            }
            Self::Mailbox => {
                (is_mailbox(text), "is an address such as time@example.org".to_owned())
            }
            Self::Schedule => match Schedule::parse(text) {
                Ok(_) => (true, String::new()),
                Err(bad) => (false, bad.to_string()),
            },
            Self::Folder => (is_whole_path(text), "is the whole path of a folder".to_owned()),
            Self::S3 => match S3Place::parse(text) {
                Ok(_) => (true, String::new()),
                Err(bad) => (false, bad.to_string()),
            },
            Self::Word => {
                (is_word(text), "is one word of letters, digits and - _ . / + =".to_owned())
            }
            Self::Recipient => (
                is_recipient(text),
                "is a public key of age: age1 and 58 letters and digits".to_owned(),
            ),
            Self::Choice(choices) => {
                (choices.contains(&text), format!("is one of {}", choices.join(", ")))
            }
            Self::Number(..) => (false, "is a whole number".to_owned()),
        };
        (!keeps).then_some(rule)
    }
}

/// `/mnt/backups`, `C:\backups`, `\\server\share`, on whichever system it is asked.
fn is_whole_path(text: &str) -> bool {
    let bytes = text.as_bytes();
    let is_drive = bytes.len() > 2 && bytes[0].is_ascii_alphabetic() && bytes[1] == b':';
    let is_whole = match bytes {
        [b'/', rest @ ..] | [b'\\', b'\\', rest @ ..] => !rest.is_empty(),
        [_, _, b'/' | b'\\', ..] => is_drive,
        _ => false,
    };
    is_whole && !text.split(['/', '\\']).any(|part| part == "..")
}

fn is_word(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_./+=".contains(&byte))
}

/// By its form; that it is a key is seen where something is sealed to it.
fn is_recipient(text: &str) -> bool {
    let rest = text.strip_prefix("age1").unwrap_or_default();
    rest.len() == 58 && rest.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
}

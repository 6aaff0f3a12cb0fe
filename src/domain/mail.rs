//! Mail on its way out: kept until the mail server took it, or until it is given up.

use super::id::{MailId, UserId};
use super::text::{Label, ShortText};
use super::time::{HOUR_MS, MINUTE_MS, Timestamp};

/// So much mail may wait at once.
pub const MOST_WAITING: usize = 1_000;

/// So many of these may be warnings: whoever waits for an invitation or a new password is not kept out by them.
pub const MOST_WARNINGS: usize = 800;
/// And so many of them to one address.
pub const MOST_WARNINGS_EACH: usize = 20;

/// The name that the mail server's password is sealed under.
pub fn password_name() -> Label {
    Label::new("mail-password").expect("a short word")
}

/// What a piece of mail is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailKind {
    /// A link to join.
    Invitation,
    /// A link to a new password.
    Reset,
    /// Something that somebody should know: a person about their account or week, an administrator about the server.
    Warning,
}

impl MailKind {
    /// Its name in JSON and in the audit log.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Invitation => "invitation",
            Self::Reset => "reset",
            Self::Warning => "warning",
        }
    }
}

/// A piece of mail that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingMail {
    /// For ever.
    pub id: MailId,
    /// What it is about.
    pub kind: MailKind,
    /// Where it goes.
    pub to: Label,
    /// Subject and text, sealed with the office key: a link in it is as good as a password.
    pub sealed: Vec<u8>,
    /// When it was queued.
    pub queued: Timestamp,
    /// So often it was tried.
    pub tries: u32,
    /// Not before this.
    pub next_try: Timestamp,
    /// Why it did not go the last time; empty before the first.
    pub why: ShortText,
}

/// A letter, and whom it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AboutMail {
    /// The letter.
    pub mail: WaitingMail,
    /// Whom it names or is to; none when it is about nobody with an account.
    pub about: Option<UserId>,
}

/// A change to mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MailCommand {
    /// One more waits.
    Queue(WaitingMail),
    /// It did not go, and is tried again.
    PutOff {
        /// Which.
        mail: MailId,
        /// Not before this.
        next_try: Timestamp,
        /// Why it did not go.
        why: ShortText,
    },
    /// The mail server took it.
    Sent {
        /// Which.
        mail: MailId,
    },
    /// Whatever the audit log has up to this entry was looked at, and people are warned by these letters.
    Warn {
        /// The entry's number.
        audit: u64,
        /// What waits from now on.
        letters: Vec<WaitingMail>,
    },
    /// The same, with whom each letter is about: a letter to somebody's lead names them.
    WarnOf {
        /// The entry's number.
        audit: u64,
        /// What waits from now on.
        letters: Vec<AboutMail>,
    },
    /// It will not go.
    GiveUp {
        /// Which.
        mail: MailId,
        /// Why.
        why: ShortText,
    },
}

/// How long after the failure number `tries` (1, 2, …) the next try comes; `None` when there is none.
pub fn wait_after(tries: u32) -> Option<u64> {
    let minutes = [1, 5, 15, 60, 180, 360, 720, 720];
    let at = usize::try_from(tries.checked_sub(1)?).ok()?;
    minutes.get(at).map(|minutes| minutes * MINUTE_MS)
}

/// Nothing waits longer than this for its next try.
pub const LONGEST_WAIT_MS: u64 = 12 * HOUR_MS;

/// Could it be a host name or an address?
pub(super) fn is_host(text: &str) -> bool {
    let good = |c: char| c.is_ascii_alphanumeric() || ".-".contains(c);
    let name = text.chars().all(good) && !text.starts_with(['.', '-']);
    // An IPv6 address is hexadecimal digits and colons.
    name || (text.contains("::") || text.matches(':').count() == 7)
        && text.chars().all(|c| c.is_ascii_hexdigit() || c == ':')
}

/// `a@b`, or `Name <a@b>`.
pub(super) fn is_mailbox(text: &str) -> bool {
    let address = match text.split_once('<') {
        Some((name, rest)) => {
            let plain = !name.contains(['"', '<', '>', ',', ';', ':', '@']);
            rest.strip_suffix('>').filter(|_| plain)
        }
        None => Some(text),
    };
    address.is_some_and(is_address)
}

/// Could mail go there? What exactly an address may be is the mail server's to judge.
pub fn is_address(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_graphic() && !"()<>[]:;,\\\"@".contains(c);
    let Some((name, host)) = text.rsplit_once('@') else { return false };
    !name.is_empty() && name.chars().all(plain) && is_host(host) && !host.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tries_come_ever_more_rarely_and_end() {
        let waits: Vec<u64> = (1..).map_while(wait_after).collect();
        assert!(waits.is_sorted() && waits.len() == 8, "{waits:?}");
        assert_eq!((waits[0], waits[7]), (MINUTE_MS, LONGEST_WAIT_MS));
        assert_eq!((wait_after(0), wait_after(u32::MAX)), (None, None));
    }
}

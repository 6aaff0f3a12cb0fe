//! Mail: letters wait in the state until the mail server took them, and go out in the background. Nothing is sent while mail is not set
//! up, and no request waits for a mail server, the test excepted.
//!
//! Must never write a letter or a password down unsealed: a link in a letter is as good as a password.

mod deliver;
mod server;
mod template;
mod warn;

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;
use zeroize::Zeroizing;

use super::error::ServiceError;
use super::secrets::OfficeKey;
use super::{Change, Principal};
use crate::clock;
use crate::consensus::Door;
use crate::domain::audit::{self, AuditNote};
use crate::domain::command::{Actor, Command};
use crate::domain::id::MailId;
use crate::domain::mail::{MailCommand, WaitingMail, is_address, password_name};
use crate::domain::office_setting::{OfficeSetting, OfficeSettings};
use crate::domain::right::Right;
use crate::domain::secret::{Secret, SecretCommand};
use crate::domain::text::{Label, ShortText};
use crate::domain::time::Timestamp;
use crate::store::read;
use server::MailServer;
use template::Letter;
pub use template::Template;

/// Mail of one office. Cheap to clone.
#[derive(Clone)]
pub struct Mail {
    door: Door,
    key: Arc<OfficeKey>,
    now: fn() -> Timestamp,
    last: Arc<Mutex<Option<LastTry>>>,
    /// The password is another one: what failed may go now.
    fresh: Arc<Notify>,
}

/// What became of a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Posted {
    /// It waits, and goes as soon as the mail server takes it.
    Queued,
    /// Mail is not set up: nothing was queued.
    NotSetUp,
}

/// The last try to send.
#[derive(Clone, Debug)]
pub struct LastTry {
    /// When.
    pub at: Timestamp,
    /// Why it did not go; `None` when it did.
    pub why: Option<String>,
}

/// How mail is doing.
#[derive(Debug)]
pub struct MailStatus {
    /// Host and sender are set.
    pub is_set_up: bool,
    /// A password is kept.
    pub has_password: bool,
    /// What waits, oldest first.
    pub waiting: Vec<WaitingMail>,
    /// The last try since the server started.
    pub last: Option<LastTry>,
}

impl Mail {
    /// Mail behind `door`; `key` seals letters and the password.
    pub fn new(door: Door, key: Arc<OfficeKey>, now: fn() -> Timestamp) -> Self {
        Self { door, key, now, last: Arc::default(), fresh: Arc::default() }
    }

    /// Queues the letter to `to`, an address.
    ///
    /// # Errors
    /// [`ServiceError`]: no address, or too many letters wait.
    pub async fn send(&self, template: &Template, to: &str) -> Result<Posted, ServiceError> {
        let to = address(to)?;
        let settings = self.settings().await?;
        if MailServer::of(&settings, Zeroizing::default()).is_none() {
            return Ok(Posted::NotSetUp);
        }
        let mail = self.sealed(template, to, &settings);
        self.commit(Actor::System, Command::Mail(MailCommand::Queue(mail))).await?;
        Ok(Posted::Queued)
    }

    /// The letter as it waits.
    fn sealed(&self, template: &Template, to: Label, settings: &OfficeSettings) -> WaitingMail {
        let letter = template.letter(&language(settings), &office(settings));
        let (id, now) = (MailId(clock::ascending_id()), (self.now)());
        WaitingMail {
            id,
            kind: template.kind(),
            to,
            sealed: self.key.seal(&seal_name(id), letter.joined().as_bytes()).sealed,
            queued: now,
            tries: 0,
            next_try: now,
            why: ShortText::cut(""),
        }
    }

    /// Sends a letter that shows that mail works, now.
    ///
    /// # Errors
    /// [`ServiceError`]: mail is not set up, or what the mail server said.
    pub async fn test(&self, principal: &Principal, to: &str) -> Result<(), ServiceError> {
        principal.must_have(Right::ManageServer)?;
        let to = address(to)?;
        let settings = self.settings().await?;
        let server = MailServer::of(&settings, self.password().await?).ok_or_else(not_set_up)?;
        let letter = Letter::test(&language(&settings), &office(&settings));
        let (id, now) = (clock::ascending_id().to_string(), (self.now)());
        let sent = server.deliver(&id, to.as_str(), &letter, now).await;
        self.remember(sent.as_ref().err().map(ToString::to_string));
        sent?;
        let (action, subject) =
            (ShortText::cut("mail.test"), ShortText::cut(&audit::place(to.as_str())));
        let note = Command::Audit(AuditNote { action, subject });
        self.commit(principal.actor(), note).await
    }

    /// Keeps the mail server's password, sealed; an empty one forgets it.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn set_password(
        &self,
        principal: &Principal,
        password: &Zeroizing<String>,
    ) -> Result<(), ServiceError> {
        principal.must_have(Right::ManageServer)?;
        if password.len() > MOST_PASSWORD_BYTES || password.chars().any(char::is_control) {
            return Err(ServiceError::bad_input(
                "bad_password",
                format!("A mail password has at most {MOST_PASSWORD_BYTES} bytes on one line."),
                "Check it and send it again.",
            ));
        }
        let secret = self.key.seal(&password_name(), password.as_bytes());
        self.commit(principal.actor(), Command::Secret(SecretCommand::Put(secret))).await?;
        self.fresh.notify_one();
        Ok(())
    }

    /// How mail is doing.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn status(&self, principal: &Principal) -> Result<MailStatus, ServiceError> {
        principal.must_have(Right::ManageServer)?;
        let settings = self.settings().await?;
        let waiting = self.door.read(read::mails).await?;
        Ok(MailStatus {
            is_set_up: MailServer::of(&settings, Zeroizing::default()).is_some(),
            has_password: !self.password().await?.is_empty(),
            waiting,
            last: self.last.lock().unwrap_or_else(PoisonError::into_inner).clone(),
        })
    }

    /// What waits: where it goes, subject and text.
    #[cfg(test)]
    pub(crate) async fn read_waiting(&self) -> Vec<(String, String)> {
        let mut letters = Vec::new();
        for mail in self.door.read(read::mails).await.unwrap() {
            let secret = Secret { name: seal_name(mail.id), sealed: mail.sealed };
            let plain = self.open(&secret).unwrap();
            letters.push((mail.to.to_string(), String::from_utf8(plain.to_vec()).unwrap()));
        }
        letters
    }

    async fn settings(&self) -> Result<OfficeSettings, ServiceError> {
        Ok(self.door.read(read::office_settings).await?)
    }

    /// The mail server's password; empty without one.
    async fn password(&self) -> Result<Zeroizing<String>, ServiceError> {
        let name = password_name();
        let sealed = self.door.read(move |reader| read::secret(reader, &name)).await?;
        let Some(sealed) = sealed else { return Ok(Zeroizing::default()) };
        let plain = self.open(&sealed)?;
        Ok(Zeroizing::new(String::from_utf8_lossy(&plain).into_owned()))
    }

    fn open(&self, sealed: &Secret) -> Result<Zeroizing<Vec<u8>>, ServiceError> {
        let opened = self.key.open(sealed).map(Zeroizing::new);
        opened.map_err(|error| ServiceError::Failed(format!("{error}")))
    }

    fn remember(&self, why: Option<String>) {
        let last = LastTry { at: (self.now)(), why };
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(last);
    }

    async fn commit(&self, actor: Actor, command: Command) -> Result<(), ServiceError> {
        Change { now: (self.now)(), actor, command }.commit(&self.door).await?;
        Ok(())
    }
}

/// The address, if a letter could go there.
///
/// # Errors
/// [`ServiceError::BadInput`].
pub fn address(to: &str) -> Result<Label, ServiceError> {
    let label = Label::new(to).ok().filter(|to| is_address(to.as_str()));
    label.ok_or_else(|| {
        ServiceError::bad_input(
            "mail_address",
            "This is no mail address of at most 100 characters.",
            "Write it like ada@example.org.",
        )
    })
}

fn not_set_up() -> ServiceError {
    ServiceError::bad_input(
        "mail_not_set_up",
        "Mail is not set up: nothing is sent.",
        "Set mail.host and mail.from with `timebook settings set`.",
    )
}

fn language(settings: &OfficeSettings) -> String {
    settings.text(OfficeSetting::Language).unwrap_or_default()
}

fn office(settings: &OfficeSettings) -> String {
    settings.text(OfficeSetting::OrganisationName).unwrap_or_else(|| "Timebook".to_owned())
}

/// What a letter is sealed under: one cannot be passed off as another.
fn seal_name(id: MailId) -> Label {
    Label::new(format!("mail-{id}")).expect("a short word and an id")
}

/// No mail server takes a longer one.
const MOST_PASSWORD_BYTES: usize = 256;

#[cfg(test)]
mod tests;

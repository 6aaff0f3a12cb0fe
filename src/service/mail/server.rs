//! The mail server: connecting, protecting the way, signing in, handing a letter over; and what can go wrong, as sentences.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::{self};
use thiserror::Error;
use zeroize::Zeroizing;

use super::template::Letter;
use crate::domain::office_setting::{OfficeSetting, OfficeSettings};
use crate::domain::time::Timestamp;
use crate::service::error::ServiceError;

/// How the way to the mail server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Encryption {
    None,
    StartTls,
    Tls,
}

/// Where and how mail goes out.
pub(super) struct MailServer {
    host: String,
    port: u16,
    encryption: Encryption,
    login: Option<(String, Zeroizing<String>)>,
    from: Mailbox,
}

/// Why a letter did not go.
#[derive(Debug, Error)]
pub(super) enum MailError {
    #[error("The mail server {server} cannot be reached: {why}.")]
    Unreachable { server: String, why: String },
    #[error("The way to the mail server {server} cannot be protected: {why}.")]
    Unprotected { server: String, why: String },
    #[error("The mail server refuses the sign-in: {0}.")]
    Login(String),
    #[error("The mail server does not take mail to {to}: {why}.")]
    Recipient { to: String, why: String },
    #[error("The mail server refuses the letter: {0}.")]
    Refused(String),
    #[error("There is no letter to {0}: that is no mail address.")]
    Address(String),
}

impl MailError {
    /// Is there no use in trying again?
    pub(super) const fn is_final(&self) -> bool {
        matches!(self, Self::Recipient { .. } | Self::Address(_))
    }

    const fn code(&self) -> &'static str {
        match self {
            Self::Unreachable { .. } => "mail_unreachable",
            Self::Unprotected { .. } => "mail_unprotected",
            Self::Login(_) => "mail_login",
            Self::Recipient { .. } => "mail_recipient",
            Self::Refused(_) => "mail_refused",
            Self::Address(_) => "mail_address",
        }
    }

    const fn next_step(&self) -> &'static str {
        match self {
            Self::Unreachable { .. } => {
                "Check mail.host and mail.port, and that nothing in between blocks the way."
            }
            Self::Unprotected { .. } => {
                "Check mail.encryption and mail.port (starttls: 587, tls: 465), and that this computer trusts the mail server's certificate."
            }
            Self::Login(_) => {
                "Check mail.user, and give the password again with `timebook mail password`."
            }
            Self::Recipient { .. } => "Check the address, and that mail.from may send there.",
            Self::Refused(_) => "Look at the mail server's log, and check mail.from.",
            Self::Address(_) => "Write it like ada@example.org.",
        }
    }
}

impl From<MailError> for ServiceError {
    fn from(error: MailError) -> Self {
        Self::bad_input(error.code(), error.to_string(), error.next_step())
    }
}

impl MailServer {
    /// The server of `settings`; `None` when mail is not set up.
    pub(super) fn of(settings: &OfficeSettings, password: Zeroizing<String>) -> Option<Self> {
        let text = |setting| settings.text(setting);
        let encryption = match text(OfficeSetting::MailEncryption)?.as_str() {
            "none" => Encryption::None,
            "tls" => Encryption::Tls,
            _ => Encryption::StartTls,
        };
        Some(Self {
            host: text(OfficeSetting::MailHost)?,
            port: u16::try_from(settings.number(OfficeSetting::MailPort)).ok()?,
            encryption,
            login: text(OfficeSetting::MailUser).map(|user| (user, password)),
            from: text(OfficeSetting::MailFrom)?.parse().ok()?,
        })
    }

    /// Hands one letter over: when this returns well, the mail server took it.
    pub(super) async fn deliver(
        &self,
        id: &str,
        to: &str,
        letter: &Letter,
        now: Timestamp,
    ) -> Result<(), MailError> {
        let message = self.message(id, to, letter, now)?;
        let told = tokio::time::timeout(PATIENCE, self.hand_over(&message)).await;
        let (connection, sent) = told.unwrap_or_else(|_| {
            Err(self.unreachable(format!("it took longer than {} s", PATIENCE.as_secs())))
        })?;
        // The mail server's word on the letter is final from here on.
        part(connection).await;
        sent.map_err(|(at, error)| self.refused((at, to), &error))
    }

    /// What the mail server said to the letter, and the connection that it still waits on.
    async fn hand_over(
        &self,
        message: &Message,
    ) -> Result<(AsyncSmtpConnection, Result<(), (Step, smtp::Error)>), MailError> {
        let mut connection = self.connect().await?;
        let sent = say(&mut connection, message).await;
        Ok((connection, sent))
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, MailError> {
        let hello = ClientId::Domain(self.from.email.domain().to_owned());
        let protection = match self.encryption {
            Encryption::None => None,
            Encryption::StartTls | Encryption::Tls => {
                let parameters = TlsParameters::builder(self.host.clone()).build_rustls();
                Some(parameters.map_err(|error| self.unprotected(cause(&error)))?)
            }
        };
        let from_first_byte = protection.clone().filter(|_| self.encryption == Encryption::Tls);
        let place = (self.host.as_str(), self.port);
        let connected =
            AsyncSmtpConnection::connect_tokio1(place, Some(A_WORD), &hello, from_first_byte, None);
        let mut connection = connected.await.map_err(|error| self.not_connected(&error))?;
        if let (Encryption::StartTls, Some(protection)) = (self.encryption, protection) {
            if !connection.can_starttls() {
                part(connection).await;
                return Err(self.unprotected("it offers no STARTTLS".to_owned()));
            }
            let upgraded = connection.starttls(protection, &hello).await;
            upgraded.map_err(|error| self.unprotected(cause(&error)))?;
        }
        if let Some((user, password)) = &self.login {
            let credentials = Credentials::new(user.clone(), password.to_string());
            let ways = [Mechanism::Plain, Mechanism::Login];
            if let Err(error) = connection.auth(&ways, &credentials).await {
                part(connection).await;
                return Err(MailError::Login(cause(&error)));
            }
        }
        Ok(connection)
    }

    fn message(
        &self,
        id: &str,
        to: &str,
        letter: &Letter,
        now: Timestamp,
    ) -> Result<Message, MailError> {
        let address = || MailError::Address(to.to_owned());
        let mailbox: Mailbox = to.parse().map_err(|_| address())?;
        let since = Duration::from_millis(now.ms().unsigned_abs());
        let date = UNIX_EPOCH.checked_add(since).unwrap_or(SystemTime::UNIX_EPOCH);
        let mark = HeaderValue::new(
            HeaderName::new_from_ascii_str("Auto-Submitted"),
            "auto-generated".to_owned(),
        );
        Message::builder()
            .from(self.from.clone())
            .to(mailbox)
            .subject(letter.subject.clone())
            .date(date)
            .message_id(Some(format!("<{id}@{}>", self.from.email.domain())))
            .raw_header(mark)
            .header(ContentType::TEXT_PLAIN)
            .body(letter.text.clone())
            .map_err(|_| address())
    }

    fn not_connected(&self, error: &smtp::Error) -> MailError {
        // A greeting that is no greeting is what TLS looks like without it, and the other way round.
        if error.is_tls() || self.encryption == Encryption::Tls && !is_refused(error) {
            return self.unprotected(cause(error));
        }
        self.unreachable(cause(error))
    }

    fn refused(&self, (at, to): (Step, &str), error: &smtp::Error) -> MailError {
        let code = error.status().map(u16::from);
        // What a server says of its policy at a recipient is about who sends, too.
        let is_policy =
            cause(error).split(|c: char| c.is_whitespace()).any(|word| word.starts_with("5.7."));
        match code {
            None => self.unreachable(cause(error)),
            Some(530 | 534 | 535 | 538) => MailError::Login(cause(error)),
            Some(550..=553) if at == Step::Recipient && !is_policy => {
                MailError::Recipient { to: to.to_owned(), why: cause(error) }
            }
            Some(_) => MailError::Refused(cause(error)),
        }
    }

    fn unreachable(&self, why: String) -> MailError {
        MailError::Unreachable { server: self.place(), why }
    }

    fn unprotected(&self, why: String) -> MailError {
        MailError::Unprotected { server: self.place(), why }
    }

    fn place(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }
}

/// What the mail server is asked, step by step: a refusal means something else at each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// May this sender send?
    Sender,
    /// Does this recipient get mail here?
    Recipient,
    /// Is the letter taken?
    Letter,
}

async fn say(
    connection: &mut AsyncSmtpConnection,
    message: &Message,
) -> Result<(), (Step, smtp::Error)> {
    let envelope = message.envelope();
    // Addresses are ASCII, and so is the message: its text is encoded where it is not.
    let sender = Mail::new(envelope.from().cloned(), Vec::new());
    connection.command(sender).await.map_err(|error| (Step::Sender, error))?;
    for to in envelope.to() {
        let recipient = Rcpt::new(to.clone(), Vec::new());
        connection.command(recipient).await.map_err(|error| (Step::Recipient, error))?;
    }
    connection.command(Data).await.map_err(|error| (Step::Letter, error))?;
    connection.message(&message.formatted()).await.map_err(|error| (Step::Letter, error))?;
    Ok(())
}

/// Says farewell. Whether the mail server answers it changes nothing: one that does not is left alone.
async fn part(mut connection: AsyncSmtpConnection) {
    drop(tokio::time::timeout(FAREWELL, connection.abort()).await);
}

/// Did nobody listen, or was there no such host?
fn is_refused(error: &smtp::Error) -> bool {
    let mut inner: Option<&dyn std::error::Error> = Some(error);
    while let Some(error) = inner {
        if let Some(io) = error.downcast_ref::<std::io::Error>() {
            use std::io::ErrorKind::{InvalidData, UnexpectedEof};
            return !matches!(io.kind(), InvalidData | UnexpectedEof);
        }
        inner = error.source();
    }
    error.is_timeout()
}

/// What the innermost error says: the outer ones only say where. Without a stop at the end, and not longer than a person reads.
fn cause(error: &smtp::Error) -> String {
    let mut inner: &dyn std::error::Error = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    let text = inner.to_string();
    let plain = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(160);
    plain.collect::<String>().trim().trim_end_matches('.').to_owned()
}

/// One letter takes no longer.
const PATIENCE: Duration = Duration::from_secs(45);
/// Nor does one word of the conversation.
const A_WORD: Duration = Duration::from_secs(15);
/// Nor the farewell.
const FAREWELL: Duration = Duration::from_secs(2);

//! The background duty: whatever waits goes out when it is due, and at once when mail was set up anew.

use std::time::Duration;

use super::server::MailServer;
use super::template::Letter;
use super::{Mail, seal_name};
use crate::consensus::{Changes, News, ReadError};
use crate::domain::audit;
use crate::domain::command::{Actor, Command};
use crate::domain::mail::{MailCommand, WaitingMail, wait_after};
use crate::domain::outcome::Noun;
use crate::domain::secret::Secret;
use crate::domain::text::ShortText;
use crate::service::error::ServiceError;
use crate::store::read;

impl Mail {
    /// Sends what waits until the door is closed. One at a time: an office writes few letters.
    pub async fn deliver(self) {
        let mut changes = self.door.changes();
        let mut all = false;
        loop {
            let sent = self.send_due(all).await;
            if let Err(error) = &sent
                && !self.door.is_closed()
            {
                tracing::warn!(%error, "waiting mail could not be looked at");
            }
            match self.wake(&mut changes).await {
                // What was to be tried and was not is yet to be tried.
                Some(next) => all = next || (all && sent.is_err()),
                None => return,
            }
        }
    }

    /// Tries whatever is due, or everything.
    async fn send_due(&self, all: bool) -> Result<(), ServiceError> {
        let now = (self.now)();
        let waiting = self.door.read(read::mails).await?;
        let due: Vec<_> = waiting.into_iter().filter(|m| all || m.next_try <= now).collect();
        if due.is_empty() {
            return Ok(());
        }
        let settings = self.settings().await?;
        let Some(server) = MailServer::of(&settings, self.password().await?) else {
            return Ok(());
        };
        for mail in due {
            self.send_one(&server, mail).await?;
        }
        Ok(())
    }

    async fn send_one(&self, server: &MailServer, mail: WaitingMail) -> Result<(), ServiceError> {
        let (id, now) = (mail.id, (self.now)());
        let secret = Secret { name: seal_name(id), sealed: mail.sealed };
        let how = match self.open(&secret) {
            Ok(plain) => {
                let letter = Letter::split(&String::from_utf8_lossy(&plain));
                let sent = server.deliver(&id.to_string(), mail.to.as_str(), &letter, now).await;
                sent.map_err(|error| (error.is_final(), error.to_string()))
            }
            Err(error) => Err((true, error.sentence())),
        };
        self.remember(how.as_ref().err().map(|(_, why)| why.clone()));
        let command = match how {
            Ok(()) => MailCommand::Sent { mail: id },
            Err((is_final, why)) => {
                let wait = wait_after(mail.tries.saturating_add(1)).filter(|_| !is_final);
                tracing::warn!(mail = %id, why = %audit::place(&why), given_up = wait.is_none(), "mail did not go");
                let why = ShortText::cut(&why);
                match wait {
                    Some(wait) => {
                        MailCommand::PutOff { mail: id, next_try: now.plus_ms(wait), why }
                    }
                    None => MailCommand::GiveUp { mail: id, why },
                }
            }
        };
        self.commit(Actor::System, Command::Mail(command)).await
    }

    /// Until there may be something to do: whether to try everything, or `None` once the door is closed.
    async fn wake(&self, changes: &mut Changes) -> Option<bool> {
        let wait_ms = match self.door.read(read::mails).await {
            Ok(waiting) => {
                let now = (self.now)();
                let next = waiting.iter().map(|mail| mail.next_try.ms_since(now)).min();
                // Looked at once a minute at least: the clock may have been set.
                next.unwrap_or(LOOK_MS).clamp(SHORTEST_MS, LOOK_MS)
            }
            Err(ReadError::Stopped(_)) => return None,
            // Too much to read, or another copy of the data on its way in: that passes.
            Err(error) => {
                tracing::warn!(%error, "waiting mail could not be looked at");
                AGAIN_MS
            }
        };
        let wait = Duration::from_millis(wait_ms);
        let news = async {
            loop {
                match changes.next().await? {
                    News::Changed(changed) => match changed.noun {
                        Noun::OfficeSetting => return Some(true),
                        Noun::Mail => return Some(false),
                        _ => {}
                    },
                    News::Missed(_) => return Some(false),
                }
            }
        };
        tokio::select! {
            news = news => news,
            () = self.fresh.notified() => Some(true),
            () = tokio::time::sleep(wait) => Some(false),
        }
    }
}

/// Between two looks at most.
const LOOK_MS: u64 = 60_000;
/// Between two looks at least, however many letters are due.
const SHORTEST_MS: u64 = 1_000;
/// After a look that failed.
const AGAIN_MS: u64 = 2_000;

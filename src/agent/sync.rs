//! Carries out the plan: makes batches, sends them, believes only signed receipts, and keeps everything until then.
//!
//! Whatever goes wrong here is a note in the status and a later try; nothing is dropped and recording never waits for it.

mod answer;
mod categories;
mod certificate;
mod contact;
mod copy;
mod moved;
mod pause;
mod rules;
#[cfg(test)]
mod tests;

pub use contact::{Contact, Standing as Dealings};

use std::env::consts::OS;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::watch;

use super::AgentError;
use super::book::{ActivityBook, Closed, Outgoing};
use super::commands;
use super::erase::Erased;
use super::folder::Folder;
use super::identity::{Identity, store_policy};
use super::keeping::Keeping;
use super::plan::{Met, Plan, Step};
use crate::clock;
use crate::domain::batch::{ACTIVITY_STREAM, Receipt};
use crate::domain::erasure::EraseOrder;
use crate::domain::policy::ActivityPolicy;
use crate::domain::time::{HOUR_MS, Timestamp};
use crate::net::client::{Answer, Ask, Client, ClientError};
use crate::store::outbox::{self, MOST_KEPT_BYTES, Standing};
use answer::Said;

/// What the office is told runs here.
const VERSION: &str = env!("CARGO_PKG_VERSION");
/// From the first byte sent to the last received.
const TIMEOUT: Duration = Duration::from_secs(30);
/// No answer of a server to an agent is longer.
const MOST_ANSWER_BYTES: usize = 64 * 1024;
/// The outbox starts afresh at most this often: two computers with one identity must not outbid each other all day.
const AFRESH_EVERY_MS: u64 = HOUR_MS;
/// Batches that are kept too long are dropped this often.
const DROP_EVERY_MS: u64 = HOUR_MS;

/// The agent's dealings with its office.
pub(super) struct Sync {
    folder: Folder,
    identity: Identity,
    book: ActivityBook,
    clients: Vec<Client>,
    plan: Plan,
    contact: watch::Sender<Contact>,
    afresh: Option<Timestamp>,
    dropped: Option<Timestamp>,
    /// When the copy of the office's book was last complete, or was tried in vain.
    refreshed: Option<Timestamp>,
    /// The server that answered last.
    answered: usize,
    /// The mark of the office's rules, as it was last heard.
    rules: Option<String>,
    /// The same of the categories that hold for the person.
    categories: Option<String>,
    /// What the office last heard of a pause.
    told_pause: Option<String>,
    /// When a server that moved was last looked for.
    looked: Option<Timestamp>,
    /// When the certificate's age was last looked at.
    certified: Option<Timestamp>,
}

impl Sync {
    /// Ready to go, with what the status shows of it.
    ///
    /// # Errors
    /// [`AgentError::Client`] when the identity's certificate or an address cannot be used.
    pub(super) fn new(
        folder: Folder,
        identity: Identity,
        book: ActivityBook,
    ) -> Result<(Self, watch::Receiver<Contact>), AgentError> {
        let clients: Vec<Client> = identity
            .addresses
            .iter()
            .map(|address| identity.client(address))
            .collect::<Result<_, _>>()?;
        let (contact, shown) = watch::channel(Contact::default());
        let plan = Plan::new(clients.len());
        let (afresh, dropped, refreshed) = (None, None, None);
        let sync = Self {
            folder,
            identity,
            book,
            clients,
            plan,
            contact,
            afresh,
            dropped,
            refreshed,
            answered: 0,
            rules: None,
            categories: None,
            told_pause: None,
            looked: None,
            certified: None,
        };
        Ok((sync, shown))
    }

    /// Delivers what waits and refreshes the copy of the book, once; did a server answer to the end? For a command without an agent that
    /// runs.
    pub(super) async fn run_once(mut self) -> Result<bool, Closed> {
        for server in 0..self.clients.len() {
            let mut met = self.ask(server).await?;
            while matches!(met, Met::Heard { .. }) && self.waiting().await > 0 {
                met = self.send(server).await?;
            }
            if matches!(met, Met::Heard { .. }) {
                self.follow_sheets(server).await;
                self.refresh(server).await?;
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Goes on until the book is closed.
    pub(super) async fn run(mut self) {
        let mut news = self.book.queued();
        while let Ok(()) = self.step(&mut news).await {}
    }

    /// One step of the plan, or the wait until the next.
    async fn step(&mut self, news: &mut watch::Receiver<u64>) -> Result<(), Closed> {
        self.drop_kept().await?;
        news.mark_unchanged();
        let waiting = self.waiting().await > 0;
        let now = clock::now();
        let met = match self.plan.next(now, waiting) {
            Step::Wait { until, or_news } => {
                let length = Duration::from_millis(until.ms_since(now).max(1));
                let book = self.book.clone();
                // A closed book ends the loop at the next step.
                tokio::select! {
                    () = tokio::time::sleep(length) => {}
                    _ = news.changed(), if or_news => {}
                    () = book.wishes().wished() => self.refresh_at_once().await?,
                    () = self.pause_to_tell(), if or_news => self.plan = self.plan.asking(),
                }
                return Ok(());
            }
            Step::Send { server } => (server, true, self.send(server).await?),
            Step::Ask { server } => (server, waiting, self.ask(server).await?),
        };
        let (server, lively, met) = met;
        if matches!(met, Met::Heard { .. }) {
            self.answered = server;
            self.plan = self.plan.with_answer(lively);
            self.follow_sheets(server).await;
            self.keep_certified(server).await;
            self.refresh(server).await?;
        }
        let [chance] = clock::random_bytes();
        self.plan = self.plan.after(met, clock::now(), chance);
        self.look_around().await;
        Ok(())
    }

    async fn send(&mut self, server: usize) -> Result<Met, Closed> {
        let who = (self.identity.office, self.identity.device);
        let (key, now) = (self.identity.key.clone(), clock::now());
        let batch = match self.book.next_batch(who, key, now).await? {
            Outgoing::Batch(batch) => batch,
            Outgoing::Nothing => return Ok(Met::Heard { more: false }),
            // The status tells what does not read.
            Outgoing::Held => return Ok(Met::Failed { wait_ms: 0 }),
        };
        let body = Bytes::from(batch.bytes);
        let ask = Ask::post("/api/v1/batches", "application/octet-stream", body);
        let said = self.speak(server, ask).await;
        self.hear(said, false).await
    }

    async fn ask(&mut self, server: usize) -> Result<Met, Closed> {
        let (waiting, paused) = (self.waiting().await, self.pause_now());
        let path = format!(
            "/api/v1/streams/1?version={VERSION}&system={OS}&waiting={waiting}&paused={paused}"
        );
        let said = self.speak(server, Ask::get(&path)).await;
        let met = self.hear(said, true).await?;
        if matches!(met, Met::Heard { .. }) {
            self.told_pause = Some(paused);
        }
        Ok(met)
    }

    async fn speak(&self, server: usize, mut ask: Ask<'_>) -> Result<Answer, ClientError> {
        ask.max_answer = MOST_ANSWER_BYTES;
        self.speak_at_length(server, ask).await
    }

    async fn speak_at_length(
        &self,
        server: usize,
        mut ask: Ask<'_>,
    ) -> Result<Answer, ClientError> {
        ask.timeout = TIMEOUT;
        match self.clients.get(server) {
            Some(client) => client.send(ask).await,
            None => Err(ClientError::Unreachable("the identity names no server".to_owned())),
        }
    }

    /// Takes in what a server said; `asked` when it was asked where it stands.
    async fn hear(
        &mut self,
        said: Result<Answer, ClientError>,
        asked: bool,
    ) -> Result<Met, Closed> {
        let answer = match said {
            Ok(answer) => answer,
            Err(error) => {
                self.note(|contact| contact.fail(&error));
                return Ok(Met::Failed { wait_ms: 0 });
            }
        };
        let now = clock::now();
        let skew_ms = answer::clock_skew_ms(&answer, now);
        match answer::read(&answer, &self.identity) {
            Said::Receipt { receipt, policy, rules, categories, keeps, accepted } => {
                (self.rules, self.categories) = (rules, categories);
                self.note(|contact| contact.heard(now, skew_ms));
                if let Some(policy) = policy {
                    self.follow(policy);
                }
                self.remember(keeps.and_then(|keeps| Keeping::of(&keeps, now)));
                self.take_in(&receipt, accepted, asked, now).await
            }
            Said::Erase(order) => self.erase(&order, now).await,
            Said::Refused(sentence) => {
                self.note(|contact| contact.refuse(now, sentence));
                Ok(Met::Refused)
            }
            Said::Conflict(sentence) => {
                self.note(|contact| contact.decline(sentence));
                Ok(Met::Doubted)
            }
            Said::No { sentence, wait_ms } => {
                self.note(|contact| contact.decline(sentence));
                Ok(Met::Failed { wait_ms })
            }
        }
    }

    async fn take_in(
        &mut self,
        receipt: &Receipt,
        accepted: bool,
        asked: bool,
        now: Timestamp,
    ) -> Result<Met, Closed> {
        let copy = *receipt;
        let standing =
            self.book.write(move |desk| outbox::acknowledge(desk.writer, &copy, now)).await?;
        match standing {
            // A batch was refused although the server stands where we think.
            Standing::Acknowledged(0) if !accepted => Ok(Met::Doubted),
            Standing::Acknowledged(_) => {
                let more = self.waiting().await >= MANY;
                Ok(Met::Heard { more })
            }
            Standing::Rewound => {
                tracing::info!(
                    applied_seq = receipt.applied_seq,
                    "the server was restored; what it lacks is sent again"
                );
                Ok(Met::Heard { more: true })
            }
            Standing::Behind { epoch } if asked => self.send_afresh(epoch, true, now).await,
            Standing::Beyond { epoch } if asked => self.send_afresh(epoch, false, now).await,
            Standing::Behind { .. } | Standing::Beyond { .. } => Ok(Met::Doubted),
        }
    }

    /// Empties the book by the office's order and says so. What breaks off here is begun again by the next order.
    async fn erase(&mut self, order: &EraseOrder, now: Timestamp) -> Result<Met, Closed> {
        commands::note(&self.folder, "erase", "", now);
        tracing::warn!("the office orders that everything recorded here is erased");
        let erased = match Erased::begin(&self.folder, order, now) {
            Ok(erased) => erased,
            Err(error) => return Ok(self.hinder(&error)),
        };
        self.book.erase().await?;
        let ask = Ask::post("/api/v1/erasures/confirm", "application/json", Bytes::new());
        let answer = match self.speak(self.plan.server(), ask).await {
            Ok(answer) => answer,
            Err(error) => {
                self.note(|contact| contact.fail(&error));
                return Ok(Met::Failed { wait_ms: 0 });
            }
        };
        if !answer.status.is_success() {
            let sentence = format!(
                "The office did not take it that everything is erased here: {}.",
                answer.status
            );
            self.note(|contact| contact.decline(sentence));
            return Ok(Met::Failed { wait_ms: 0 });
        }
        if let Err(error) = erased.confirm(&self.folder) {
            return Ok(self.hinder(&error));
        }
        self.note(|contact| contact.erased(now));
        Ok(Met::Refused)
    }

    fn hinder(&self, error: &AgentError) -> Met {
        self.note(|contact| contact.decline(error.to_string()));
        Met::Failed { wait_ms: 0 }
    }

    /// The server's place and ours cannot be joined: start anew, but not again and again.
    async fn send_afresh(
        &mut self,
        epoch: u32,
        whole: bool,
        now: Timestamp,
    ) -> Result<Met, Closed> {
        self.note(|contact| contact.afresh(whole));
        if self.afresh.is_some_and(|last| now.ms_since(last) < AFRESH_EVERY_MS) {
            return Ok(Met::Doubted);
        }
        tracing::warn!(whole, "the server's place in the stream is not ours; starting afresh");
        self.afresh = Some(now);
        self.book.send_afresh(epoch, whole, now).await?;
        Ok(Met::Heard { more: true })
    }

    /// Records under the office's policy from now on.
    fn follow(&self, policy: ActivityPolicy) {
        if policy == self.book.policy() {
            return;
        }
        let now = clock::now();
        self.book.set_policy(policy, now);
        commands::note(&self.folder, "policy", policy.name(), now);
        if let Err(error) = store_policy(&self.folder, policy, now) {
            tracing::warn!(%error, "the office's new policy could not be written down");
        }
    }

    /// Keeps things as long as the office does, from now on.
    fn remember(&self, keeping: Option<Keeping>) {
        if let Some(Err(error)) = keeping.map(|keeping| keeping.store(&self.folder)) {
            tracing::warn!(%error, "how long the office keeps things could not be written down");
        }
    }

    async fn waiting(&self) -> u64 {
        match self.book.counts().await {
            Ok(counts) => counts.waiting,
            Err(error) => {
                tracing::warn!(%error, "the outbox could not be counted");
                0
            }
        }
    }

    async fn drop_kept(&mut self) -> Result<(), Closed> {
        let now = clock::now();
        if self.dropped.is_some_and(|last| last <= now && now.ms_since(last) < DROP_EVERY_MS) {
            return Ok(());
        }
        self.dropped = Some(now);
        let drop_kept = move |desk: &mut super::book::Desk<'_>| {
            outbox::drop_kept(desk.writer, ACTIVITY_STREAM, MOST_KEPT_BYTES, now)
        };
        self.book.write(drop_kept).await.map(|_| ())
    }
}

/// So much waiting goes out without a pause.
const MANY: u64 = 500;

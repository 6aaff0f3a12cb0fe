//! Taking the server out of service and back: the warning, its countdown, the wish to whoever runs the house.
//!
//! Must never open or close the data itself: it says what is wished for, and whoever put the house together does it.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot, watch};

use super::stopped::Stopped;
use crate::consensus::Door;
use crate::domain::audit::AuditNote;
use crate::domain::command::{Actor, Command};
use crate::domain::right::Right;
use crate::domain::text::ShortText;
use crate::domain::time::Timestamp;
use crate::service::error::ServiceError;
use crate::service::{Change, Principal};

/// The longest warning.
pub const LONGEST_GRACE: Duration = Duration::from_secs(10 * 60);
/// The longest reason, in characters.
const LONGEST_REASON: usize = 200;

/// Whether the server is in service, and who may change that. Cheap to clone.
#[derive(Clone)]
pub struct Power(Arc<Inner>);

struct Inner {
    door: Door,
    dir: PathBuf,
    now: fn() -> Timestamp,
    standing: watch::Sender<Standing>,
    wishes: mpsc::UnboundedSender<Wish>,
}

/// Whether the server is in service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is.
    Started,
    /// It is, and ends at a moment everybody knows.
    Warned(Warning),
    /// It ends now: running work is finished, the files are closed.
    Ending,
    /// It is not.
    Stopped(Stopped),
}

/// What everybody is told before the server ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// When it ends.
    pub at: Timestamp,
    /// Who wants that, as people read it.
    pub by: String,
    /// Why, if they said so.
    pub reason: Option<String>,
    /// Only to begin again at once?
    pub restarts: bool,
}

/// How the server is to end.
#[derive(Clone, Debug, Default)]
pub struct End {
    /// So long everybody is warned.
    pub grace: Duration,
    /// Why; everybody reads it.
    pub reason: Option<String>,
    /// Begin again at once?
    pub restarts: bool,
}

/// What whoever runs the house is to do.
#[derive(Debug)]
pub enum Wish {
    /// Close the data and take the server out of service.
    Stop(Stopped),
    /// End this process; another one takes its place.
    Restart,
    /// Open the data and take the server into service, then say how that went.
    Start {
        /// Who wants it.
        by: Actor,
        /// Nothing, or a sentence about why it stays stopped.
        answer: oneshot::Sender<Result<(), String>>,
    },
    /// Close the data, put a backup in its place, and serve that.
    Restore {
        /// Who wants it.
        by: Actor,
        /// The backup.
        file: PathBuf,
    },
}

/// Where wishes arrive.
pub type Wishes = mpsc::UnboundedReceiver<Wish>;

impl Power {
    /// Over the server whose data is in `dir`, out of service when `stopped` says so.
    pub fn new(
        door: Door,
        dir: PathBuf,
        now: fn() -> Timestamp,
        stopped: Option<Stopped>,
    ) -> (Self, Wishes) {
        let (wishes, arrive) = mpsc::unbounded_channel();
        let standing = watch::Sender::new(stopped.map_or(Standing::Started, Standing::Stopped));
        (Self(Arc::new(Inner { door, dir, now, standing, wishes })), arrive)
    }

    /// How it stands now.
    pub fn standing(&self) -> Standing {
        self.0.standing.borrow().clone()
    }

    /// Since when, by whom and why the server is out of service; `None` while it is not.
    pub fn stopped(&self) -> Option<Stopped> {
        match &*self.0.standing.borrow() {
            Standing::Stopped(stopped) => Some(stopped.clone()),
            _ => None,
        }
    }

    /// How it stands, from now on.
    pub fn watch(&self) -> watch::Receiver<Standing> {
        self.0.standing.subscribe()
    }

    /// Ends the server, after a warning if `end` gives one. A second wish takes the first one's place.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] without [`Right::ControlServer`]; [`ServiceError::BadInput`]; it is ending already, or stopped and
    /// to be restarted.
    pub async fn end(&self, principal: &Principal, end: End) -> Result<Standing, ServiceError> {
        principal.must_have(Right::ControlServer)?;
        if end.grace > LONGEST_GRACE {
            let sentence = "Nobody is warned for longer than ten minutes.";
            return Err(ServiceError::bad_input("bad_grace", sentence, "Give 0 to 600 seconds."));
        }
        if end.reason.as_ref().is_some_and(|reason| reason.chars().count() > LONGEST_REASON) {
            let sentence = "The reason is longer than 200 characters.";
            return Err(ServiceError::bad_input("bad_reason", sentence, "Say it in fewer words."));
        }
        match self.standing() {
            Standing::Stopped(_) if end.restarts => {
                let sentence = "The server is stopped.";
                let next = "Start it with `timebook start`.";
                return Err(ServiceError::bad_input("stopped", sentence, next));
            }
            // Nothing is left to do.
            Standing::Stopped(_) | Standing::Ending => return Ok(self.standing()),
            Standing::Started | Standing::Warned(_) => {}
        }
        let seconds = end.grace.as_secs();
        let what = if end.restarts { "server.restart.announced" } else { "server.stop.announced" };
        self.note(principal.actor(), what, &format!("in {seconds} s")).await?;
        let at = (self.0.now)().plus_ms(seconds.saturating_mul(1_000));
        let reason = end.reason.map(|reason| reason.trim().to_owned());
        let reason = reason.filter(|reason| !reason.is_empty());
        let warning = Warning { at, by: name(principal), reason, restarts: end.restarts };
        self.0.standing.send_replace(Standing::Warned(warning.clone()));
        let (power, actor) = (self.clone(), principal.actor());
        if end.grace.is_zero() {
            power.end_now(actor, warning).await?;
            return Ok(self.standing());
        }
        tokio::spawn(async move {
            let mut standing = power.watch();
            let other = Standing::Warned(warning.clone());
            let called_off = standing.wait_for(|now| *now != other);
            let is_due = tokio::time::timeout(end.grace, called_off).await.is_err();
            if is_due && let Err(error) = power.end_now(actor, warning).await {
                tracing::error!(%error, "the server could not be stopped and goes on");
            }
        });
        Ok(self.standing())
    }

    /// Takes an announced end back; that there is none is as good.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] without [`Right::ControlServer`]; [`ServiceError::BadInput`] when it is too late.
    pub async fn call_off(&self, principal: &Principal) -> Result<(), ServiceError> {
        principal.must_have(Right::ControlServer)?;
        let is_warned = |standing: &Standing| matches!(standing, Standing::Warned(_));
        let was_warned = self.0.standing.send_if_modified(|standing| {
            let was_warned = is_warned(standing);
            if was_warned {
                *standing = Standing::Started;
            }
            was_warned
        });
        match self.standing() {
            Standing::Started if was_warned => {
                self.note(principal.actor(), "server.called_off", "").await
            }
            Standing::Started | Standing::Warned(_) => Ok(()),
            Standing::Ending | Standing::Stopped(_) => {
                let sentence = "The server is ending already.";
                let next = "Wait until it is stopped, then start it.";
                Err(ServiceError::bad_input("too_late", sentence, next))
            }
        }
    }

    /// Takes the server into service again, or calls its announced end off. On return it serves.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] without [`Right::ControlServer`]; [`ServiceError::Failed`] when the data does not open, and the server
    /// stays stopped.
    pub async fn start(&self, principal: &Principal) -> Result<(), ServiceError> {
        principal.must_have(Right::ControlServer)?;
        if self.stopped().is_none() {
            return self.call_off(principal).await;
        }
        let (answer, told) = oneshot::channel();
        let gone = || ServiceError::Busy("The server is ending.".to_owned());
        self.0.wishes.send(Wish::Start { by: principal.actor(), answer }).map_err(|_| gone())?;
        told.await.map_err(|_| gone())?.map_err(ServiceError::Failed)
    }

    /// Has the office put back as it was in the backup at `file`, for `by`, who was asked whether they may: everybody is let out, and what
    /// was restored is served; when it cannot be restored, what was there before, as before.
    ///
    /// # Errors
    /// [`ServiceError::Busy`] when the server is ending.
    pub fn restore(&self, by: Actor, file: PathBuf) -> Result<(), ServiceError> {
        let gone = || ServiceError::Busy("The server is ending.".to_owned());
        let mut is_ending = false;
        self.0.standing.send_if_modified(|standing| {
            is_ending = matches!(standing, Standing::Ending);
            let is_served = matches!(standing, Standing::Started | Standing::Warned(_));
            if is_served {
                *standing = Standing::Ending;
            }
            is_served
        });
        if is_ending {
            return Err(gone());
        }
        self.0.wishes.send(Wish::Restore { by, file }).map_err(|_| gone())
    }

    /// Writes down that the server, which was `stopped`, serves again since `by` wanted it. Asked of the house that serves now.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn started(&self, by: Actor, stopped: &Stopped) -> Result<(), ServiceError> {
        let since = crate::wire::v1::rfc3339(stopped.since);
        self.note(by, "server.start", &format!("stopped since {since}")).await
    }

    async fn end_now(&self, actor: Actor, warning: Warning) -> Result<(), ServiceError> {
        // Whoever was faster called it off, or wished for another end.
        let is_due = self.0.standing.send_if_modified(|standing| {
            let is_due = matches!(&*standing, Standing::Warned(now) if *now == warning);
            if is_due {
                *standing = Standing::Ending;
            }
            is_due
        });
        if !is_due {
            return Ok(());
        }
        let restarts = warning.restarts;
        let what = if restarts { "server.restart" } else { "server.stop" };
        let ended = async {
            self.note(actor, what, "").await?;
            if restarts {
                return Ok(Wish::Restart);
            }
            let since = (self.0.now)();
            let stopped = Stopped { since, by: warning.by, reason: warning.reason };
            let (dir, for_file) = (self.0.dir.clone(), stopped.clone());
            let written = tokio::task::spawn_blocking(move || for_file.write(&dir)).await;
            let why = match written {
                Ok(Ok(())) => return Ok(Wish::Stop(stopped)),
                Ok(Err(error)) => error.to_string(),
                Err(error) => error.to_string(),
            };
            Err(ServiceError::Failed(format!("That it is stopped cannot be kept: {why}.")))
        };
        match ended.await {
            Ok(wish) => self
                .0
                .wishes
                .send(wish)
                .map_err(|_| ServiceError::Busy("The server is ending.".to_owned())),
            Err(error) => {
                self.0.standing.send_replace(Standing::Started);
                Err(error)
            }
        }
    }

    async fn note(&self, actor: Actor, action: &str, subject: &str) -> Result<(), ServiceError> {
        let (action, subject) = (ShortText::cut(action), ShortText::cut(subject));
        let command = Command::Audit(AuditNote { action, subject });
        Change { now: (self.0.now)(), actor, command }.commit(&self.0.door).await?;
        Ok(())
    }
}

/// Who it is, as everybody may read it.
fn name(principal: &Principal) -> String {
    match principal {
        Principal::Person { user, .. } => user.name.to_string(),
        Principal::Local(name) => name.to_string(),
        Principal::Nobody | Principal::Device(_) => String::new(),
    }
}

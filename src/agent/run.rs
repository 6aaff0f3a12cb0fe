//! `timebook agent run`: a thin launcher that keeps the door's socket and the lock, and a child that records and sends.
//!
//! A child that crashes or is killed is started again on the same socket: a watcher waits for a moment and is never refused.

use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::AgentError;
use super::book::ActivityBook;
use super::door::door;
use super::erase::Erased;
use super::folder::Folder;
use super::hours::Hours;
use super::icon;
use super::identity::{Identity, read_policy};
use super::recorder;
use super::redaction::Sheets;
use super::settings::Settings;
use super::status;
use super::sync::{Dealings, Sync};
use crate::clock;
use crate::net::Limits;
use crate::net::listen::{ListenError, bind_after};
use crate::net::serve::{Entrance, Listener, Traffic, serve};
use crate::slots::launcher::{Inherited, Launch, NamedSocket, RestartPolicy, StopSignals, launch};
use crate::store::OpenError;

/// Where every ActivityWatch watcher looks.
pub const DOOR: &str = "127.0.0.1:5600";
const SOCKET: &str = "door";
pub(super) const LISTEN_FILE: &str = "listen";
/// What is held back is looked at this often.
const RELEASE_EVERY: Duration = Duration::from_secs(10);
/// Days that are over are packed this often.
const TIDY_EVERY: Duration = Duration::from_secs(15 * 60);
/// A child of a launcher that was killed may still hold the book for a moment.
const OPEN_PATIENCE: Duration = Duration::from_secs(10);
const OPEN_PAUSE: Duration = Duration::from_millis(50);
/// Programs open on one computer use few connections; requests under way end within this.
const DRAIN: Duration = Duration::from_secs(5);

/// How to run.
#[derive(Clone, Debug)]
pub struct RunOptions {
    /// The data directory.
    pub data: PathBuf,
    /// Where watchers connect: a loopback address; port 0 lets the system choose.
    pub door: SocketAddr,
}

/// Runs until told to stop (SIGTERM, SIGINT; Ctrl-C on Windows); with the exit code to end with. `inherited` is what
/// [`Inherited::take`] gave at the very start of the program: with it this process is the child that works.
///
/// # Errors
/// [`AgentError`]: why it could not start, or why it had to end.
pub async fn run(options: RunOptions, inherited: Option<Inherited>) -> Result<i32, AgentError> {
    let folder = Folder::of(&options.data);
    match inherited {
        Some(inherited) => work(&folder, inherited).await.map(|()| 0),
        None => keep_running(&folder, options.door).await,
    }
}

/// The launcher. What can be wrong at the start is found here, before a child is started, and told once.
async fn keep_running(folder: &Folder, address: SocketAddr) -> Result<i32, AgentError> {
    folder.create()?;
    Erased::finish(folder)?;
    if Identity::read(folder)?.is_none() {
        return Err(AgentError::NotEnrolled);
    }
    Settings::read(folder)?;
    if let Some(fault) = Sheets::read(folder)?.faults().into_iter().next() {
        return Err(AgentError::BadRule(fault));
    }
    Hours::read(folder)?;
    let _lock = folder.lock()?;
    let signals = StopSignals::new().map_err(AgentError::System)?;
    if !address.ip().is_loopback() {
        return Err(ListenError::NotLoopback(address).into());
    }
    // The file is removed at the end, unless there was none: kill -9, a power cut.
    let predecessor = folder.path(LISTEN_FILE).exists();
    let socket = bind_after(address, predecessor).await.map_err(explain)?;
    let bound = socket.local_addr().map_err(AgentError::System)?;
    folder.write(LISTEN_FILE, &format!("http://{bound}\n"))?;
    tracing::info!(door = %bound, "watchers connect here");
    let plan = Launch {
        program: std::env::current_exe().map_err(AgentError::System)?,
        arguments: std::env::args_os().skip(1).collect(),
        environment: Vec::new(),
        sockets: vec![NamedSocket { name: SOCKET.to_owned(), socket }],
        policy: RestartPolicy::default(),
    };
    let ended = launch(plan, signals).await;
    folder.remove(LISTEN_FILE)?;
    Ok(ended?)
}

/// Says what to do about whoever has the port; ActivityWatch and the agent can share a computer.
fn explain(error: ListenError) -> AgentError {
    let ListenError::Taken { address, holder } = error else { return error.into() };
    let port = address.port();
    if ["aw-", "aw_"].iter().any(|prefix| holder.starts_with(prefix)) {
        AgentError::ActivityWatchRuns { port, holder }
    } else {
        AgentError::DoorTaken { port, holder }
    }
}

/// The child: records and sends until it is told to stop.
async fn work(folder: &Folder, mut inherited: Inherited) -> Result<(), AgentError> {
    // An erasure whose last step broke off: the files go, and there is nothing to run with.
    if Erased::finish(folder)? {
        return Ok(());
    }
    let socket = inherited.socket(SOCKET).ok_or(AgentError::NoSocket)?;
    let gone = inherited.link.when_launcher_is_gone().map_err(AgentError::System)?;
    // From here on a signal ends this process in order, however early it comes.
    let mut signals = StopSignals::new().map_err(AgentError::System)?;
    let agent = Agent::start(folder, socket).await?;
    inherited.link.tell_ready().map_err(AgentError::System)?;
    agent
        .run(async move {
            tokio::select! {
                () = gone => {}
                () = signals.next() => {}
            }
        })
        .await
}

/// Everything that works together in one agent.
pub(super) struct Agent {
    folder: Folder,
    book: ActivityBook,
    sync: Sync,
    contact: tokio::sync::watch::Receiver<super::sync::Contact>,
    entrance: Entrance,
    recorder: tokio::sync::watch::Receiver<recorder::Standing>,
    /// Ends the recorder.
    stop: Arc<AtomicBool>,
}

impl Agent {
    /// Opens the book and the door on a bound socket; nothing is answered before [`Agent::run`].
    pub(super) async fn start(folder: &Folder, socket: TcpListener) -> Result<Self, AgentError> {
        let identity = Identity::read(folder)?.ok_or(AgentError::NotEnrolled)?;
        let settings = Settings::read(folder)?;
        let recorded = (read_policy(folder)?, settings.share_titles);
        let book = open(folder, &identity, recorded).await?;
        let stop = Arc::new(AtomicBool::new(false));
        let idle_after = Duration::from_secs(settings.idle_seconds.0);
        let recorder = recorder::start(folder, book.clone(), idle_after, Arc::clone(&stop))?;
        let (sync, contact) = Sync::new(folder.clone(), identity, book.clone())?;
        let listener = Listener::plain_loopback(socket)?;
        let entrance = Entrance { listener, router: door(book.clone(), folder)? };
        let folder = folder.clone();
        Ok(Self { folder, book, sync, contact, entrance, recorder, stop })
    }

    /// Records and sends until `stop`, then lets requests under way finish and queues what was held back.
    pub(super) async fn run(self, stop: impl Future<Output = ()>) -> Result<(), AgentError> {
        let Self { folder, book, sync, contact, entrance, recorder, stop: halt } = self;
        let status = tokio::spawn(status::keep(
            folder.clone(),
            book.clone(),
            contact.clone(),
            recorder.clone(),
        ));
        let icon = tokio::spawn(icon::keep(folder.clone(), book.clone()));
        let sending = tokio::spawn(sync.run());
        let releasing = tokio::spawn(release(book.clone()));
        let tidying = tokio::spawn(tidy(book.clone()));
        let failed = std::cell::Cell::new(None);
        let stop = async {
            tokio::select! {
                () = stop => {}
                sentence = book.failed() => failed.set(Some(sentence)),
                () = erased(contact.clone()) => {}
            }
        };
        let limits = Limits { drain: DRAIN, ..Limits::default() };
        let drained = serve(vec![entrance], limits, Arc::new(Traffic::default()), stop).await;
        if drained.cut_off > 0 {
            tracing::warn!(connections = drained.cut_off, "connections were cut off at the end");
        }
        halt.store(true, Ordering::Relaxed);
        for task in [sending, releasing, tidying, status, icon] {
            // Cut off wherever they are: every step of theirs is one transaction.
            task.abort();
        }
        if let Some(sentence) = failed.into_inner() {
            return Err(AgentError::BookFailed(sentence));
        }
        book.release(true, clock::now())
            .await
            .map_err(|_| AgentError::BookFailed("it ended early".to_owned()))?;
        let last = contact.borrow().clone();
        status::write_last(&folder, &book, &last, &recorder.borrow().clone()).await;
        // The book goes with its file; its thread ends with the last handle.
        drop(book);
        if Erased::finish(&folder)? {
            tracing::warn!(
                "everything recorded here was erased by the office's order; the agent ends"
            );
        }
        Ok(())
    }
}

/// Ready once everything recorded here is gone.
async fn erased(mut contact: tokio::sync::watch::Receiver<super::sync::Contact>) {
    let gone = contact.wait_for(|contact| contact.standing == Dealings::Erased).await.is_ok();
    if !gone {
        // Nobody deals with the office any more: the book says why.
        std::future::pending::<()>().await;
    }
}

pub(super) async fn open(
    folder: &Folder,
    identity: &Identity,
    recorded: (crate::domain::policy::ActivityPolicy, bool),
) -> Result<ActivityBook, AgentError> {
    let started = tokio::time::Instant::now();
    loop {
        let (folder, identity) = (folder.clone(), identity.clone());
        let opened = tokio::task::spawn_blocking(move || {
            ActivityBook::open(&folder, &identity, recorded, clock::now())
        });
        match opened.await.map_err(|error| AgentError::System(error.into()))? {
            Err(AgentError::Open(OpenError::InUse(_))) if started.elapsed() < OPEN_PATIENCE => {
                tokio::time::sleep(OPEN_PAUSE).await;
            }
            other => return other,
        }
    }
}

async fn release(book: ActivityBook) {
    loop {
        tokio::time::sleep(RELEASE_EVERY).await;
        if book.release(false, clock::now()).await.is_err() {
            return;
        }
    }
}

/// What is over goes to where it takes less space, while nobody waits for it.
async fn tidy(book: ActivityBook) {
    loop {
        tokio::time::sleep(TIDY_EVERY).await;
        if let Err(error) = book.tidy(clock::now()).await {
            tracing::warn!(%error, "older activity could not be packed; it is tried again");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_port_says_what_to_do() {
        let taken = |holder: &str| {
            let (address, holder) = (DOOR.parse().unwrap(), holder.to_owned());
            explain(ListenError::Taken { address, holder }).to_string()
        };
        assert!(taken("aw-server (pid 7)").contains("quit ActivityWatch, start this agent"));
        assert!(taken("nginx (pid 7)").contains("used by nginx (pid 7). Stop it"));
    }
}

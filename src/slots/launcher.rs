//! The thin launcher: owns the listening sockets, keeps one working child on them, and does nothing else.
//!
//! While a child is gone (killed, crashed, replaced by an update) callers wait in the sockets' queues instead of being
//! refused, and the next child answers them. The launcher never reads a byte of what they send.
//!
//! Parent and child share a *link*: the child says on it once that it is ready, and its end tells the child that the
//! launcher wants it to stop, or is gone; so no child survives its launcher, not even one that was killed. A child that lives says so
//! every few seconds; one that stops saying so hangs, is killed, and another one takes its place. Its words are passed on to the service
//! manager as well: it starts anew what hangs altogether.
//!
//! Exit codes of the child: 0, 2 (wrong usage), 3 (refused) and 4 (unreachable) are final, and so is 1 (failed) before
//! it was ready: a start that failed for a reason would fail again. Everything else is a crash and leads to a restart;
//! [`RESTART_CODE`] asks for one.

mod manager;
mod policy;
#[cfg(all(test, unix))]
mod tests;

#[cfg(unix)]
mod unix;
#[cfg(unix)]
use unix as platform;
#[cfg(not(unix))]
mod other;
#[cfg(not(unix))]
use other as platform;

use std::ffi::OsString;
use std::io;
use std::net::TcpListener;
use std::path::PathBuf;
use std::time::Duration;

use tokio::process::Child;
use tokio::time::Instant;

pub use platform::{Link, StopSignals};
use policy::{Ended, Next, Streak};
pub use policy::{RESTART_CODE, RestartPolicy};

/// A listening socket with the name by which the child asks for it.
#[derive(Debug)]
pub struct NamedSocket {
    /// 1 to 32 lower-case letters, digits and hyphens.
    pub name: String,
    /// Bound and listening.
    pub socket: TcpListener,
}

/// What to keep running.
#[derive(Debug)]
pub struct Launch {
    /// The executable; usually [`std::env::current_exe`].
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<OsString>,
    /// Added to the launcher's own environment.
    pub environment: Vec<(OsString, OsString)>,
    /// The sockets it works on.
    pub sockets: Vec<NamedSocket>,
    /// When and how fast to start it again.
    pub policy: RestartPolicy,
}

/// What a child got from its launcher.
#[derive(Debug)]
pub struct Inherited {
    sockets: Vec<NamedSocket>,
    /// The way to say "ready" and to hear that it is time to stop.
    pub link: Link,
}

/// Why there is nothing running any more.
#[derive(Debug, thiserror::Error)]
pub enum LauncherError {
    /// The child could not be started at all.
    #[error("{} cannot be started: {source}. Check that the file is there and may be executed.", program.display())]
    CannotStart {
        /// What was to be started.
        program: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// It keeps dying before it is ready.
    #[error(
        "Timebook died {times} times in a row while starting (last: {last}). Its log says why; run: timebook doctor"
    )]
    KeepsDying {
        /// How often.
        times: u32,
        /// How it ended the last time.
        last: String,
    },
    /// The launcher cannot do its own work.
    #[error("The launcher cannot go on: {0}.")]
    System(#[from] io::Error),
    /// A socket's name is malformed, or what the launcher handed over does not fit together.
    #[error(
        "The sockets handed from the launcher to its child are wrong ({0}). Start Timebook through its own command."
    )]
    Sockets(String),
}

impl Inherited {
    /// What this process was given, or `None` when it was not started by a launcher. Call it once, first thing in
    /// `main` while there is one thread: it takes the sockets out of the environment.
    ///
    /// # Errors
    /// When a launcher started us, but what it handed over is not what it announced.
    pub fn take() -> Result<Option<Self>, LauncherError> {
        platform::inherited()
    }

    /// Takes the socket with this name; `None` when it was not handed over or already taken.
    pub fn socket(&mut self, name: &str) -> Option<TcpListener> {
        let at = self.sockets.iter().position(|named| named.name == name)?;
        Some(self.sockets.swap_remove(at).socket)
    }
}

/// Keeps the child running until it ends for good, or this process is told to stop (SIGTERM, SIGINT; Ctrl-C on
/// Windows). Returns the exit code to end with. Needs a tokio runtime with signals; one thread is enough.
///
/// Whoever calls it listens to `signals` before telling anybody that it is there: a wish to stop counts from then on.
///
/// # Errors
/// When the child cannot be started, or keeps dying before it is ready.
pub async fn launch(plan: Launch, mut signals: StopSignals) -> Result<i32, LauncherError> {
    let mut heard = None;
    let stop = async move || loop {
        signals.next().await;
        if !is_echo(&mut heard, Instant::now()) {
            return;
        }
    };
    launch_until(plan, stop).await
}

/// Does this signal say again what was just said? `timeout`, a shell and `sudo` signal the process and its whole group: two signals
/// for one wish, and only a second wish cuts short what is being finished.
fn is_echo(heard: &mut Option<Instant>, now: Instant) -> bool {
    match *heard {
        Some(first) if now.duration_since(first) < ONE_WISH => true,
        _ => {
            *heard = Some(now);
            false
        }
    }
}

/// As [`launch`], with the caller's own stop signal: `stop` is awaited once for "stop", and again for "stop at once".
///
/// # Errors
/// As [`launch`].
pub async fn launch_until(plan: Launch, mut stop: impl AsyncFnMut()) -> Result<i32, LauncherError> {
    check_names(&plan.sockets)?;
    let nest = platform::Nest::new(plan.sockets)?;
    let mut streak = Streak::default();
    loop {
        let started = nest.start(&plan.program, &plan.arguments, &plan.environment);
        let (child, control) = started.map_err(|source| LauncherError::CannotStart {
            program: plan.program.clone(),
            source,
        })?;
        let mut worker = Worker { child, control, ready_since: None };
        let ended = tokio::select! {
            biased;
            () = stop() => {
                manager::stopping();
                return worker.end(&plan.policy, stop).await;
            }
            ended = worker.watch(plan.policy.silence) => ended?,
        };
        let how = ended.how.clone();
        match plan.policy.next(&mut streak, &ended) {
            Next::Exit(code) => return Ok(code),
            Next::GiveUp { times } => return Err(LauncherError::KeepsDying { times, last: how }),
            Next::Restart { pause } => {
                tracing::warn!(%how, pause_ms = pause.as_millis(), "the working process ended; starting it again");
                tokio::select! {
                    biased;
                    () = stop() => return Ok(0),
                    () = tokio::time::sleep(pause) => {}
                }
            }
        }
    }
}

/// What a child says on the link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Word {
    /// It serves.
    Ready,
    /// It lives.
    Alive,
}

/// The child that is running now.
struct Worker {
    child: Child,
    control: platform::Control,
    ready_since: Option<Instant>,
}

impl Worker {
    /// Waits for its end, noting when it becomes ready, and passing on that it lives; one that hangs is killed.
    async fn watch(&mut self, silence: Duration) -> io::Result<Ended> {
        let (mut hangs_at, mut hung) = (None, false);
        let status = loop {
            tokio::select! {
                biased;
                word = self.control.word() => match word {
                    Word::Ready => {
                        self.ready_since = self.ready_since.or_else(|| Some(Instant::now()));
                        manager::ready();
                    }
                    Word::Alive => {
                        hangs_at = Some(Instant::now() + silence);
                        manager::alive();
                    }
                },
                status = self.child.wait() => break status?,
                () = reached(hangs_at) => {
                    (hangs_at, hung) = (None, true);
                    self.child.start_kill()?;
                }
            }
        };
        let ready_for = self.ready_since.map(|since| since.elapsed());
        let how = if hung { "it hung and was killed".to_owned() } else { status.to_string() };
        Ok(Ended { code: status.code(), ready_for, how })
    }

    /// Tells it to stop, waits, and kills it at the deadline or when told to stop a second time.
    async fn end(
        self,
        policy: &RestartPolicy,
        mut stop: impl AsyncFnMut(),
    ) -> Result<i32, LauncherError> {
        let Self { mut child, control, .. } = self;
        drop(control);
        let ended = tokio::select! {
            status = child.wait() => Some(status?),
            () = tokio::time::sleep(policy.drain) => None,
            () = stop() => None,
        };
        if let Some(status) = ended {
            return Ok(status.code().unwrap_or(FAILED));
        }
        tracing::warn!("the working process did not stop in time and was killed");
        child.kill().await?;
        Ok(FAILED)
    }
}

/// Waits until then; for ever without a moment.
async fn reached(moment: Option<Instant>) {
    match moment {
        Some(moment) => tokio::time::sleep_until(moment).await,
        None => std::future::pending().await,
    }
}

fn check_names(sockets: &[NamedSocket]) -> Result<(), LauncherError> {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    for (at, NamedSocket { name, .. }) in sockets.iter().enumerate() {
        if !(1..=32).contains(&name.len()) || !name.bytes().all(plain) {
            return Err(LauncherError::Sockets(format!("\"{name}\" is no name for a socket")));
        }
        if sockets[..at].iter().any(|other| other.name == *name) {
            return Err(LauncherError::Sockets(format!("two sockets are named \"{name}\"")));
        }
    }
    Ok(())
}

/// A child says this often that it lives; the units' `WatchdogSec` is several times as long.
const ALIVE_EVERY: Duration = Duration::from_secs(5);

/// A living child says so three times within it; less than the units' `WatchdogSec`, so that the doors stay open.
const DEFAULT_SILENCE: Duration = Duration::from_secs(20);

/// Signals this close together are one wish.
const ONE_WISH: Duration = Duration::from_millis(500);

/// Exit code when the child did not leave one.
const FAILED: i32 = 1;

/// How the child learns the names of its sockets, in their order.
const SOCKETS_VARIABLE: &str = "TIMEBOOK_FDS";

/// Longest wait for a child that ends anyway; see [`RestartPolicy::drain`].
const DEFAULT_DRAIN: Duration = Duration::from_secs(30);

//! The launcher on systems that do not hand sockets to children here (Windows): the child binds the same addresses
//! itself, so a connection made while it restarts is refused. Keeping the sockets across restarts there comes later.
//!
//! The link is the child's standard input: its end means "stop". The child's "ready" is not heard; one that has run for
//! [`ASSUMED_READY`] counts as ready.

use std::ffi::OsString;
use std::io::{self, Read};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::process::{Child, ChildStdin, Command};
use tokio::signal::windows::{
    CtrlBreak, CtrlC, CtrlClose, CtrlShutdown, ctrl_break, ctrl_c, ctrl_close, ctrl_shutdown,
};
use tokio::sync::watch;

use crate::slots::windows;

use super::{Inherited, LauncherError, NamedSocket, SOCKETS_VARIABLE, Word};

/// The addresses, and what every child is told about them.
pub(super) struct Nest {
    announced: String,
}

impl Nest {
    pub(super) fn new(sockets: Vec<NamedSocket>) -> Result<Self, LauncherError> {
        let mut announced = Vec::new();
        for NamedSocket { name, socket } in &sockets {
            announced.push(format!("{name}={}", socket.local_addr()?));
        }
        // The sockets close here: the child opens the same addresses.
        Ok(Self { announced: announced.join(",") })
    }

    pub(super) fn start(
        &self,
        program: &Path,
        arguments: &[OsString],
        environment: &[(OsString, OsString)],
    ) -> io::Result<(Child, Control)> {
        let mut command = Command::new(program);
        command.args(arguments).envs(environment.iter().map(|(name, value)| (name, value)));
        command
            .env(SOCKETS_VARIABLE, &self.announced)
            .env(LAUNCHED_VARIABLE, "1")
            .stdin(Stdio::piped());
        let mut child = command.spawn()?;
        let link = child.stdin.take();
        Ok((child, Control { _link: link, counted_ready: false }))
    }
}

/// The launcher's end of the link; dropping it tells the child to stop.
pub(super) struct Control {
    _link: Option<ChildStdin>,
    counted_ready: bool,
}

impl Control {
    /// Waits until the child has run long enough to count as ready; then for ever: nothing else is heard here.
    pub(super) async fn word(&mut self) -> Word {
        if self.counted_ready {
            std::future::pending::<()>().await;
        }
        tokio::time::sleep(ASSUMED_READY).await;
        self.counted_ready = true;
        Word::Ready
    }
}

/// The child's end of the link to its launcher: its standard input.
#[derive(Debug)]
pub struct Link(());

impl Link {
    /// Not heard on this system.
    ///
    /// # Errors
    /// Never.
    pub fn tell_ready(&self) -> io::Result<()> {
        Ok(())
    }

    /// Not heard on this system.
    ///
    /// # Errors
    /// Never.
    pub fn keep_telling(&self) -> io::Result<()> {
        Ok(())
    }

    /// A future that is ready when the launcher wants this child to stop, or is gone. Reads standard input to its end.
    ///
    /// # Errors
    /// When no thread can be started.
    pub fn when_launcher_is_gone(&self) -> io::Result<impl Future<Output = ()> + Send + 'static> {
        let (gone, hears) = tokio::sync::oneshot::channel();
        // A thread of its own: a blocked read of the runtime's would keep it from ending.
        std::thread::Builder::new().name("launcher-link".to_owned()).spawn(move || {
            let mut nothing = [0; 16];
            while matches!(io::stdin().read(&mut nothing), Ok(1..)) {}
            drop::<tokio::sync::oneshot::Sender<()>>(gone);
        })?;
        Ok(async move {
            // The sender is only ever dropped: either way the launcher is gone.
            drop(hears.await);
        })
    }
}

pub(super) fn inherited() -> Result<Option<Inherited>, LauncherError> {
    let (Ok(announced), Ok(_)) =
        (std::env::var(SOCKETS_VARIABLE), std::env::var(LAUNCHED_VARIABLE))
    else {
        return Ok(None);
    };
    let mut sockets = Vec::new();
    for pair in announced.split(',').filter(|pair| !pair.is_empty()) {
        let parsed = pair
            .split_once('=')
            .and_then(|(name, address)| Some((name, address.parse::<SocketAddr>().ok()?)));
        let (name, address) = parsed.ok_or_else(|| LauncherError::Sockets(pair.to_owned()))?;
        sockets.push(NamedSocket { name: name.to_owned(), socket: TcpListener::bind(address)? });
    }
    Ok(Some(Inherited { sockets, link: Link(()) }))
}

/// What asks this process to stop: SIGTERM and SIGINT, or here Ctrl-C, Ctrl-Break, a console that is closed, a computer that is shut down, the
/// service manager.
pub struct StopSignals {
    interrupt: CtrlC,
    stop: CtrlBreak,
    close: CtrlClose,
    shutdown: CtrlShutdown,
    /// The service manager's wish, where it started this process.
    service: Option<watch::Receiver<bool>>,
}

impl StopSignals {
    /// Listens from now on. Needs a tokio runtime.
    ///
    /// # Errors
    /// When the system does not let us listen.
    pub fn new() -> io::Result<Self> {
        Ok(Self {
            interrupt: ctrl_c()?,
            stop: ctrl_break()?,
            close: ctrl_close()?,
            shutdown: ctrl_shutdown()?,
            service: windows::asked_to_stop(),
        })
    }

    /// The next time somebody asks.
    pub async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => (),
            _ = self.stop.recv() => (),
            _ = self.close.recv() => (),
            _ = self.shutdown.recv() => (),
            () = asked(&mut self.service) => (),
        }
    }
}

/// Waits for the next wish of the service manager; for ever where there is none.
async fn asked(service: &mut Option<watch::Receiver<bool>>) {
    if let Some(asked) = service
        && asked.changed().await.is_ok()
    {
        return;
    }
    std::future::pending().await
}

/// Says that a launcher, and not a child's own child, set the names.
const LAUNCHED_VARIABLE: &str = "TIMEBOOK_LAUNCHED";

/// How long a child must have run to count as ready.
const ASSUMED_READY: Duration = Duration::from_secs(5);

//! The launcher on Unix: sockets and link are handed over as open files, numbered from 3 (the convention of
//! `LISTEN_FDS`), so the kernel keeps the queues whoever lives.

use std::ffi::OsString;
use std::io::{self, Write};
use std::net::TcpListener;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Command, Stdio};

use command_fds::{CommandFdExt, FdMapping};
use listenfd::ListenFd;
use rustix::net::{AddressFamily, SocketType};
use tokio::process::Child;
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::{ALIVE_EVERY, Inherited, LauncherError, NamedSocket, SOCKETS_VARIABLE, Word};

/// The sockets, and what every child is told about them.
pub(super) struct Nest {
    sockets: Vec<NamedSocket>,
    names: String,
}

impl Nest {
    pub(super) fn new(sockets: Vec<NamedSocket>) -> Result<Self, LauncherError> {
        let names: Vec<&str> = sockets.iter().map(|named| named.name.as_str()).collect();
        let names = names.join(",");
        Ok(Self { sockets, names })
    }

    pub(super) fn start(
        &self,
        program: &Path,
        arguments: &[OsString],
        environment: &[(OsString, OsString)],
    ) -> io::Result<(Child, Control)> {
        let (ours, theirs) = UnixStream::pair()?;
        let mut handed: Vec<OwnedFd> = Vec::new();
        for named in &self.sockets {
            handed.push(named.socket.try_clone()?.into());
        }
        handed.push(theirs.into());
        let count = handed.len();
        let mappings = handed
            .into_iter()
            .zip(FIRST_FD..)
            .map(|(parent_fd, child_fd)| FdMapping { parent_fd, child_fd });
        let mut command = Command::new(program);
        command
            .args(arguments)
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .env(SOCKETS_VARIABLE, &self.names)
            .env("LISTEN_FDS", count.to_string())
            .env_remove("LISTEN_PID")
            .env_remove("LISTEN_FDS_FIRST_FD")
            .stdin(Stdio::null())
            .fd_mappings(mappings.collect())
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
        let mut command = tokio::process::Command::from(command);
        let child = command.spawn()?;
        ours.set_nonblocking(true)?;
        Ok((child, Control { link: tokio::net::UnixStream::from_std(ours)? }))
    }
}

/// The launcher's end of the link; dropping it tells the child to stop.
pub(super) struct Control {
    link: tokio::net::UnixStream,
}

impl Control {
    /// Waits for the child's next word. One that closed its end says nothing any more: waits for ever.
    pub(super) async fn word(&mut self) -> Word {
        let mut word = [0; 1];
        loop {
            match self.link.try_read(&mut word) {
                Ok(1) if word == READY => return Word::Ready,
                Ok(1) if word == ALIVE => return Word::Alive,
                Ok(0) => std::future::pending().await,
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    if self.link.readable().await.is_err() {
                        std::future::pending().await
                    }
                }
                Err(_) => std::future::pending().await,
            }
        }
    }
}

/// The child's end of the link to its launcher.
#[derive(Debug)]
pub struct Link {
    stream: UnixStream,
}

impl Link {
    /// Tells the launcher that this child serves: from now on its death is a crash, not a failed start. A launcher that hears no more
    /// wants it to stop, or is gone: [`Self::when_launcher_is_gone`] says that.
    ///
    /// # Errors
    /// What the system says.
    pub fn tell_ready(&self) -> io::Result<()> {
        say(&self.stream, READY)
    }

    /// Tells the launcher from now on that this child lives, as long as its runtime does. Needs a tokio runtime.
    ///
    /// # Errors
    /// What the system says.
    pub fn keep_telling(&self) -> io::Result<()> {
        let stream = self.stream.try_clone()?;
        // At once: from the first word on the launcher notices when none comes.
        say(&stream, ALIVE)?;
        tokio::spawn(async move {
            let mut turn = tokio::time::interval(ALIVE_EVERY);
            loop {
                turn.tick().await;
                // A launcher that does not read for long finds enough words waiting.
                if say(&stream, ALIVE).is_err_and(|e| e.kind() != io::ErrorKind::WouldBlock) {
                    return;
                }
            }
        });
        Ok(())
    }

    /// A future that is ready when the launcher wants this child to stop, or is gone. Needs a tokio runtime.
    ///
    /// # Errors
    /// When the system does not let the runtime have the link.
    pub fn when_launcher_is_gone(&self) -> io::Result<impl Future<Output = ()> + Send + 'static> {
        let stream = self.stream.try_clone()?;
        stream.set_nonblocking(true)?;
        let stream = tokio::net::UnixStream::from_std(stream)?;
        Ok(async move {
            let mut nothing = [0; 16];
            // Any error on this socket pair means the same as its end.
            while stream.readable().await.is_ok() {
                match stream.try_read(&mut nothing) {
                    Ok(0) => return,
                    Err(error) if error.kind() != io::ErrorKind::WouldBlock => return,
                    _ => {}
                }
            }
        })
    }
}

/// A launcher that is gone hears nothing, which is no error.
fn say(mut stream: &UnixStream, word: [u8; 1]) -> io::Result<()> {
    match stream.write_all(&word) {
        Err(error) if is_gone(error.kind()) => Ok(()),
        told => told,
    }
}

/// Has the other end been closed?
fn is_gone(kind: io::ErrorKind) -> bool {
    matches!(kind, io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionReset)
}

pub(super) fn inherited() -> Result<Option<Inherited>, LauncherError> {
    let Ok(names) = std::env::var(SOCKETS_VARIABLE) else { return Ok(None) };
    let mut files = ListenFd::from_env();
    if files.len() == 0 {
        // Started by a launcher's child: the names came down, the sockets did not.
        return Ok(None);
    }
    let wrong = |error: io::Error| LauncherError::Sockets(error.to_string());
    let missing = |name: &str| LauncherError::Sockets(format!("{name} is missing"));
    let mut sockets = Vec::new();
    let names = names.split(',').filter(|name| !name.is_empty());
    for (at, name) in names.enumerate() {
        let socket: Option<TcpListener> = files.take_tcp_listener(at).map_err(wrong)?;
        sockets.push(NamedSocket {
            name: name.to_owned(),
            socket: socket.ok_or_else(|| missing(name))?,
        });
    }
    let family = i32::from(AddressFamily::UNIX.as_raw());
    let kind = i32::try_from(SocketType::STREAM.as_raw()).map_err(|_| missing("the link"))?;
    let link: Option<UnixStream> =
        files.take_custom(sockets.len(), family, kind, "link").map_err(wrong)?;
    let link = Link { stream: link.ok_or_else(|| missing("the link"))? };
    Ok(Some(Inherited { sockets, link }))
}

/// What asks this process to stop: SIGTERM and SIGINT, or Ctrl-C.
pub struct StopSignals {
    terminate: Signal,
    interrupt: Signal,
}

impl StopSignals {
    /// Listens from now on; the system no longer ends this process by itself. Needs a tokio runtime.
    ///
    /// # Errors
    /// When the system does not let us listen.
    pub fn new() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    /// The next time somebody asks.
    pub async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// The first number after standard input, output and error.
const FIRST_FD: i32 = 3;

/// The child's word for "ready".
const READY: [u8; 1] = *b"r";
/// And for "alive".
const ALIVE: [u8; 1] = *b"a";

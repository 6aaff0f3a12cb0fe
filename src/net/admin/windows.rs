//! The admin channel on Windows: a named pipe of this computer only. The file where a socket is elsewhere holds its name, another one at
//! each start, so that nobody can wait there before the server does.
//!
//! The system lets the user who made a pipe, the system itself and the computer's administrators write to it; whoever may only read can
//! send no request, and hears nothing.

use std::io;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use ring::rand::{SecureRandom, SystemRandom};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::windows::named_pipe::{
    ClientOptions, NamedPipeClient, NamedPipeServer, ServerOptions,
};
use tokio::sync::Mutex;

use super::AdminError;
use crate::net::os_user;
use crate::net::peer::OsUser;

/// The listening admin pipe. The file with its name is removed on drop.
pub struct AdminListener {
    /// The end that the next caller finds.
    next: Mutex<NamedPipeServer>,
    name: String,
    path: PathBuf,
}

impl AdminListener {
    /// Opens a pipe and writes its name to `path`, whose directory must exist. A file left by a server that died is replaced; one whose
    /// server answers is not. Needs a tokio runtime.
    ///
    /// # Errors
    /// When another server answers there, or the system refuses.
    pub fn bind(path: &Path) -> Result<Self, AdminError> {
        let failed = |source| AdminError::Failed { path: path.to_owned(), source };
        if named_in(path).is_ok_and(|name| ClientOptions::new().open(name).is_ok()) {
            return Err(AdminError::AlreadyServed);
        }
        let mut chance = [0; 16];
        SystemRandom::new()
            .fill(&mut chance)
            .map_err(|_| failed(io::Error::other("the system hands out no randomness")))?;
        let name = format!(r"\\.\pipe\timebook-{}", data_encoding::HEXLOWER.encode(&chance));
        let next = ServerOptions::new().first_pipe_instance(true).create(&name).map_err(failed)?;
        let directory = path.parent().unwrap_or(Path::new("."));
        let mut file = tempfile::NamedTempFile::new_in(directory).map_err(failed)?;
        io::Write::write_all(&mut file, name.as_bytes()).map_err(failed)?;
        file.persist(path).map_err(|error| failed(error.error))?;
        Ok(Self { next: Mutex::new(next), name, path: path.to_owned() })
    }

    pub(in crate::net) async fn accept(&self) -> io::Result<AdminStream> {
        let mut next = self.next.lock().await;
        next.connect().await?;
        // Before this caller is served: another one finds an end, too.
        let another = ServerOptions::new().create(&self.name)?;
        Ok(AdminStream::Accepted(std::mem::replace(&mut next, another)))
    }
}

impl Drop for AdminListener {
    fn drop(&mut self) {
        // A file left behind does no harm: nobody answers at that name, and the next start replaces it.
        if let Err(error) = std::fs::remove_file(&self.path) {
            tracing::debug!(%error, path = %self.path.display(), "the file with the admin pipe's name could not be removed");
        }
    }
}

/// One connection of the admin pipe.
pub(in crate::net) enum AdminStream {
    /// The server's end.
    Accepted(NamedPipeServer),
    /// The caller's end.
    Called(NamedPipeClient),
}

impl AdminStream {
    pub(super) async fn connect(path: &Path) -> Result<Self, AdminError> {
        let failed = |source: io::Error| match source.kind() {
            io::ErrorKind::NotFound => AdminError::NotRunning(path.to_owned()),
            io::ErrorKind::PermissionDenied => AdminError::NotAllowed(path.to_owned()),
            _ => AdminError::Failed { path: path.to_owned(), source },
        };
        let name = named_in(path).map_err(failed)?;
        let mut tries = TRIES;
        loop {
            match ClientOptions::new().open(&name) {
                // Between one caller and the next there is no free end for a moment.
                Err(error) if error.raw_os_error() == Some(ALL_ENDS_BUSY) && tries > 0 => {
                    tries -= 1;
                    tokio::time::sleep(TRY_AGAIN).await;
                }
                other => return other.map(Self::Called).map_err(failed),
            }
        }
    }

    /// Who is at the other end. The system let in the user the server runs as, or an administrator of this computer, and does not say which.
    pub(in crate::net) fn user(&self) -> io::Result<OsUser> {
        os_user::own().ok_or_else(|| io::Error::other("the system does not say whose this is"))
    }
}

/// The pipe's name; never another file's: what is in it is opened for writing.
fn named_in(path: &Path) -> io::Result<String> {
    let name = std::fs::read_to_string(path)?;
    let chance = name.strip_prefix(r"\\.\pipe\timebook-");
    match chance.is_some_and(|chance| chance.bytes().all(|byte| byte.is_ascii_hexdigit())) {
        true => Ok(name),
        false => Err(io::ErrorKind::NotFound.into()),
    }
}

/// The system's number for a pipe without a free end.
const ALL_ENDS_BUSY: i32 = 231;
const TRIES: u32 = 200;
const TRY_AGAIN: Duration = Duration::from_millis(10);

impl AsyncRead for AdminStream {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Accepted(pipe) => Pin::new(pipe).poll_read(context, buffer),
            Self::Called(pipe) => Pin::new(pipe).poll_read(context, buffer),
        }
    }
}

impl AsyncWrite for AdminStream {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Accepted(pipe) => Pin::new(pipe).poll_write(context, bytes),
            Self::Called(pipe) => Pin::new(pipe).poll_write(context, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Accepted(pipe) => Pin::new(pipe).poll_flush(context),
            Self::Called(pipe) => Pin::new(pipe).poll_flush(context),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Accepted(pipe) => Pin::new(pipe).poll_shutdown(context),
            Self::Called(pipe) => Pin::new(pipe).poll_shutdown(context),
        }
    }
}

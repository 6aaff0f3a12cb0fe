//! The admin socket on Unix: a socket file that only its owner may open.

use std::io;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{UnixListener, UnixStream};

use super::AdminError;
use crate::net::os_user;
use crate::net::peer::OsUser;

/// The listening admin socket. Its file is removed on drop.
pub struct AdminListener {
    socket: UnixListener,
    path: PathBuf,
}

impl AdminListener {
    /// Opens the socket at `path`, whose directory must exist. A file left by a server that died is replaced; one that
    /// answers is not. Needs a tokio runtime.
    ///
    /// # Errors
    /// When another server answers there, or the system refuses.
    pub fn bind(path: &Path) -> Result<Self, AdminError> {
        let failed = |source| AdminError::Failed { path: path.to_owned(), source };
        if path.as_os_str().len() > MAX_PATH_BYTES {
            return Err(AdminError::PathTooLong(path.to_owned()));
        }
        match std::os::unix::net::UnixStream::connect(path) {
            Ok(_) => return Err(AdminError::AlreadyServed),
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused
                ) => {}
            Err(error) => return Err(failed(error)),
        }
        // Made inside a directory of our own and moved out: at no moment could another user open it.
        let folder = path.with_extension("new");
        match std::fs::remove_dir_all(&folder) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
            _ => {}
        }
        std::fs::DirBuilder::new().mode(0o700).create(&folder).map_err(failed)?;
        let inside = folder.join("s");
        let socket = UnixListener::bind(&inside).map_err(failed)?;
        std::fs::set_permissions(&inside, std::fs::Permissions::from_mode(0o600))
            .map_err(failed)?;
        std::fs::rename(&inside, path).map_err(failed)?;
        std::fs::remove_dir(&folder).map_err(failed)?;
        Ok(Self { socket, path: path.to_owned() })
    }

    pub(in crate::net) async fn accept(&self) -> io::Result<AdminStream> {
        Ok(AdminStream(self.socket.accept().await?.0))
    }
}

impl Drop for AdminListener {
    fn drop(&mut self) {
        // A file left behind does no harm: nobody answers on it, and the next start replaces it.
        if let Err(error) = std::fs::remove_file(&self.path) {
            tracing::debug!(%error, path = %self.path.display(), "the admin socket's file could not be removed");
        }
    }
}

/// One connection of the admin socket.
pub(in crate::net) struct AdminStream(UnixStream);

impl AdminStream {
    pub(super) async fn connect(path: &Path) -> Result<Self, AdminError> {
        UnixStream::connect(path).await.map(Self).map_err(|source| match source.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused => {
                AdminError::NotRunning(path.to_owned())
            }
            io::ErrorKind::PermissionDenied => AdminError::NotAllowed(path.to_owned()),
            io::ErrorKind::InvalidInput => AdminError::PathTooLong(path.to_owned()),
            _ => AdminError::Failed { path: path.to_owned(), source },
        })
    }

    /// Who is at the other end, from the kernel. Only the server's own user and root are let in, whatever the file says.
    pub(in crate::net) fn user(&self) -> io::Result<OsUser> {
        let user = os_user::by_uid(self.0.peer_cred()?.uid());
        if user.is_own || user.uid == 0 {
            Ok(user)
        } else {
            Err(io::Error::new(
                io::ErrorKind::PermissionDenied,
                format!("{} may not use the admin socket", user.name),
            ))
        }
    }
}

impl AsyncRead for AdminStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, buffer)
    }
}

impl AsyncWrite for AdminStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}

/// Longest path of a socket that every Unix takes, in bytes, less what the temporary name beside it adds.
const MAX_PATH_BYTES: usize = 100;

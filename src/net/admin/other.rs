//! Systems without Unix sockets in the standard library (Windows): no admin channel yet; every use says so plainly.
//! A named pipe takes this place later, behind the same names.

use std::io;
use std::path::Path;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::AdminError;
use crate::net::peer::OsUser;

/// Never exists here: [`Self::bind`] always refuses.
pub struct AdminListener(AdminStream);

impl AdminListener {
    /// Refuses.
    ///
    /// # Errors
    /// Always [`AdminError::NotOnThisSystem`].
    pub fn bind(_path: &Path) -> Result<Self, AdminError> {
        Err(AdminError::NotOnThisSystem)
    }

    pub(in crate::net) fn accept(&self) -> std::future::Ready<io::Result<AdminStream>> {
        match self.0 {}
    }
}

/// A connection that cannot exist.
pub(in crate::net) enum AdminStream {}

impl AdminStream {
    pub(super) fn connect(_path: &Path) -> std::future::Ready<Result<Self, AdminError>> {
        std::future::ready(Err(AdminError::NotOnThisSystem))
    }

    pub(in crate::net) fn user(&self) -> io::Result<OsUser> {
        match *self {}
    }
}

impl AsyncRead for AdminStream {
    fn poll_read(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        _: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match *self {}
    }
}

impl AsyncWrite for AdminStream {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, _: &[u8]) -> Poll<io::Result<usize>> {
        match *self {}
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        match *self {}
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        match *self {}
    }
}

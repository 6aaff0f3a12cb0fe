//! The first words on the TLS port: a handshake with the right certificate, or a redirect for plain HTTP.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use rustls::server::Acceptor;
use tokio::net::TcpStream;
use tokio_rustls::LazyConfigAcceptor;
use tokio_rustls::server::TlsStream;

use crate::net::connection::Version;
use crate::net::farewell::farewell;
use crate::net::peer::ClientCertificate;
use crate::net::redirect;
use crate::net::tls::{ALPN_H2, Certificates};

/// A connection whose handshake is complete.
pub(super) struct Secured {
    pub(super) stream: TlsStream<TcpStream>,
    pub(super) version: Version,
    pub(super) certificate: Option<Arc<ClientCertificate>>,
}

/// Greets a caller; `None` when it spoke plain HTTP and was redirected, or hung up. The caller bounds the time.
pub(super) async fn greet(
    socket: TcpStream,
    local: SocketAddr,
    certificates: &Certificates,
) -> io::Result<Option<Secured>> {
    let mut first = [0];
    if socket.peek(&mut first).await? == 0 {
        return Ok(None);
    }
    if first[0] != TLS_HANDSHAKE {
        redirect::answer(socket, local).await?;
        return Ok(None);
    }
    let start = LazyConfigAcceptor::new(Acceptor::default(), socket).await?;
    let config = certificates.choose(&start.client_hello());
    let stream = match start.into_stream(config).into_fallible().await {
        Ok(stream) => stream,
        Err((error, socket)) => {
            // The reason (an alert) is on its way; a reset would overtake it.
            farewell(socket).await;
            return Err(error);
        }
    };
    let (_, session) = stream.get_ref();
    let version =
        if session.alpn_protocol() == Some(ALPN_H2) { Version::Http2 } else { Version::Http1 };
    let certificate = match session.peer_certificates().and_then(<[_]>::first) {
        Some(leaf) => Some(Arc::new(ClientCertificate::read(leaf).map_err(io::Error::other)?)),
        None => None,
    };
    Ok(Some(Secured { stream, version, certificate }))
}

/// The first byte of every TLS connection.
const TLS_HANDSHAKE: u8 = 0x16;

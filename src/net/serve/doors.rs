//! The doors: how each kind of listener takes a connection and makes a [`Peer`] of it.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::Router;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use super::places::Places;
use super::{Entrance, handshake};
use crate::net::admin::{AdminListener, AdminStream};
use crate::net::connection::{Stage, Version, serve_connection};
use crate::net::listen::ListenError;
use crate::net::peer::{Door, Peer};
use crate::net::tls::Certificates;
use crate::net::{Limits, os_user};

/// Where connections come from.
pub enum Listener {
    /// The HTTPS port. Plain HTTP on it is redirected.
    Tls {
        /// The listening socket.
        socket: TcpListener,
        /// What it shows; may be replaced while it runs.
        certificates: Arc<Certificates>,
    },
    /// Plain HTTP for this computer only.
    PlainLoopback(TcpListener),
    /// The admin socket.
    Admin(AdminListener),
}

impl Listener {
    /// The HTTPS door on a bound socket (as [`crate::net::listen::bind`] or the launcher gives it). Needs a tokio runtime.
    ///
    /// # Errors
    /// When the system does not let the runtime have the socket.
    pub fn tls(
        socket: std::net::TcpListener,
        certificates: Arc<Certificates>,
    ) -> Result<Self, ListenError> {
        Ok(Self::Tls { socket: for_tokio(socket)?, certificates })
    }

    /// The plain door on a bound socket; refuses one that the network can reach. Needs a tokio runtime.
    ///
    /// # Errors
    /// When the socket is not on a loopback address, or the system does not let the runtime have it.
    pub fn plain_loopback(socket: std::net::TcpListener) -> Result<Self, ListenError> {
        let socket = for_tokio(socket)?;
        let address = socket
            .local_addr()
            .map_err(|source| ListenError::Failed { address: NO_ADDRESS, source })?;
        if address.ip().to_canonical().is_loopback() {
            Ok(Self::PlainLoopback(socket))
        } else {
            Err(ListenError::NotLoopback(address))
        }
    }

    async fn accept(&self) -> io::Result<Arrival> {
        match self {
            Self::Tls { socket, .. } | Self::PlainLoopback(socket) => {
                let (stream, address) = socket.accept().await?;
                Ok(Arrival::Network(stream, address))
            }
            Self::Admin(socket) => Ok(Arrival::Admin(socket.accept().await?)),
        }
    }
}

enum Arrival {
    Network(TcpStream, SocketAddr),
    Admin(AdminStream),
}

/// What a connection needs of its door.
struct Desk {
    certificates: Option<Arc<Certificates>>,
    router: Router,
    limits: Arc<Limits>,
}

/// Accepts until the stage changes.
pub(super) async fn accept_all(
    entrance: Entrance,
    places: Arc<Places>,
    limits: Arc<Limits>,
    mut stage: watch::Receiver<Stage>,
) {
    let Entrance { listener, router } = entrance;
    let certificates = match &listener {
        Listener::Tls { certificates, .. } => Some(Arc::clone(certificates)),
        Listener::PlainLoopback(_) | Listener::Admin(_) => None,
    };
    let desk = Arc::new(Desk { certificates, router, limits });
    let mut pause = FIRST_PAUSE;
    loop {
        let arrival = tokio::select! {
            _ = stage.changed() => return,
            arrival = async {
                let permit = places.wait().await;
                (permit, listener.accept().await)
            } => arrival,
        };
        match arrival {
            (permit, Ok(arrival)) => {
                pause = FIRST_PAUSE;
                let address = match &arrival {
                    Arrival::Network(_, address) => address.ip(),
                    Arrival::Admin(_) => NO_ADDRESS.ip(),
                };
                let Some(place) = places.take(permit, address) else { continue };
                let (desk, places, stage) = (Arc::clone(&desk), Arc::clone(&places), stage.clone());
                tokio::spawn(async move {
                    let result = attend(&desk, &places, arrival, stage).await;
                    if let Err(error) = result {
                        tracing::debug!(%error, %address, "connection refused");
                    }
                    drop(place);
                });
            }
            (_, Err(error)) if is_the_callers(&error) => {}
            (_, Err(error)) => {
                // Most likely no file descriptors are left: connections that end give some back.
                tracing::warn!(%error, "cannot accept connections for a moment");
                tokio::select! {
                    _ = stage.changed() => return,
                    () = tokio::time::sleep(pause) => {}
                }
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
        }
    }
}

async fn attend(
    desk: &Desk,
    places: &Places,
    arrival: Arrival,
    mut stage: watch::Receiver<Stage>,
) -> io::Result<()> {
    let limits = Arc::clone(&desk.limits);
    let router = desk.router.clone();
    match (arrival, &desk.certificates) {
        (Arrival::Admin(stream), _) => {
            let peer = Peer {
                os_user: Some(stream.user()?),
                ..plain_peer(Door::Admin, NO_ADDRESS, NO_ADDRESS)
            };
            serve_connection(stream, Version::Http1, peer, router, limits, stage).await;
        }
        (Arrival::Network(stream, address), None) => {
            stream.set_nodelay(true)?;
            let local = stream.local_addr()?;
            if !address.ip().to_canonical().is_loopback() {
                return Err(io::Error::new(
                    io::ErrorKind::PermissionDenied,
                    "this door is for this computer only",
                ));
            }
            let os_user = tokio::task::spawn_blocking(move || os_user::of_loopback(address, local))
                .await
                .ok()
                .flatten();
            let peer = Peer { os_user, ..plain_peer(Door::PlainLoopback, address, local) };
            serve_connection(stream, Version::Http1, peer, router, limits, stage).await;
        }
        (Arrival::Network(stream, address), Some(certificates)) => {
            stream.set_nodelay(true)?;
            let local = stream.local_addr()?;
            let greeting = tokio::select! {
                greeting = tokio::time::timeout(limits.handshake, handshake::greet(stream, local, certificates)) => greeting,
                // Nobody waits for a caller who has not yet said hello.
                _ = stage.changed() => return Ok(()),
            };
            let greeting = greeting.unwrap_or_else(|_| {
                Err(io::Error::new(io::ErrorKind::TimedOut, "no handshake in time"))
            });
            let greeting = greeting.inspect_err(|_| {
                places.traffic.failed_handshakes.fetch_add(1, Ordering::Relaxed);
            })?;
            if let Some(secured) = greeting {
                let peer = Peer {
                    certificate: secured.certificate,
                    ..plain_peer(Door::Tls, address, local)
                };
                serve_connection(secured.stream, secured.version, peer, router, limits, stage)
                    .await;
            }
        }
    }
    Ok(())
}

fn plain_peer(door: Door, address: SocketAddr, local: SocketAddr) -> Peer {
    let address = SocketAddr::new(address.ip().to_canonical(), address.port());
    let local = SocketAddr::new(local.ip().to_canonical(), local.port());
    Peer {
        address,
        local,
        door,
        secure: door != Door::PlainLoopback,
        certificate: None,
        os_user: None,
    }
}

fn for_tokio(socket: std::net::TcpListener) -> Result<TcpListener, ListenError> {
    let address = socket.local_addr().unwrap_or(NO_ADDRESS);
    let ready = socket.set_nonblocking(true).and_then(|()| TcpListener::from_std(socket));
    ready.map_err(|source| ListenError::Failed { address, source })
}

/// The caller went away between knocking and being let in.
fn is_the_callers(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted)
}

/// Shown for a peer that has no network address.
const NO_ADDRESS: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

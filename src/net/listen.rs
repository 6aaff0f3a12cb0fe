//! Taking a port; when that fails, saying who has it.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::time::{Duration, Instant};

/// A port that could not be taken. The remedy is always another address, or making room.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// Somebody listens there already.
    #[error("Port {} is already used by {holder}. Stop it, or choose another port.", address.port())]
    Taken {
        /// What was asked for.
        address: SocketAddr,
        /// `nginx (pid 812)`, or `another program` when the system does not tell.
        holder: String,
    },
    /// The system wants more rights for this port.
    #[error("Port {} may only be opened with administrator rights. Choose a port above 1023.", .0.port())]
    NotAllowed(SocketAddr),
    /// No network card has this address.
    #[error("The address {} does not belong to this computer. Choose one of its own, or 0.0.0.0 for all of them.", .0.ip())]
    NotOurs(SocketAddr),
    /// A door for plain HTTP was asked for on an address the network can reach.
    #[error(
        "The address {0} can be reached from the network, and this door is for this computer only. Use 127.0.0.1."
    )]
    NotLoopback(SocketAddr),
    /// Anything else.
    #[error("The address {address} cannot be opened: {source}. Try another.")]
    Failed {
        /// What was asked for.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
}

/// Opens a listening socket on `address`; port 0 lets the system choose (ask the socket for its address).
///
/// # Errors
/// Who has the port, or what else is in the way.
pub fn bind(address: SocketAddr) -> Result<TcpListener, ListenError> {
    let bound = TcpListener::bind(address).and_then(|listener| widen(&listener).map(|()| listener));
    bound.map_err(|source| match source.kind() {
        io::ErrorKind::AddrInUse => ListenError::Taken { address, holder: holder(address) },
        io::ErrorKind::PermissionDenied => ListenError::NotAllowed(address),
        io::ErrorKind::AddrNotAvailable => ListenError::NotOurs(address),
        _ => ListenError::Failed { address, source },
    })
}

/// As [`bind`], but waits a moment for a port that is taken, when `predecessor` says that a launcher here did not end as it should:
/// its working process notices and lets go.
///
/// # Errors
/// As [`bind`].
pub async fn bind_after(
    address: SocketAddr,
    predecessor: bool,
) -> Result<TcpListener, ListenError> {
    let since = Instant::now();
    loop {
        match bind(address) {
            Err(ListenError::Taken { .. }) if predecessor && since.elapsed() < LETTING_GO => {
                tokio::time::sleep(LOOK_AGAIN).await;
            }
            other => return other,
        }
    }
}

const LETTING_GO: Duration = Duration::from_secs(5);
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// The standard library asks for a queue of 128; while the working child restarts, callers wait in it.
#[cfg(unix)]
fn widen(listener: &TcpListener) -> io::Result<()> {
    Ok(rustix::net::listen(listener, WAITING_CALLERS)?)
}

#[cfg(not(unix))]
fn widen(_listener: &TcpListener) -> io::Result<()> {
    Ok(())
}

/// Connections the system holds for us until they are accepted (it may allow fewer).
#[cfg(unix)]
const WAITING_CALLERS: i32 = 1_024;

fn holder(address: SocketAddr) -> String {
    let ip = address.ip().to_canonical();
    let all = listeners::get_all().unwrap_or_default();
    let mut candidates: Vec<_> = all
        .into_iter()
        .filter(|other| {
            other.protocol == listeners::Protocol::TCP
                && other.state == listeners::SocketState::Listen
        })
        .filter(|other| other.socket.port() == address.port())
        .filter(|other| {
            ip.is_unspecified()
                || other.socket.ip().is_unspecified()
                || other.socket.ip().to_canonical() == ip
        })
        .map(|other| (other.process.pid, other.process.name))
        .collect();
    // A program and its children may hold the socket together: the oldest is the one to stop.
    candidates.sort();
    let first = candidates.into_iter().next();
    first.map_or_else(|| "another program".to_owned(), |(pid, name)| format!("{name} (pid {pid})"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_port_names_its_holder() {
        let first = bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let address = first.local_addr().unwrap();
        let refused = bind(address).unwrap_err();
        let sentence = refused.to_string();
        assert!(
            sentence.starts_with(&format!("Port {} is already used by ", address.port())),
            "{sentence}"
        );
        if cfg!(target_os = "linux") {
            assert!(sentence.contains(&format!("(pid {})", std::process::id())), "{sentence}");
        }
    }

    #[test]
    fn an_address_of_nobody_is_refused() {
        assert!(matches!(bind("192.0.2.1:0".parse().unwrap()), Err(ListenError::NotOurs(_))));
    }
}

//! Who is at the other end of a connection, as plain values put into every request's extensions.
//!
//! The rooms above read these values and never a socket. Nothing here says what the peer may do.

use std::net::SocketAddr;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;

use super::{CertificateError, ca, os_user};

/// Which kind of door a request came in by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Door {
    /// The HTTPS port.
    Tls,
    /// Plain HTTP on a loopback address. Requests need the Host check of [`super::host`].
    PlainLoopback,
    /// The admin socket in the data directory.
    Admin,
}

/// The other end of a connection. Every request carries one in its extensions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peer {
    /// Its address. An admin peer has none and shows `127.0.0.1:0`.
    pub address: SocketAddr,
    /// The address it connected to. An admin peer shows `127.0.0.1:0`.
    pub local: SocketAddr,
    /// The door it came in by.
    pub door: Door,
    /// Whether nobody on a network can listen in: TLS, or the admin socket.
    pub secure: bool,
    /// The client certificate it proved to own, checked against the office CA (not against revocation).
    pub certificate: Option<Arc<ClientCertificate>>,
    /// The operating-system user at the other end: always for an admin peer; on Linux also for a loopback peer.
    pub os_user: Option<OsUser>,
}

impl Peer {
    /// A command of this very process: what somebody at this terminal asks for while no server runs.
    #[must_use]
    pub fn this_process() -> Self {
        let nowhere = SocketAddr::from(([127, 0, 0, 1], 0));
        Self {
            address: nowhere,
            local: nowhere,
            door: Door::Admin,
            secure: true,
            certificate: None,
            os_user: os_user::own(),
        }
    }
}

/// A user of this computer's operating system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OsUser {
    /// The user's number.
    pub uid: u32,
    /// The user's name, or `uid N` when the system's list does not show it.
    pub name: String,
    /// Whether it is the user this program runs as.
    pub is_own: bool,
}

/// A client certificate of the office CA.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientCertificate {
    /// The subject's common name: the id it was issued for.
    pub common_name: String,
    /// Serial number, lower-case hex, as [`ca::ClientLeaf::serial_hex`].
    pub serial_hex: String,
    /// SHA-256 of the certificate (DER), as [`ca::ClientLeaf::fingerprint`].
    pub fingerprint: [u8; 32],
}

impl ClientCertificate {
    pub(super) fn read(certificate: &CertificateDer<'_>) -> Result<Self, CertificateError> {
        let parsed = ca::parse(certificate)?;
        let mut names = parsed.subject().iter_common_name();
        // Two names could be read differently by two readers: refused.
        let (Some(name), None) = (names.next(), names.next()) else {
            return Err(CertificateError::Unusable("it does not have exactly one name".to_owned()));
        };
        let common_name = name
            .as_str()
            .map_err(|_| CertificateError::Unusable("its name is not text".to_owned()))?;
        Ok(Self {
            common_name: common_name.to_owned(),
            serial_hex: ca::hex(parsed.raw_serial()),
            fingerprint: ca::fingerprint(certificate),
        })
    }
}

//! Sockets, TLS, the accept loop and the HTTPS client.
//!
//! This room carries requests and certificates as values. It must never know a domain type, decide what somebody may
//! do, or answer a request by itself (the two exceptions are the redirect from plain HTTP and a closed door).

pub mod admin;
pub mod ca;
pub mod client;
pub mod host;
pub mod limits;
pub mod listen;
pub mod loopback;
pub mod mdns;
pub mod open_files;
mod os_user;
pub mod own;
pub mod peer;
pub mod pem;
pub mod s3;
pub mod serve;
pub mod tls;
pub mod trust;

mod activity;
mod certificate_error;
mod connection;
mod farewell;
mod patience;
mod redirect;

pub use activity::Tracked;
pub use certificate_error::CertificateError;
pub use connection::Draining;
pub use limits::Limits;
pub use os_user::owner_of;
pub use peer::{ClientCertificate, Door, Peer};

/// The name every server of an office answers to inside the office: agents and other servers ask for it (SNI), get the
/// office CA's own leaf, and may show a client certificate.
pub const OFFICE_NAME: &str = "office.timebook";

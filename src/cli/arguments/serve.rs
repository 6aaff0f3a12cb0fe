//! What `timebook serve` takes, and whoever starts a server in its place.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;

/// How the server is reached.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct ServeArguments {
    /// Address for HTTPS; port 0 takes a free one [default: 0.0.0.0:8443]
    #[arg(long, value_name = "ADDRESS:PORT", env = "TIMEBOOK_LISTEN")]
    pub(crate) listen: Option<SocketAddr>,
    /// Address for plain HTTP on this computer only, where set-up begins [default: 127.0.0.1:8442]
    #[arg(long, value_name = "ADDRESS:PORT", env = "TIMEBOOK_LOOPBACK")]
    pub(crate) loopback: Option<SocketAddr>,
    /// Certificate chain of a public authority for browsers, PEM; read again when it changes
    #[arg(long, value_name = "FILE", env = "TIMEBOOK_CERTIFICATE", requires = "certificate_key")]
    pub(crate) certificate: Option<PathBuf>,
    /// The private key of --certificate, PEM
    #[arg(long, value_name = "FILE", env = "TIMEBOOK_CERTIFICATE_KEY", requires = "certificate")]
    pub(crate) certificate_key: Option<PathBuf>,
    /// A DNS name of this server, besides its host name; may be repeated
    #[arg(long = "name", value_name = "NAME", env = "TIMEBOOK_NAMES", value_delimiter = ',')]
    pub(crate) names: Vec<String>,
    /// Largest ActivityWatch import, in megabytes [default: 1000]
    #[arg(long, value_name = "MEGABYTES", env = "TIMEBOOK_IMPORT_LIMIT")]
    pub(crate) import_limit: Option<u64>,
    /// Do not tell the local network where this server is (mDNS), where computers look for one that moved
    #[arg(long, env = "TIMEBOOK_UNANNOUNCED")]
    pub(crate) unannounced: bool,
    /// Set by `service install`: Windows' service manager starts this, tells it to stop and hears how it is
    #[cfg(windows)]
    #[arg(long, hide = true)]
    pub(crate) service: bool,
    /// Set by the launcher: do the work on the sockets it holds
    #[arg(long, hide = true)]
    pub(crate) child: bool,
}

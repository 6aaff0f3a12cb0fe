//! The certificates the server shows, kept fresh while it runs: the office's own leaf when names, addresses or age ask for it, the
//! public one when its files change.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::config::ServerConfig;
use super::exit::Failure;
use crate::clock;
use crate::consensus::Door;
use crate::net::own;
use crate::net::tls::{Certificates, Identity, Material};
use crate::service::control::certificate::leaf;
use crate::service::control::founding::Authority;

/// How often files and addresses are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(15);
/// A PEM file is at most this long.
const MOST_PEM_BYTES: u64 = 256 * 1024;

/// Where the shown certificates come from.
pub(crate) struct Shown {
    door: Door,
    authority: Arc<Authority>,
    names: Vec<String>,
    public: Option<(PathBuf, PathBuf)>,
}

/// What decided the certificates shown last; another value means: look again.
#[derive(Clone, PartialEq, Eq)]
struct Seen {
    addresses: Vec<std::net::IpAddr>,
    files: Vec<Option<SystemTime>>,
    day: i64,
}

impl Shown {
    pub(crate) fn new(door: Door, authority: Arc<Authority>, config: &ServerConfig) -> Self {
        let mut names = config.names.clone();
        names.push(own::host_name());
        Self { door, authority, names, public: config.certificate.clone() }
    }

    /// The certificates as they should be now, to begin with.
    pub(crate) async fn load(&self) -> Result<Certificates, Failure> {
        let pems = self.pems().await?;
        Certificates::new(&pems.material()).map_err(|error| self.unusable(error))
    }

    /// Says which files were given: the office's own certificate is always in order.
    fn unusable(&self, error: impl ToString) -> Failure {
        Failure::failed(match &self.public {
            Some((certificate, key)) => format!(
                "{} with the key {} cannot be used. {}",
                certificate.display(),
                key.display(),
                error.to_string()
            ),
            None => error.to_string(),
        })
    }

    /// Keeps `certificates` as they should be. New ones that cannot be used are refused with a sentence in the log, and the old
    /// ones stay.
    pub(crate) async fn keep_fresh(self, certificates: Arc<Certificates>) {
        let mut seen = self.look();
        let mut ticks = tokio::time::interval(LOOK_EVERY);
        loop {
            ticks.tick().await;
            let now = self.look();
            if now == seen {
                continue;
            }
            seen = now;
            let replaced = match self.pems().await {
                Ok(pems) => {
                    certificates.replace(&pems.material()).map_err(|error| self.unusable(error))
                }
                Err(failure) => Err(failure),
            };
            match replaced {
                Ok(()) => tracing::info!("the certificates were read again"),
                Err(failure) => tracing::error!("the certificates stay as they were: {failure}"),
            }
        }
    }

    fn look(&self) -> Seen {
        let files = self.public.iter().flat_map(|(certificate, key)| [certificate, key]);
        let changed = |path: &PathBuf| fs::metadata(path).and_then(|about| about.modified()).ok();
        let day = clock::now().ms() / 86_400_000;
        Seen { addresses: own::addresses(), files: files.map(changed).collect(), day }
    }

    async fn pems(&self) -> Result<Pems, Failure> {
        let (now, addresses) = (clock::now(), own::addresses());
        let office = leaf(&self.door, &self.authority, &self.names, &addresses, now);
        let office = office.await.map_err(Failure::failed)?;
        let public = match &self.public {
            Some((certificate, key)) => Some((read(certificate)?, read(key)?)),
            None => None,
        };
        Ok(Pems { ca: self.authority.ca.certificate_pem().to_owned(), office, public })
    }
}

struct Pems {
    ca: String,
    office: crate::service::control::certificate::Leaf,
    public: Option<(Vec<u8>, Vec<u8>)>,
}

impl Pems {
    fn material(&self) -> Material<'_> {
        let public =
            self.public.as_ref().map(|(chain_pem, key_pem)| Identity { chain_pem, key_pem });
        let office = Identity {
            chain_pem: self.office.chain_pem.as_bytes(),
            key_pem: self.office.key_pem.as_bytes(),
        };
        Material { ca_pem: self.ca.as_bytes(), office, public }
    }
}

fn read(path: &PathBuf) -> Result<Vec<u8>, Failure> {
    let refuse = |why: &dyn ToString| {
        Failure::failed(format!(
            "{} cannot be used: {}. Give PEM files this user can read.",
            path.display(),
            why.to_string()
        ))
    };
    match fs::metadata(path) {
        Ok(about) if about.len() > MOST_PEM_BYTES => {
            return Err(refuse(&"it is longer than 256 KiB"));
        }
        Ok(_) => {}
        Err(error) => return Err(refuse(&error)),
    }
    fs::read(path).map_err(|error| refuse(&error))
}

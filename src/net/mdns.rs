//! Where the office's servers are, told and asked for on the local network (mDNS, RFC 6762; DNS-SD, RFC 6763): so that computers find a
//! server that moved to another address.
//!
//! An answer is a rumour: whoever uses one must have the server prove that it is the office's.

use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use mdns_sd::{ResolvedService, ServiceDaemon, ServiceEvent, ServiceInfo};
use thiserror::Error;

use super::own;

/// Why this computer cannot take part.
#[derive(Debug, Error)]
#[error("the local network's directory (mDNS) cannot be used: {0}")]
pub struct MdnsError(#[from] mdns_sd::Error);

/// A server that is announced, until this is dropped.
pub struct Announcement(ServiceDaemon);

impl Announcement {
    /// Announces the server of `office` that listens on `listen`; nothing where only this computer reaches it.
    ///
    /// # Errors
    /// [`MdnsError`].
    pub fn of(office: &str, listen: SocketAddr) -> Result<Option<Self>, MdnsError> {
        if listen.ip().is_loopback() {
            return Ok(None);
        }
        let (host, port) = (own::host_name(), listen.port());
        let plain = host.split('.').next().unwrap_or_default().to_owned();
        let (name, host) = (format!("{plain}-{port}"), format!("{plain}.local."));
        let address =
            if listen.ip().is_unspecified() { String::new() } else { listen.ip().to_string() };
        let about = [(OFFICE, office)];
        let info = ServiceInfo::new(SERVICE, &name, &host, address.as_str(), port, &about[..])?;
        let info = if listen.ip().is_unspecified() { info.enable_addr_auto() } else { info };
        let daemon = ServiceDaemon::new()?;
        daemon.register(info)?;
        Ok(Some(Self(daemon)))
    }
}

impl Drop for Announcement {
    fn drop(&mut self) {
        // A process that ends takes it back as well as it can; what stays is forgotten after two minutes.
        drop(self.0.shutdown());
    }
}

/// Where servers of `office` say they are, as `ip:port`; asks for as long as `patience`. Blocks.
///
/// # Errors
/// [`MdnsError`].
pub fn find(office: &str, patience: Duration) -> Result<Vec<String>, MdnsError> {
    let daemon = ServiceDaemon::new()?;
    let answers = daemon.browse(SERVICE)?;
    let end = Instant::now() + patience;
    let mut found = Vec::new();
    while let Ok(event) = answers.recv_timeout(end.saturating_duration_since(Instant::now())) {
        let ServiceEvent::ServiceResolved(answer) = event else { continue };
        if answer.get_property_val_str(OFFICE) == Some(office) {
            found.extend(
                addresses_of(&answer)
                    .filter(|address| !found.contains(address))
                    .collect::<Vec<_>>(),
            );
        }
        if found.len() >= MOST_FOUND {
            break;
        }
    }
    drop(daemon.shutdown());
    found.truncate(MOST_FOUND);
    Ok(found)
}

fn addresses_of(answer: &ResolvedService) -> impl Iterator<Item = String> + use<'_> {
    let mut addresses: Vec<IpAddr> = answer
        .get_addresses()
        .iter()
        .map(mdns_sd::ScopedIp::to_ip_addr)
        .filter(|ip| may_be_asked(*ip))
        .collect();
    // The older sort first: it is the one that home routers let through.
    addresses.sort_by_key(|ip| (ip.is_ipv6(), *ip));
    addresses.into_iter().map(|ip| SocketAddr::new(ip, answer.get_port()).to_string())
}

/// Only what lies on a network of this computer's own: nobody shall make computers call elsewhere.
const fn may_be_asked(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => ip.is_private(),
        IpAddr::V6(ip) => ip.is_unique_local(),
    }
}

const SERVICE: &str = "_timebook._tcp.local.";
const OFFICE: &str = "office";
const MOST_FOUND: usize = 8;

//! This computer's own names and addresses, as its network cards have them now.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use sysinfo::Networks;

/// The host name, lower-case, or `localhost` when it has none that can stand in a certificate.
#[must_use]
pub fn host_name() -> String {
    let name = gethostname::gethostname().to_string_lossy().to_ascii_lowercase();
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
    if name.is_empty() || name.len() > 253 || !name.chars().all(plain) {
        "localhost".to_owned()
    } else {
        name
    }
}

/// Every address of this computer, loopback included, link-local ones left out: they mean nothing without naming a card.
#[must_use]
pub fn addresses() -> Vec<IpAddr> {
    let mut addresses: BTreeSet<IpAddr> =
        [Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()].into();
    // A system that does not list its cards leaves loopback: the server still works on this computer.
    let cards = Networks::new_with_refreshed_list();
    for card in cards.iter().flat_map(|cards| cards.values()) {
        addresses.extend(
            card.ip_networks().iter().map(|network| network.addr).filter(|ip| !is_link_local(*ip)),
        );
    }
    addresses.into_iter().collect()
}

/// `host:port` under which others may reach a server that listens on `listen`, the likeliest first: configured names, then this
/// computer's addresses, then its host name.
#[must_use]
pub fn reachable(listen: SocketAddr, names: &[String]) -> Vec<String> {
    let port = listen.port();
    let named = names.iter().map(|name| format!("{name}:{port}"));
    if !listen.ip().is_unspecified() {
        return named.chain([listen.to_string()]).collect();
    }
    let network = addresses().into_iter().filter(|ip| !ip.is_loopback());
    let network = network.map(|ip| SocketAddr::new(ip, port).to_string());
    let host = format!("{}:{port}", host_name());
    named.chain(network).chain([host]).collect()
}

fn is_link_local(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_link_local(),
        IpAddr::V6(address) => address.is_unicast_link_local(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_on_one_address_is_reached_there() {
        let listen = "127.0.0.1:8443".parse().unwrap();
        assert_eq!(
            reachable(listen, &["time.example".to_owned()]),
            ["time.example:8443", "127.0.0.1:8443"]
        );
    }

    #[test]
    fn a_server_on_all_addresses_never_names_loopback() {
        let listed = reachable("0.0.0.0:8443".parse().unwrap(), &[]);
        assert!(listed.last().unwrap().ends_with(":8443"));
        assert!(listed.iter().all(|address| !address.starts_with("127.")), "{listed:?}");
        assert!(addresses().contains(&Ipv4Addr::LOCALHOST.into()));
    }
}

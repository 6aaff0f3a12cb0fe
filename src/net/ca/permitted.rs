//! What the office CA may vouch for: the name constraints, written into it once and read back from it ever after.
//!
//! Read back, never remembered: a leaf outside the constraints is refused by every client, so the certificate itself
//! is the only authority on what to leave out.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use rcgen::{CidrSubnet, GeneralSubtree, NameConstraints};
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;

use crate::net::OFFICE_NAME;

/// DNS names every office CA may vouch for.
pub const ALWAYS_PERMITTED: [&str; 2] = [OFFICE_NAME, "localhost"];

/// Most names or addresses put into one certificate.
pub(super) const MAX_NAMES: usize = 64;

/// Names and address ranges a CA may vouch for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permitted {
    names: Vec<String>,
    /// (network, mask) as 4 or 16 bytes each.
    networks: Vec<(Vec<u8>, Vec<u8>)>,
}

/// What of a request goes into a leaf, in a fixed order, and what does not.
pub(super) struct Sorted {
    pub(super) names: Vec<String>,
    pub(super) addresses: Vec<IpAddr>,
    pub(super) left_out: Vec<String>,
}

impl Permitted {
    pub(super) fn of(ca: &X509Certificate<'_>) -> Self {
        let mut permitted = Self { names: Vec::new(), networks: Vec::new() };
        let constraints = ca.name_constraints().ok().flatten();
        let subtrees =
            constraints.and_then(|constraints| constraints.value.permitted_subtrees.as_ref());
        for subtree in subtrees.into_iter().flatten() {
            match &subtree.base {
                GeneralName::DNSName(name) => permitted.names.push(name.to_ascii_lowercase()),
                GeneralName::IPAddress(bytes) if bytes.len() == 8 || bytes.len() == 32 => {
                    let (network, mask) = bytes.split_at(bytes.len() / 2);
                    permitted.networks.push((network.to_vec(), mask.to_vec()));
                }
                _ => {}
            }
        }
        permitted
    }

    /// Whether a leaf may carry this DNS name (lower case): a permitted name or anything below one.
    #[must_use]
    pub fn permits_name(&self, name: &str) -> bool {
        self.names.iter().any(|base| {
            name == base
                || name
                    .strip_suffix(base.as_str())
                    .is_some_and(|rest| rest.ends_with('.') && rest.len() > 1)
        })
    }

    /// Whether a leaf may carry this address.
    #[must_use]
    pub fn permits_address(&self, address: IpAddr) -> bool {
        let octets = match address {
            IpAddr::V4(address) => address.octets().to_vec(),
            IpAddr::V6(address) => address.octets().to_vec(),
        };
        self.networks.iter().any(|(network, mask)| {
            network.len() == octets.len()
                && octets
                    .iter()
                    .zip(mask)
                    .zip(network)
                    .all(|((octet, mask), network)| octet & mask == network & mask)
        })
    }

    pub(super) fn sort_out(&self, names: &[String], addresses: &[IpAddr]) -> Sorted {
        let mut sorted = Sorted { names: Vec::new(), addresses: Vec::new(), left_out: Vec::new() };
        let always = ALWAYS_PERMITTED.iter().map(|name| (*name).to_owned());
        for name in
            always.chain(names.iter().map(|name| name.trim_end_matches('.').to_ascii_lowercase()))
        {
            if sorted.names.contains(&name) {
                continue;
            }
            if is_host_name(&name) && self.permits_name(&name) && sorted.names.len() < MAX_NAMES {
                sorted.names.push(name);
            } else {
                sorted.left_out.push(name);
            }
        }
        let loopback = [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)];
        for address in loopback.into_iter().chain(addresses.iter().map(IpAddr::to_canonical)) {
            if sorted.addresses.contains(&address) {
                continue;
            }
            if self.permits_address(address) && sorted.addresses.len() < MAX_NAMES {
                sorted.addresses.push(address);
            } else {
                sorted.left_out.push(address.to_string());
            }
        }
        sorted
    }
}

/// The constraints of a new CA.
pub(super) fn constraints(office_names: &[String]) -> NameConstraints {
    let given = office_names.iter().map(|name| name.trim_end_matches('.').to_ascii_lowercase());
    let mut names: Vec<String> = ALWAYS_PERMITTED.iter().map(|name| (*name).to_owned()).collect();
    names.extend(given.filter(|name| is_host_name(name)).take(MAX_NAMES));
    let mut permitted_subtrees: Vec<GeneralSubtree> = Vec::new();
    for name in names {
        let subtree = GeneralSubtree::DnsName(name);
        if !permitted_subtrees.contains(&subtree) {
            permitted_subtrees.push(subtree);
        }
    }
    let networks = PRIVATE_NETWORKS
        .iter()
        .map(|(address, prefix)| CidrSubnet::from_addr_prefix(*address, *prefix));
    permitted_subtrees.extend(networks.map(GeneralSubtree::IpAddress));
    NameConstraints { permitted_subtrees, excluded_subtrees: Vec::new() }
}

/// Letters, digits, hyphens, underscores (old Windows names), in labels of 1 to 63: what TLS libraries take as a DNS name.
fn is_host_name(name: &str) -> bool {
    name.len() <= 253
        && name.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
        })
}

/// Loopback, private and link-local ranges: what an office uses inside.
const PRIVATE_NETWORKS: [(IpAddr, u8); 8] = [
    (IpAddr::V4(Ipv4Addr::new(10, 0, 0, 0)), 8),
    (IpAddr::V4(Ipv4Addr::new(172, 16, 0, 0)), 12),
    (IpAddr::V4(Ipv4Addr::new(192, 168, 0, 0)), 16),
    (IpAddr::V4(Ipv4Addr::new(169, 254, 0, 0)), 16),
    (IpAddr::V4(Ipv4Addr::new(127, 0, 0, 0)), 8),
    (IpAddr::V6(Ipv6Addr::LOCALHOST), 128),
    (IpAddr::V6(Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 0)), 7),
    (IpAddr::V6(Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0)), 10),
];

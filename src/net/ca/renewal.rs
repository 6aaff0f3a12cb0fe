//! When a certificate must be issued anew. Pure: takes the certificate and `now`, decides, issues nothing.

use std::collections::BTreeSet;
use std::net::IpAddr;

use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;

use super::{OfficeCa, parse};
use crate::net::{CertificateError, pem};

/// Whether less than a third of the certificate's life is left, or it is not valid yet (a clock that jumped back).
/// `certificate_pem` may be a chain: its first certificate counts. `now` in seconds since 1970 UTC.
///
/// # Errors
/// When the text holds no readable certificate.
pub fn needs_renewal(certificate_pem: &str, now: i64) -> Result<bool, CertificateError> {
    let certificate = pem::certificates(certificate_pem.as_bytes())?.swap_remove(0);
    Ok(is_aging(&parse(&certificate)?, now))
}

/// Whether the server's leaf must be issued anew: its life is running out, it is another CA's, or it covers other names
/// and addresses than [`OfficeCa::issue_server`] would put in now.
///
/// # Errors
/// When the text holds no readable certificate.
pub fn server_leaf_is_stale(
    ca: &OfficeCa,
    chain_pem: &str,
    names: &[String],
    addresses: &[IpAddr],
    now: i64,
) -> Result<bool, CertificateError> {
    let chain = pem::certificates(chain_pem.as_bytes())?;
    let leaf = parse(&chain[0])?;
    let wanted = ca.permitted.sort_out(names, addresses);
    let wanted: BTreeSet<String> =
        wanted.names.into_iter().chain(wanted.addresses.iter().map(IpAddr::to_string)).collect();
    let of_this_ca = chain.get(1).is_some_and(|sent| *sent == ca.certificate);
    Ok(!of_this_ca || is_aging(&leaf, now) || covered(&leaf) != wanted)
}

fn is_aging(certificate: &X509Certificate<'_>, now: i64) -> bool {
    let (start, end) = (
        certificate.validity().not_before.timestamp(),
        certificate.validity().not_after.timestamp(),
    );
    now < start || end.saturating_sub(now) < end.saturating_sub(start) / 3
}

fn covered(leaf: &X509Certificate<'_>) -> BTreeSet<String> {
    let names = leaf.subject_alternative_name().ok().flatten();
    let names = names.into_iter().flat_map(|names| names.value.general_names.iter());
    names
        .filter_map(|name| match name {
            GeneralName::DNSName(name) => Some((*name).to_owned()),
            GeneralName::IPAddress(bytes) => match bytes.len() {
                4 => {
                    <[u8; 4]>::try_from(*bytes).ok().map(|octets| IpAddr::from(octets).to_string())
                }
                _ => {
                    <[u8; 16]>::try_from(*bytes).ok().map(|octets| IpAddr::from(octets).to_string())
                }
            },
            _ => None,
        })
        .collect()
}

//! The office's own certificate authority: makes it, and issues with it the server's leaf and client certificates.
//!
//! The CA is name-constrained: whoever trusts it trusts it for the office's names and private addresses only, so a
//! stolen CA key cannot impersonate a bank. It must never be used as a server certificate itself (TLS refuses that),
//! never store anything (the caller keeps the PEM texts sealed), and never read a clock: `now` is always an argument.

mod permitted;
mod renewal;
#[cfg(test)]
mod tests;

use std::net::IpAddr;
use std::time::Duration;

use rcgen::{
    BasicConstraints, CertificateParams, CertificateSigningRequestParams, DnType,
    ExtendedKeyUsagePurpose as Purpose, IsCa, Issuer, KeyPair, KeyUsagePurpose as Usage,
    PKCS_ECDSA_P256_SHA256, PublicKeyData, SanType, SerialNumber, SubjectPublicKeyInfo,
};
use rustls::pki_types::CertificateDer;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

pub use permitted::{ALWAYS_PERMITTED, Permitted};
pub use renewal::{needs_renewal, server_leaf_is_stale};

use super::{CertificateError, pem};

/// How long the CA itself is valid, in days (20 years). It is replaced by hand, so it must outlive the office's PCs.
pub const CA_DAYS: u64 = 7_305;

/// How long a server leaf is valid, in days: what browsers accept at most. It is reissued after two thirds of that.
pub const SERVER_DAYS: u64 = 397;

/// How long a client certificate is valid, in days. It is renewed over the connection it opens.
pub const CLIENT_DAYS: u64 = 825;

/// Certificates start this much before `now`, in days: office PCs with a slow clock must still accept a new server.
pub const BACKDATE_DAYS: u64 = 2;

/// Longest common name, in characters (the limit of X.520).
pub const MAX_COMMON_NAME: usize = 64;

/// The office's certificate authority, ready to issue.
pub struct OfficeCa {
    certificate: CertificateDer<'static>,
    certificate_pem: String,
    key_pem: Zeroizing<String>,
    issuer: Issuer<'static, KeyPair>,
    permitted: Permitted,
    name: String,
    not_after: i64,
}

/// A server certificate with its key, as PEM texts.
pub struct ServerLeaf {
    /// The leaf followed by the CA certificate: the CA is sent too, so that a client holding only its fingerprint can pin it.
    pub chain_pem: String,
    /// The leaf's private key (PKCS#8). Secret.
    pub key_pem: Zeroizing<String>,
    /// Names and addresses that were asked for, but that this CA may not vouch for.
    pub left_out: Vec<String>,
}

/// A client certificate; its key never left the client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientLeaf {
    /// The certificate followed by the CA certificate, PEM.
    pub chain_pem: String,
    /// Serial number, lower-case hex.
    pub serial_hex: String,
    /// SHA-256 of the certificate (DER).
    pub fingerprint: [u8; 32],
    /// Last valid second, seconds since 1970 UTC.
    pub not_after: i64,
}

impl OfficeCa {
    /// Makes a new CA. `label` names the office in the certificate's subject; `office_names` are the DNS names (and
    /// their subdomains) it may vouch for, beside [`ALWAYS_PERMITTED`] and the private address ranges. `now` in seconds
    /// since 1970 UTC.
    ///
    /// # Errors
    /// When the key or the certificate cannot be made.
    pub fn create(
        label: &str,
        office_names: &[String],
        now: i64,
    ) -> Result<Self, CertificateError> {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
        let mut params = validity(now, CA_DAYS)?;
        // Two offices with the same label must not share a subject: validators find the issuer by it.
        let name = format!("Timebook CA {} {}", clipped(label, 40), &hex(&random_serial()?)[..8]);
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![Usage::KeyCertSign, Usage::CrlSign];
        params.name_constraints = Some(permitted::constraints(office_names));
        let certificate = params.self_signed(&key)?;
        Self::load(&certificate.pem(), &key.serialize_pem())
    }

    /// Takes up a CA from the PEM texts that [`Self::certificate_pem`] and [`Self::key_pem`] gave.
    ///
    /// # Errors
    /// When a text is damaged, is not a CA's, or the key belongs to another certificate.
    pub fn load(certificate_pem: &str, key_pem: &str) -> Result<Self, CertificateError> {
        let certificate = pem::certificates(certificate_pem.as_bytes())?.swap_remove(0);
        let key = KeyPair::from_pem(key_pem).map_err(|_| CertificateError::NoKey)?;
        let (permitted, name, not_after) = {
            let parsed = parse(&certificate)?;
            if !parsed.is_ca() {
                return Err(CertificateError::Unusable(
                    "it is not the certificate of an authority".to_owned(),
                ));
            }
            if parsed.public_key().subject_public_key.as_ref() != key.public_key_raw() {
                return Err(CertificateError::KeyMismatch);
            }
            let name = parsed.subject().iter_common_name().next();
            let name = name.and_then(|name| name.as_str().ok()).unwrap_or_default().to_owned();
            (Permitted::of(&parsed), name, parsed.validity().not_after.timestamp())
        };
        let issuer = Issuer::from_ca_cert_der(&certificate, key)?;
        Ok(Self {
            certificate,
            certificate_pem: certificate_pem.to_owned(),
            key_pem: Zeroizing::new(key_pem.to_owned()),
            issuer,
            permitted,
            name,
            not_after,
        })
    }

    /// Its name, as a browser's list of authorities shows it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its last valid second, seconds since 1970 UTC.
    #[must_use]
    pub const fn not_after(&self) -> i64 {
        self.not_after
    }

    /// The CA certificate as PEM: what clients pin.
    #[must_use]
    pub fn certificate_pem(&self) -> &str {
        &self.certificate_pem
    }

    /// The CA's private key as PEM. Secret: only for the sealed table.
    #[must_use]
    pub fn key_pem(&self) -> &str {
        &self.key_pem
    }

    /// SHA-256 of the CA certificate (DER): what an enrollment code carries.
    #[must_use]
    pub fn fingerprint(&self) -> [u8; 32] {
        fingerprint(&self.certificate)
    }

    /// What this CA may vouch for.
    #[must_use]
    pub fn permitted(&self) -> &Permitted {
        &self.permitted
    }

    /// Issues the server's leaf for [`super::OFFICE_NAME`], `localhost`, the loopback addresses and whatever of `names`
    /// and `addresses` the CA may vouch for. A new key each time.
    ///
    /// # Errors
    /// When the certificate cannot be made.
    pub fn issue_server(
        &self,
        names: &[String],
        addresses: &[IpAddr],
        now: i64,
    ) -> Result<ServerLeaf, CertificateError> {
        let wanted = self.permitted.sort_out(names, addresses);
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
        let mut params = validity(now, SERVER_DAYS)?;
        params.distinguished_name.push(DnType::CommonName, "Timebook server");
        for name in &wanted.names {
            let name = name
                .as_str()
                .try_into()
                .map_err(|_| CertificateError::NotMade(format!("{name} is no host name")))?;
            params.subject_alt_names.push(SanType::DnsName(name));
        }
        params.subject_alt_names.extend(wanted.addresses.iter().copied().map(SanType::IpAddress));
        params.extended_key_usages = vec![Purpose::ServerAuth];
        let leaf = self.sign(params, &key)?;
        Ok(ServerLeaf {
            chain_pem: format!("{}{}", leaf.pem(), self.certificate_pem),
            key_pem: Zeroizing::new(key.serialize_pem()),
            left_out: wanted.left_out,
        })
    }

    /// Issues a client certificate for an ed25519 public key (32 raw bytes), with `common_name` (an id) as its subject.
    ///
    /// Possession of the key is not checked here; TLS checks it on each connection.
    ///
    /// # Errors
    /// When the name is empty or too long, or the key is no key.
    pub fn issue_client(
        &self,
        public_key: &[u8; 32],
        common_name: &str,
        now: i64,
    ) -> Result<ClientLeaf, CertificateError> {
        let info = [ED25519_INFO_PREFIX.as_slice(), public_key].concat();
        self.client_leaf(&SubjectPublicKeyInfo::from_der(&info)?, common_name, now)
    }

    /// Issues a client certificate for a signing request (PEM). Only its key is taken (after its own signature was
    /// checked); the names and uses it asks for are ignored.
    ///
    /// # Errors
    /// When the request is damaged or not signed by its own key, or the name is empty or too long.
    pub fn issue_client_for_request(
        &self,
        request_pem: &str,
        common_name: &str,
        now: i64,
    ) -> Result<ClientLeaf, CertificateError> {
        if request_pem.len() > pem::MAX_PEM_BYTES {
            return Err(CertificateError::TooLarge);
        }
        let request = CertificateSigningRequestParams::from_pem(request_pem)?;
        self.client_leaf(&request.public_key, common_name, now)
    }

    fn client_leaf(
        &self,
        key: &impl PublicKeyData,
        common_name: &str,
        now: i64,
    ) -> Result<ClientLeaf, CertificateError> {
        if common_name.is_empty() || common_name.chars().count() > MAX_COMMON_NAME {
            return Err(CertificateError::NotMade(format!(
                "a client's name has 1 to {MAX_COMMON_NAME} characters"
            )));
        }
        let mut params = validity(now, CLIENT_DAYS)?;
        params.distinguished_name.push(DnType::CommonName, common_name);
        params.extended_key_usages = vec![Purpose::ClientAuth];
        let leaf = self.sign(params, key)?;
        let parsed = parse(leaf.der())?;
        Ok(ClientLeaf {
            chain_pem: format!("{}{}", leaf.pem(), self.certificate_pem),
            serial_hex: hex(parsed.raw_serial()),
            fingerprint: fingerprint(leaf.der()),
            not_after: parsed.validity().not_after.timestamp(),
        })
    }

    fn sign(
        &self,
        mut params: CertificateParams,
        key: &impl PublicKeyData,
    ) -> Result<rcgen::Certificate, CertificateError> {
        params.is_ca = IsCa::ExplicitNoCa;
        params.key_usages = vec![Usage::DigitalSignature];
        params.use_authority_key_identifier_extension = true;
        Ok(params.signed_by(key, &self.issuer)?)
    }
}

/// SHA-256 of a certificate (DER).
#[must_use]
pub fn fingerprint(certificate: &CertificateDer<'_>) -> [u8; 32] {
    Sha256::digest(certificate).into()
}

/// Lower-case hex, as fingerprints and serial numbers are shown.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(bytes)
}

pub(super) fn parse<'a>(
    certificate: &'a CertificateDer<'_>,
) -> Result<x509_parser::certificate::X509Certificate<'a>, CertificateError> {
    let (_, parsed) = x509_parser::parse_x509_certificate(certificate)
        .map_err(|error| CertificateError::Unusable(format!("it is damaged ({error})")))?;
    Ok(parsed)
}

fn validity(now: i64, days: u64) -> Result<CertificateParams, CertificateError> {
    let now = u64::try_from(now).ok().filter(|now| *now < LAST_SECOND);
    let now = now.ok_or_else(|| {
        CertificateError::NotMade("the computer's clock shows an impossible date".to_owned())
    })?;
    let at = |seconds| rcgen::date_time_ymd(1970, 1, 1) + Duration::from_secs(seconds);
    let mut params = CertificateParams::default();
    params.not_before = at(now.saturating_sub(BACKDATE_DAYS * DAY));
    params.not_after = at(now + days * DAY);
    params.serial_number = Some(SerialNumber::from_slice(&random_serial()?));
    params.distinguished_name = rcgen::DistinguishedName::new();
    Ok(params)
}

/// 16 random bytes, the first neither zero nor "negative": the same length in every tool that shows it.
fn random_serial() -> Result<[u8; 16], CertificateError> {
    let mut serial = [0; 16];
    let random = super::tls::provider().secure_random;
    random
        .fill(&mut serial)
        .map_err(|_| CertificateError::NotMade("the system gives no random numbers".to_owned()))?;
    serial[0] = (serial[0] & 0x3f) | 0x40;
    Ok(serial)
}

fn clipped(text: &str, characters: usize) -> String {
    text.chars().filter(|c| !c.is_control()).take(characters).collect()
}

const DAY: u64 = 86_400;

/// Year 9000: past it the certificate format and the date arithmetic end.
const LAST_SECOND: u64 = 221_845_392_000;

/// SubjectPublicKeyInfo of an ed25519 key up to the 32 key bytes (RFC 8410).
const ED25519_INFO_PREFIX: [u8; 12] =
    [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

//! Which certificate a caller sees, and whether it is asked for one; replaceable while the server runs.
//!
//! Asked for [`OFFICE_NAME`], the server shows the office CA's leaf and asks for (but does not demand) a client
//! certificate. Asked for anything else it shows the public certificate if there is one, the office leaf if not, and
//! asks for nothing, so that no browser opens a certificate dialog. This file never decides what a certificate allows.

use std::sync::{Arc, PoisonError, RwLock};

use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, WebPkiClientVerifier};
use rustls::{InconsistentKeys, RootCertStore, ServerConfig};

use super::{CertificateError, OFFICE_NAME, ca, pem};

/// The one crypto provider of this program: ring.
#[must_use]
pub fn provider() -> Arc<CryptoProvider> {
    static PROVIDER: std::sync::OnceLock<Arc<CryptoProvider>> = std::sync::OnceLock::new();
    Arc::clone(PROVIDER.get_or_init(|| Arc::new(rustls::crypto::ring::default_provider())))
}

/// A certificate chain and its key, PEM texts. The key is secret: no `Debug`.
pub struct Identity<'a> {
    /// Leaf first.
    pub chain_pem: &'a [u8],
    /// Unencrypted private key.
    pub key_pem: &'a [u8],
}

/// What a server shows, and whose client certificates it believes.
pub struct Material<'a> {
    /// The office CA's certificate: signs what clients may show.
    pub ca_pem: &'a [u8],
    /// The leaf for [`OFFICE_NAME`], issued by the office CA.
    pub office: Identity<'a>,
    /// The certificate for browsers, from a public CA, if the office has one.
    pub public: Option<Identity<'a>>,
}

/// The certificates in use: share it with the listeners, and [`Self::replace`] them at any time.
pub struct Certificates {
    current: RwLock<Arc<Shown>>,
}

struct Shown {
    ends: i64,
    office: Arc<ServerConfig>,
    others: Arc<ServerConfig>,
}

impl Certificates {
    /// Checks the material and gets it ready.
    ///
    /// # Errors
    /// When a text is damaged, a key does not belong to its certificate, or an authority's certificate is given as a server's.
    pub fn new(material: &Material<'_>) -> Result<Self, CertificateError> {
        Ok(Self { current: RwLock::new(Arc::new(Shown::of(material)?)) })
    }

    /// Shows new certificates from the next connection on; open connections keep theirs.
    ///
    /// # Errors
    /// As [`Self::new`]; the old certificates then stay in use.
    pub fn replace(&self, material: &Material<'_>) -> Result<(), CertificateError> {
        let shown = Arc::new(Shown::of(material)?);
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = shown;
        Ok(())
    }

    /// When the certificate that browsers see ends, in seconds since 1970.
    pub fn ends(&self) -> i64 {
        self.current.read().unwrap_or_else(PoisonError::into_inner).ends
    }

    pub(super) fn choose(&self, hello: &ClientHello<'_>) -> Arc<ServerConfig> {
        let shown = Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner));
        let office = hello.server_name().is_some_and(|name| name.eq_ignore_ascii_case(OFFICE_NAME));
        Arc::clone(if office { &shown.office } else { &shown.others })
    }
}

impl Shown {
    fn of(material: &Material<'_>) -> Result<Self, CertificateError> {
        let mut roots = RootCertStore::empty();
        roots.add(pem::certificates(material.ca_pem)?.swap_remove(0)).map_err(unusable)?;
        let clients = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider())
            .allow_unauthenticated()
            .build()
            .map_err(|error| CertificateError::Unusable(error.to_string()))?;
        let asking = builder()?.with_client_cert_verifier(clients);
        let (chain, key) = read(&material.office)?;
        let office = finished(asking.with_single_cert(chain, key))?;
        let (chain, key) = read(material.public.as_ref().unwrap_or(&material.office))?;
        let ends = ca::parse(&chain[0])?.validity().not_after.timestamp();
        let others = finished(builder()?.with_no_client_auth().with_single_cert(chain, key))?;
        Ok(Self { ends, office, others })
    }
}

fn builder() -> Result<rustls::ConfigBuilder<ServerConfig, rustls::WantsVerifier>, CertificateError>
{
    ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(unusable)
}

fn read(
    identity: &Identity<'_>,
) -> Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>), CertificateError> {
    let chain = pem::certificates(identity.chain_pem)?;
    // Clients refuse a CA certificate as a server's; better said here than discovered by every one of them.
    if ca::parse(&chain[0])?.is_ca() {
        return Err(CertificateError::AuthorityAsServer);
    }
    Ok((chain, pem::private_key(identity.key_pem)?))
}

fn finished(
    config: Result<ServerConfig, rustls::Error>,
) -> Result<Arc<ServerConfig>, CertificateError> {
    let mut config = config.map_err(unusable)?;
    config.alpn_protocols = vec![ALPN_H2.to_vec(), ALPN_HTTP1.to_vec()];
    Ok(Arc::new(config))
}

fn unusable(error: rustls::Error) -> CertificateError {
    match error {
        rustls::Error::InconsistentKeys(InconsistentKeys::KeyMismatch) => {
            CertificateError::KeyMismatch
        }
        other => CertificateError::Unusable(other.to_string()),
    }
}

pub(super) const ALPN_H2: &[u8] = b"h2";
const ALPN_HTTP1: &[u8] = b"http/1.1";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::ca::OfficeCa;

    #[test]
    fn wrong_material_is_refused_with_the_reason() {
        let ca = OfficeCa::create("Office", &[], 1_800_000_000).unwrap();
        let leaf = ca.issue_server(&[], &[], 1_800_000_000).unwrap();
        let other = ca.issue_server(&[], &[], 1_800_000_000).unwrap();
        let try_with = |chain: &str, key: &str| {
            let office = Identity { chain_pem: chain.as_bytes(), key_pem: key.as_bytes() };
            Certificates::new(&Material {
                ca_pem: ca.certificate_pem().as_bytes(),
                office,
                public: None,
            })
            .map(|_| ())
        };
        try_with(&leaf.chain_pem, &leaf.key_pem).unwrap();
        assert!(matches!(
            try_with(&leaf.chain_pem, &other.key_pem),
            Err(CertificateError::KeyMismatch)
        ));
        assert!(matches!(
            try_with(ca.certificate_pem(), ca.key_pem()),
            Err(CertificateError::AuthorityAsServer)
        ));
        assert!(matches!(try_with("", &leaf.key_pem), Err(CertificateError::NoCertificate)));
        assert!(matches!(try_with(&leaf.chain_pem, "x"), Err(CertificateError::NoKey)));
    }
}

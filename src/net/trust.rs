//! First contact: fetches the office CA's certificate from a server of which only the CA's fingerprint is known.
//!
//! Nothing is sent before the proof is complete: the server must show a CA certificate with exactly that fingerprint
//! and prove, through the handshake, to hold a leaf for the office's name signed by it.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    CertificateError as Refusal, ClientConfig, DigitallySignedStruct, RootCertStore,
    SignatureScheme,
};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::client::ClientError;
use super::{OFFICE_NAME, ca, tls};

/// How long the whole first contact may take.
pub const FIRST_CONTACT_TIMEOUT: Duration = Duration::from_secs(10);

/// Connects once to `address` (`host:port`) and returns the office CA's certificate as PEM, if its SHA-256 is `fingerprint`.
///
/// # Errors
/// [`ClientError::Unreachable`] or [`ClientError::TimedOut`] when nobody answers, [`ClientError::Untrusted`] when the
/// server is another office's, or somebody stands in between.
pub async fn fetch_ca(address: &str, fingerprint: [u8; 32]) -> Result<String, ClientError> {
    let contact = contact(address, fingerprint);
    tokio::time::timeout(FIRST_CONTACT_TIMEOUT, contact).await.map_err(|_| ClientError::TimedOut)?
}

async fn contact(address: &str, fingerprint: [u8; 32]) -> Result<String, ClientError> {
    let verifier = Arc::new(ByFingerprint { fingerprint, found: OnceLock::new() });
    let config = ClientConfig::builder_with_provider(tls::provider())
        .with_safe_default_protocol_versions()
        .map_err(|error| ClientError::Untrusted(error.to_string()))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::clone(&verifier) as Arc<dyn ServerCertVerifier>)
        .with_no_client_auth();
    let socket = TcpStream::connect(address)
        .await
        .map_err(|error| ClientError::Unreachable(error.to_string()))?;
    let name = ServerName::try_from(OFFICE_NAME)
        .map_err(|error| ClientError::Untrusted(error.to_string()))?;
    TlsConnector::from(Arc::new(config)).connect(name, socket).await.map_err(|error| {
        let refused = error.get_ref().is_some_and(|inner| inner.is::<rustls::Error>());
        if refused {
            ClientError::Untrusted(error.to_string())
        } else {
            ClientError::Broken(error.to_string())
        }
    })?;
    let found = verifier
        .found
        .get()
        .ok_or_else(|| ClientError::Untrusted("no certificate was shown".to_owned()))?;
    Ok(pem_of(found))
}

/// Accepts a server only by a CA certificate in its chain with the known fingerprint.
#[derive(Debug)]
struct ByFingerprint {
    fingerprint: [u8; 32],
    found: OnceLock<CertificateDer<'static>>,
}

impl ServerCertVerifier for ByFingerprint {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        chain: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let authority =
            chain.iter().find(|certificate| ca::fingerprint(certificate) == self.fingerprint);
        let authority =
            authority.ok_or(rustls::Error::InvalidCertificate(Refusal::UnknownIssuer))?;
        let mut roots = RootCertStore::empty();
        roots.add(authority.clone().into_owned())?;
        let verifier =
            WebPkiServerVerifier::builder_with_provider(Arc::new(roots), tls::provider())
                .build()
                .map_err(|error| rustls::Error::General(error.to_string()))?;
        let verified = verifier.verify_server_cert(leaf, chain, name, ocsp, now)?;
        self.found.get_or_init(|| authority.clone().into_owned());
        Ok(verified)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(
            message,
            certificate,
            signed,
            &tls::provider().signature_verification_algorithms,
        )
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(
            message,
            certificate,
            signed,
            &tls::provider().signature_verification_algorithms,
        )
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        tls::provider().signature_verification_algorithms.supported_schemes()
    }
}

fn pem_of(certificate: &CertificateDer<'_>) -> String {
    let text = data_encoding::BASE64.encode(certificate);
    let lines: Vec<&str> =
        (0..text.len()).step_by(64).map(|start| &text[start..text.len().min(start + 64)]).collect();
    format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", lines.join("\n"))
}

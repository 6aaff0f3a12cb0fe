//! Certificates and keys from PEM text; the only file that names rustls-pemfile.
//!
//! That crate is archived (RUSTSEC-2025-0134): its authors moved the parser into `rustls_pki_types::pem`, which it now
//! only wraps, so the code that reads the bytes is maintained. Keeping every call here makes the day it must go a
//! change of one file. Nothing here reads a file or trusts what it parsed.

use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::CertificateError;

/// Largest PEM text looked at, in bytes: a chain of a few certificates is under 20 KiB.
pub const MAX_PEM_BYTES: usize = 256 * 1024;

/// Most certificates taken from one text.
pub const MAX_CERTIFICATES: usize = 16;

/// All certificates in the text, in their order (the leaf first in a server's chain). Other sections are passed over.
///
/// # Errors
/// When the text is too long, is not PEM, holds no certificate or more than [`MAX_CERTIFICATES`].
pub fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, CertificateError> {
    bounded(pem)?;
    let mut reader = pem;
    let mut found = Vec::new();
    for certificate in rustls_pemfile::certs(&mut reader) {
        found.push(certificate.map_err(|error| CertificateError::NotPem(error.to_string()))?);
        if found.len() > MAX_CERTIFICATES {
            return Err(CertificateError::TooLarge);
        }
    }
    if found.is_empty() { Err(CertificateError::NoCertificate) } else { Ok(found) }
}

/// The first private key in the text: PKCS#8, PKCS#1 or SEC1, not encrypted.
///
/// # Errors
/// When the text is too long, is not PEM, or holds no such key (an encrypted key is none).
pub fn private_key(pem: &[u8]) -> Result<PrivateKeyDer<'static>, CertificateError> {
    bounded(pem)?;
    let mut reader = pem;
    rustls_pemfile::private_key(&mut reader)
        .map_err(|error| CertificateError::NotPem(error.to_string()))?
        .ok_or(CertificateError::NoKey)
}

fn bounded(pem: &[u8]) -> Result<(), CertificateError> {
    if pem.len() > MAX_PEM_BYTES { Err(CertificateError::TooLarge) } else { Ok(()) }
}

#[cfg(test)]
mod tests;

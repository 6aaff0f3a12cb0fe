//! Any bytes as a certificate chain or a private key: refused with a sentence, or a bounded number of whole sections, in their order.

use super::net::pem::{MAX_CERTIFICATES, certificates, private_key};

pub(super) fn run(data: &[u8]) {
    match certificates(data) {
        Ok(chain) => {
            assert!((1..=MAX_CERTIFICATES).contains(&chain.len()));
            // Every section takes more room as text than as bytes.
            assert!(chain.iter().map(|one| one.len()).sum::<usize>() < data.len());
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
    match private_key(data) {
        Ok(key) => assert!(key.secret_der().len() < data.len()),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

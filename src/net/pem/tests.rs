//! Certificates and keys come back as they went in, and nothing else passes for one.

use super::*;
use crate::net;

#[path = "../../../fuzz/fuzz_targets/entry/pem.rs"]
mod target;

/// The fuzz target on its seeds, cut short anywhere and with a slip anywhere.
#[test]
fn target_holds_near_its_seeds() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fuzz/seeds/pem");
    let mut read = 0;
    for seed in std::fs::read_dir(folder).unwrap() {
        let seed = std::fs::read(seed.unwrap().path()).unwrap();
        read += usize::from(certificates(&seed).is_ok() || private_key(&seed).is_ok());
        for at in 0..seed.len() {
            target::run(&seed[..at]);
            for byte in b"-=\n\0" {
                let mut slipped = seed.clone();
                slipped[at] = *byte;
                target::run(&slipped);
            }
        }
    }
    assert!(read > 2, "most of them are certificates or keys");
}

#[test]
fn text_without_what_was_asked_for_is_refused_with_a_sentence() {
    assert!(matches!(certificates(b"hello"), Err(CertificateError::NoCertificate)));
    assert!(matches!(private_key(b""), Err(CertificateError::NoKey)));
    let broken = b"-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n";
    assert!(matches!(certificates(broken), Err(CertificateError::NotPem(_))));
    assert!(matches!(
        certificates(&vec![b'\n'; MAX_PEM_BYTES + 1]),
        Err(CertificateError::TooLarge)
    ));
}

#[test]
fn a_key_and_a_chain_come_back_as_they_went_in() {
    let key = rcgen::KeyPair::generate().unwrap();
    let certificate = rcgen::CertificateParams::new(vec!["a.example".to_owned()])
        .unwrap()
        .self_signed(&key)
        .unwrap();
    let text = format!("{}{}{}", certificate.pem(), key.serialize_pem(), certificate.pem());
    assert_eq!(certificates(text.as_bytes()).unwrap(), vec![certificate.der().clone(); 2]);
    assert_eq!(private_key(text.as_bytes()).unwrap().secret_der(), key.serialized_der());
}

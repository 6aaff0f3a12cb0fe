//! The CA's promises, checked by two validators: rustls-webpki (through rustls) and, where installed, openssl.

use std::net::IpAddr;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use rustls::RootCertStore;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::WebPkiClientVerifier;

use super::*;
use crate::net::{OFFICE_NAME, tls};

const NOW: i64 = 1_800_000_000;
const A_DAY: i64 = 86_400;

fn office() -> OfficeCa {
    OfficeCa::create("Miller & Sons", &["time.miller.example".to_owned(), "pc17".to_owned()], NOW)
        .unwrap()
}

fn roots(ca: &OfficeCa) -> Arc<RootCertStore> {
    let mut roots = RootCertStore::empty();
    roots.add(ca.certificate.clone()).unwrap();
    Arc::new(roots)
}

fn at(now: i64) -> UnixTime {
    UnixTime::since_unix_epoch(Duration::from_secs(now.try_into().unwrap()))
}

fn accepts(
    ca: &OfficeCa,
    chain: &[CertificateDer<'_>],
    name: &str,
    now: i64,
) -> Result<(), rustls::Error> {
    let verifier =
        WebPkiServerVerifier::builder_with_provider(roots(ca), tls::provider()).build().unwrap();
    let name = ServerName::try_from(name.to_owned()).unwrap();
    verifier.verify_server_cert(&chain[0], &chain[1..], &name, &[], at(now)).map(|_| ())
}

#[test]
fn the_leaf_is_accepted_for_every_name_it_was_asked_for() {
    let ca = office();
    let names = [
        "PC17".to_owned(),
        "api.time.miller.example".to_owned(),
        "bank.example".to_owned(),
        "not a name".to_owned(),
    ];
    let addresses = ["192.168.7.9", "8.8.8.8", "fd00::7", "::ffff:10.0.0.1"]
        .map(|text| text.parse::<IpAddr>().unwrap());
    let leaf = ca.issue_server(&names, &addresses, NOW).unwrap();
    assert_eq!(leaf.left_out, ["bank.example", "not a name", "8.8.8.8"]);
    let chain = pem::certificates(leaf.chain_pem.as_bytes()).unwrap();
    assert_eq!(chain[1], ca.certificate, "the CA is sent along");
    for name in [
        OFFICE_NAME,
        "localhost",
        "pc17",
        "api.time.miller.example",
        "127.0.0.1",
        "::1",
        "192.168.7.9",
        "10.0.0.1",
        "fd00::7",
    ] {
        accepts(&ca, &chain, name, NOW).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
    assert!(accepts(&ca, &chain, "bank.example", NOW).is_err());
    assert!(accepts(&ca, &chain, OFFICE_NAME, NOW + 398 * A_DAY).is_err(), "it ends");
    assert!(
        accepts(&office(), &chain, OFFICE_NAME, NOW).is_err(),
        "another office does not accept it"
    );
}

#[test]
fn a_stolen_ca_key_cannot_vouch_for_the_world() {
    let ca = office();
    for (foreign, name) in [
        (SanType::DnsName("bank.example".try_into().unwrap()), "bank.example"),
        (SanType::DnsName("xpc17".try_into().unwrap()), "xpc17"),
        (SanType::IpAddress("8.8.8.8".parse().unwrap()), "8.8.8.8"),
        (SanType::IpAddress("2001:db8::1".parse().unwrap()), "2001:db8::1"),
    ] {
        let mut params = validity(NOW, SERVER_DAYS).unwrap();
        params.subject_alt_names.push(foreign);
        params.extended_key_usages = vec![Purpose::ServerAuth];
        let forged = ca.sign(params, &KeyPair::generate().unwrap()).unwrap();
        let chain = [forged.der().clone(), ca.certificate.clone()];
        let refused = accepts(&ca, &chain, name, NOW).unwrap_err();
        assert!(format!("{refused:?}").contains("NameConstraintViolation"), "{name}: {refused:?}");
    }
}

#[test]
fn the_ca_certificate_is_no_server_certificate() {
    let ca = office();
    assert!(accepts(&ca, std::slice::from_ref(&ca.certificate), OFFICE_NAME, NOW).is_err());
}

#[test]
fn client_certificates_serve_clients_only() {
    let ca = office();
    let device = ed25519_dalek::SigningKey::from_bytes(&[7; 32]);
    let leaf = ca.issue_client(device.verifying_key().as_bytes(), "device-0190", NOW).unwrap();
    let chain = pem::certificates(leaf.chain_pem.as_bytes()).unwrap();
    let verifier =
        WebPkiClientVerifier::builder_with_provider(roots(&ca), tls::provider()).build().unwrap();
    verifier.verify_client_cert(&chain[0], &chain[1..], at(NOW)).unwrap();
    assert!(accepts(&ca, &chain, "device-0190", NOW).is_err());
    let server = ca.issue_server(&[], &[], NOW).unwrap();
    let server = pem::certificates(server.chain_pem.as_bytes()).unwrap();
    assert!(verifier.verify_client_cert(&server[0], &server[1..], at(NOW)).is_err());
    assert_eq!(leaf.fingerprint, fingerprint(&chain[0]));
    assert_eq!(leaf.not_after, NOW + 825 * A_DAY);
    assert!(ca.issue_client(&[1; 32], "", NOW).is_err());
    assert!(ca.issue_client(&[1; 32], &"x".repeat(65), NOW).is_err());
}

#[test]
fn a_signing_request_gives_its_key_and_nothing_else() {
    let ca = office();
    let key = KeyPair::generate().unwrap();
    let mut wish = CertificateParams::new(vec!["bank.example".to_owned()]).unwrap();
    wish.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let request = wish.serialize_request(&key).unwrap().pem().unwrap();
    let leaf = ca.issue_client_for_request(&request, "device-1", NOW).unwrap();
    let chain = pem::certificates(leaf.chain_pem.as_bytes()).unwrap();
    let parsed = parse(&chain[0]).unwrap();
    assert!(!parsed.is_ca());
    assert!(parsed.subject_alternative_name().unwrap().is_none());
    assert!(
        ca.issue_client_for_request(
            "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n",
            "d",
            NOW
        )
        .is_err()
    );
}

#[test]
fn a_reloaded_ca_is_the_same_and_a_wrong_key_is_refused() {
    let ca = office();
    let again = OfficeCa::load(ca.certificate_pem(), ca.key_pem()).unwrap();
    assert_eq!((again.fingerprint(), again.permitted()), (ca.fingerprint(), ca.permitted()));
    let chain =
        pem::certificates(again.issue_server(&[], &[], NOW).unwrap().chain_pem.as_bytes()).unwrap();
    accepts(&ca, &chain, OFFICE_NAME, NOW).unwrap();
    assert!(matches!(
        OfficeCa::load(ca.certificate_pem(), office().key_pem()),
        Err(CertificateError::KeyMismatch)
    ));
    let leaf = ca.issue_server(&[], &[], NOW).unwrap();
    assert!(OfficeCa::load(&leaf.chain_pem, &leaf.key_pem).is_err());
}

#[test]
fn the_leaf_is_reissued_when_names_change_or_two_thirds_have_passed() {
    let ca = office();
    let (names, addresses) = (["pc17".to_owned()], ["10.0.0.5".parse().unwrap()]);
    let leaf = ca.issue_server(&names, &addresses, NOW).unwrap();
    let stale = |ca: &OfficeCa, names: &[String], addresses: &[IpAddr], days: i64| {
        server_leaf_is_stale(ca, &leaf.chain_pem, names, addresses, NOW + days * A_DAY).unwrap()
    };
    assert!(!stale(&ca, &names, &addresses, 0));
    assert!(!stale(&ca, &names, &addresses, 260));
    assert!(stale(&ca, &names, &addresses, 266));
    assert!(stale(&ca, &names, &addresses, -3));
    assert!(stale(&ca, &[], &addresses, 0));
    assert!(stale(&ca, &names, &["10.0.0.6".parse().unwrap()], 0));
    assert!(
        !stale(&ca, &["pc17".to_owned(), "bank.example".to_owned()], &addresses, 0),
        "what is left out changes nothing"
    );
    assert!(stale(&office(), &names, &addresses, 0));
    assert!(needs_renewal(&leaf.chain_pem, NOW + 300 * A_DAY).unwrap());
}

#[test]
fn openssl_agrees() {
    if Command::new("openssl").arg("version").output().is_err() {
        return; // webpki checked the same above
    }
    let folder = std::env::temp_dir().join(format!("timebook-ca-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let ca = office();
    let server =
        ca.issue_server(&["pc17".to_owned()], &["10.0.0.5".parse().unwrap()], NOW).unwrap();
    let client = ca
        .issue_client(
            ed25519_dalek::SigningKey::from_bytes(&[7; 32]).verifying_key().as_bytes(),
            "01902c3f-7c1a-7b44-9d5e-0123456789ab",
            NOW,
        )
        .unwrap();
    let mut foreign = validity(NOW, SERVER_DAYS).unwrap();
    foreign.subject_alt_names.push(SanType::DnsName("bank.example".try_into().unwrap()));
    let foreign = ca.sign(foreign, &KeyPair::generate().unwrap()).unwrap().pem();
    std::fs::write(folder.join("ca"), ca.certificate_pem()).unwrap();
    let verdict = |pem: &str, extra: &[&str]| {
        std::fs::write(folder.join("leaf"), pem).unwrap();
        let mut openssl = Command::new("openssl");
        openssl
            .arg("verify")
            .arg("-x509_strict")
            .args(["-attime", &NOW.to_string(), "-CAfile"])
            .arg(folder.join("ca"));
        let output = openssl.args(extra).arg(folder.join("leaf")).output().unwrap();
        (
            output.status.success(),
            String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned(),
        )
    };
    let good =
        verdict(&server.chain_pem, &["-purpose", "sslserver", "-verify_hostname", OFFICE_NAME]);
    let by_address =
        verdict(&server.chain_pem, &["-purpose", "sslserver", "-verify_ip", "10.0.0.5"]);
    let as_client = verdict(&client.chain_pem, &["-purpose", "sslclient"]);
    let as_server = verdict(&client.chain_pem, &["-purpose", "sslserver"]);
    let forged = verdict(&foreign, &[]);
    std::fs::remove_dir_all(&folder).unwrap();
    assert!(good.0, "{}", good.1);
    assert!(by_address.0, "{}", by_address.1);
    assert!(as_client.0, "{}", as_client.1);
    assert!(!as_server.0);
    assert!(!forged.0 && forged.1.contains("permitted subtree violation"), "{}", forged.1);
}

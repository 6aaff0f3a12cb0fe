//! Sealed backups: made with a passphrase or for a key, opened with that and nothing else, and put back.

use std::fs;
use std::path::Path;

use age::secrecy::ExposeSecret;
use age::x25519::Identity;

use crate::harness::{Role, Server};

#[test]
fn a_sealed_backup_opens_with_its_passphrase_and_nothing_else() {
    let mut server = Server::start();
    server.add_user("ada", Role::Admin);
    let words = server.folder().join("words").display().to_string();
    fs::write(&words, "four words nobody guesses\n").unwrap();
    let wrong = server.folder().join("wrong").display().to_string();
    fs::write(&wrong, "four words nobody guessed\n").unwrap();
    // With the server up it is sealed by the command, and nothing of it is left open.
    let made = server.run(&["backup", "create", "--passphrase-file", &words, "--json"]).json();
    let file = made["file"].as_str().unwrap().to_owned();
    assert!(file.ends_with(".tbk.age"), "{made}");
    let folder = server.data().join("backups");
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1, "the open one is gone");
    assert!(fs::read(&file).unwrap().starts_with(b"age-encryption.org/v1\n-> scrypt "));
    let listed = server.run(&["backup", "list", "--json"]).json();
    assert!(listed["items"][0]["problem"].as_str().unwrap().starts_with("It is sealed"));

    let told = server.run(&["backup", "verify", &file]).refused(2);
    assert!(told.contains("--passphrase-file"), "{told}");
    let told = server.run(&["backup", "verify", &file, "--passphrase-file", &wrong]).refused(1);
    assert!(told.contains("does not open"), "{told}");
    server.run(&["backup", "verify", &file, "--passphrase-file", &words]).ok();
    let bytes = fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    for (name, bad) in [("cut", bytes[..middle].to_vec()), ("changed", flipped(&bytes, middle))] {
        let path = server.folder().join(name);
        fs::write(&path, bad).unwrap();
        let path = path.to_str().unwrap();
        let told = server.run(&["backup", "verify", path, "--passphrase-file", &words]).refused(1);
        assert!(told.contains("seal is broken"), "{told}");
    }

    server.add_user("late", Role::Employee);
    server.stop();
    server.run(&["backup", "restore", &file, "--passphrase-file", &wrong]).refused(1);
    server.run(&["backup", "restore", &file, "--passphrase-file", &words]).ok();
    assert!(parts(&server.data()).is_empty(), "nothing open is left: {:?}", parts(&server.data()));
    server.launch();
    assert_eq!(server.list("user").len(), 1);
}

#[test]
fn a_backup_is_sealed_to_a_key_that_is_elsewhere() {
    let mut server = Server::start();
    server.add_user("ada", Role::Admin);
    server.stop();
    let identity = Identity::generate();
    let keys = server.folder().join("keys").display().to_string();
    fs::write(&keys, format!("# a key\n{}\n", identity.to_string().expose_secret())).unwrap();
    let recipient = identity.to_public().to_string();
    server.run(&["backup", "create", "--recipient", "age1nobody"]).refused(2);
    let made = server.run(&["backup", "create", "--recipient", &recipient, "--json"]).json();
    let file = made["file"].as_str().unwrap();
    let told = server.run(&["backup", "verify", file, "--identity", &keys]).ok();
    assert!(told.starts_with("Sound: "), "{told}");
    let other = server.folder().join("other").display().to_string();
    fs::write(&other, Identity::generate().to_string().expose_secret()).unwrap();
    server.run(&["backup", "verify", file, "--identity", &other]).refused(1);
    server.run(&["backup", "restore", file, "--identity", &keys]).ok();
    server.launch();
}

fn flipped(bytes: &[u8], at: usize) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes[at] ^= 1;
    bytes
}

fn parts(folder: &Path) -> Vec<String> {
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
    names
        .map(|name| name.to_string_lossy().into_owned())
        .filter(|name| name.contains(".part"))
        .collect()
}

//! Mail through a real mail server (aiosmtpd) that wants STARTTLS and a sign-in; every mistake in the set-up is told as a sentence.

use crate::harness::process::Process;
use crate::harness::report::sign_in;
use crate::harness::wait::{self, LONG};
use crate::harness::{Folder, Role, Server, python};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

#[test]
fn letters_go_through_starttls_and_a_sign_in() {
    let folder = Folder::new();
    let ca = certificates(&folder);
    let server = Server::start_in(&[("SSL_CERT_FILE", &ca)], &[]);
    server.add_user("ada", Role::Admin);
    let test = ["mail", "test", "--to", "ada@office.test"];
    let told = server.run(&test).refused(1);
    assert!(told.contains("Mail is not set up"), "{told}");
    let set = |key: &str, value: &str| server.run(&["settings", "set", key, value]).ok();
    set("mail.host", "localhost");
    set("mail.from", "Time <time@office.test>");
    set("mail.user", "time");
    set("mail.port", "1");
    refused(&server, &test, "cannot be reached");

    let mut post = Post::start(&folder);
    set("mail.port", &post.port.to_string());
    password(&server, &folder, "close sesame");
    refused(&server, &test, "refuses the sign-in");
    password(&server, &folder, "open sesame");
    server.run(&test).ok();
    let letters = post.letters();
    let letter = &letters[0];
    assert_eq!((letters.len(), &letter["tls"], &letter["user"]), (1, &true.into(), &"time".into()));
    assert!(letter["text"].as_str().unwrap().contains("Subject: Timebook: mail works"), "{letter}");
    let nobody = ["mail", "test", "--to", "nobody@office.test"];
    refused(&server, &nobody, "there is nobody of this name");
    // The password is for this mail server on this way there: what changes that forgets it.
    let told = server.run(&["settings", "set", "mail.encryption", "tls", "--json"]).json();
    assert!(told["note"].as_str().unwrap().contains("password was forgotten"), "{told}");
    refused(&server, &test, "cannot be protected");
    set("mail.encryption", "starttls");
    // Its certificate says `localhost` only.
    set("mail.host", "127.0.0.1");
    refused(&server, &test, "cannot be protected");
    set("mail.host", "localhost");
    refused(&server, &test, "refuses the sign-in");
    password(&server, &folder, "open sesame");
    server.run(&test).ok();
    assert_eq!(post.letters().len(), 2);

    // In the background: what the mail server did not take waits, over a restart too, and goes when mail is set up anew.
    let mut server = server;
    set_port(&server, 1);
    let told = server.run(&["user", "invite", "--name", "bo", "--mail", "bo@office.test"]).ok();
    assert!(told.contains("by mail") && !told.contains('#'), "{told}");
    let first_try = || {
        let status = server.run(&["mail", "status", "--json"]).json();
        if status["waiting"][0]["tries"] == 1 { Ok(()) } else { Err(status) }
    };
    wait::until("the first try", LONG, first_try);
    server.restart();
    set_port(&server, post.port);
    password(&server, &folder, "open sesame");
    let letters = || Some(post.letters()).filter(|all| all.len() == 3).ok_or("not there yet");
    let letter = wait::until("the invitation", LONG, letters).remove(2);
    let text = letter["text"].as_str().unwrap().replace("=\r\n", "");
    assert!(letter["to"] == json!(["bo@office.test"]) && text.contains("/join#"), "{letter}");
    // People are warned at the address in their account, and links to a new password go there, too.
    server.run(&["user", "mail", "--name", "ada", "--address", "ada@office.test"]).ok();
    let people = server.run(&["user", "list", "--json"]).json();
    assert_eq!(people["items"][0]["mail"], "ada@office.test");
    let told = server.run(&["user", "reset-link", "--name", "ada", "--mail"]).ok();
    assert!(told.contains("by mail") && !told.contains('#'), "{told}");
    server.run(&["token", "create", "--user", "ada", "--scope", "read"]).ok();
    let letters = || Some(post.letters()).filter(|all| all.len() == 5).ok_or("not there yet");
    let letters = wait::until("the link and the warning", LONG, letters);
    for words in ["a new password", "a new API token"] {
        let is_it = |letter: &&Value| letter["text"].as_str().unwrap().contains(words);
        let letter = letters.iter().find(is_it).unwrap_or_else(|| panic!("{words}"));
        assert_eq!(letter["to"], json!(["ada@office.test"]));
    }
    wait::until("nothing waits", LONG, || {
        let status = server.run(&["mail", "status", "--json"]).json();
        if status["waiting"] == json!([]) { Ok(()) } else { Err(status) }
    });
    let status = server.run(&["mail", "status", "--json"]).json();
    assert_eq!(status["waiting"], json!([]));
    assert_eq!((&status["set_up"], &status["has_password"]), (&true.into(), &true.into()));
    let trail = sign_in(&server, "ada").get("/api/v1/audit?limit=1000").expect(200).text;
    assert!(!trail.contains("sesame"), "a password is in the audit log");
    assert!(!server.log().contains("sesame"), "a password is in the log");
    post.process.stop();
}

#[track_caller]
fn refused(server: &Server, command: &[&str], why: &str) {
    let told = server.run(command).refused(1);
    assert!(told.contains(why), "{why} is not in {told}");
}

fn set_port(server: &Server, port: u16) {
    server.run(&["settings", "set", "mail.port", &port.to_string()]).ok();
}

fn password(server: &Server, folder: &Folder, word: &str) {
    let file = folder.join("mail-password");
    std::fs::write(&file, format!("{word}\n")).unwrap();
    server.run(&["mail", "password", "--password-file", file.to_str().unwrap()]).ok();
}

/// The mail server.
struct Post {
    process: Process,
    port: u16,
    letters: PathBuf,
}

impl Post {
    fn start(folder: &Folder) -> Self {
        let (place, letters) = (folder.join("mail-port"), folder.join("letters"));
        let python = python::mail().join("python");
        let mut command = python::command(&python, folder, "127.0.0.1", 0);
        command.arg(python::script("mail.py"));
        command.args([
            folder.join("leaf.pem"),
            folder.join("leaf.key"),
            place.clone(),
            letters.clone(),
        ]);
        let process = Process::start(command, &folder.join("mail.log"));
        let port = wait::until("the mail server", LONG, || {
            std::fs::read_to_string(&place).map_err(|_| process.log())
        });
        Self { port: port.parse().unwrap(), process, letters }
    }

    fn letters(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(&self.letters).unwrap_or_default();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

/// An authority's certificate, and beside it one for `localhost` with its key.
fn certificates(folder: &Folder) -> PathBuf {
    let mut authority = CertificateParams::default();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    let certificate = authority.self_signed(&key).unwrap();
    let issuer = Issuer::new(authority, key);
    let leaf_key = KeyPair::generate().unwrap();
    let leaf = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    let leaf = leaf.signed_by(&leaf_key, &issuer).unwrap();
    write(&folder.join("leaf.pem"), &leaf.pem());
    write(&folder.join("leaf.key"), &leaf_key.serialize_pem());
    let ca = folder.join("mail-ca.pem");
    write(&ca, &certificate.pem());
    ca
}

fn write(path: &Path, text: &str) {
    std::fs::write(path, text).unwrap();
}

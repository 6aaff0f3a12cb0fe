//! The server as a program among others: its two doors, its public certificate, its log, its end.

use crate::harness::command::Done;
use crate::harness::recording::{self, create_bucket};
use crate::harness::{Agent, Folder, Http, Role, Server, wait};
use rustix::process::Signal;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;

#[test]
fn plain_http_on_the_tls_port_is_sent_to_https() {
    let server = Server::start();
    let mut stream = TcpStream::connect(server.address()).unwrap();
    stream
        .write_all(
            format!("GET /reports?a=1 HTTP/1.1\r\nhost: {}\r\n\r\n", server.address()).as_bytes(),
        )
        .unwrap();
    let mut answer = String::new();
    _ = stream.read_to_string(&mut answer);
    let status = answer.get(9..12).unwrap_or_default().to_owned();
    assert!(["301", "302", "307", "308"].contains(&status.as_str()), "{answer}");
    assert!(
        answer
            .to_lowercase()
            .contains(&format!("location: https://{}/reports?a=1", server.address())),
        "{answer}"
    );
}

#[test]
fn health_is_told_to_whoever_watches() {
    let server = Server::start();
    let http = server.http();
    http.get("/healthz").expect(200);
    http.get("/readyz").expect(200);
    server.add_user("ada", Role::Admin);
    let metrics = crate::harness::report::sign_in(&server, "ada").get("/metrics").expect(200).text;
    assert!(metrics.contains("# TYPE") && metrics.contains("# HELP"), "{metrics}");
    let reply = http.get("/api/v1/openapi.json").expect(200);
    for (name, part) in
        [("x-content-type-options", "nosniff"), ("content-security-policy", "default-src 'none'")]
    {
        assert!(reply.header(name).is_some_and(|v| v.contains(part)), "{name}: {reply:?}");
    }
}

/// The program next to the enrollment code is this very program.
#[test]
fn the_server_hands_out_its_own_program() {
    let server = Server::start();
    let (mine, theirs) = (server.folder().join("mine"), server.folder().join("theirs"));
    std::fs::copy(crate::harness::command::timebook().get_program(), &mine).unwrap();
    let mut fetch = std::process::Command::new("curl");
    fetch.args(["--silent", "--fail", "--noproxy", "*", "--cacert"]).arg(server.ca());
    fetch.arg("--output").arg(&theirs).arg(format!("{}/download", server.url()));
    Done::of(fetch).ok();
    assert!(std::fs::read(mine).unwrap() == std::fs::read(theirs).unwrap(), "another file");
}

/// Browsers get the public certificate; a new one in its place is shown without a restart; agents keep getting the office's own.
#[test]
fn a_public_certificate_and_its_renewal() {
    let folder = Folder::new();
    let (chain, key) = (folder.join("chain.pem"), folder.join("key.pem"));
    let put = || {
        let made = rcgen::generate_simple_self_signed([
            "time.example.com".to_owned(),
            "127.0.0.1".to_owned(),
        ])
        .unwrap();
        std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
        std::fs::write(&chain, made.cert.pem()).unwrap();
        let copy = folder.join("trusted.pem");
        std::fs::write(&copy, made.cert.pem()).unwrap();
        copy
    };
    let first = put();
    let text = |path: &PathBuf| path.to_string_lossy().into_owned();
    let mut server =
        Server::start_with(&["--certificate", &text(&chain), "--certificate-key", &text(&key)]);
    let as_browser = |url: &str, trusted: &PathBuf| {
        Http::with_ca(url, trusted).send("GET", "/readyz", "", Vec::new())
    };
    assert_eq!(as_browser(&server.url(), &first).unwrap().status, 200);
    assert!(as_browser(&server.url(), &server.ca()).is_err(), "browsers get the public one");
    Http::to_office(server.address(), &server.ca(), None).get("/readyz").expect(200);

    let renewed = put();
    wait::until("the renewed certificate", wait::LONG, || as_browser(&server.url(), &renewed));
    std::fs::write(&chain, "this is no certificate").unwrap();
    server.add_user("ada", Role::Admin);
    assert_eq!(
        as_browser(&server.url(), &renewed).unwrap().status,
        200,
        "a spoilt file changes nothing"
    );
    server.stop();
    let said = Done::of(server.command()).refused(1);
    assert!(said.contains("chain.pem"), "{said}");
    put();
    server.launch();
}

/// A request that is being answered when the stop signal comes is answered to its end.
#[test]
fn a_stop_waits_for_what_was_asked() {
    let mut server = Server::start();
    server.add_user("ada", Role::Admin);
    let http = server.with_token(&server.token("ada", "laptop"));
    create_bucket(&http, "b");
    let writer = std::thread::spawn(move || {
        let mut acknowledged = 0;
        while recording::send(&http, "b", acknowledged).is_ok() {
            acknowledged += 1;
        }
        acknowledged
    });
    let counting = server.with_token(&server.token("ada", "laptop"));
    wait::until_true("some events", wait::LONG, || recording::numbers(&counting, "b").len() > 20);
    server.process().signal(Signal::TERM);
    server.stop();
    let acknowledged = writer.join().unwrap();
    server.launch();
    let found = recording::numbers(&server.with_token(&server.token("ada", "laptop")), "b");
    assert!(found.len() as u64 >= acknowledged, "{} of {acknowledged}", found.len());
}

#[test]
fn a_log_as_json() {
    let mut server = Server::start_with(&["--log-format", "json"]);
    server.add_user("ada", Role::Admin);
    server.kill_child();
    server.wait_ready();
    server.stop();
    let log = server.log();
    let lines: Vec<&str> = log.lines().filter(|line| line.starts_with('{')).collect();
    assert!(lines.len() >= 3, "{log}");
    for line in lines {
        let entry: serde_json::Value =
            serde_json::from_str(line).unwrap_or_else(|e| panic!("{line}: {e}"));
        assert!(entry["level"].is_string() && entry["timestamp"].is_string(), "{line}");
    }
    server.launch();
}

/// Whenever it is told to stop, server or agent: the code is 0, and no line of its log alarms anybody.
#[test]
fn an_orderly_start_and_stop_alarm_nobody() {
    let mut server = Server::start();
    server.add_user("ada", Role::Admin);
    let mut agent = Agent::start(&server, "ada");
    // What a first start finds on this computer may be worth a word.
    agent.stop();
    server.stop();
    let (of_server, of_agent) = (server.log().len(), agent.log().len());
    for _ in 0..4 {
        server.launch_and_stop();
        server.launch();
        agent.launch_and_stop();
        agent.launch();
        agent.stop();
        server.stop();
    }
    for log in [&server.log()[of_server..], &agent.log()[of_agent..]] {
        let alarms = |line: &&str| line.contains(" WARN ") || line.contains(" ERROR ");
        assert_eq!(log.lines().find(alarms), None, "{log}");
        assert!(log.contains(" INFO "), "{log}");
    }
    server.launch();
    agent.launch();
}

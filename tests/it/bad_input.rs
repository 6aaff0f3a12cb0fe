//! What comes from outside and is wrong: a 4xx with a sentence, and nothing changed. The same list at the agent's door, at the server's
//! door, and for the office's own API.

use crate::harness::command::assert_sentence;
use crate::harness::http::JSON;
use crate::harness::{Agent, Http, Role, Server, recording};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

const HEARTBEAT: &str = "/api/0/buckets/b/heartbeat?pulsetime=5";
const EVENTS: &str = "/api/0/buckets/b/events";
const IMPORT: &str = "/api/0/import";

#[test]
fn at_the_agents_door() {
    let server = Server::start();
    server.add_user("ada", Role::Admin);
    let agent = Agent::start(&server, "ada");
    door(|| agent.http());
    huge_body(agent.door());
}

#[test]
fn at_the_servers_door() {
    let server = Server::start();
    server.add_user("ada", Role::Admin);
    let token = server.token("ada", "laptop");
    door(|| server.with_token(&token));
}

/// A new connection for each: a refused body may end the one it came on.
fn door(client: impl Fn() -> Http) {
    recording::create_bucket(&client(), "b");
    recording::send(&client(), "b", 1).unwrap();
    let before = client().get("/api/0/export").json();
    for (what, path, body) in wrong() {
        let reply =
            client().send("POST", path, JSON, body).unwrap_or_else(|e| panic!("{what}: {e}"));
        assert!((400..500).contains(&reply.status), "{what} to {path}: {reply:?}");
        let said = reply.json()["message"]
            .as_str()
            .unwrap_or_else(|| panic!("{what}: no message in {reply:?}"))
            .to_owned();
        assert_sentence(&said, what);
        assert_eq!(client().get("/api/0/export").json(), before, "{what} changed something");
    }
}

fn wrong() -> Vec<(&'static str, &'static str, Vec<u8>)> {
    let event = |timestamp: &str, duration: &str, data: &str| {
        format!(r#"{{"timestamp":{timestamp},"duration":{duration},"data":{data}}}"#).into_bytes()
    };
    let at = r#""2026-01-01T00:00:00Z""#;
    let listed = |bytes: Vec<u8>| [b"[".to_vec(), bytes, b"]".to_vec()].concat();
    let deep = format!("{}1{}", "[".repeat(10_000), "]".repeat(10_000));
    let wide = format!(r#"{{"k":"{}"}}"#, "x".repeat(3 * 1024 * 1024));
    let mut all = vec![
        ("nothing", HEARTBEAT, Vec::new()),
        ("no JSON", HEARTBEAT, b"timestamp=now".to_vec()),
        ("half a JSON", HEARTBEAT, br#"{"timestamp":"2026-"#.to_vec()),
        (
            "bad UTF-8",
            HEARTBEAT,
            event(at, "1", "{\"k\":\"\u{1}\"}")
                .into_iter()
                .map(|b| if b == 1 { 0xff } else { b })
                .collect(),
        ),
        ("10 000 deep", HEARTBEAT, event(at, "1", &format!(r#"{{"k":{deep}}}"#))),
        ("10 000 deep and nothing else", HEARTBEAT, deep.clone().into_bytes()),
        ("3 MiB in one value", HEARTBEAT, event(at, "1", &wide)),
        ("a number as time", HEARTBEAT, event("5", "1", "{}")),
        ("a word as time", HEARTBEAT, event(r#""yesterday""#, "1", "{}")),
        ("a year that never was", HEARTBEAT, event(r#""0000-01-01T00:00:00Z""#, "1", "{}")),
        ("a year far away", HEARTBEAT, event(r#""9999-12-31T23:59:59Z""#, "1", "{}")),
        ("a negative duration", HEARTBEAT, event(at, "-1", "{}")),
        ("an endless duration", HEARTBEAT, event(at, "1e300", "{}")),
        ("a word as duration", HEARTBEAT, event(at, r#""long""#, "{}")),
        ("data that is a list", HEARTBEAT, event(at, "1", "[1]")),
        ("no pulse time", "/api/0/buckets/b/heartbeat", event(at, "1", "{}")),
        ("a word as pulse time", "/api/0/buckets/b/heartbeat?pulsetime=soon", event(at, "1", "{}")),
        (
            "no number as pulse time",
            "/api/0/buckets/b/heartbeat?pulsetime=NaN",
            event(at, "1", "{}"),
        ),
        (
            "one wrong among right ones",
            EVENTS,
            listed([event(at, "1", "{}"), b",".to_vec(), event(at, "-1", "{}")].concat()),
        ),
        ("10 000 deep in a list", EVENTS, listed(event(at, "1", &format!(r#"{{"k":{deep}}}"#)))),
        ("a bucket that is a list", "/api/0/buckets/new", b"[]".to_vec()),
        (
            "a bucket of wrong types",
            "/api/0/buckets/new",
            br#"{"client":1,"type":[],"hostname":{}}"#.to_vec(),
        ),
        ("an import of nothing", IMPORT, b"{}".to_vec()),
        (
            "an import of wrong types",
            IMPORT,
            br#"{"buckets":{"n":{"id":"n","type":7,"events":"none"}}}"#.to_vec(),
        ),
        ("an import 10 000 deep", IMPORT, format!(r#"{{"buckets":{deep}}}"#).into_bytes()),
    ];
    all.push((
        "a bucket's name of 5 000 letters",
        long_name(),
        br#"{"client":"c","type":"t","hostname":"h"}"#.to_vec(),
    ));
    all
}

fn long_name() -> &'static str {
    Box::leak(format!("/api/0/buckets/{}", "n".repeat(5_000)).into_boxed_str())
}

/// A body announced as larger than anything is refused before it is sent.
fn huge_body(door: SocketAddr) {
    let mut stream = TcpStream::connect(door).unwrap();
    let head = format!(
        "POST {HEARTBEAT} HTTP/1.1\r\nhost: {door}\r\ncontent-type: {JSON}\r\ncontent-length: 999999999999\r\nconnection: close\r\n\r\n{{"
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
}

/// The door on 127.0.0.1 answers no other name: a page on the internet must not reach it through the browser.
#[test]
fn a_foreign_host_at_the_agents_door() {
    let server = Server::start();
    server.add_user("ada", Role::Admin);
    let agent = Agent::start(&server, "ada");
    for host in ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:5600", ""] {
        let reply = agent.http().header("host", host).get("/api/0/info");
        assert!((400..500).contains(&reply.status), "{host:?}: {reply:?}");
    }
    let origin = agent.http().header("origin", "https://evil.example").get("/api/0/info");
    assert!(origin.header("access-control-allow-origin").is_none(), "{origin:?}");
}

#[test]
fn at_the_offices_own_api() {
    let server = Server::start();
    server.add_user("ada", Role::Admin);
    let http = server.http();
    let good = crate::harness::server::PASSWORD;
    let deep = format!("{}1{}", "[".repeat(10_000), "]".repeat(10_000));
    let bodies: Vec<(&str, Vec<u8>)> = vec![
        (
            "an unknown field",
            format!(r#"{{"name":"ada","password":"{good}","admin":true}}"#).into_bytes(),
        ),
        ("a missing field", br#"{"name":"ada"}"#.to_vec()),
        ("a wrong type", br#"{"name":["ada"],"password":1}"#.to_vec()),
        ("bad UTF-8", b"{\"name\":\"\xff\",\"password\":\"x\"}".to_vec()),
        ("10 000 deep", deep.into_bytes()),
        ("no JSON", b"name=ada".to_vec()),
        ("3 MiB", vec![b' '; 3 * 1024 * 1024]),
    ];
    for (what, body) in bodies {
        let reply = http
            .send("POST", "/api/v1/session", JSON, body)
            .unwrap_or_else(|e| panic!("{what}: {e}"));
        assert!((400..500).contains(&reply.status) && reply.status != 401, "{what}: {reply:?}");
        reply.problem();
        assert!(reply.header("set-cookie").is_none(), "{what} signed somebody in");
    }
    let form = http
        .send(
            "POST",
            "/api/v1/session",
            "text/plain",
            format!(r#"{{"name":"ada","password":"{good}"}}"#).into_bytes(),
        )
        .unwrap();
    assert_eq!(form.status, 415, "a page elsewhere can send text/plain without asking: {form:?}");
    let viewer = crate::harness::report::sign_in(&server, "ada");
    for query in [
        "",
        "?person=ada",
        "?person=ada&from=x&to=y",
        "?person=ada&from=2026-01-02&to=2026-01-01",
        "?person=ada&from=0001-01-01&to=9999-12-31",
        "?person=ada&from=2026-01-01&to=2026-01-02&extra=1",
    ] {
        let reply = viewer.get(&format!("/api/v1/reports/activity{query}"));
        assert!((400..500).contains(&reply.status), "{query}: {reply:?}");
        reply.problem();
    }
}

/// A revoked computer keeps recording for its person; what it sends is set aside and shown, not counted.
#[test]
fn a_revoked_computer_is_set_aside() {
    let server = Server::start();
    server.add_user("ada", Role::Admin);
    let agent = Agent::start(&server, "ada");
    let http = agent.http();
    recording::create_bucket(&http, "b");
    recording::send(&http, "b", 1).unwrap();
    server.expect_report("ada", &[1].into());
    let id = server.list("device")[0]["id"].as_str().unwrap().to_owned();
    server.run(&["device", "revoke", &id]).ok();
    recording::send(&http, "b", 2).unwrap();
    crate::harness::wait::until("the batch to be set aside", crate::harness::wait::LONG, || {
        let list = server.list("quarantine");
        if list.iter().any(|q| q["why"] == "revoked_device") {
            Ok(())
        } else {
            Err(format!("{list:?}"))
        }
    });
    server.expect_report("ada", &[1].into());
}

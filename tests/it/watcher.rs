//! A real watcher from PyPI, aw-watcher-netstatus 1.0.1: it runs without a desktop and asks every moment whether a port answers. The port
//! is the test's own, so the test decides what it sees.

use crate::harness::{Agent, Folder, Role, Server, process::Process, python, wait};
use serde_json::Value;
use std::net::TcpListener;

#[test]
fn a_watcher_records_through_the_agent() {
    let server = Server::start();
    server.add_user("ada", Role::Admin);
    let agent = Agent::start(&server, "ada");
    let home = Folder::new();
    let watched = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = watched.local_addr().unwrap().port();

    let place = home.join("config/activitywatch/aw-watcher-netstatus");
    std::fs::create_dir_all(&place).unwrap();
    let settings =
        format!("[aw-watcher-netstatus]\npoll_time = 0.1\nhost = 127.0.0.1\nport = {port}\n");
    std::fs::write(place.join("aw-watcher-netstatus.toml"), settings).unwrap();
    let mut command = python::command(
        &python::client().join("aw-watcher-netstatus"),
        &home,
        "127.0.0.1",
        agent.door().port(),
    );
    command.arg("--verbose");
    let mut watcher = Process::start(command, &home.join("watcher.log"));

    expect(&agent, &watcher, &["online"]);
    drop(watched);
    expect(&agent, &watcher, &["online", "offline"]);
    let _watched = TcpListener::bind(("127.0.0.1", port)).unwrap();
    expect(&agent, &watcher, &["online", "offline", "online"]);

    // Not an interrupt: Python may raise that where the watcher or a library of it lets no exception out, and then it runs on.
    watcher.stop();
    assert!(!watcher.log().contains("ERROR"), "{}", watcher.log());
}

/// The states in the watcher's bucket, oldest first, as merging leaves them.
fn expect(agent: &Agent, watcher: &Process, wanted: &[&str]) {
    let http = agent.http();
    wait::until(&format!("the watcher to have seen {wanted:?}"), wait::LONG, || {
        let buckets = http.get("/api/0/buckets/").json();
        let Some((id, bucket)) = buckets.as_object().unwrap().iter().next() else {
            return Err(watcher.tail());
        };
        assert_eq!(bucket["type"], "networkstatus");
        let events = http.get(&format!("/api/0/buckets/{id}/events?limit=-1")).json();
        let states: Vec<_> =
            events.as_array().unwrap().iter().rev().map(|e| e["data"]["status"].clone()).collect();
        if states == wanted.iter().map(|s| Value::from(*s)).collect::<Vec<_>>() {
            Ok(())
        } else {
            Err(format!("{events}"))
        }
    });
}

//! The server out of service and back: nobody signs in again, nothing recorded meanwhile is lost, and its folder may be copied.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use serde_json::{Value, json};

use crate::harness::command::{Done, run, timebook};
use crate::harness::process::Process;
use crate::harness::recording::{self, create_bucket, yesterday};
use crate::harness::report::sign_in;
use crate::harness::{Agent, Folder, Http, Role, Server, python, wait};

const PEOPLE: [&str; 4] = ["ada", "bo", "cy", "di"];
const SESSIONS_EACH: usize = 5;
const BUCKET: &str = "aw-watcher-window_desk";
/// What the real client brings, and how much of that must have arrived before the server is stopped under it.
const STREAMED: u64 = 400;
const BEFORE: usize = 20;

#[test]
fn a_stop_and_a_start_cost_nobody_anything() {
    let mut server = Server::start();
    server.add_user("ada", Role::Admin);
    server.add_user("bo", Role::Manager);
    server.add_user("cy", Role::Employee);
    server.add_user("di", Role::Employee);
    let sessions: Vec<(&str, Http)> = PEOPLE
        .into_iter()
        .flat_map(|name| (0..SESSIONS_EACH).map(move |_| name))
        .map(|name| (name, sign_in(&server, name)))
        .collect();
    let agents = [Agent::start(&server, "bo"), Agent::start(&server, "di")];
    for agent in &agents {
        create_bucket(&agent.http(), BUCKET);
        for number in 0..10 {
            recording::send(&agent.http(), BUCKET, number).unwrap();
        }
    }
    let token = server.token("cy", "desk");
    let home = Folder::new();
    let mut client = stream(&server, &home, &token);
    let door = server.with_token(&token);
    wait::until("the client to have begun", wait::LONG, || {
        let reply = door.get(&format!("{}/events?limit=-1", recording::bucket_path(BUCKET)));
        let arrived =
            if reply.status == 200 { reply.json().as_array().map_or(0, Vec::len) } else { 0 };
        if arrived >= BEFORE { Ok(()) } else { Err(format!("{arrived} events")) }
    });
    let words = Http::new(server.loopback()).header("cookie", "none");
    let told = server.run(&["stop", "--reason", "a new disk"]).ok();
    assert!(told.contains("out of service"), "{told}");

    let flag: Value =
        serde_json::from_slice(&fs::read(server.data().join("stopped")).unwrap()).unwrap();
    assert_eq!(flag["reason"], "a new disk");
    for (name, session) in &sessions {
        let reply = session.get("/api/v1/session");
        if *name == "ada" {
            assert_eq!(reply.expect(200).json()["user"]["name"], "ada");
        } else {
            expect_out_of_service(&reply.expect(503));
        }
        expect_out_of_service(&session.get("/api/v1/entries?from=2026-01-01").expect(503));
    }
    expect_out_of_service(&words.get("/api/v1/session").expect(503));
    assert_eq!(words.get("/").status, 200, "the page itself says that it is out of service");
    assert_eq!(words.get("/healthz").status, 200);
    assert_eq!(words.get("/readyz").status, 503);
    let ada = &sessions[0].1;
    let status = ada.get("/api/v1/server/status").expect(200).json();
    assert_eq!(
        (&status["state"], &status["stopped_reason"]),
        (&json!("stopped"), &json!("a new disk"))
    );
    assert_eq!(status["sessions"], PEOPLE.len() * SESSIONS_EACH);
    let on = ada.get("/api/v1/server/sessions?limit=100").expect(200).json();
    assert_eq!(on["items"].as_array().unwrap().len(), PEOPLE.len() * SESSIONS_EACH);
    let told = server.run(&["status"]).ok();
    assert!(
        told.starts_with("Status:         Stopped since 20") && told.contains(": a new disk"),
        "{told}"
    );
    // What changes anything is as far away as for everybody.
    let told = server.run(&["team", "add", "--name", "t", "--person", "ada"]);
    assert_ne!(told.code, Some(0), "{told:?}");

    // Both files stand still: a copy made by any means is the whole office.
    let before = [server.data().join("timebook.redb"), server.data().join("log.redb")].map(bytes);
    let copy = Folder::new();
    let copied = Command::new("cp").arg("-a").arg(server.data()).arg(copy.join("data")).status();
    assert!(copied.unwrap().success());
    let hash = server.run(&["doctor", "--json"]).json()["state_hash"].clone();
    for agent in &agents {
        for number in 10..20 {
            recording::send(&agent.http(), BUCKET, number).unwrap();
        }
    }
    assert_eq!(
        before,
        [server.data().join("timebook.redb"), server.data().join("log.redb")].map(bytes)
    );

    let refused = run(&copy.join("data"), &["doctor"]).refused(4);
    assert!(refused.contains("timebook start"), "a copy is as stopped as its original: {refused}");
    fs::remove_file(copy.join("data/stopped")).unwrap();
    let there = run(&copy.join("data"), &["doctor", "--json"]).json();
    assert_eq!(there["state_hash"], hash, "the copy is the office as it was");

    server.run(&["start"]).ok();
    assert!(!server.data().join("stopped").exists());
    for (name, session) in &sessions {
        let who = session.get("/api/v1/session").expect(200).json();
        assert_eq!(who["user"]["name"], *name, "nobody signs in again");
    }
    assert!(client.wait().success(), "{}", client.tail());
    let all: BTreeSet<u64> = (0..STREAMED).collect();
    let found = recording::numbers(&server.with_token(&token), BUCKET);
    recording::check(&all, &found).unwrap();
    let recorded: BTreeSet<u64> = (0..20).collect();
    server.expect_report("bo", &recorded);
    server.expect_report("di", &recorded);

    let log = server.run(&["audit", "list", "--json"]).json();
    let entry = |action: &str| {
        let all = log["items"].as_array().unwrap();
        let found = all.iter().find(|entry| entry["action"] == action);
        found.unwrap_or_else(|| panic!("no {action} in {log}")).clone()
    };
    assert!(entry("server.stop")["actor"].as_str().unwrap().starts_with("local:"));
    assert!(entry("server.start")["subject"].as_str().unwrap().starts_with("stopped since 20"));
    assert!(entry("server.stop")["seq"].as_u64() < entry("server.start")["seq"].as_u64());
    drop(agents);
    server.stop();
}

/// A stock client that brings numbered heartbeats over the loopback door, and ends when its queue is empty.
fn stream(server: &Server, home: &Folder, token: &str) -> Process {
    let port = server.loopback().rsplit(':').next().unwrap().parse().unwrap();
    let host = format!("x:{token}@127.0.0.1");
    let program = python::client().join("python");
    let mut command = python::command(&program, home, &host, port);
    command.arg(python::script("stream.py")).args([&port.to_string(), BUCKET, &yesterday()]);
    command.args(["0", &STREAMED.to_string()]);
    Process::start(command, &home.join("client.log"))
}

#[track_caller]
fn expect_out_of_service(reply: &crate::harness::http::Reply) {
    assert_eq!(reply.json()["code"], "stopped", "{reply:?}");
    assert!(reply.header("retry-after").is_some(), "{reply:?}");
}

fn bytes(path: std::path::PathBuf) -> [u8; 32] {
    *blake3::hash(&fs::read(path).unwrap()).as_bytes()
}

#[test]
fn a_stopped_server_stays_stopped_until_it_is_started() {
    let mut server = Server::start();
    server.add_user("ada", Role::Admin);
    let ada = sign_in(&server, "ada");
    ada.post("/api/v1/server/stop", &json!({})).expect(200);
    wait_for(&ada, "stopped");
    server.kill_child();
    wait_for(&ada, "stopped");
    server.reopen();
    wait_for(&ada, "stopped");
    assert!(server.process().log().contains("out of service"), "the log says so");
    let since = ada.get("/api/v1/server/status").expect(200).json()["since"].clone();
    ada.post("/api/v1/server/start", &json!({})).expect(200);
    wait_for(&ada, "started");
    let log = ada.get("/api/v1/audit?before=9007199254740991&limit=1").expect(200).json();
    assert_eq!(log["items"][0]["subject"], format!("stopped since {}", since.as_str().unwrap()));

    // With nobody running, the mark alone can be taken away.
    server.run(&["stop"]).ok();
    server.stop();
    let told = server.run(&["status"]).refused(4);
    assert!(told.contains("timebook start"), "{told}");
    let told = server.run(&["start"]).refused(4);
    assert!(told.contains("timebook serve"), "{told}");
    let told = server.run(&["start"]).refused(4);
    assert!(told.contains("is not running"), "{told}");
    server.launch();
    wait_for(&ada, "started");

    let before = ada.get("/api/v1/server/status").expect(200).json();
    let children = server.process().children();
    server.run(&["restart"]).ok();
    wait_for(&ada, "started");
    let after = ada.get("/api/v1/server/status").expect(200).json();
    assert_eq!(after["state"], "started");
    assert_ne!(before["since"], after["since"]);
    assert_ne!(children, server.process().children(), "another process serves");
}

#[test]
fn everybody_is_warned_and_the_stop_is_called_off() {
    let server = Server::start();
    for (name, role) in [("ada", Role::Admin), ("bo", Role::Manager), ("cy", Role::Employee)] {
        server.add_user(name, role);
    }
    let [ada, bo, cy] = ["ada", "bo", "cy"].map(|name| sign_in(&server, name));
    for who in [&bo, &cy] {
        who.post("/api/v1/server/stop", &json!({})).expect(403);
        who.post("/api/v1/server/restart", &json!({})).expect(403);
        who.post("/api/v1/server/start", &json!({})).expect(403);
        who.get("/api/v1/server/sessions").expect(403);
        who.send("DELETE", "/api/v1/server/stop", "application/json", Vec::new())
            .unwrap()
            .expect(403);
    }
    server.http().post("/api/v1/server/stop", &json!({})).expect(401);
    ada.post("/api/v1/server/stop", &json!({"grace_s": 601})).expect(422);
    let mut listening = cy.open("/api/v1/events");
    listening.until("event: ready");
    let told = ada.post("/api/v1/server/stop", &json!({"grace_s": 600, "reason": "a new disk"}));
    let told = told.expect(200).json();
    assert_eq!((&told["state"], &told["warning"]["by"]), (&json!("warned"), &json!("ada")));
    let heard = listening.until("a new disk").to_owned();
    assert!(heard.contains("event: server") && heard.contains("\"by\":\"ada\""), "{heard}");
    // Whoever comes now is told, too.
    bo.open("/api/v1/events").until("a new disk");
    let status = server.run(&["status"]).ok();
    assert!(status.contains("Announced:") && status.contains("by ada: a new disk"), "{status}");
    cy.get("/api/v1/session").expect(200);
    let off = ada.send("DELETE", "/api/v1/server/stop", "application/json", Vec::new());
    off.unwrap().expect(204);
    listening.until("\"state\":\"started\"");
    assert_eq!(ada.get("/api/v1/server/status").expect(200).json()["warning"], Value::Null);

    // A wish that takes an earlier one's place counts, and so does its end.
    ada.post("/api/v1/server/stop", &json!({"grace_s": 600})).expect(200);
    ada.post("/api/v1/server/stop", &json!({"grace_s": 1})).expect(200);
    assert!(listening.rest().contains("\"restarts\":false"), "streams end with the server");
    wait_for(&ada, "stopped");
    ada.post("/api/v1/server/restart", &json!({})).expect(422);
    expect_out_of_service(&bo.post("/api/v1/server/start", &json!({})).expect(503));
    server.run(&["start"]).ok();
    cy.get("/api/v1/session").expect(200);
}

#[test]
fn another_user_of_this_computer_is_refused() {
    let server = Server::start();
    server.add_user("ada", Role::Admin);
    for args in [["stop"], ["start"], ["restart"]] {
        let mut command = timebook();
        command.args(args).arg("--data").arg(server.data());
        let told = Done::of(as_another_user(&server, command)).refused(3);
        assert!(told.contains(&format!("timebook {} --data", args[0])), "{told}");
    }
    assert!(server.run(&["status"]).ok().starts_with("Status:         Started"));
}

/// Root can be anybody; for others the socket is closed as it is to strangers.
fn as_another_user(server: &Server, mut command: Command) -> Command {
    if rustix::process::geteuid().is_root() {
        std::os::unix::process::CommandExt::uid(&mut command, NOBODY);
    } else {
        let closed = std::os::unix::fs::PermissionsExt::from_mode(0o000);
        fs::set_permissions(server.data().join("admin.sock"), closed).unwrap();
    }
    command
}

const NOBODY: u32 = 65_534;

#[track_caller]
fn wait_for(administrator: &Http, state: &str) {
    wait::until(&format!("the server to be {state}"), wait::LONG, || {
        let reply = administrator.send("GET", "/api/v1/server/status", "", Vec::new());
        match reply {
            Ok(reply) if reply.status == 200 && reply.json()["state"] == state => Ok(()),
            other => Err(format!("{other:?}")),
        }
    });
}

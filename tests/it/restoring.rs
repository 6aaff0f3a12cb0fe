//! The office put back from the page: from a backup of the list or one that is brought, with the server in service or out of it; what was
//! there before is saved first, and brings everything back.

use std::collections::BTreeSet;
use std::fs;

use serde_json::{Value, json};

use crate::harness::http::Reply;
use crate::harness::report::sign_in;
use crate::harness::{Agent, Http, Role, Server, recording, wait};

#[test]
fn a_restore_from_the_page_is_undone_by_the_backup_before_it() {
    let server = Server::start();
    for (name, role) in [("ada", Role::Admin), ("bo", Role::Manager), ("cy", Role::Employee)] {
        server.add_user(name, role);
    }
    let agent = Agent::start(&server, "cy");
    recording::create_bucket(&agent.http(), "b");
    recording::send(&agent.http(), "b", 1).unwrap();
    server.expect_report("cy", &[1].into());
    let made = server.run(&["backup", "create", "--json"]).json();
    let name = made["name"].as_str().unwrap().to_owned();
    server.add_user("late", Role::Employee);
    recording::send(&agent.http(), "b", 2).unwrap();
    server.expect_report("cy", &[1, 2].into());

    let path = format!("/api/v1/backups/{name}/restore");
    let (ada, bo) = (sign_in(&server, "ada"), sign_in(&server, "bo"));
    bo.post(&path, &json!({})).expect(403);
    ada.post("/api/v1/backups/nothing.tbk/restore", &json!({})).expect(404);
    ada.post(&path, &json!({})).expect(201);
    let last = restored(&server, &ada);
    assert_eq!((&last["made"], &last["problem"]), (&made["made"], &Value::Null), "{last}");
    ada.get("/api/v1/session").expect(401);
    assert_eq!(names(&server), BTreeSet::from(["ada", "bo", "cy"].map(str::to_owned)));
    // The computer finds out by itself that its office knows less.
    recording::send(&agent.http(), "b", 3).unwrap();
    server.expect_report("cy", &[1, 2, 3].into());
    let audit = server.run(&["audit", "list", "--json"]).ok();
    assert!(audit.contains("backup.restored"), "{audit}");

    // Out of service it goes as well, and the server serves afterwards: nobody could sign in to start it.
    let ada = sign_in(&server, "ada");
    server.run(&["stop"]).ok();
    let safety = last["safety"].as_str().unwrap();
    assert!(safety.contains("-before-restore"), "{safety}");
    ada.post(&format!("/api/v1/backups/{safety}/restore"), &json!({})).expect(201);
    restored(&server, &ada);
    assert!(!server.data().join("stopped").exists());
    assert!(names(&server).contains("late"));
    recording::send(&agent.http(), "b", 4).unwrap();
    server.expect_report("cy", &[1, 2, 3, 4].into());
}

#[test]
fn a_backup_is_brought_and_what_is_none_leaves_nothing() {
    let server = Server::start();
    server.add_user("ada", Role::Admin);
    server.add_user("bo", Role::Manager);
    let ada = sign_in(&server, "ada");
    let made = server.run(&["backup", "create", "--json"]).json();
    let file = made["file"].as_str().unwrap();
    let bytes = fs::read(file).unwrap();
    fs::remove_file(file).unwrap();
    let middle = bytes.len() / 2;
    let mut other = bytes.clone();
    other[middle] ^= 1;
    for bad in [b"".to_vec(), b"no backup at all".to_vec(), bytes[..middle].to_vec(), other] {
        assert_eq!(upload(&ada, bad).expect(422).json()["code"], "bad_backup");
    }
    let elsewhere = Server::start();
    elsewhere.add_user("zoe", Role::Admin);
    let theirs = elsewhere.run(&["backup", "create", "--json"]).json();
    let theirs = fs::read(theirs["file"].as_str().unwrap()).unwrap();
    assert_eq!(upload(&ada, theirs).expect(422).json()["code"], "other_office");
    upload(&sign_in(&server, "bo"), bytes.clone()).expect(403);
    let folder = server.data().join("backups");
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 0, "nothing half done stays");

    let taken = upload(&ada, bytes).expect(201).json();
    let name = taken["name"].as_str().unwrap();
    assert_eq!((taken["made"].as_str(), &taken["problem"]), (made["made"].as_str(), &Value::Null));
    server.add_user("late", Role::Employee);
    ada.post(&format!("/api/v1/backups/{name}/restore"), &json!({})).expect(201);
    let last = restored(&server, &ada);
    assert_eq!(last["made"], made["made"], "{last}");
    assert!(!names(&server).contains("late"));
}

#[test]
fn a_restore_that_cannot_be_done_leaves_everything_as_it_was() {
    let server = Server::start();
    server.add_user("ada", Role::Admin);
    let ada = sign_in(&server, "ada");
    let made = server.run(&["backup", "create", "--json"]).json();
    let name = made["name"].as_str().unwrap();
    // What is verified is sound; then what is there cannot be saved: its journal of erasures cannot be read.
    fs::write(server.data().join("erased"), "no line of it\n").unwrap();
    ada.post(&format!("/api/v1/backups/{name}/restore"), &json!({})).expect(201);
    let last = wait::until("the restore to have failed", wait::LONG, || {
        let last = server.run(&["status", "--json"]).json()["backups"]["restored"].clone();
        if last["problem"].is_string() { Ok(last) } else { Err(last) }
    });
    assert!(last["problem"].as_str().unwrap().contains("erased"), "{last}");
    ada.get("/api/v1/session").expect(200);
    fs::remove_file(server.data().join("erased")).unwrap();
}

/// What the server says of it once it serves again and the asker is signed in no more.
fn restored(server: &Server, asker: &Http) -> Value {
    wait::until("the restored office to be served", wait::LONG, || {
        match asker.send("GET", "/api/v1/session", "", Vec::new()) {
            Ok(reply) if reply.status == 401 => Ok(()),
            other => Err(format!("{other:?}\n{}", server.log())),
        }
    });
    let status = server.run(&["status", "--json"]).json();
    assert_eq!(status["state"], "started", "{status}");
    status["backups"]["restored"].clone()
}

fn upload(asker: &Http, bytes: Vec<u8>) -> Reply {
    asker.send("POST", "/api/v1/backups/upload", "application/octet-stream", bytes).unwrap()
}

fn names(server: &Server) -> BTreeSet<String> {
    let name = |user: &Value| user["name"].as_str().unwrap().to_owned();
    server.list("user").iter().map(name).collect()
}

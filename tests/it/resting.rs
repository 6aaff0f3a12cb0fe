//! Backups of a server that is out of service: made, listed, verified, taken out and deleted without a byte of both files changing, and
//! every one of these in the audit log once it is in service again.

use std::fs;
use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::http::JSON;
use crate::harness::report::sign_in;
use crate::harness::server::PASSWORD;
use crate::harness::{Clock, Http, Role, Server};

#[test]
fn backups_go_on_while_the_server_is_out_of_service() {
    let clock = Clock::at_noon();
    let server = Server::start_in(&[("TIMEBOOK_FAULT_CLOCK", clock.path())], &[]);
    server.add_user("ada", Role::Admin);
    server.add_user("bo", Role::Manager);
    let (ada, bo) = (sign_in(&server, "ada"), sign_in(&server, "bo"));
    server.run(&["stop"]).ok();
    let files = ["timebook.redb", "log.redb"].map(|file| server.data().join(file));
    let before = files.each_ref().map(|file| fs::read(file).unwrap());

    let made = ended(&ada, &ada.post("/api/v1/backups", &json!({})).expect(201).json());
    assert_eq!(made["state"], "done", "{made}");
    let listed = ada.get("/api/v1/backups").expect(200).json();
    let name = listed["items"][0]["name"].as_str().unwrap().to_owned();
    assert_eq!(listed["items"][0]["people"], 2, "{listed}");
    assert!(made["sentence"].as_str().unwrap().starts_with(&name), "{made}");
    let path = format!("/api/v1/backups/{name}");
    let checked = ended(&ada, &ada.post(&format!("{path}/verify"), &json!({})).expect(201).json());
    assert!(checked["sentence"].as_str().unwrap().starts_with("Sound: "), "{checked}");
    let all = ada.get("/api/v1/jobs").expect(200).json();
    assert_eq!(all["items"].as_array().unwrap().len(), 2, "{all}");
    for path in ["/api/v1/backups", &path, "/api/v1/jobs"] {
        assert_eq!(bo.get(path).expect(503).json()["code"], "stopped");
    }
    let second = server.run(&["backup", "create", "--json"]).json();
    assert_ne!(second["name"].as_str(), Some(name.as_str()), "{second}");

    // Ten minutes later nobody has just shown who they are, and a password is enough for that.
    clock.set_ahead(Duration::from_mins(10));
    ada.get(&path).expect(403);
    let prove = |password: &str| {
        let proof = json!({ "password": password }).to_string().into_bytes();
        ada.send("PUT", "/api/v1/session/step-up", JSON, proof).unwrap()
    };
    prove("something else entirely").expect(422);
    ada.get(&path).expect(403);
    prove(PASSWORD).expect(200);
    let bytes = ada.get(&path).expect(200);
    let file = server.data().join("backups").join(&name);
    let length = fs::metadata(&file).unwrap().len().to_string();
    assert_eq!(bytes.header("content-length"), Some(length.as_str()));
    ada.send("DELETE", &path, JSON, Vec::new()).unwrap().expect(204);
    assert!(!file.exists());
    let after = files.each_ref().map(|file| fs::read(file).unwrap());
    assert!(before == after, "both files may be copied as they stand");

    server.run(&["start"]).ok();
    assert!(!server.data().join("unlogged").exists());
    let log = server.run(&["audit", "list", "--json"]).json();
    let about = |action: &str| {
        let all = log["items"].as_array().unwrap().iter();
        all.filter(|entry| entry["action"] == action).count()
    };
    let told = ["backup.created", "backup.downloaded", "backup.deleted"].map(about);
    assert_eq!(told, [2, 1, 1], "{log}");
    // What ran out of service is nobody's business any more.
    assert_eq!(ada.get("/api/v1/jobs").expect(200).json()["items"], json!([]));
}

/// Asks until the job has ended.
fn ended(asker: &Http, job: &Value) -> Value {
    let path = format!("/api/v1/jobs/{}?wait=20", job["id"].as_str().unwrap());
    loop {
        let job = asker.get(&path).expect(200).json();
        if job["state"] != "running" {
            return job;
        }
    }
}

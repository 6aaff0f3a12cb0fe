//! Who sees what of recorded activity, and on which day it falls: the person's own zone, the roles, the office's policy.

use crate::harness::command::Done;
use crate::harness::recording::{self, bucket_path, create_bucket, yesterday};
use crate::harness::report::{Report, read, seen_by, sign_in};
use crate::harness::{Http, Role, Server, wait};
use serde_json::json;
use std::collections::BTreeSet;

#[test]
fn each_sees_what_their_role_and_the_policy_allow() {
    let server = Server::start();
    for (name, role) in [
        ("ada", Role::Admin),
        ("bo", Role::Manager),
        ("cy", Role::Employee),
        ("di", Role::Employee),
    ] {
        server.add_user(name, role);
    }
    let door = server.with_token(&server.token("cy", "laptop"));
    create_bucket(&door, "b");
    let numbers: BTreeSet<u64> = (0..20).collect();
    for number in &numbers {
        recording::send(&door, "b", *number).unwrap();
    }
    let (day, whole) = (yesterday(), Report::of(&numbers));
    let hours = Report { apps: [].into(), ..whole };

    assert_eq!(seen_by(&sign_in(&server, "cy"), "cy", &day, &day), whole, "one's own: everything");
    for other in ["ada", "bo"] {
        assert_eq!(
            seen_by(&sign_in(&server, other), "cy", &day, &day),
            hours,
            "{other}: hours only"
        );
    }
    let reply = sign_in(&server, "di")
        .get(&format!("/api/v1/reports/activity?person=cy&from={day}&to={day}"));
    assert!([403, 404].contains(&reply.status), "a colleague sees nothing: {reply:?}");
    reply.problem();
    assert_eq!(
        read(&server.report("cy", &day, &day)),
        hours,
        "nor does whoever sits at the server"
    );
    server.run(&["report", "--person", "nobody", "--from", &day, "--to", &day]).refused(1);
}

/// Two seconds around midnight in Auckland are one second of each day there.
#[test]
fn a_day_is_the_persons_day() {
    let server = Server::start();
    server.add_user("ada", Role::Admin);
    let file = server.password_file();
    let add = [
        "user",
        "add",
        "--name",
        "ro",
        "--role",
        "employee",
        "--password-file",
        &file,
        "--time-zone",
        "Pacific/Auckland",
    ];
    server.run(&add).ok();
    let door = server.with_token(&server.token("ro", "laptop"));
    create_bucket(&door, "b");
    insert(&door, "2026-07-01T11:59:59Z", 2);
    let viewer = sign_in(&server, "ro");
    let on = |from: &str, to: &str| seen_by(&viewer, "ro", from, to).active_ms;
    assert_eq!((on("2026-07-01", "2026-07-01"), on("2026-07-02", "2026-07-02")), (1000, 1000));
    assert_eq!(on("2026-07-01", "2026-07-02"), 2000);
    assert_eq!(on("2026-06-30", "2026-06-30"), 0);
}

/// Time away from the computer is not time at work.
#[test]
fn absence_does_not_count() {
    let server = Server::start();
    server.add_user("ada", Role::Admin);
    let door = server.with_token(&server.token("ada", "laptop"));
    create_bucket(&door, "b");
    insert(&door, "2026-07-01T10:00:00Z", 100);
    door.post(
        &bucket_path("afk"),
        &json!({"client": "story", "type": "afkstatus", "hostname": "h"}),
    )
    .expect(200);
    for (at, seconds, status) in
        [("2026-07-01T10:00:00Z", 30, "not-afk"), ("2026-07-01T10:00:30Z", 70, "afk")]
    {
        let event = json!([{"timestamp": at, "duration": seconds, "data": {"status": status}}]);
        door.post(&format!("{}/events", bucket_path("afk")), &event).expect(200);
    }
    let seen = seen_by(&sign_in(&server, "ada"), "ada", "2026-07-01", "2026-07-01");
    assert_eq!((seen.active_ms, seen.apps.get("Figma")), (30_000, Some(&30_000)));
}

fn insert(door: &Http, at: &str, seconds: u64) {
    let event =
        json!([{"timestamp": at, "duration": seconds, "data": {"app": "Figma", "title": "t"}}]);
    door.post(&format!("{}/events", bucket_path("b")), &event).expect(200);
}

/// Looking leaves a trace, and the chain of traces is checked.
#[test]
fn the_doctor_finds_everything_sound() {
    let mut server = Server::start();
    server.add_user("ada", Role::Admin);
    let told: Done = server.run(&["doctor", "--json"]);
    let up = told.json();
    server.stop();
    let down = server.run(&["doctor", "--json"]).json();
    assert!(up.is_object() && down.is_object(), "{up} {down}");
    server.launch();
}

/// A long export is a job: watched to its end and fetched by whoever asked, broken off when the server dies, and shown as that.
#[test]
fn ten_years_as_a_spreadsheet() {
    let mut server = Server::start();
    server.add_user("ada", Role::Admin);
    let door = server.with_token(&server.token("ada", "laptop"));
    create_bucket(&door, "b");
    let event = json!([{"timestamp": "2026-07-01T10:00:00Z", "duration": 60, "data": {"app": "=1+1", "title": "t"}}]);
    door.post(&format!("{}/events", bucket_path("b")), &event).expect(200);
    let viewer = sign_in(&server, "ada");
    let asked = json!({"from": "2017-01-01", "to": "2026-12-31", "rows": "apps"});
    let job = viewer.post("/api/v1/exports/activity", &asked).expect(201).json();
    let path = format!("/api/v1/jobs/{}", job["id"].as_str().unwrap());
    let ended = wait::until("the export", wait::LONG, || {
        let job = viewer.get(&format!("{path}?wait=10")).expect(200).json();
        if job["state"] == "running" { Err(job) } else { Ok(job) }
    });
    assert_eq!(ended["state"], "done", "{ended}");
    let table = viewer.get(ended["result"]["path"].as_str().unwrap()).expect(200).text;
    assert_eq!(table, "person,date,application,ms,hours\r\nada,2026-07-01,'=1+1,60000,0.0167\r\n");

    let slow = json!({"from": "2017-01-01", "to": "2026-12-31", "rows": "events"});
    viewer.post("/api/v1/exports/activity", &slow).expect(201);
    server.kill_child();
    server.wait_ready();
    let jobs = server.list("job");
    let states: Vec<&str> = jobs.iter().filter_map(|job| job["state"].as_str()).collect();
    assert_eq!(states, ["broken_off", "done"], "the newest first");
    assert!(!jobs[1]["result"].is_null(), "what was made before is still there");

    let day = ["--from", "2026-07-01", "--to", "2026-07-01"];
    let report = [&["report", "--person", "ada", "--csv"], &day[..]].concat();
    let up = server.run(&report).ok();
    assert_eq!(up, "person,date,active_ms,active_hours\r\nada,2026-07-01,60000,0.0167");
    server.stop();
    assert_eq!(server.run(&report).ok(), up, "the same with the server down");
    server.run(&[&report[..], &["--rows", "apps"]].concat()).refused(3);
    let gone = jobs[0]["id"].as_str().unwrap().replace('0', "1");
    server.run(&["job", "cancel", &gone]).refused(1);
    server.launch();
}

/// A job of ten years, day by day, is ended while it runs: by whoever began it, and at the server's terminal.
#[test]
fn a_job_that_runs_is_cancelled() {
    let server = Server::start();
    server.add_user("ada", Role::Admin);
    server.add_user("cy", Role::Employee);
    server.add_user("di", Role::Employee);
    let door = server.with_token(&server.token("cy", "laptop"));
    // Each day of ten years is looked for in each of these.
    for number in 0..120 {
        create_bucket(&door, &format!("b{number}"));
    }
    let (cy, di) = (sign_in(&server, "cy"), sign_in(&server, "di"));
    let years = json!({"from": "2017-01-01", "to": "2026-12-31", "rows": "events"});
    let begun = || {
        let job = cy.post("/api/v1/exports/activity", &years).expect(201).json();
        let path = format!("/api/v1/jobs/{}", job["id"].as_str().unwrap());
        // It gets on: there is news of it, and it is not at its end.
        let news = cy.get(&format!("{path}?wait=20")).expect(200).json();
        assert_eq!(news["state"], "running", "{news}");
        assert!(news["percent"].as_u64().unwrap() < 100, "{news}");
        (job["id"].as_str().unwrap().to_owned(), path)
    };
    let (_, path) = begun();
    di.post(&format!("{path}/cancel"), &json!({})).expect(404);
    cy.send("DELETE", &path, "application/json", Vec::new()).unwrap().expect(409);
    assert_eq!(cy.get(&path).expect(200).json()["state"], "running", "it still runs");
    cy.post(&format!("{path}/cancel"), &json!({})).expect(204);
    let first = cy.get(&path).expect(200).json();
    assert_eq!((&first["state"], &first["result"]), (&json!("cancelled"), &json!(null)), "{first}");
    cy.get(&format!("{path}/result")).expect(422);
    let (id, path) = begun();
    let said = server.run(&["job", "cancel", &id]).ok();
    assert_eq!(said, "The job does not run any more.");
    assert_eq!(cy.get(&path).expect(200).json()["state"], "cancelled");
    let states: Vec<_> = server.list("job").iter().map(|job| job["state"].clone()).collect();
    assert_eq!(states, ["cancelled", "cancelled"]);
    let left = std::fs::read_dir(server.data().join("jobs")).map_or(0, Iterator::count);
    assert_eq!(left, 0, "what was written of them is gone");
}

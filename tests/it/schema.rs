//! Every route against its own description: schemathesis sends what the OpenAPI document allows, and what it does not, to an office that
//! has something of each noun, as an administrator who has just shown who they are. No answer may be a failure of the server, nor of a
//! status, a media type or a shape that is not written there.

use crate::harness::{Http, Role, Server, command::Done, python, report::sign_in};
use serde_json::{Value, json};

/// Routes that are not asked, and why.
const LEFT_OUT: [&str; 5] = [
    // A stream has no end: each request would wait for its timeout. `api::tests::changes` reads it.
    "/api/v1/events",
    // It waits for a mail server that does not answer. `it::mail` has one.
    "/api/v1/mail/test",
    // The run takes ids from answers, finds its own token among them, and revokes it. `it::accounts` does that.
    "/api/v1/tokens/{id}",
    // They end what is asked. `it::control` does that.
    "/api/v1/server/stop",
    "/api/v1/server/restart",
];
/// So many generated requests a route and sort; the whole run takes about a minute.
const EXAMPLES: &str = "5";
const TOGGL: &str = "User,Email,Client,Project,Task,Description,Billable,Start date,Start time,End date,End time,Duration,Tags\n\
    Cy,cy@office.test,Acme,Imported,Design,one,Yes,2026-09-01,09:00:00,2026-09-01,10:30:00,01:30:00,travel\n";

#[test]
fn every_answer_is_as_the_description_says() {
    let server = Server::start();
    server.add_user("ada", Role::Admin);
    server.add_user("cy", Role::Employee);
    // A token that may manage stands for a session that was proven.
    let scopes = ["--scope", "read", "--scope", "manage", "--scope", "record"];
    let token = server.run(&[&["token", "create", "--user", "ada"][..], &scopes[..]].concat()).ok();
    let ada = server.with_token(&token);
    let known = fill(&server, &ada);
    let program = python::schema().join("schemathesis");
    let home = crate::harness::Folder::new();
    // Ids that are there, so that more than 404 is answered.
    let config = home.path().join("schemathesis.toml");
    std::fs::write(&config, parameters(&known)).unwrap();
    let mut command = python::command(&program, &home, "127.0.0.1", server.address().port());
    command
        .current_dir(home.path())
        .arg("run")
        .arg(format!("{}/api/v1/openapi.json", server.url()))
        .args(["--header", &format!("Authorization: Bearer {token}")])
        .arg("--tls-verify")
        .arg(server.ca())
        .args(["--checks", CHECKS, "--phases", "coverage,fuzzing", "--max-examples", EXAMPLES])
        .args(["--generation-deterministic", "--no-shrink", "--continue-on-failure"])
        .args(["--suppress-health-check", "all", "--request-timeout", "20"])
        // Two workers trip over a fault of CPython 3.11: its parser's depth count is shared by threads (bpo-106905).
        .args(["--no-color", "--workers", "1", "--warnings", "off"]);
    for path in LEFT_OUT {
        command.args(["--exclude-path", path]);
    }
    let done = Done::of(command);
    assert_eq!(done.code, Some(0), "{}\n{}", done.out, done.err);
    // That it asked at all, and as somebody who is known.
    assert!(done.out.contains("Test cases:"), "{}", done.out);
    let known = ada.get("/api/v1/session").expect(200).json();
    assert_eq!(known["user"]["name"], "ada", "the run ended its own administrator");
}

/// What of the office a parameter of a path is filled with.
struct Known {
    /// By the noun in the path.
    ids: Vec<(&'static str, String)>,
}

/// One of each noun, small.
fn fill(server: &Server, ada: &Http) -> Known {
    let cy = sign_in(server, "cy");
    let id = |made: Value| made["id"].as_str().unwrap_or_else(|| panic!("{made}")).to_owned();
    let make = |path: &str, body: Value| id(ada.post(path, &body).expect(201).json());
    let customer = make("/api/v1/customers", json!({"name": "Acme"}));
    let project = make(
        "/api/v1/projects",
        json!({"name": "Website", "customer": customer, "budget_minutes": 6_000}),
    );
    let task = make("/api/v1/tasks", json!({"name": "Design", "project": project}));
    let nested = json!({"name": "Drafts", "project": project, "parent": task});
    make("/api/v1/tasks", nested);
    let tag = make("/api/v1/tags", json!({"name": "travel"}));
    let team =
        make("/api/v1/teams", json!({"name": "Studio", "members": ["cy"], "leads": ["ada"]}));
    let mut entry = String::new();
    // A week in every state, and one that is locked.
    for (day, steps) in [
        ("2026-10-06", &[][..]),
        ("2026-10-13", &["submit"][..]),
        ("2026-10-20", &["submit", "approve"][..]),
        ("2026-10-27", &["submit", "send-back"][..]),
    ] {
        let worked = json!({"project": project, "task": task, "tags": [tag], "note": "drafts",
            "start": format!("{day}T09:00:00Z"), "end": format!("{day}T11:00:00Z")});
        entry = id(cy.post("/api/v1/entries", &worked).expect(201).json());
        for step in steps {
            let who = if *step == "submit" { &cy } else { ada };
            let path = format!("/api/v1/timesheets/cy/{day}/{step}");
            who.post(&path, &json!({"note": "Friday is missing."})).expect(200);
        }
    }
    cy.post("/api/v1/timer", &json!({"note": "a call"})).expect(201);
    let target = json!({"week_minutes": 600, "days": ["monday"]});
    put(ada, "/api/v1/targets/cy/2026-10-01", &target);
    put(ada, "/api/v1/lock", &json!({"before": "2026-09-28", "reason": "paid"}));
    let report = json!({"name": "Mine", "query": {"range": "last_month", "by": ["tag"]}});
    let saved = make("/api/v1/reports/saved", report);
    server.invite("cy");
    make("/api/v1/links", json!({"purpose": "join", "name": "ed"}));
    let tree =
        json!({"categories": [{"name": ["Work"], "rule": {"type": "regex", "regex": "Figma"}}]});
    put(ada, "/api/v1/office/categories", &tree);
    put(ada, "/api/v1/redaction", &json!({"rules": "drop app = KeePassXC\n"}));
    let about = json!({"client": "c", "type": "currentwindow", "hostname": "h"});
    ada.post("/api/0/buckets/w", &about).expect(200);
    let event = json!([{"timestamp": "2026-10-20T10:00:00Z", "duration": 60, "data": {"app": "Figma", "title": "t"}}]);
    ada.post("/api/0/buckets/w/events", &event).expect(200);
    ada.get("/api/v1/reports/activity?person=cy&from=2026-10-20&to=2026-10-21").expect(200);
    let import = "/api/v1/imports?source=toggl&person=cy";
    // The lock is for what comes later than this file says: it is brought in under an open office.
    put(ada, "/api/v1/lock/back", &json!({"reason": "an import"}));
    let sent = ada.send("POST", import, "application/octet-stream", TOGGL.into()).unwrap();
    ended(ada, &sent.expect(201).json());
    put(ada, "/api/v1/lock", &json!({"before": "2026-09-28", "reason": "paid"}));
    let imports = ada.get("/api/v1/imports").expect(200).json();
    let export = json!({"from": "2026-10-01", "to": "2026-10-31"});
    let job = ada.post("/api/v1/exports/entries", &export).expect(201).json();
    ended(ada, &job);
    server.token("cy", "laptop");
    let devices = ada.get("/api/v1/devices").expect(200).json();
    let devices = devices["items"].as_array().unwrap();
    let device = devices.iter().find(|device| device["person"] == "cy").unwrap();
    Known {
        ids: vec![
            ("customers", customer),
            ("projects", project),
            ("tasks", task),
            ("tags", tag),
            ("teams", team),
            ("entries", entry),
            ("reports/saved", saved),
            ("imports", id(imports["items"][0].clone())),
            ("jobs", id(job)),
            ("devices", id(device.clone())),
        ],
    }
}

fn put(ada: &Http, path: &str, body: &Value) {
    let reply = ada.send("PUT", path, "application/json", body.to_string().into()).unwrap();
    assert!([200, 204].contains(&reply.status), "{path}: {reply:?}");
}

fn ended(ada: &Http, job: &Value) {
    let path = format!("/api/v1/jobs/{}?wait=20", job["id"].as_str().unwrap());
    let mut job = job.clone();
    while job["state"] == "running" {
        job = ada.get(&path).expect(200).json();
    }
    assert_eq!(job["state"], "done", "{job}");
}

/// The run's own settings: most requests of a path are about something that is there.
fn parameters(known: &Known) -> String {
    let mut text = String::new();
    let mut words = |name: &str, values: &[&str]| {
        text += &format!("[dictionaries.{name}]\nvalues = {values:?}\n");
        format!("{{ dictionary = \"{name}\", probability = 0.8 }}")
    };
    let mut every = String::from("[parameters]\n");
    for (name, values) in [
        ("name", &["cy"][..]),
        ("person", &["cy"][..]),
        ("day", &["2026-10-06", "2026-10-13", "2026-10-20", "2026-10-27"][..]),
        ("from", &["2026-10-01"][..]),
        ("key", &["mail.port", "week_start", "organisation.name"][..]),
    ] {
        every += &format!("\"path.{name}\" = {}\n", words(name, values));
    }
    for (number, (noun, id)) in known.ids.iter().enumerate() {
        let binding = words(&format!("id{number}"), &[id.as_str()]);
        every += &format!(
            "[[operations]]\ninclude-path-regex = \"^/api/v1/{noun}/[{{]id[}}]\"\nparameters = {{ \"path.id\" = {binding} }}\n"
        );
    }
    text + &every
}

const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance";

//! The same requests to the pinned aw-server and to the agent's door, comparing status and JSON. Whatever differs is either a defect or
//! stands in `ALLOWED` with its reason. Ids are compared by the order in which they appeared, times as instants, numbers as numbers.

mod meaning;
mod queries;
mod script;

use crate::harness::{Agent, Folder, Http, Role, Server, python, wait};
use meaning::{Allowed, Part};
use std::net::TcpListener;

/// Where we answer otherwise on purpose.
const ALLOWED: &[Allowed] = &[
    Allowed { names: &["info"], part: Part::Field("version"), reason: "each has its own" },
    Allowed {
        names: &["info"],
        part: Part::Field("device_id"),
        reason: "each installation has its own",
    },
    Allowed {
        names: &["*"],
        part: Part::Field("message"),
        reason: "the sentence is ours; clients look at the status",
    },
    Allowed {
        names: &["unknown path"],
        part: Part::Body,
        reason: "aw-server answers with a page, we with JSON",
    },
    Allowed {
        names: &[
            "create without type",
            "create from no object",
            "insert a wrong timestamp",
            "insert a wrong duration",
            "a wrong limit",
            "a wrong start",
            "heartbeat of a wrong pulsetime",
            "import of no buckets",
        ],
        part: Part::Status(400),
        reason: "aw-server answers 500 to what the caller got wrong; aw-server-rust and we answer 400",
    },
    Allowed {
        names: &["insert without timestamp", "insert data that is no object"],
        part: Part::Status(400),
        reason: "aw-server stores what no client can read back; an event has a time and its data is an object",
    },
    Allowed {
        names: &["heartbeat from a list"],
        part: Part::Body,
        reason: "aw-server shows its schema checker's own words",
    },
    Allowed {
        names: &["update", "updated", "update unknown"],
        part: Part::Whole,
        reason: "aw-server 0.12.0 fails with 500 on every update; newer ones do what we do",
    },
    Allowed {
        names: &["bucket with data", "buckets", "buckets at the end", "export all"],
        part: Part::FieldOf("b", "data"),
        reason: "aw-server 0.12.0 drops a new bucket's data; newer ones keep it as we do",
    },
    Allowed {
        names: &["heartbeat after an older one"],
        part: Part::Body,
        reason: "aw-server takes the late heartbeat for the last one until it is restarted; we always look at the newest event",
    },
    Allowed {
        names: &[
            "no settings",
            "set",
            "set an object",
            "setting",
            "setting unknown",
            "settings",
            "set again",
            "setting changed",
        ],
        part: Part::Whole,
        reason: "aw-server 0.12.0 has no settings; ours are checked in `settings_as_in_newer_servers`",
    },
];

#[test]
fn we_answer_as_aw_server_does() {
    let (_home, _process, reference) = reference();
    let server = Server::start();
    server.add_user("ada", Role::Admin);
    let agent = Agent::start(&server, "ada");

    let theirs = script::run(&reference);
    let ours = script::run(&agent.http());

    let faults = meaning::compare(&theirs, &ours, ALLOWED);
    assert!(faults.is_empty(), "{} differences:\n\n{}", faults.len(), faults.join("\n\n"));
}

/// What aw-server 0.13 and aw-server-rust have and 0.12.0 has not.
#[test]
fn settings_as_in_newer_servers() {
    let server = Server::start();
    server.add_user("ada", Role::Admin);
    let agent = Agent::start(&server, "ada");
    let steps = script::run(&agent.http());
    let answer = |name: &str| {
        steps.iter().find(|s| s.name == name).map(|s| (s.status, s.text.trim().to_owned())).unwrap()
    };
    assert_eq!(answer("no settings"), (200, "{}".into()));
    for name in ["set", "set an object", "set again"] {
        assert!([200, 201].contains(&answer(name).0), "{name}: {:?}", answer(name));
    }
    assert_eq!(answer("setting"), (200, r#""Monday""#.into()));
    assert_eq!(answer("setting unknown"), (200, "null".into()));
    assert_eq!(
        answer("settings"),
        (200, r#"{"classes":{"a":[1,2,{"b":null}]},"startOfWeek":"Monday"}"#.into())
    );
    assert_eq!(answer("setting changed"), (200, r#""Sunday""#.into()));
    assert_eq!(answer("update").0, 200);
    assert!(answer("updated").1.contains(r#""hostname":"h2""#), "{:?}", answer("updated"));
    assert_eq!(answer("update unknown").0, 404);
}

/// Two runs of the reference are equal: whatever the comparison reports comes from us.
#[test]
fn aw_server_agrees_with_itself() {
    let (_home, _process, one) = reference();
    let (_other_home, _other_process, two) = reference();
    let faults = meaning::compare(&script::run(&one), &script::run(&two), &[]);
    let but_its_identity: Vec<_> = faults.iter().filter(|f| !f.starts_with("[info]")).collect();
    assert!(but_its_identity.is_empty(), "{but_its_identity:#?}");
}

/// The pinned aw-server on a free port, at home in an empty folder.
pub(crate) fn reference() -> (Folder, crate::harness::process::Process, Http) {
    let home = Folder::new();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut command =
        python::command(&python::server().join("aw-server"), &home, "127.0.0.1", port);
    command.args(["--host", "127.0.0.1", "--port", &port.to_string()]);
    let mut process = crate::harness::process::Process::start(command, &home.join("aw-server.log"));
    let http = Http::new(&format!("http://127.0.0.1:{port}"));
    wait::until("aw-server to answer", wait::LONG, || match process.ended() {
        Some(status) => panic!("aw-server ended with {status}:\n{}", process.tail()),
        None => http.send("GET", "/api/0/info", "", Vec::new()),
    });
    (home, process, http)
}

/// The comparison itself can fail: a reply that differs in one part is reported for that part.
#[test]
fn a_difference_is_seen() {
    let reply = |status, text: &str| script::Step {
        name: "x".into(),
        told: "GET /x".into(),
        status,
        text: text.into(),
    };
    let differs = |a: script::Step, b: script::Step, allowed: &[Allowed]| {
        !meaning::compare(&[a], &[b], allowed).is_empty()
    };
    assert!(!differs(
        reply(200, r#"{"timestamp":"2026-01-01T01:00:00+01:00","duration":1}"#),
        reply(200, r#"{"duration":1.0,"timestamp":"2026-01-01T00:00:00Z"}"#),
        &[]
    ));
    assert!(!differs(
        reply(200, r#"[{"id":1},{"id":2},{"id":1}]"#),
        reply(200, r#"[{"id":70},{"id":71},{"id":70}]"#),
        &[]
    ));
    assert!(differs(
        reply(200, r#"[{"id":1},{"id":2}]"#),
        reply(200, r#"[{"id":70},{"id":70}]"#),
        &[]
    ));
    assert!(differs(reply(200, "1"), reply(201, "1"), &[]));
    assert!(differs(reply(200, r#"{"duration":1}"#), reply(200, r#"{"duration":1.001}"#), &[]));
    assert!(differs(
        reply(200, r#"{"data":{"a":1}}"#),
        reply(200, r#"{"data":{"a":1,"b":2}}"#),
        &[]
    ));
    let field = Allowed { names: &["x"], part: Part::Field("name"), reason: "a test" };
    assert!(!differs(
        reply(200, r#"{"name":1,"z":1}"#),
        reply(200, r#"{"name":2,"z":1}"#),
        &[field]
    ));
    let unused = Allowed { names: &["gone"], part: Part::Body, reason: "a test" };
    assert!(
        differs(reply(200, "1"), reply(200, "1"), &[unused]),
        "an allowed difference that no longer exists must be removed"
    );
}

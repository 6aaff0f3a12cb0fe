//! The real aw-client 0.5.15 from PyPI, unmodified: through the agent and directly over HTTPS with a token, and what it recorded in the
//! report.

use crate::harness::report::Report;
use crate::harness::{Agent, Folder, Role, Server, command::Done, python};
use serde_json::{Value, json};

const HEARTBEATS: u64 = 1000;
/// Each opens a TLS connection of its own: aw-client keeps none.
const DIRECT_HEARTBEATS: u64 = 200;

#[test]
fn through_the_agent_into_the_report() {
    let server = Server::start();
    server.add_user("ada", Role::Admin);
    let agent = Agent::start(&server, "ada");
    let home = Folder::new();

    let told = tell_story(&home, "http", "127.0.0.1", agent.door().port(), HEARTBEATS, &[]);

    assert_eq!(told["info"]["hostname"], agent.http().get("/api/0/info").json()["hostname"]);
    check(&told, HEARTBEATS);
    expect_report(&server, "ada", &told, HEARTBEATS);
}

#[test]
fn directly_with_a_token() {
    let server = Server::start();
    server.add_user("ada", Role::Admin);
    let token = server.token("ada", "build machine");
    let home = Folder::new();

    let host = format!("x:{token}@127.0.0.1");
    let ca = server.ca().to_string_lossy().into_owned();
    let told = tell_story(
        &home,
        "https",
        &host,
        server.address().port(),
        DIRECT_HEARTBEATS,
        &[("REQUESTS_CA_BUNDLE", &ca)],
    );

    check(&told, DIRECT_HEARTBEATS);
    expect_report(&server, "ada", &told, DIRECT_HEARTBEATS);
}

/// Without the office CA, or with another office's token, the same client gets nowhere.
#[test]
fn a_stranger_is_refused() {
    let server = Server::start();
    server.add_user("ada", Role::Admin);
    for header in [
        None,
        Some("Bearer 7e57ed00-0000-4000-8000-000000000000"),
        Some("Basic eDp5"),
        Some("Basic %%%"),
    ] {
        let mut http = server.http();
        if let Some(header) = header {
            http = http.header("authorization", header);
        }
        let reply = http.get("/api/0/buckets/");
        assert_eq!(reply.status, 401, "{header:?}: {reply:?}");
    }
    let password = data_encoding::BASE64
        .encode(format!("ada:{}", crate::harness::server::PASSWORD).as_bytes());
    let reply =
        server.http().header("authorization", &format!("Basic {password}")).get("/api/0/buckets/");
    assert_eq!(reply.status, 401, "a password is no token: {reply:?}");
}

/// `aw-client report` and `aw-client canonical`, which ask in the query language, say what was recorded.
#[test]
#[expect(clippy::disallowed_methods, reason = "aw-client asks for the day before its own now")]
fn its_own_reports_run_against_the_agent() {
    let server = Server::start();
    server.add_user("ada", Role::Admin);
    let agent = Agent::start(&server, "ada");
    let http = agent.http();
    let post = |path: &str, body: &Value| {
        http.post(path, body).expect(200);
    };
    let begin = jiff::Timestamp::now() - jiff::SignedDuration::from_mins(60);
    let event = |after: i64, seconds: u32, data: Value| {
        let start = begin + jiff::SignedDuration::from_secs(after);
        json!({"timestamp": start.to_string(), "duration": seconds, "data": data})
    };
    let window = |app: &str, title: &str| json!({"app": app, "title": title});
    for (bucket, kind, events) in [
        (
            "aw-watcher-window_desk",
            "currentwindow",
            json!([
                event(0, 600, window("Editor", "vim notes")),
                event(600, 300, window("Mail", "Thunderbird")),
                event(900, 900, window("Editor", "away")),
            ]),
        ),
        (
            "aw-watcher-afk_desk",
            "afkstatus",
            json!([
                event(0, 900, json!({"status": "not-afk"})),
                event(900, 900, json!({"status": "afk"}))
            ]),
        ),
    ] {
        let about = json!({"client": "t", "type": kind, "hostname": "desk"});
        post(&format!("/api/0/buckets/{bucket}"), &about);
        post(&format!("/api/0/buckets/{bucket}/events"), &events);
    }
    let classes = json!([
        {"name": ["Work"], "rule": {"type": "regex", "regex": "Editor"}},
        {"name": ["Work", "Programming"], "rule": {"type": "regex", "regex": "VIM", "ignore_case": true}},
    ]);
    post("/api/0/settings/classes", &classes);
    let home = Folder::new();
    let tell = |what: &str| {
        let port = agent.door().port();
        let mut command =
            python::command(&python::client().join("aw-client"), &home, "127.0.0.1", port);
        command.args(["--host", "127.0.0.1", "--port", &port.to_string(), what, "desk"]);
        Done::of(command).ok()
    };
    let report = tell("report");
    for line in
        ["0:10:00 Work > Programming", "0:05:00 Uncategorized", "0:10:00 vim notes", "0:15:00"]
    {
        assert!(squeezed(&report).contains(line), "{line} is not in:\n{report}");
    }
    assert!(!report.contains("away"), "{report}");
    let events = tell("canonical");
    for line in
        ["[Editor] vim notes", "[Mail] Thunderbird", "Showing last 10 out of 2 events", "0:15:00"]
    {
        assert!(squeezed(&events).contains(line), "{line} is not in:\n{events}");
    }
}

/// With one space where a table has many.
fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn tell_story(
    home: &Folder,
    protocol: &str,
    host: &str,
    port: u16,
    heartbeats: u64,
    environment: &[(&str, &str)],
) -> Value {
    let mut command = python::command(&python::client().join("python"), home, "127.0.0.1", port);
    command.envs(environment.iter().copied()).arg(python::script("story.py"));
    command.args([protocol, host, &port.to_string(), &heartbeats.to_string()]);
    Done::of(command).json()
}

/// What the same story gives with aw-server 0.12.0.
fn check(told: &Value, heartbeats: u64) {
    for (what, wanted) in [
        ("count", json!(heartbeats)),
        ("events", json!(heartbeats)),
        ("newest_first", json!(true)),
        ("equal", json!(true)),
        ("limited", json!(true)),
        ("one", json!(true)),
        ("merged", json!([0.0, 6.0])),
        ("exported", json!(heartbeats)),
        ("export_all", json!(true)),
        ("imported", json!(heartbeats)),
        ("after_delete", json!(heartbeats - 1)),
        ("buckets", json!([told["bucket"]])),
        ("gone", json!(404)),
    ] {
        assert_eq!(told[what], wanted, "{what} in {told}");
    }
    // Newest first: begins and durations of three events, cut to the window from second 1 to second 5. aw-server itself rounds the
    // window's end up by a millisecond.
    let wanted = [4.0, 2.0, 1.0, 1.0, 2.0, 1.0];
    let clipped: Vec<f64> =
        told["clipped"].as_array().unwrap().iter().map(|n| n.as_f64().unwrap()).collect();
    let near = clipped.len() == wanted.len()
        && clipped.iter().zip(wanted).all(|(a, b)| (a - b).abs() < 0.002);
    assert!(near, "{clipped:?}");
}

/// Stretches of two seconds over four apps, less the one that was deleted: the newest, of app 3.
fn expect_report(server: &Server, person: &str, told: &Value, heartbeats: u64) {
    let start: jiff::Timestamp = told["start"].as_str().unwrap().parse().unwrap();
    let end = start + jiff::SignedDuration::from_secs(2 * i64::try_from(heartbeats).unwrap());
    let day = |t: jiff::Timestamp| t.to_zoned(jiff::tz::TimeZone::UTC).date().to_string();
    let each = heartbeats / 4 * 2;
    let apps = [("app-0", each), ("app-1", each), ("app-2", each), ("app-3", each - 2)];
    let apps = apps.map(|(app, seconds)| (app.to_owned(), seconds * 1000)).into();
    server.expect_own_report(
        person,
        &day(start),
        &day(end),
        &Report { active_ms: (2 * heartbeats - 2) * 1000, apps },
    );
}

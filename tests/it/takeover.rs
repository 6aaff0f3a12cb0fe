//! Taking over from ActivityWatch's own server, the pinned one, while it runs: its history comes along, once, past the person's rules.

use crate::differential::reference;
use crate::harness::{Agent, Http, Role, Server};
use serde_json::{Value, json};

#[test]
fn activitywatchs_history_comes_along_once() {
    let (_home, _process, theirs) = reference();
    let at = theirs.address();
    let server = Server::start();
    server.add_user("ada", Role::Admin);
    let mut agent = Agent::enroll(&server.invite("ada"));
    record(&theirs, &[("Mail", 0), ("KeePassXC", 10), ("Files", 20)]);
    agent.run(&["agent", "rules", "add", "drop app = KeePassXC"]).ok();

    // Without the agent, and only shown at first.
    let shown = agent.run(&["agent", "import-activitywatch", "--from", &at]).ok();
    assert!(shown.contains("aw-watcher-window_pc") && shown.contains("--yes"), "{shown}");
    let told = agent.run(&["agent", "import-activitywatch", "--from", &at, "--yes"]).ok();
    assert!(told.contains("To take over: quit ActivityWatch"), "{told}");
    agent.launch();
    let ours = agent.http();
    assert_eq!(apps(&ours), ["Mail", "Files"]);

    // A second time, through the agent that runs: only what is new.
    record(&theirs, &[("Editor", 30)]);
    for _ in 0..2 {
        agent.run(&["agent", "import-activitywatch", "--from", &at, "--yes"]).ok();
        assert_eq!(apps(&ours), ["Mail", "Files", "Editor"]);
    }
    assert_eq!(apps(&theirs), ["Mail", "KeePassXC", "Files", "Editor"], "nothing changed there");

    let own = agent.door().to_string();
    let told = agent.run(&["agent", "import-activitywatch", "--from", &own]).refused(1);
    assert!(told.contains("this agent itself"), "{told}");
    let nobody = server.loopback().trim_start_matches("http://").trim_end_matches('/').to_owned();
    let told = agent.run(&["agent", "import-activitywatch", "--from", &nobody]).refused(1);
    assert!(told.contains("no server of ActivityWatch"), "{told}");
}

fn record(http: &Http, windows: &[(&str, u8)]) {
    let path = "/api/0/buckets/aw-watcher-window_pc";
    http.post(
        path,
        &json!({"client": "aw-watcher-window", "type": "currentwindow", "hostname": "pc"}),
    );
    let event = |(app, minute): &(&str, u8)| json!({"timestamp": format!("2026-11-20T08:{minute:02}:00Z"), "duration": 60, "data": {"app": app, "title": "t"}});
    let events: Vec<Value> = windows.iter().map(event).collect();
    http.post(&format!("{path}/events"), &json!(events)).expect(200);
}

/// Of the window bucket, the oldest first.
fn apps(http: &Http) -> Vec<String> {
    let events = http.get("/api/0/buckets/aw-watcher-window_pc/events?limit=-1").expect(200).json();
    let app = |event: &Value| event["data"]["app"].as_str().unwrap().to_owned();
    events.as_array().unwrap().iter().rev().map(app).collect()
}

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
    assert!(shown.contains("hours only"), "who will see of it what: {shown}");
    // Where nothing is written down, nothing is claimed.
    agent.run(&["agent", "pause", "on"]).ok();
    let paused = agent.run(&["agent", "import-activitywatch", "--from", &at, "--yes", "--json"]);
    assert!(!paused.out.contains("brought_in"), "{}", paused.out);
    assert!(paused.refused(1).contains("agent pause off"));
    agent.run(&["agent", "pause", "off"]).ok();
    let told = agent.run(&["agent", "import-activitywatch", "--from", &at, "--yes"]).ok();
    assert!(told.contains("To take over: quit ActivityWatch"), "{told}");
    assert!(told.contains("2 new events, 0 that were there already"), "{told}");
    assert!(told.contains("and by pauses: 1."), "{told}");
    // Its port as the door: it stays where it is, and the way to take over is said.
    let told = agent.run(&["agent", "run", "--door", &at]).refused(1);
    assert!(told.contains("ActivityWatch's own server (aw-"), "{told}");
    assert!(told.contains("To take over: timebook agent import-activitywatch"), "{told}");
    agent.launch();
    let ours = agent.http();
    assert_eq!(apps(&ours), ["Mail", "Files"]);

    // A second time, through the agent that runs: only what is new, also under other rules, and what has gone on since is one event.
    record(&theirs, &[("Editor", 30)]);
    let beat = json!({"timestamp": "2026-11-20T08:35:00Z", "duration": 0, "data": {"app": "Editor", "title": "t"}});
    for inserted in [1, 0, 1, 0] {
        let told = agent.run(&["agent", "import-activitywatch", "--from", &at, "--yes", "--json"]);
        let counts = told.json()["events"].clone();
        assert_eq!((&counts["inserted"], &counts["left_out"]), (&json!(inserted), &json!(1)));
        assert_eq!(apps(&ours), ["Mail", "Files", "Editor"]);
        if inserted == 0 {
            agent.run(&["agent", "rules", "add", "mask app = Files"]).ok();
            let path = "/api/0/buckets/aw-watcher-window_pc/heartbeat?pulsetime=600";
            theirs.post(path, &beat).expect(200);
        }
    }
    let path = "/api/0/buckets/aw-watcher-window_pc/events?limit=1";
    assert_eq!(ours.get(path).json()[0]["duration"], json!(300.0));
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

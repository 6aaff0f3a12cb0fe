//! What is left out before it is stored: by the office's rules, which reach the computer by themselves, and by the person's own, which
//! never leave it.

use crate::harness::{Agent, Role, Server, recording, wait};
use serde_json::json;

#[test]
fn the_offices_rules_reach_the_computer_and_the_persons_own_stay_there() {
    let mut server = Server::start();
    server.add_user("ada", Role::Admin);
    let agent = Agent::start(&server, "ada");
    let sheet = agent.data().join("sheet");
    std::fs::write(&sheet, "cut title ~ OFFICEWORD\n").unwrap();
    let told = server.run(&["redaction", "set", &sheet.to_string_lossy()]).ok();
    assert_eq!(told, "cut title ~ OFFICEWORD");
    std::fs::write(&sheet, "cut title ~ (\n").unwrap();
    server.run(&["redaction", "set", &sheet.to_string_lossy()]).refused(1);
    agent.run(&["agent", "rules", "add", "drop app = OWNAPP"]).ok();
    let told = agent.run(&["agent", "rules", "add", "drop", "everything"]).refused(2);
    assert!(told.contains("none of app, title, url and any") && !told.contains("Line"), "{told}");
    agent.run(&["agent", "rules", "add", "drop app = OWNAPP"]).ok();
    assert_eq!(
        agent.run(&["agent", "rules", "--json"]).json()["own"],
        json!(["drop app = OWNAPP"])
    );
    agent.run(&["agent", "rules", "remove", "first"]).refused(2);

    let http = agent.http();
    recording::create_bucket(&http, "w");
    let beat = |app: &str, title: &str, at: &str| {
        let event = json!({"timestamp": at, "duration": 0, "data": {"app": app, "title": title}});
        http.post("/api/0/buckets/w/heartbeat?pulsetime=5", &event).expect(200);
    };
    // The computer hears of the rules with its next delivery.
    beat("first", "x", "2026-11-20T08:00:00Z");
    wait::until("the office's rules", wait::LONG, || {
        let told = agent.run(&["agent", "rules", "--json"]).json();
        if told["office"] == json!(["cut title ~ OFFICEWORD"]) { Ok(()) } else { Err(told) }
    });
    beat("Mail", "an OFFICEWORD here", "2026-11-20T09:00:00Z");
    beat("ownapp", "y", "2026-11-20T10:00:00Z");
    let events = http.get("/api/0/buckets/w/events?limit=-1").expect(200).json();
    assert_eq!(events[0]["data"], json!({"app": "Mail", "title": "an *** here"}));
    assert_eq!(events.as_array().unwrap().len(), 2, "what was dropped is nowhere: {events}");

    let tried = agent.run(&["agent", "test-rule", "--app", "OwnApp", "--json"]).json();
    assert_eq!(
        (&tried["outcome"], &tried["because"][0]),
        (&json!("dropped"), &json!("drop app = OWNAPP"))
    );
    let tried =
        agent.run(&["agent", "test-rule", "--rule", "mask app = a", "--title", "an officeword"]);
    assert!(tried.ok().contains("an ***"), "the office's rules hold beside one that is tried");

    // What the server has of it, on its disk: that something of the same computer stands there in plain letters shows that the search finds.
    wait::until("everything to be sent", wait::LONG, || {
        let status = agent.run(&["agent", "status", "--json"]).json();
        if status["waiting"] == 0 { Ok(()) } else { Err(status) }
    });
    server.stop();
    let bytes = std::fs::read(server.data().join("timebook.redb")).unwrap();
    let has = |word: &str| bytes.windows(word.len()).any(|part| part == word.as_bytes());
    assert!(has("OFFICEWORD") && has("Mail"), "the office's own rule, and what was kept");
    assert!(!has("OWNAPP") && !has("ownapp"), "the server knows of the person's own rule");
    server.launch();
    agent.run(&["agent", "rules", "remove", "1"]).ok();
    beat("ownapp", "z", "2026-11-20T11:00:00Z");
    assert_eq!(http.get("/api/0/buckets/w/events?limit=1").json()[0]["data"]["app"], "ownapp");
}

#[test]
fn the_offices_rules_hold_before_the_computer_hears_from_it_again() {
    let mut server = Server::start();
    server.add_user("ada", Role::Admin);
    let sheet = server.folder().join("sheet");
    std::fs::write(&sheet, "drop app = KeePassXC\r\n").unwrap();
    server.run(&["redaction", "set", &sheet.to_string_lossy()]).ok();
    let mut agent = Agent::enroll(&server.invite("ada"));
    server.stop();
    agent.launch();
    let http = agent.http();
    recording::create_bucket(&http, "w");
    for (app, count) in [("KeePassXC", 0), ("Mail", 1)] {
        let event = json!({"timestamp": "2026-11-20T08:00:00Z", "duration": 0, "data": {"app": app, "title": "t"}});
        http.post("/api/0/buckets/w/heartbeat?pulsetime=5", &event).expect(200);
        assert_eq!(http.get("/api/0/buckets/w/events/count").json(), json!(count), "{app}");
    }
    server.launch();
}

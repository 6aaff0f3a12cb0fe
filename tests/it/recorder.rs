//! The agent's own recorder on a real X server and a real Wayland compositor with real windows: nothing before the person said yes, then exactly what aw-watcher-window
//! and aw-watcher-afk would record, nothing in a pause, and silence beside a watcher.

use crate::harness::compositor::Compositor;
use crate::harness::desktop::Desktop;
use crate::harness::{Agent, Http, Role, Server, wait};
use serde_json::{Value, json};

#[test]
fn two_windows_and_a_while_away() {
    let server = Server::start();
    server.add_user("ada", Role::Admin);
    let mut desktop = Desktop::start();
    desktop.run("xterm", &["-T", "first window"]);
    // A clock would not do: it takes no keys, so no window manager brings it to the front.
    desktop.run("xcalc", &["-title", "second window"]);
    desktop.to_front("second window");
    desktop.to_front("first window");

    let mut agent = Agent::enroll(&server.invite("ada"));
    std::fs::write(agent.data().join("agent/agent.toml"), "idle_seconds = 3\n").unwrap();
    agent.set("DISPLAY", desktop.display());
    agent.set("WAYLAND_DISPLAY", "");
    agent.launch();
    let http = agent.http();

    let told = agent.run(&["agent", "record", "on"]);
    assert!(told.out.contains("which window is in front"), "{}", told.out);
    told.refused(3);
    assert_eq!(agent.run(&["agent", "status", "--json"]).json()["recorder"], "off");
    assert_eq!(http.get("/api/0/buckets/").json(), json!({}), "nothing before the person said yes");

    agent.run(&["agent", "record", "on", "--yes"]).ok();
    let until_window = |app: &str, title: &str| {
        let window = json!({"app": app, "title": title});
        // Somebody is there: while nobody is, no window is in use.
        until(&http, "window", &window, || desktop.touch());
    };
    until_window("XTerm", "first window");
    desktop.to_front("second window");
    until_window("XCalc", "second window");
    desktop.rename("renamed");
    until_window("XCalc", "renamed");
    until_newest(&http, "afk", &json!({"status": "not-afk"}));
    until_newest(&http, "afk", &json!({"status": "afk"}));
    desktop.touch();
    until_newest(&http, "afk", &json!({"status": "not-afk"}));
    let away = &events(&http, "afk").unwrap()[1];
    assert_eq!(away["data"]["status"], "afk");
    assert!(away["duration"].as_f64().unwrap() >= 3.0, "counted from the last touch: {away}");

    let buckets = http.get("/api/0/buckets/").json();
    for (watcher, kind) in [("window", "currentwindow"), ("afk", "afkstatus")] {
        let bucket = &buckets[name(&http, watcher)];
        assert_eq!(
            (&bucket["type"], &bucket["client"]),
            (&json!(kind), &json!(format!("aw-watcher-{watcher}")))
        );
    }

    // A no counts at once, also for what the recorder waits for just now.
    agent.run(&["agent", "record", "off"]).ok();
    desktop.rename("after a no");
    desktop.touch();
    wait::until("the recorder to hear of it", wait::LONG, || {
        let own = std::fs::read_to_string(agent.data().join("agent/status.json")).unwrap();
        if own.contains(r#""recorder":"off""#) { Ok(()) } else { Err(own) }
    });
    desktop.rename("renamed");
    agent.run(&["agent", "record", "on", "--yes"]).ok();
    until_recorder(&agent, "looking");

    agent.run(&["agent", "pause", "on"]).ok();
    until_recorder(&agent, "waiting");
    desktop.touch();
    desktop.rename("in a pause");
    desktop.touch();
    desktop.rename("after it");
    agent.run(&["agent", "pause", "off"]).ok();
    until_recorder(&agent, "looking");
    until_window("XCalc", "after it");
    let titles = format!("{:?}", events(&http, "window").unwrap());
    assert!(!titles.contains("in a pause") && !titles.contains("after a no"), "{titles}");

    // Watchers of its kinds: it leaves the work to them.
    for (kind, data) in [
        ("currentwindow", json!({"app": "A", "title": "B"})),
        ("afkstatus", json!({"status": "afk"})),
    ] {
        let path = format!("/api/0/buckets/real-{kind}");
        http.post(&path, &json!({"client": "c", "type": kind, "hostname": "h"})).expect(200);
        let event = json!({"timestamp": "2026-11-20T08:00:00Z", "duration": 0, "data": data});
        http.post(&format!("{path}/heartbeat?pulsetime=5"), &event).expect(200);
    }
    until_recorder(&agent, "silent");
    agent.run(&["agent", "record", "off"]).ok();
    until_recorder(&agent, "off");
}

#[test]
fn two_windows_and_a_while_away_on_wayland() {
    let server = Server::start();
    server.add_user("ada", Role::Admin);
    let mut desktop = Compositor::start();
    desktop.open("first-app", "first window", "never seen");
    desktop.to_front("first-app");
    let renamed = desktop.open("second-app", "second window", "renamed");
    desktop.to_front("second-app");
    desktop.to_front("first-app");

    let mut agent = Agent::enroll(&server.invite("ada"));
    std::fs::write(agent.data().join("agent/agent.toml"), "idle_seconds = 3\n").unwrap();
    agent.set("WAYLAND_DISPLAY", &desktop.display());
    agent.launch();
    let http = agent.http();
    agent.run(&["agent", "record", "on", "--yes"]).ok();
    let until_window = |app: &str, title: &str| {
        until(&http, "window", &json!({"app": app, "title": title}), || desktop.touch());
    };
    until_window("first-app", "first window");
    desktop.to_front("second-app");
    until_window("second-app", "second window");
    std::fs::write(renamed, "").unwrap();
    until_window("second-app", "renamed");
    until_newest(&http, "afk", &json!({"status": "not-afk"}));
    until_newest(&http, "afk", &json!({"status": "afk"}));
    desktop.touch();
    until_newest(&http, "afk", &json!({"status": "not-afk"}));
    let away = &events(&http, "afk").unwrap()[1];
    assert_eq!(away["data"]["status"], "afk");
    assert!(away["duration"].as_f64().unwrap() >= 3.0, "counted from the last touch: {away}");

    // The compositor goes away: the agent stays, and says so.
    drop(desktop);
    until_recorder(&agent, "blind");
}

#[test]
fn outside_the_hours_nothing_is_recorded_whoever_records() {
    let server = Server::start();
    server.add_user("ada", Role::Admin);
    let agent = Agent::start(&server, "ada");
    agent.run(&["agent", "record", "hours", "mon-fri", "08:00"]).refused(2);
    let blank = agent.run(&["agent", "record", "hours", ""]).refused(2);
    assert!(blank.contains("or always"), "{blank}");
    assert!(agent.run(&["agent", "record", "hours"]).ok().contains("at any time"));
    // 2026-11-20 is a Friday.
    let all_day = "thu 00:00-24:00; sat 00:00-24:00";
    let told = agent.run(&["agent", "record", "hours", all_day]).ok();
    assert!(told.contains(all_day), "{told}");
    let http = agent.http();
    http.post("/api/0/buckets/b", &json!({"client": "c", "type": "t", "hostname": "h"}))
        .expect(200);
    for (day, expected) in [("2026-11-19", 1), ("2026-11-20", 1), ("2026-11-21", 2)] {
        let event =
            json!({"timestamp": format!("{day}T12:00:00Z"), "duration": 0, "data": {"d": day}});
        http.post("/api/0/buckets/b/heartbeat?pulsetime=5", &event).expect(200);
        assert_eq!(http.get("/api/0/buckets/b/events/count").json(), json!(expected), "{day}");
    }
}

fn name(http: &Http, watcher: &str) -> String {
    let info = http.get("/api/0/info").json();
    format!("aw-watcher-{watcher}_{}", info["hostname"].as_str().unwrap())
}

fn events(http: &Http, watcher: &str) -> Result<Vec<Value>, String> {
    let reply = http.get(&format!("/api/0/buckets/{}/events?limit=-1", name(http, watcher)));
    if reply.status == 200 {
        Ok(reply.json().as_array().unwrap().clone())
    } else {
        Err(format!("{reply:?}"))
    }
}

#[track_caller]
fn until_newest(http: &Http, watcher: &str, data: &Value) {
    until(http, watcher, data, || {});
}

/// Looks until the newest event says so; before each look, something happens.
#[track_caller]
fn until(http: &Http, watcher: &str, data: &Value, happens: impl Fn()) {
    wait::until(&format!("{data}"), wait::LONG, || {
        happens();
        let events = events(http, watcher)?;
        if events.first().is_some_and(|event| event["data"] == *data) {
            Ok(())
        } else {
            Err(format!("{events:?}"))
        }
    });
}

#[track_caller]
fn until_recorder(agent: &Agent, word: &str) {
    wait::until(&format!("the recorder {word}"), wait::LONG, || {
        let status = agent.run(&["agent", "status", "--json"]).json();
        if status["recorder"] == word { Ok(()) } else { Err(status) }
    });
}

//! `timebook track` on a person's own computer: with the office out of reach everything is kept and seen, and arrives once when it is back;
//! with the agent running and without it; and what another computer or the page did is seen here.

use crate::harness::{Agent, Http, Role, Server, wait};
use serde_json::{Value, json};

/// An office with something to book on, and ada's computer.
struct Office {
    server: Server,
    agent: Agent,
    token: String,
}

impl Office {
    fn new() -> Self {
        let server = Server::start();
        server.add_user("ada", Role::Admin);
        server.run(&["customer", "add", "--name", "Acme"]).ok();
        server.run(&["project", "add", "--name", "Website", "--customer", "Acme"]).ok();
        server.run(&["task", "add", "--project", "Website", "--name", "Design"]).ok();
        server.run(&["tag", "add", "--name", "travel"]).ok();
        let token = server.run(&["token", "create", "--user", "ada", "--scope", "manage"]).ok();
        let agent = Agent::start(&server, "ada");
        let office = Self { server, agent, token };
        office.until("a copy of the book", |status| status["refreshed"].is_string());
        office
    }

    fn page(&self) -> Http {
        self.server.with_token(&self.token)
    }

    fn track(&self, args: &[&str]) -> Value {
        self.agent.run(&[&["track"], args, &["--json"]].concat()).json()
    }

    /// The status, once it is as it should be.
    #[track_caller]
    fn until(&self, what: &str, is: impl Fn(&Value) -> bool) -> Value {
        wait::until(what, wait::LONG, || {
            let status = self.track(&["status"]);
            if is(&status) { Ok(status) } else { Err(status.to_string()) }
        })
    }

    /// Every entry of ada's at the office, by note.
    fn arrived(&self) -> Vec<Value> {
        let mut items = self.page().get("/api/v1/entries").expect(200).json()["items"]
            .as_array()
            .unwrap()
            .clone();
        items.sort_by_key(|entry| entry["note"].as_str().unwrap().to_owned());
        items
    }

    #[track_caller]
    fn until_arrived(&self, notes: &[&str]) -> Vec<Value> {
        wait::until("the entries to arrive", wait::LONG, || {
            let items = self.arrived();
            let there: Vec<_> = items.iter().map(|entry| entry["note"].as_str().unwrap()).collect();
            if there == notes { Ok(items.clone()) } else { Err(format!("{there:?}")) }
        })
    }
}

#[test]
fn a_day_without_the_office_arrives_once() {
    let mut office = Office::new();
    office.server.stop();
    let on = ["--project", "website", "--task", "design", "--tag", "Travel"];
    let started = office.track(&[&["start", "--note", "b mail"], &on[..]].concat());
    assert_eq!(
        (&started["entry"]["state"], &started["entry"]["task"]),
        (&json!("waiting"), &json!("Design"))
    );
    let told = office.agent.run(&["track", "status"]).ok();
    assert!(told.starts_with("Running: since today") && told.contains("Acme/Website"), "{told}");
    assert!(told.contains("1 entry waits for the office"), "{told}");
    let next = office.track(&["start", "--note", "c phone"]);
    assert_eq!(next["ended"]["id"], started["entry"]["id"]);
    // Neither a crash nor the agent's absence loses any of it.
    office.agent.kill_all();
    let day = ["--date", "2026-01-15", "--note", "a plan", "--project", "Acme/Website"];
    office.track(&[&["log", "09:00-12:30", "--not-billable"], &day[..]].concat());
    office.agent.launch();
    office.track(&["edit", "last", "--note", "c phone calls"]);
    let stopped = office.track(&["stop"]);
    assert_eq!(
        (&stopped["entry"]["note"], &stopped["waiting"]),
        (&json!("c phone calls"), &json!(3))
    );
    for wrong in [
        &["stop"][..],
        &["start", "--project", "Webside"],
        &["log", "12:30-09:00", "--date", "2026-01-15"],
        &["edit", "ffffffffffff", "--note", "x"],
    ] {
        office.agent.run(&[&["track"], wrong].concat()).refused(1);
    }
    office.agent.run(&["track", "log", "9-12"]).refused(2);
    office.agent.run(&["track", "edit", "last"]).refused(2);

    office.server.launch();
    let items = office.until_arrived(&["a plan", "b mail", "c phone calls"]);
    assert_eq!((&items[0]["billable"], &items[1]["billable"]), (&json!(false), &json!(true)));
    assert!(items.iter().all(|entry| entry["end"].is_string()), "{items:?}");
    assert_eq!(
        (items[1]["tags"].as_array().unwrap().len(), items[1]["task"].is_string()),
        (1, true)
    );
    assert_eq!(items[1]["end"], items[2]["start"], "the older timer ended where the newer began");
    office.until("nothing to wait", |status| status["waiting"] == 0);
    let list = office.track(&["list", "--days", "1"]);
    assert!(list["items"].as_array().unwrap().iter().all(|entry| entry["state"] == "delivered"));
    assert_eq!(office.arrived().len(), 3);
}

#[test]
fn without_an_agent_that_runs_the_command_delivers_itself() {
    let mut office = Office::new();
    office.agent.kill_all();
    let started = office.track(&["start", "--note", "mail"]);
    assert_eq!((&started["entry"]["state"], &started["waiting"]), (&json!("delivered"), &json!(0)));
    let there = office.page().get("/api/v1/timer").expect(200).json();
    assert_eq!(there["entry"]["id"], started["entry"]["id"]);
    // What is done on the page is seen here, and the other way round.
    office.page().post("/api/v1/timer/stop", &json!({})).expect(200);
    assert_eq!(office.track(&["status"])["entry"], Value::Null);
    office.page().post("/api/v1/timer", &json!({"note": "phone"})).expect(201);
    assert_eq!(office.track(&["status"])["entry"]["note"], "phone");
    office.track(&["discard"]);
    assert_eq!(office.page().get("/api/v1/timer").expect(200).json()["entry"], Value::Null);
    office.track(&["continue"]);
    assert_eq!(office.page().get("/api/v1/timer").expect(200).json()["entry"]["note"], "mail");
}

#[test]
fn what_is_done_elsewhere_is_seen_at_once_and_held_edits_are_told() {
    let office = Office::new();
    let page = office.page();
    page.post("/api/v1/timer", &json!({"note": "on the page"})).expect(201);
    let started = std::time::Instant::now();
    office.until("the page's timer", |status| status["entry"]["note"] == "on the page");
    assert!(started.elapsed().as_secs() < 20, "not only with the next delivery");
    let stopped = office.track(&["stop"]);
    assert_eq!(stopped["entry"]["note"], "on the page");
    wait::until_true("the page's timer to be stopped", wait::LONG, || {
        page.get("/api/v1/timer").expect(200).json()["entry"].is_null()
    });
    // Time that the office has closed meanwhile is not lost: it is held, and both sides are told.
    let lock = ["lock", "set", "--before", "2026-02-01", "--reason", "January is paid"];
    office.server.run(&lock).ok();
    office.track(&["log", "09:00-12:30", "--date", "2026-01-15", "--note", "late"]);
    let refused = |status: &Value| status["items"][0]["refused"].as_str().map(str::to_owned);
    let status = office.until("the edit to be held", |status| refused(status).is_some());
    let told = refused(&status).unwrap();
    assert!(told.contains("closed this time") && told.contains("holds this edit"), "{told}");
    let refusals = status["items"].as_array().unwrap().len();
    assert_eq!((&status["waiting"], refusals), (&json!(0), 1));
    let told = office.agent.run(&["track", "status"]).ok();
    assert!(told.contains("Refused: 2026-01-15 09:00-12:30"), "{told}");
    office.server.run(&["lock", "back", "--reason", "one more invoice"]).ok();
    office.until("nothing to be refused", |status| status["items"] == json!([]));
    office.until_arrived(&["late", "on the page"]);
}

#[test]
fn where_there_is_no_agent_a_sentence_says_what_to_do() {
    let server = Server::start();
    server.add_user("ada", Role::Admin);
    let told = server.run(&["track", "start"]).refused(1);
    assert!(told.contains("office's server") && told.contains("enroll"), "{told}");
    let nowhere = crate::harness::Folder::new();
    let told = crate::harness::command::run(&nowhere.join("data"), &["track", "status"]).refused(1);
    assert!(told.contains("timebook agent enroll CODE"), "{told}");
    // Nobody else on the computer, and no web page, asks the agent for anything.
    let agent = Agent::start(&server, "ada");
    let ask = |http: Http| http.post("/timebook/track", &json!("status"));
    ask(agent.http()).expect(200);
    let page = agent.http().header("origin", "http://127.0.0.1:5600");
    assert_eq!(ask(page).status, 403);
    assert_eq!(agent.http().post("/timebook/track", &json!({"start": 1})).status, 422);
}

#[test]
fn closed_time_is_refused_at_once_also_without_the_office() {
    let mut office = Office::new();
    office
        .server
        .run(&["lock", "set", "--before", "2026-02-01", "--reason", "January is paid"])
        .ok();
    let log = ["track", "log", "09:00-10:00", "--note", "late"];
    let january = [&log[..], &["--date", "2026-01-15"]].concat();
    wait::until("the lock to be known", wait::LONG, || {
        let done = office.agent.run(&january);
        if done.code == Some(1) { Ok(()) } else { Err(format!("{done:?}")) }
    });
    office.server.stop();
    let told = office.agent.run(&january).refused(1);
    assert!(told.contains("The office has closed this time. Ask"), "{told}");
    office.agent.run(&[&log[..], &["--date", "2026-02-15"]].concat()).ok();
}

//! A week from the terminal: what is due, what was worked, submitted, sent back, approved, opened again and closed; reports, files and the
//! audit log; with the server up, and with it down.

use crate::harness::{Agent, Http, Role, Server, wait};
use serde_json::{Value, json};

/// An office in Berlin with a manager and cy, who worked through the night in which the clocks went back.
fn office() -> (Server, Http) {
    let server = Server::start();
    server.add_user("ada", Role::Admin);
    server.add_user("cy", Role::Employee);
    server.run(&["settings", "set", "time_zone", "Europe/Berlin"]).ok();
    server.run(&["customer", "add", "--name", "Acme"]).ok();
    let site = ["project", "add", "--name", "Site", "--customer", "Acme", "--budget", "2"];
    server.run(&site).ok();
    let token = server.run(&["token", "create", "--user", "cy", "--scope", "manage"]).ok();
    let cy = server.with_token(&token);
    let site = server.list("project")[0]["id"].clone();
    for (from, to) in [("00:00", "01:30"), ("03:00", "05:00"), ("04:00", "04:30")] {
        let moment = |time: &str| format!("2026-10-25T{time}:00Z");
        let new =
            json!({"start": moment(from), "end": moment(to), "project": site, "note": "night"});
        cy.post("/api/v1/entries", &new).expect(201);
    }
    (server, cy)
}

#[test]
fn a_week_from_the_terminal() {
    let (mut server, _cy) = office();
    server
        .run(&["target", "set", "--person", "cy", "--from", "2026-10-01", "--week", "38:30"])
        .ok();
    let due = ["target", "sum", "--person", "cy", "--from", "2026-10-19", "--to", "2026-10-25"];
    assert!(server.run(&due).ok().contains("38:30"));
    assert!(server.run(&["target", "list", "--person", "cy"]).ok().contains("2026-10-01"));
    // Hours are told where the asker is: the clocks went back at three, and the gap is an hour later than in UTC.
    let night = ["report", "days", "--person", "cy", "--from", "2026-10-25", "--to", "2026-10-25"];
    let days = server.run(&night).ok();
    assert!(days.contains("02:30-04:00") && days.contains("05:00-05:30"), "{days}");
    assert!(days.contains("Total 4:00") && days.contains("Europe/Berlin"), "{days}");
    let table = server.run(&[&night[..], &["--csv"]].concat()).ok();
    assert!(table.contains("2026-10-25T01:30:00Z/2026-10-25T03:00:00Z,5400000"), "{table}");

    let week = ["--person", "cy", "--day", "2026-10-22"];
    let step = |server: &Server, step: &str, more: &[&str]| {
        server.run(&[&["timesheet", step], &week[..], more].concat())
    };
    step(&server, "submit", &[]).ok();
    assert!(server.run(&["timesheet", "waiting"]).ok().contains("cy"));
    step(&server, "send-back", &["--note", "Sunday?"]).ok();
    assert!(step(&server, "show", &[]).ok().contains("Sunday?"));
    server.run(&["team", "set", "--name", "Site crew", "--member", "cy"]).ok();
    let list = ["timesheet", "list", "--to", "2026-10-22", "--csv", "--team"];
    let table = server.run(&[&list[..], &["Site crew"]].concat()).ok();
    let row = table.lines().nth(1).unwrap_or_default();
    assert!(table.starts_with("person,first,last,") && table.lines().count() == 2, "{table}");
    assert!(row.starts_with("cy,2026-10-19,2026-10-25,") && row.contains(",Sunday?,"), "{table}");
    server.run(&[&list[..], &["Nobody"]].concat()).refused(1);
    step(&server, "submit", &[]).ok();
    step(&server, "withdraw", &[]).ok();
    server.stop();
    // Down, the same commands do the same.
    step(&server, "submit", &[]).ok();
    step(&server, "approve", &[]).ok();
    step(&server, "approve", &[]).refused(1);
    server.launch();
    let list =
        ["timesheet", "list", "--person", "cy", "--from", "2026-10-19", "--to", "2026-10-25"];
    assert!(server.run(&list).ok().contains("approved"));
    step(&server, "reopen", &["--note", "An hour is missing."]).ok();
    server.run(&["target", "remove", "--person", "cy", "--from", "2026-10-01"]).ok();

    server.run(&["user", "zone", "--name", "cy", "Pacific/Auckland"]).ok();
    server.run(&["user", "zone", "--name", "cy", "Middle/Earth"]).refused(1);
    assert_eq!(
        server.list("user").iter().filter(|u| u["time_zone"] == "Pacific/Auckland").count(),
        1
    );

    let mut agent = Agent::start(&server, "cy");
    // An agent that runs might hear of the lock before the edit is made, and would say so at once.
    agent.kill_all();
    server.run(&["lock", "set", "--before", "2026-11-01", "--reason", "October is paid"]).ok();
    assert!(server.run(&["lock", "show"]).ok().contains("October is paid"));
    agent.run(&["track", "log", "09:00-10:00", "--date", "2026-10-26", "--note", "late"]).ok();
    let held = wait::until("the edit that came too late", wait::LONG, || {
        let held = server.run(&["lock", "held", "--json"]).json();
        held["items"].get(0).cloned().ok_or_else(|| held.to_string())
    });
    server.run(&["lock", "discard", held["id"].as_str().unwrap()]).ok();
    assert_eq!(server.run(&["lock", "held"]).ok(), "Nothing came too late.");
    server.run(&["lock", "back", "--reason", "a mistake"]).ok();

    let audit = server.run(&["audit", "list"]).ok();
    for action in ["timesheet.approve", "timesheet.reopen", "lock.advance", "lock.move_back"] {
        assert!(audit.contains(action), "{action}: {audit}");
    }
    let all = server.run(&["audit", "list", "--json"]).json()["items"].as_array().unwrap().len();
    let after = server.run(&["audit", "list", "--after", "3", "--json"]).json();
    assert_eq!(after["items"].as_array().unwrap().len(), all - 3);
    server.run(&["user", "invite", "--name", "eve", "--role", "employee"]).ok();
    let links = server.run(&["user", "links", "--json"]).json();
    server.run(&["user", "withdraw-link", links["items"][0]["id"].as_str().unwrap()]).ok();
    assert_eq!(server.run(&["user", "links"]).ok(), "No link can be used now.");
}

#[test]
fn reports_budgets_and_files_from_the_terminal() {
    let (server, _cy) = office();
    let budgets = server.run(&["report", "budgets"]).ok();
    let line = budgets.lines().find(|line| line.contains("Site")).unwrap();
    let cells: Vec<_> = line.split_whitespace().collect();
    assert_eq!(cells, ["Acme", "Site", "-", "2:00", "4:00", "-2:00", "200", "%"], "{budgets}");
    server.run(&["project", "edit", "Site", "--budget", "none"]).ok();
    assert!(server.run(&["report", "budgets"]).ok().starts_with("No project has a budget."));

    let october = ["--from", "2026-10-01", "--to", "2026-10-31"];
    // By name, as everywhere else.
    let of_acme = ["report", "hours", "--by", "project", "--customers", "acme", "--compare"];
    let told = server.run(&[&of_acme[..], &october].concat()).ok();
    assert!(told.contains("Total 4:00") && told.contains("Before 0:00"), "{told}");
    let none = ["report", "hours", "--by", "project", "--projects", "none"];
    assert!(server.run(&[&none[..], &october].concat()).ok().contains("Total 0:00"));
    let wrong = ["report", "hours", "--projects", "Nowhere"];
    assert!(server.run(&[&wrong[..], &october].concat()).refused(1).contains("Nowhere"));
    let save = ["report", "save", "--name", "By project", "--by", "project", "--projects", "Site"];
    server.run(&[&save[..], &october].concat()).ok();
    let saved = server.run(&["report", "saved", "--json"]).json()["items"][0]["id"].clone();
    let saved = saved.as_str().unwrap();
    assert!(server.run(&["report", "run", saved, "--csv"]).ok().contains("Site"));
    server.run(&["report", "delete", saved]).ok();
    assert_eq!(server.run(&["report", "saved"]).ok(), "No report is saved.");

    let out = server.folder().join("october.csv").to_string_lossy().into_owned();
    let export =
        [&["export", "entries", "--projects", "site", "--out", &out], &october[..]].concat();
    let told = server.run(&export).ok();
    assert!(told.starts_with("3 time entries, 4:00 h.") && told.contains("october.csv"), "{told}");
    let text = std::fs::read_to_string(&out).unwrap();
    assert!(text.lines().count() == 4 && text.contains("cy,Acme,Site,"), "{text}");
    server.run(&export).refused(1);
    let days = server.folder().join("days.csv").to_string_lossy().into_owned();
    let person = ["export", "activity", "--person", "cy", "--out", &days];
    server.run(&[&person[..], &october].concat()).ok();
    assert_eq!(std::fs::read_to_string(&days).unwrap().lines().count(), 32);
    // It is read as Clockify's again, and what it says is booked already.
    let look = server.run(&["import", "clockify", &out, "--time-zone", "Europe/Berlin"]).ok();
    assert!(look.contains("new time entries  3") && look.contains("over booked time  3"), "{look}");
    for (source, text) in [
        (
            "toggl",
            "User,Email,Client,Project,Task,Description,Billable,Start date,Start time,End date,End time,Duration,Tags\ncy,,,,,one,No,2026-10-02,09:00:00,2026-10-02,10:00:00,01:00:00,\n",
        ),
        (
            "timetagger",
            "key\tstart\tstop\ttags\tdescription\nk1\t2026-10-02 09:00\t2026-10-02 10:00\t\twork\n",
        ),
    ] {
        let file = server.folder().join(source).to_string_lossy().into_owned();
        std::fs::write(&file, text).unwrap();
        let told = server.run(&["import", source, &file, "--as", "cy", "--yes"]).ok();
        assert!(told.starts_with("1 time entry came in"), "{source}: {told}");
    }
    assert_eq!(server.list("import").len(), 2);
    assert!(server.run(&["job", "list"]).ok().contains("import"));
}

/// What is longer than a page comes whole.
#[test]
fn a_long_access_log_comes_whole() {
    let (server, _cy) = office();
    let ada = server.run(&["token", "create", "--user", "ada", "--scope", "read"]).ok();
    let ada = server.with_token(&ada);
    for day in 0..101 {
        let day = jiff::civil::date(2026, 6, 1) + jiff::ToSpan::days(day);
        ada.get(&format!("/api/v1/reports/activity?person=cy&from={day}&to={day}")).expect(200);
    }
    let looks: Value = server.run(&["user", "access-log", "--name", "cy", "--json"]).json();
    assert_eq!(looks["items"].as_array().unwrap().len(), 101);
}

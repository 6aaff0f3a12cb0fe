//! A made-up office to look at: whole, believable, the same for the same seed, and served at once.

use crate::harness::command::{run, timebook};
use crate::harness::program::Program;
use crate::harness::recording::yesterday;
use crate::harness::report::{seen_by, sign_in_as};
use crate::harness::{Folder, Server};
use serde_json::Value;
use std::path::Path;

fn fill(data: &Path, seed: &str) -> Value {
    let zone = ["--time-zone", "Europe/Berlin"];
    let wish = ["demo", "--people", "4", "--days", "21", "--seed", seed, "--only-fill", "--json"];
    run(data, &[&wish[..], &zone].concat()).json()
}

/// Ten days that are over, whatever happens to the clock meanwhile.
fn past() -> (String, String) {
    let yesterday: jiff::civil::Date = yesterday().parse().unwrap();
    let before = |days: i32| (yesterday - jiff::Span::new().days(days)).to_string();
    (before(13), before(3))
}

fn hours(data: &Path) -> Value {
    let (from, to) = past();
    run(data, &["report", "hours", "--by", "project", "--from", &from, "--to", &to, "--json"])
        .json()["rows"]
        .clone()
}

#[test]
fn a_made_up_office_is_whole() {
    let mut made = Value::Null;
    let server = Server::start_filled(|data| made = fill(data, "1"));
    let (password, (from, to)) = (made["password"].as_str().unwrap(), past());

    let anna = sign_in_as(&server, "anna", password);
    let own = seen_by(&anna, "anna", &from, &to);
    assert!(own.active_ms > 20 * 3_600_000 && own.apps.len() > 4, "a fortnight's work: {own:?}");
    let other = seen_by(&anna, "ben", &from, &to);
    assert!(other.apps.contains_key("Figma"), "the policy shows programs to a manager: {other:?}");
    let weeks = anna.get(&format!("/api/v1/timesheets?day={from}")).expect(200).json();
    let states: Vec<_> = weeks["items"].as_array().unwrap().iter().map(|w| &w["state"]).collect();
    assert_eq!(states.iter().filter(|state| **state == "approved").count(), 4, "{weeks}");
    for noun in ["customer", "project", "tag", "team", "device"] {
        assert!(server.list(noun).len() >= 4, "{noun}");
    }
}

#[test]
fn the_same_seed_gives_the_same_office_and_another_seed_another() {
    let folder = Folder::new();
    let of = |name: &str, seed| {
        let data = folder.join(name);
        fill(&data, seed);
        hours(&data)
    };
    let first = of("first", "1");
    assert!(first.as_array().is_some_and(|rows| !rows.is_empty()), "{first}");
    assert_eq!(first, of("second", "1"));
    assert_ne!(first, of("third", "2"));
}

#[test]
fn it_is_served_at_once_and_never_over_another_office() {
    let folder = Folder::new();
    let data = folder.join("data");
    let mut command = timebook();
    command.args(["demo", "--people", "1", "--days", "3", "--data"]).arg(&data);
    command.args(["--listen", "127.0.0.1:0", "--loopback", "127.0.0.1:0"]);
    let mut demo = Program::new("demo", folder.join("demo.log"));
    demo.launch(command, &data.join("listen"));
    let people = run(&data, &["user", "list", "--json"]).json();
    assert_eq!(people["items"].as_array().map(Vec::len), Some(2), "{people}");
    demo.stop();

    let other = folder.join("other");
    run(&other, &["demo", "--time-zone", "Nowhere/Else"]).refused(2);
    assert!(!other.exists(), "a wrong wish leaves nothing behind");

    let refused = run(&data, &["demo"]).refused(1);
    assert!(refused.contains("timebook serve --data"), "{refused}");
    let still = run(&data, &["user", "list", "--json"]).json();
    assert_eq!(still, people, "nothing was changed");
}

/// Nobody waits minutes for an office that cannot be served.
#[test]
fn a_port_that_is_taken_is_told_before_anything_is_made_up() {
    let folder = Folder::new();
    let data = folder.join("data");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let told = run(&data, &["demo", "--listen", &address]).refused(1);
    assert!(told.contains("The option is --listen ADDRESS:PORT."), "{told}");
    assert!(!data.join("timebook.redb").exists(), "nothing was made");
}

//! A report as numbers that a story can compare, read by the person themselves or by the administrator at the keyboard.

use super::http::JSON;
use super::{Http, Server, recording, wait};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Milliseconds over all days of the range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Time with any activity: doubles count once.
    pub active_ms: u64,
    /// Time for each app: doubles count twice.
    pub apps: BTreeMap<String, u64>,
}

/// A signed-in browser: the session's cookie and nothing else.
#[track_caller]
pub fn sign_in(server: &Server, person: &str) -> Http {
    sign_in_as(server, person, super::server::PASSWORD)
}

#[track_caller]
pub fn sign_in_as(server: &Server, person: &str, password: &str) -> Http {
    let http = server.http();
    let body = json!({"name": person, "password": password}).to_string();
    let reply = http.send("POST", "/api/v1/session", JSON, body.into_bytes()).unwrap().expect(200);
    let cookie = reply.header("set-cookie").unwrap_or_else(|| panic!("no cookie in {reply:?}"));
    let pair = cookie.split(';').next().unwrap_or_default().to_owned();
    for flag in ["HttpOnly", "SameSite", "Secure"] {
        assert!(cookie.contains(flag), "{flag} in {cookie}");
    }
    http.header("cookie", &pair)
}

/// What `viewer` sees of `person`.
#[track_caller]
pub fn seen_by(viewer: &Http, person: &str, from: &str, to: &str) -> Report {
    read(
        &viewer
            .get(&format!("/api/v1/reports/activity?person={person}&from={from}&to={to}"))
            .expect(200)
            .json(),
    )
}

impl Server {
    /// Waits until the person's own report of yesterday holds exactly these events: none lost, none twice.
    #[track_caller]
    pub fn expect_report(&self, person: &str, numbers: &BTreeSet<u64>) {
        let day = recording::yesterday();
        self.expect_own_report(person, &day, &day, &Report::of(numbers));
    }

    #[track_caller]
    pub fn expect_own_report(&self, person: &str, from: &str, to: &str, wanted: &Report) {
        let viewer = sign_in(self, person);
        wait::until("the report to hold what was recorded", wait::LONG, || {
            let seen = seen_by(&viewer, person, from, to);
            if seen == *wanted { Ok(()) } else { Err(format!("{seen:?}, not {wanted:?}")) }
        });
    }
}

impl Report {
    /// What these numbered events add up to.
    pub fn of(numbers: &BTreeSet<u64>) -> Self {
        Self {
            active_ms: numbers.len() as u64 * recording::LASTS_MS,
            apps: recording::milliseconds(numbers.iter().copied()),
        }
    }
}

pub fn read(report: &Value) -> Report {
    let list = |key: &str| report[key].as_array().unwrap_or_else(|| panic!("no {key} in {report}"));
    let number =
        |value: &Value| value.as_u64().unwrap_or_else(|| panic!("no number: {value} in {report}"));
    let apps = list("apps")
        .iter()
        .map(|a| (a["app"].as_str().unwrap().to_owned(), number(&a["ms"])))
        .collect();
    let days: u64 = list("days").iter().map(|d| number(&d["active_ms"])).sum();
    assert_eq!(number(&report["total_ms"]), days, "the days add up: {report}");
    Report { active_ms: days, apps }
}

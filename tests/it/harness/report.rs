//! A report as numbers that a story can compare.

use super::Server;
use super::{recording, wait};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Whole seconds over all days of the range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Time with any activity: doubles count once.
    pub active: u64,
    /// Time for each app: doubles count twice.
    pub apps: BTreeMap<String, u64>,
}

impl Server {
    /// The report a person reads about themselves.
    #[track_caller]
    pub fn own_report(&self, person: &str, from: &str, to: &str) -> Report {
        read(&self.report(person, from, to))
    }

    /// Waits until the person's report of yesterday holds exactly these events: none lost, none twice.
    #[track_caller]
    pub fn expect_report(&self, person: &str, numbers: &BTreeSet<u64>) {
        let day = recording::yesterday();
        let wanted = Report {
            active: numbers.len() as u64,
            apps: recording::seconds(numbers.iter().copied()),
        };
        wait::until("the report to hold what was recorded", wait::LONG, || {
            let seen = self.own_report(person, &day, &day);
            if seen == wanted { Ok(()) } else { Err(format!("{seen:?}, not {wanted:?}")) }
        });
    }
}

fn read(report: &Value) -> Report {
    let mut sum = Report { active: 0, apps: BTreeMap::new() };
    for day in report["days"].as_array().unwrap_or_else(|| panic!("no days in {report}")) {
        sum.active += seconds(&day["active_seconds"]);
        for app in day["apps"].as_array().unwrap_or_else(|| panic!("no apps in {report}")) {
            let name = app["app"].as_str().unwrap_or_else(|| panic!("no name in {report}"));
            *sum.apps.entry(name.into()).or_default() += seconds(&app["seconds"]);
        }
    }
    sum
}

fn seconds(value: &Value) -> u64 {
    let text = value.to_string();
    let number: f64 = text.parse().unwrap_or_else(|_| panic!("no seconds: {text}"));
    assert!((number - number.round()).abs() < 0.0005, "whole seconds were recorded, not {number}");
    format!("{:.0}", number.round()).parse().unwrap()
}

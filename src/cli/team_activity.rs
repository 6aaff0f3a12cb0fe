//! `timebook report team`: recorded activity of everybody, from the server's own terminal.

use clap::Args;
use http::Method;
use serde_json::Value;

use super::call::call;
use super::catalog::TEAM;
use super::config::Config;
use super::exit::Failure;
use super::report::{hours, parse};
use super::{cell, print};

/// Whose activity, when, and by what.
#[derive(Args, Debug)]
pub(crate) struct TeamArguments {
    /// First day
    #[arg(long, value_name = "DAY")]
    from: String,
    /// Last day, included
    #[arg(long, value_name = "DAY")]
    to: String,
    /// Also what it was spent with, as far as the policy tells
    #[arg(long, value_parser = ["app", "category"])]
    by: Option<String>,
    /// Of members of this team, by name or id
    #[arg(long)]
    team: Option<String>,
}

pub(crate) async fn run(config: &Config, arguments: &TeamArguments) -> Result<(), Failure> {
    let (from, to) = (parse(&arguments.from)?, parse(&arguments.to)?);
    let mut path = format!("/api/v1/reports/activity/team?from={from}&to={to}");
    if let Some(by) = &arguments.by {
        path += &format!("&by={by}");
    }
    if let Some(team) = &arguments.team {
        let known = team.parse::<uuid::Uuid>().is_ok();
        let id = if known { team.clone() } else { cell(&TEAM.id(config, team).await?) };
        path += &format!("&team={id}");
    }
    let answer = call(config, Method::GET, &path, None).await?;
    if config.json {
        print::json(&answer);
    } else {
        show(&answer);
    }
    Ok(())
}

fn show(report: &Value) {
    let people = report["people"].as_array().map(Vec::as_slice).unwrap_or_default();
    let line = |person: &Value| {
        let time = match &person["complete"] {
            Value::Bool(true) => hours(&person["total_ms"]),
            _ => "too much to add up".to_owned(),
        };
        vec![cell(&person["person"]), time]
    };
    let lines: Vec<_> = people.iter().map(line).collect();
    print::table(&["person", "active"], &lines, "Nobody.");
    let rows = report["rows"].as_array().map(Vec::as_slice).unwrap_or_default();
    if let Some(by) = report["by"].as_str() {
        print::line("");
        let lines: Vec<_> =
            rows.iter().map(|row| vec![cell(&row["name"]), hours(&row["ms"])]).collect();
        let policy = cell(&report["policy"]).replace('_', " ");
        let empty = format!("Nothing that the office's policy, {policy}, tells.");
        print::table(&[by, "time"], &lines, &empty);
    }
    print::line(&format!("\nTotal {}", hours(&report["total_ms"])));
}

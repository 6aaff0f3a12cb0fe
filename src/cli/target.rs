//! `timebook target`: how long people are to work, from the server's own terminal.

use clap::Subcommand;
use http::Method;
use serde_json::{Value, json};

use super::call::{call, part};
use super::config::Config;
use super::exit::Failure;
use super::{catalog, cell, print, report};

/// Targets.
#[derive(Debug, Subcommand)]
pub(crate) enum TargetCommand {
    /// A person's targets, and the office's for everyone else
    #[command(alias = "show")]
    List {
        /// Whose
        #[arg(long)]
        person: String,
    },
    /// Say what a person is to work from a day on
    Set {
        /// Who
        #[arg(long)]
        person: String,
        /// From this day on
        #[arg(long, value_name = "DAY")]
        from: String,
        /// In a week: hours, or hours and minutes like 38:30
        #[arg(long, value_name = "HOURS", value_parser = catalog::minutes)]
        week: u32,
        /// On which days; may be repeated
        #[arg(long = "on", value_name = "WEEKDAY", default_values = ["monday", "tuesday", "wednesday", "thursday", "friday"])]
        days: Vec<String>,
    },
    /// What counted before counts on
    Remove {
        /// Whose
        #[arg(long)]
        person: String,
        /// The day from which it counted
        #[arg(long, value_name = "DAY")]
        from: String,
    },
    /// What is due from one day to another
    Sum {
        /// From whom
        #[arg(long)]
        person: String,
        /// First day
        #[arg(long, value_name = "DAY")]
        from: String,
        /// Last day, included
        #[arg(long, value_name = "DAY")]
        to: String,
    },
}

pub(crate) async fn run(config: &Config, command: &TargetCommand) -> Result<(), Failure> {
    let one = |person: &str, from: &str| -> Result<String, Failure> {
        Ok(format!("/api/v1/targets/{}/{}", part(person), report::parse(from)?))
    };
    let answer = match command {
        TargetCommand::List { person } => {
            let path = format!("/api/v1/targets?person={}", part(person));
            call(config, Method::GET, &path, None).await?
        }
        TargetCommand::Set { person, from, week, days } => {
            let body = json!({ "week_minutes": week, "days": days });
            call(config, Method::PUT, &one(person, from)?, Some(body)).await?
        }
        TargetCommand::Remove { person, from } => {
            call(config, Method::DELETE, &one(person, from)?, None).await?;
            print::done(
                config.json,
                &format!("What counted for {person} before {from} counts on."),
            );
            return Ok(());
        }
        TargetCommand::Sum { person, from, to } => {
            let (from, to) = (report::parse(from)?, report::parse(to)?);
            let path = format!("/api/v1/targets/{}?from={from}&to={to}", part(person));
            let answer = call(config, Method::GET, &path, None).await?;
            if config.json {
                print::json(&answer);
            } else {
                print::line(&minutes(&answer["minutes"]));
            }
            return Ok(());
        }
    };
    if config.json {
        print::json(&answer);
    } else {
        show(&answer);
    }
    Ok(())
}

fn show(targets: &Value) {
    let row = |from: String, target: &Value| {
        vec![from, minutes(&target["week_minutes"]), cell(&target["days"])]
    };
    let mut rows = vec![row("(office)".to_owned(), &targets["office"])];
    let items = targets["items"].as_array().map(Vec::as_slice).unwrap_or_default();
    rows.extend(items.iter().map(|target| row(cell(&target["from"]), target)));
    print::table(&["from", "a week", "on"], &rows, "");
}

/// `38:30` for 2310 minutes.
pub(super) fn minutes(minutes: &Value) -> String {
    let minutes = minutes.as_u64().unwrap_or(0);
    format!("{}:{:02}", minutes / 60, minutes % 60)
}

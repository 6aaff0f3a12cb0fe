//! `timebook lock`: what the office has closed, from the server's own terminal.

use clap::Subcommand;
use http::Method;
use serde_json::{Value, json};

use super::call::{call, call_list, part};
use super::config::Config;
use super::exit::Failure;
use super::{cell, print, report};

/// The lock on past time.
#[derive(Debug, Subcommand)]
pub(crate) enum LockCommand {
    /// What is closed
    #[command(alias = "list")]
    Show,
    /// Close everything before a day
    Set {
        /// The first day that stays open
        #[arg(long, value_name = "DAY")]
        before: String,
        /// Why; everybody reads it
        #[arg(long)]
        reason: String,
    },
    /// Open what is closed from an earlier day on
    Back {
        /// The first open day; without one, everything is open
        #[arg(long, value_name = "DAY")]
        before: Option<String>,
        /// Why; everybody reads it
        #[arg(long)]
        reason: String,
    },
    /// Edits made offline that came too late: their time was closed
    Held {
        /// Whose [default: everybody's]
        #[arg(long)]
        person: Option<String>,
    },
    /// Such an edit shall never count
    Discard {
        /// Its id, from `timebook lock held`
        id: String,
    },
}

pub(crate) async fn run(config: &Config, command: &LockCommand) -> Result<(), Failure> {
    let answer = match command {
        LockCommand::Show => call(config, Method::GET, "/api/v1/lock", None).await?,
        LockCommand::Set { before, reason } => {
            let body = json!({ "before": report::parse(before)?.to_string(), "reason": reason });
            call(config, Method::PUT, "/api/v1/lock", Some(body)).await?
        }
        LockCommand::Back { before, reason } => {
            let before = before.as_deref().map(report::parse).transpose()?;
            let before = before.map(|day| day.to_string());
            let body = json!({ "before": before, "reason": reason });
            call(config, Method::PUT, "/api/v1/lock/back", Some(body)).await?
        }
        LockCommand::Held { person } => {
            let whose = person.as_ref().map(|name| format!("?person={}", part(name)));
            let path = format!("/api/v1/lock/held{}", whose.unwrap_or_default());
            held(config, &call_list(config, &path).await?);
            return Ok(());
        }
        LockCommand::Discard { id } => {
            let path = format!("/api/v1/lock/held/{}", part(id));
            call(config, Method::DELETE, &path, None).await?;
            print::done(config.json, "This edit will never count.");
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

fn show(lock: &Value) {
    match lock["before"].as_str() {
        None => print::line("Nothing is closed."),
        Some(before) => print::line(&format!(
            "Everything before {before} ({}) is closed since {}: {}",
            cell(&lock["time_zone"]),
            print::when(&cell(&lock["set"])),
            cell(&lock["reason"])
        )),
    }
}

fn held(config: &Config, answer: &Value) {
    if config.json {
        return print::json(answer);
    }
    let items = answer["items"].as_array().map(Vec::as_slice).unwrap_or_default();
    let row = |held: &Value| {
        let entry = &held["entry"];
        let what = if held["deletes"] == true { "deletes" } else { "writes" };
        vec![
            cell(&held["id"]),
            cell(&held["person"]),
            cell(&held["why"]),
            print::when(&cell(&held["arrived"])),
            what.to_owned(),
            print::when(&cell(&entry["start"])),
            print::when(&cell(&entry["end"])),
        ]
    };
    let rows: Vec<_> = items.iter().map(row).collect();
    let heading = ["id", "person", "closed by", "arrived", "it", "start", "end"];
    print::table(&heading, &rows, "Nothing came too late.");
}

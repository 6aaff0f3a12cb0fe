//! `timebook timesheet`: people's weeks, from the server's own terminal.

use clap::{Args, Subcommand};
use http::Method;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde_json::{Value, json};

use super::actor::Names;
use super::call::{call, call_for, part};
use super::config::Config;
use super::exit::Failure;
use super::{cell, print, report, team};
use crate::clock;
use crate::wire::csv::TEXT_CSV;

/// People's weeks.
#[derive(Debug, Subcommand)]
pub(crate) enum TimesheetCommand {
    /// A person's weeks, or with only a day everybody's week that holds it
    List {
        /// Whose; without one, everybody's week of --to
        #[arg(long)]
        person: Option<String>,
        /// First day [default: eight weeks before --to]
        #[arg(long, value_name = "DAY", requires = "person")]
        from: Option<String>,
        /// Last day [default: today]
        #[arg(long, value_name = "DAY")]
        to: Option<String>,
        /// Of the members of this team alone
        #[arg(long, value_name = "NAME", conflicts_with = "person")]
        team: Option<String>,
        /// As CSV, for spreadsheets
        #[arg(long = "csv", conflicts_with = "json")]
        table: bool,
        /// With --csv: begin with a byte order mark, so that Excel reads it as UTF-8
        #[arg(long, requires = "table")]
        bom: bool,
    },
    /// What waits for approval, oldest first
    Waiting,
    /// A week day by day
    Show(Which),
    /// It is complete: its time stays as it is from now on
    Submit(Which),
    /// Take a submitted week back
    Withdraw(Which),
    /// Approve a submitted week
    Approve(Which),
    /// Send a submitted week back
    SendBack(WhichWithNote),
    /// Open an approved week again
    Reopen(WhichWithNote),
}

/// A week.
#[derive(Args, Debug)]
pub(crate) struct Which {
    /// Whose
    #[arg(long)]
    person: String,
    /// Any day of it [default: today]
    #[arg(long, value_name = "DAY")]
    day: Option<String>,
}

/// A week, and what is said of it.
#[derive(Args, Debug)]
pub(crate) struct WhichWithNote {
    #[command(flatten)]
    which: Which,
    /// What is to be mended; the person reads it
    #[arg(long)]
    note: String,
}

pub(crate) async fn run(config: &Config, command: &TimesheetCommand) -> Result<(), Failure> {
    match command {
        TimesheetCommand::List { person: Some(person), from, to, table, bom, .. } => {
            let to = day(to.as_deref())?;
            let from = match from {
                Some(from) => report::parse(from)?,
                None => to.checked_sub(8.weeks()).map_err(Failure::usage)?,
            };
            let path = format!("/api/v1/timesheets/{}?from={from}&to={to}", part(person));
            if *table {
                return print_table(config, &path, *bom).await;
            }
            list(config, call(config, Method::GET, &path, None).await?, "There are no weeks.");
        }
        TimesheetCommand::List { person: None, to, team, table, bom, .. } => {
            let day = day(to.as_deref())?;
            let team = match team {
                Some(name) => format!("&team={}", part(&team::id(config, name).await?)),
                None => String::new(),
            };
            let path = format!("/api/v1/timesheets?day={day}{team}");
            if *table {
                return print_table(config, &path, *bom).await;
            }
            list(config, call(config, Method::GET, &path, None).await?, "There is nobody yet.");
        }
        TimesheetCommand::Waiting => {
            let (mut items, mut cursor) = (Vec::new(), String::new());
            loop {
                let path = format!("/api/v1/timesheets?state=submitted&limit=500{cursor}");
                let mut page = call(config, Method::GET, &path, None).await?;
                if let Some(found) = page["items"].as_array_mut() {
                    items.append(found);
                }
                match page["next"].as_str() {
                    Some(next) => cursor = format!("&cursor={}", part(next)),
                    None => break,
                }
            }
            list(config, json!({ "items": items }), "Nothing waits for approval.");
        }
        TimesheetCommand::Show(which) => {
            let answer = call(config, Method::GET, &path(which, "")?, None).await?;
            if config.json {
                print::json(&answer);
            } else {
                show(&answer, &Names::load(config).await?);
            }
        }
        TimesheetCommand::Submit(which) => step(config, which, "/submit", json!({})).await?,
        TimesheetCommand::Withdraw(which) => step(config, which, "/withdraw", json!({})).await?,
        TimesheetCommand::Approve(which) => step(config, which, "/approve", json!({})).await?,
        TimesheetCommand::SendBack(WhichWithNote { which, note }) => {
            step(config, which, "/send-back", json!({ "note": note })).await?;
        }
        TimesheetCommand::Reopen(WhichWithNote { which, note }) => {
            step(config, which, "/reopen", json!({ "note": note })).await?;
        }
    }
    Ok(())
}

async fn print_table(config: &Config, path: &str, bom: bool) -> Result<(), Failure> {
    let path = format!("{path}&bom={bom}");
    print::text(&call_for(config, TEXT_CSV, &path).await?);
    Ok(())
}

async fn step(config: &Config, which: &Which, step: &str, body: Value) -> Result<(), Failure> {
    let answer = call(config, Method::POST, &path(which, step)?, Some(body)).await?;
    if config.json {
        print::json(&answer);
    } else {
        print::line(&format!(
            "The week {} to {} of {} is {}: {}.",
            cell(&answer["first"]),
            cell(&answer["last"]),
            cell(&answer["person"]),
            state(&answer),
            report::hours(&answer["total_ms"])
        ));
    }
    Ok(())
}

fn path(which: &Which, step: &str) -> Result<String, Failure> {
    let day = day(which.day.as_deref())?;
    Ok(format!("/api/v1/timesheets/{}/{day}{step}", part(&which.person)))
}

fn day(text: Option<&str>) -> Result<Date, Failure> {
    let Some(text) = text else {
        let now = Timestamp::from_millisecond(clock::now().ms()).map_err(Failure::failed)?;
        return Ok(now.to_zoned(TimeZone::system()).date());
    };
    report::parse(text)
}

fn list(config: &Config, answer: Value, empty: &str) {
    if config.json {
        return print::json(&answer);
    }
    let items = answer["items"].as_array().map(Vec::as_slice).unwrap_or_default();
    let row = |week: &Value| {
        vec![
            cell(&week["person"]),
            cell(&week["first"]),
            cell(&week["last"]),
            state(week),
            report::hours(&week["total_ms"]),
            cell(&week["note"]),
        ]
    };
    let rows: Vec<_> = items.iter().map(row).collect();
    print::table(&["person", "first", "last", "state", "hours", "note"], &rows, empty);
}

fn show(week: &Value, names: &Names) {
    let days = week["days"].as_array().map(Vec::as_slice).unwrap_or_default();
    let row = |day: &Value| vec![cell(&day["date"]), report::hours(&day["ms"])];
    print::table(&["day", "hours"], &days.iter().map(row).collect::<Vec<_>>(), "No days.");
    print::line(&format!("\nTotal {}, {}", report::hours(&week["total_ms"]), state(week)));
    for (about, what) in [("note", "Note"), ("changed", "Since"), ("by", "By")] {
        let word = cell(&week[about]);
        if !word.is_empty() && word != "-" {
            print::line(&format!("{what}: {}", names.of(&print::when(&word))));
        }
    }
    if week["held"].as_u64().is_some_and(|held| held > 0) {
        print::line(&format!(
            "Edits that came too late and wait until this time is open: {}. See: timebook lock held",
            week["held"]
        ));
    }
}

fn state(week: &Value) -> String {
    let locked = if week["locked"] == true { ", closed" } else { "" };
    let runs = if week["runs"] == true { ", a timer runs" } else { "" };
    format!("{}{locked}{runs}", cell(&week["state"]).replace('_', " "))
}

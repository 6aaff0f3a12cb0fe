//! `timebook export`: time entries and recorded activity as files, from the server's own terminal. Each is a job of the server, waited for
//! and fetched. And all of the office (`lines.rs`).

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use http::Method;
use serde_json::{Value, json};

use super::call::call;
use super::config::Config;
use super::exit::Failure;
use super::filter::Filters;
use super::{lines, print, report};

/// What to take out.
#[derive(Debug, Subcommand)]
pub(crate) enum ExportCommand {
    /// Time entries, a line each, for payroll and invoices; `timebook import clockify` reads them again
    Entries {
        #[command(flatten)]
        days: Days,
        /// Whose, by sign-in name, with commas between [default: everybody's]
        #[arg(long, value_delimiter = ',')]
        people: Vec<String>,
        #[command(flatten)]
        on: Filters,
        /// Only what is paid for (yes) or is not (no)
        #[arg(long, value_parser = ["yes", "no"])]
        billable: Option<String>,
    },
    /// Recorded activity, as far as the office's policy shows it
    Activity {
        #[command(flatten)]
        days: Days,
        /// Whose, by sign-in name
        #[arg(long, required_unless_present = "everyone")]
        person: Option<String>,
        /// Everybody's
        #[arg(long, conflicts_with = "person")]
        everyone: bool,
        /// What a line stands for
        #[arg(long, default_value = "days", value_parser = ["days", "apps", "events"])]
        rows: String,
    },
    /// All of the office, a line of JSON for every record; `timebook import office` reads it again
    Office(Office),
}

/// All of it.
#[derive(Args, Debug)]
pub(crate) struct Office {
    /// Of this backup [default: as it is now]
    #[arg(long, value_name = "FILE")]
    backup: Option<PathBuf>,
    /// The file to make; none is written over [default: office-TIME.jsonl]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Of which days, and where to.
#[derive(Args, Debug)]
pub(crate) struct Days {
    /// First day
    #[arg(long, value_name = "DAY")]
    from: String,
    /// Last day, included
    #[arg(long, value_name = "DAY")]
    to: String,
    /// Begin with a byte order mark, so that Excel reads it as UTF-8
    #[arg(long)]
    bom: bool,
    /// The file to make; none is written over [default: entries-FROM-TO.csv, activity-FROM-TO.csv]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

impl Days {
    fn fields(&self) -> Result<Value, Failure> {
        let (from, to) = (report::parse(&self.from)?, report::parse(&self.to)?);
        Ok(json!({ "from": from.to_string(), "to": to.to_string(), "bom": self.bom }))
    }

    fn out(&self, what: &str) -> PathBuf {
        let default = || PathBuf::from(format!("{what}-{}-{}.csv", self.from, self.to));
        self.out.clone().unwrap_or_else(default)
    }
}

pub(crate) async fn run(config: &Config, command: &ExportCommand) -> Result<(), Failure> {
    match command {
        ExportCommand::Office(Office { backup, out }) => {
            lines::export(config, backup.as_deref(), out.as_deref()).await
        }
        ExportCommand::Entries { days, people, on, billable } => {
            let mut body = days.fields()?;
            body["people"] = json!(people);
            for (name, ids) in on.fields(config).await? {
                body[name] = ids;
            }
            if let Some(billable) = billable {
                body["billable"] = (billable == "yes").into();
            }
            take_out(config, "/api/v1/exports/entries", Some(body), &days.out("entries")).await
        }
        ExportCommand::Activity { days, person, everyone, rows } => {
            let mut body = days.fields()?;
            body["everyone"] = (*everyone).into();
            body["rows"] = json!(rows);
            if let Some(person) = person {
                body["person"] = json!(person);
            }
            take_out(config, "/api/v1/exports/activity", Some(body), &days.out("activity")).await
        }
    }
}

/// Has the server make a file, and puts it at `out`, where nothing may be yet.
pub(super) async fn take_out(
    config: &Config,
    path: &str,
    body: Option<Value>,
    out: &Path,
) -> Result<(), Failure> {
    // Before the work: a name that is taken must not be found out after it.
    let to = create(out)?;
    match fetch(config, path, body, to).await {
        Ok(sentence) => {
            if config.json {
                print::json(&serde_json::json!({ "file": out.display().to_string() }));
            } else {
                print::line(&format!("{sentence} It is in {}.", out.display()));
            }
            Ok(())
        }
        Err(failure) => {
            // What is not whole must not lie about as if it were.
            drop(std::fs::remove_file(out));
            Err(failure)
        }
    }
}

async fn fetch(
    config: &Config,
    path: &str,
    body: Option<Value>,
    mut to: File,
) -> Result<String, Failure> {
    let mut job = call(config, Method::POST, path, body).await?;
    let id = word(&job, "id");
    while job["state"] == "running" {
        let path = format!("/api/v1/jobs/{id}?wait=20&seen={}", job["version"]);
        job = call(config, Method::GET, &path, None).await?;
    }
    if job["state"] != "done" {
        return Err(Failure::failed(word(&job, "sentence")));
    }
    // Whoever owns the data directory reads it there, however large it is.
    let mut result = File::open(config.data.join("jobs").join(&id)).map_err(Failure::failed)?;
    io::copy(&mut result, &mut to).and_then(|_| to.sync_all()).map_err(Failure::failed)?;
    call(config, Method::DELETE, &format!("/api/v1/jobs/{id}"), None).await?;
    Ok(word(&job, "sentence"))
}

/// A new file for its owner only.
pub(super) fn create(path: &Path) -> Result<File, Failure> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(|error| {
        Failure::failed(format!(
            "{} cannot be made: {error}. Name another with --out.",
            path.display()
        ))
    })
}

fn word(value: &Value, key: &str) -> String {
    value[key].as_str().unwrap_or_default().to_owned()
}

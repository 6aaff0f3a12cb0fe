//! `timebook job`: long work, from the server's own terminal.

use clap::Subcommand;
use http::Method;
use serde_json::Value;

use super::call::{call, call_list, part};
use super::config::Config;
use super::exit::Failure;
use super::print;

/// Long work.
#[derive(Debug, Subcommand)]
pub(crate) enum JobCommand {
    /// Every job of the last hours
    List,
    /// End a job that runs
    Cancel {
        /// Its id, from `timebook job list`
        id: String,
    },
}

pub(crate) async fn run(config: &Config, command: &JobCommand) -> Result<(), Failure> {
    match command {
        JobCommand::List => {
            let answer = call_list(config, "/api/v1/jobs").await?;
            if config.json {
                print::json(&answer);
            } else {
                show(&answer);
            }
        }
        JobCommand::Cancel { id } => {
            let path = format!("/api/v1/jobs/{}/cancel", part(id));
            call(config, Method::POST, &path, None).await?;
            print::done(config.json, "The job does not run any more.");
        }
    }
    Ok(())
}

fn show(answer: &Value) {
    let jobs = answer["items"].as_array().map(Vec::as_slice).unwrap_or_default();
    let rows: Vec<Vec<String>> = jobs.iter().map(row).collect();
    let heading = ["id", "kind", "owner", "about", "state", "started"];
    print::table(&heading, &rows, "There are no jobs.");
}

fn row(job: &Value) -> Vec<String> {
    let word = |key: &str| job[key].as_str().unwrap_or_default().to_owned();
    vec![
        word("id"),
        word("kind"),
        word("owner"),
        word("about"),
        state(job),
        print::when(&word("started")),
    ]
}

/// How far it is, or what became of it.
pub(super) fn state(job: &Value) -> String {
    match (job["percent"].as_u64(), job["rest_ms"].as_u64()) {
        (Some(percent), Some(rest)) => format!("{percent} %, {} s to go", rest.div_ceil(1_000)),
        (Some(percent), None) => format!("{percent} %"),
        _ => job["state"].as_str().unwrap_or_default().replace('_', " "),
    }
}

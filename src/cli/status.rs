//! `timebook status`: Server Status in a terminal. Asks a running server only: with the server down, that it is stopped is the answer.

use std::path::Path;

use http::{HeaderMap, Method, StatusCode};
use serde_json::{Value, json};

use super::call::{SOCKET, must_hold_an_office};
use super::concern;
use super::config::Config;
use super::exit::{Exit, Failure};
use super::instance_lock::InstanceLock;
use super::print;
use crate::net::admin::{AdminError, admin_request};
use crate::service::control::stopped::Stopped;

/// Prints how the server is doing.
///
/// # Errors
/// [`Exit::Unreachable`] when it is stopped.
pub(crate) async fn run(config: &Config) -> Result<(), Failure> {
    must_hold_an_office(config)?;
    let (socket, headers) = (config.data.join(SOCKET), HeaderMap::new());
    let path = "/api/v1/server/status";
    match admin_request(&socket, Method::GET, path, None, &headers).await {
        Ok((StatusCode::OK, answer)) => {
            let mut status: Value = serde_json::from_slice(&answer).map_err(Failure::failed)?;
            status["concerns"] = concerns(&socket).await?;
            if config.json {
                print::json(&status);
            } else {
                show(&status);
            }
            Ok(())
        }
        Ok((_, answer)) => {
            let problem: Value = serde_json::from_slice(&answer).unwrap_or_default();
            Err(Failure::failed(problem["detail"].as_str().unwrap_or("The server did not tell.")))
        }
        Err(AdminError::NotRunning(_)) => Err(not_running(config)),
        Err(error) => Err(Failure::new(Exit::Unreachable, error)),
    }
}

async fn concerns(socket: &Path) -> Result<Value, Failure> {
    let path = "/api/v1/server/concerns";
    let asked = admin_request(socket, Method::GET, path, None, &HeaderMap::new()).await;
    let (_, answer) = asked.map_err(|error| Failure::new(Exit::Unreachable, error))?;
    let mut answer: Value = serde_json::from_slice(&answer).map_err(Failure::failed)?;
    Ok(answer["items"].take())
}

/// Nobody answers: it is stopped, unless somebody holds the data.
fn not_running(config: &Config) -> Failure {
    let stopped = Stopped::read(&config.data).ok().flatten();
    let (state, sentence) = match InstanceLock::take(&config.data) {
        Ok(_lock) if stopped.is_some() => (
            "stopped",
            "No server runs, and the next one stays out of service. Undo that with: timebook start",
        ),
        Ok(_lock) => ("stopped", "Nobody is served. Start the server with: timebook serve"),
        Err(_) => (
            "starting",
            "Another Timebook works on this data: the server is about to answer, or a command runs. Try again in a moment.",
        ),
    };
    if config.json {
        print::json(&json!({ "state": state }));
    } else {
        print::line(&format!("Status:         {}", told(state)));
        if let Some(stopped) = stopped {
            print::line(&stopped.sentence());
        }
    }
    Failure::new(Exit::Unreachable, sentence)
}

fn show(status: &Value) {
    for (what, value) in rows(status) {
        print::line(&format!("{:<16}{value}", format!("{what}:")));
    }
    let concerns = status["concerns"].as_array().map(Vec::as_slice).unwrap_or_default();
    for sentence in concerns.iter().filter_map(concern::sentence) {
        print::line(&format!("{:<16}{sentence}", "See to:"));
    }
}

/// What it says, line by line.
pub(super) fn rows(status: &Value) -> Vec<(&'static str, String)> {
    let number = |key: &str| status[key].as_u64().unwrap_or_default();
    let size = |key: &str| status[key].as_u64().map_or_else(|| "not told".to_owned(), bytes);
    let word = |key: &str| status[key].as_str().unwrap_or_default();
    let time = |key: &str| match status[key].as_u64() {
        Some(micros) => format!("{}.{:02} ms", micros / 1_000, micros % 1_000 / 10),
        None => "none yet".to_owned(),
    };
    let by = status["stopped_by"].as_str().map_or_else(String::new, |by| format!(" by {by}"));
    let why = status["stopped_reason"].as_str().map_or_else(String::new, |why| format!(": {why}"));
    let since = print::when(word("since"));
    let mut rows = vec![
        ("Status", format!("{} since {since}{by}{why}", told(word("state")))),
        ("Current users", format!("{}, sessions {}", number("users"), number("sessions"))),
        (
            "Computers",
            format!("{}, in touch {}", number("computers"), number("computers_in_touch")),
        ),
        ("Memory", size("memory_bytes")),
        ("Maximum memory", size("peak_memory_bytes")),
        ("Connections", format!("{}, threads {}", number("connections"), number("threads"))),
        ("Data", format!("{}, log {}", size("data_bytes"), size("log_bytes"))),
        ("Free disk", size("disk_free_bytes")),
        (
            "Changes",
            format!(
                "half within {}, 99 of 100 within {}; waiting {}",
                time("commit_median_us"),
                time("commit_p99_us"),
                number("queued")
            ),
        ),
        ("Long work", format!("{} running", number("jobs"))),
        ("Last backup", backup(&status["backups"])),
        ("Version", word("version").to_owned()),
    ];
    if let Some(percent) = status["cpu_percent"].as_u64() {
        rows.insert(5, ("Processor", format!("{percent} % of one, over the last minute")));
    }
    let warning = &status["warning"];
    if let Some(at) = warning["at"].as_str() {
        let what = if warning["restarts"] == true { "Restart" } else { "Stop" };
        let by = warning["by"].as_str().unwrap_or_default();
        let why = warning["reason"].as_str().map_or_else(String::new, |why| format!(": {why}"));
        rows.insert(1, ("Announced", format!("{what} at {} by {by}{why}", print::when(at))));
    }
    rows
}

/// When the last was made and the next will be, and what is wrong.
fn backup(backups: &Value) -> String {
    let when = |at: &Value| at.as_str().map(print::when);
    let last = when(&backups["last"]).unwrap_or_else(|| "none yet".to_owned());
    let next = when(&backups["next"][0]).unwrap_or_else(|| "none by itself".to_owned());
    let overdue = when(&backups["overdue"]).map_or_else(String::new, |since| {
        format!(" OVERDUE since {since}: make one with: timebook backup create")
    });
    let problem = backups["problem"].as_str();
    let problem = problem.map_or_else(String::new, |why| format!(" The last try failed: {why}"));
    format!("{last}, next {next}.{overdue}{problem}")
}

/// How it stands, in a word.
pub(super) fn told_of(status: &Value) -> &'static str {
    told(status["state"].as_str().unwrap_or_default())
}

fn told(state: &str) -> &'static str {
    match state {
        "started" | "warned" => "Started",
        "ending" => "Ending",
        "stopped" => "Stopped",
        _ => "Starting",
    }
}

/// `1.5 GB`, `12.0 MB`, `850 kB`: decimal, as disks are sold.
pub(super) fn bytes(bytes: u64) -> String {
    let tenths = |unit: u64| format!("{}.{}", bytes / unit, bytes % unit * 10 / unit);
    match bytes {
        1_000_000_000.. => format!("{} GB", tenths(1_000_000_000)),
        1_000_000.. => format!("{} MB", tenths(1_000_000)),
        _ => format!("{} kB", bytes / 1_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_at_a_glance() {
        let told = [999, 850_000, 1_550_000, 12_000_000, 1_999_999_999].map(bytes);
        assert_eq!(told, ["0 kB", "850 kB", "1.5 MB", "12.0 MB", "1.9 GB"]);
    }
}

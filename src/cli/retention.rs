//! `timebook retention`: how long things are kept, from the server's own terminal.

use clap::Subcommand;
use http::Method;
use serde_json::{Value, json};

use super::call::{call, call_list, part};
use super::config::Config;
use super::exit::Failure;
use super::{cell, confirm, print};

/// How long things are kept.
#[derive(Debug, Subcommand)]
pub(crate) enum RetentionCommand {
    /// What is kept how long
    #[command(alias = "list")]
    Show,
    /// What a limit would remove
    Preview {
        /// detail, activity or deleted
        kind: String,
        /// So many days or months [default: the limit that holds]
        limit: Option<u64>,
    },
    /// Set a limit, having seen what it removes
    Set {
        /// detail, activity or deleted
        kind: String,
        /// So many days or months
        limit: u64,
        /// What the preview said to confirm; without it you are asked
        #[arg(long, value_name = "WORDS")]
        confirm: Option<String>,
    },
}

pub(crate) async fn run(config: &Config, command: &RetentionCommand) -> Result<(), Failure> {
    let answer = match command {
        RetentionCommand::Show => {
            let answer = call_list(config, "/api/v1/retention").await?;
            if config.json {
                print::json(&answer)
            } else {
                show(&answer)
            }
            return Ok(());
        }
        RetentionCommand::Preview { kind, limit } => preview(config, kind, *limit).await?,
        RetentionCommand::Set { kind, limit, confirm: Some(words) } => {
            set(config, kind, *limit, words).await?
        }
        RetentionCommand::Set { kind, limit, confirm: None } => {
            let seen = preview(config, kind, Some(*limit)).await?;
            let words = cell(&seen["confirm"]);
            print::complain(&told(&seen));
            if !confirm::asks("Is it to go, for good?") {
                return Err(Failure::failed(format!(
                    "Nothing was changed. To go on without being asked, add: --confirm {words}"
                )));
            }
            set(config, kind, *limit, &words).await?
        }
    };
    if config.json {
        print::json(&answer);
        return Ok(());
    }
    print::line(&told(&answer));
    if matches!(command, RetentionCommand::Preview { .. }) {
        print::line(&format!("To set it: --confirm {}", cell(&answer["confirm"])));
    }
    Ok(())
}

async fn preview(config: &Config, kind: &str, limit: Option<u64>) -> Result<Value, Failure> {
    let limit = limit.map(|limit| format!("?limit={limit}")).unwrap_or_default();
    call(config, Method::GET, &format!("/api/v1/retention/{}{limit}", part(kind)), None).await
}

async fn set(config: &Config, kind: &str, limit: u64, words: &str) -> Result<Value, Failure> {
    let body = json!({ "limit": limit, "confirm": words });
    call(config, Method::PUT, &format!("/api/v1/retention/{}", part(kind)), Some(body)).await
}

/// What goes, in a sentence.
fn told(kept: &Value) -> String {
    let limit = format!("{} {}", cell(&kept["limit"]), cell(&kept["unit"]));
    let what = format!("With a limit of {limit} on {}", cell(&kept["kind"]));
    let goes = &kept["goes"];
    if goes["count"] == 0 {
        return format!("{what} nothing goes now.");
    }
    let months = goes["months"].as_array().map_or(0, Vec::len);
    let totals = kept["totals"].as_str().map(|totals| format!(" {totals}")).unwrap_or_default();
    format!(
        "{what} everything from before {} goes: {} records of {} people from {months} months, about {} bytes.{totals}",
        print::when(&cell(&kept["kept_since"])),
        cell(&goes["count"]),
        cell(&goes["people"]),
        cell(&goes["bytes"]),
    )
}

fn show(answer: &Value) {
    let items = answer["items"].as_array().map(Vec::as_slice).unwrap_or_default();
    let row = |kept: &Value| {
        let limit = match kept["limit"].as_u64() {
            Some(limit) => format!("{limit} {}", cell(&kept["unit"])),
            None => "fixed".to_owned(),
        };
        vec![cell(&kept["kind"]), limit, cell(&kept["about"])]
    };
    let rows: Vec<_> = items.iter().map(row).collect();
    print::table(&["kind", "kept for", "what becomes of it"], &rows, "Nothing is kept.");
}

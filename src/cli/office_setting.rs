//! `timebook settings`: what the office can set.

use http::Method;
use serde_json::{Value, json};

use super::arguments::SettingsCommand;
use super::call::{call, part};
use super::config::Config;
use super::exit::Failure;
use super::{cell, print};

pub(crate) async fn run(config: &Config, command: &SettingsCommand) -> Result<(), Failure> {
    let one = |key: &str| format!("/api/v1/settings/{}", part(key));
    let answer = match command {
        SettingsCommand::List => {
            let answer = call(config, Method::GET, "/api/v1/settings", None).await?;
            if config.json {
                print::json(&answer);
            } else {
                show(&answer);
            }
            return Ok(());
        }
        SettingsCommand::Get { key } => call(config, Method::GET, &one(key), None).await?,
        SettingsCommand::Set { key, value } => {
            let setting = call(config, Method::GET, &one(key), None).await?;
            let value = typed(&setting, value);
            call(config, Method::PUT, &one(key), Some(json!({ "value": value }))).await?
        }
        SettingsCommand::Reset { key } => call(config, Method::DELETE, &one(key), None).await?,
    };
    if config.json {
        print::json(&answer);
    } else {
        print::line(&cell(&answer["value"]));
        if let Some(note) = answer["note"].as_str() {
            print::complain(note);
        }
    }
    Ok(())
}

/// A number where one is wanted; what is none is for the office to refuse.
fn typed(setting: &Value, text: &str) -> Value {
    match text.parse::<u64>() {
        Ok(number) if setting["kind"] == "number" => number.into(),
        _ => text.into(),
    }
}

fn show(answer: &Value) {
    let settings = answer["items"].as_array().map(Vec::as_slice).unwrap_or_default();
    let row = |setting: &Value| {
        let value = cell(&setting["value"]);
        let mark = if setting["is_set"] == true { "" } else { " (default)" };
        vec![
            cell(&setting["key"]),
            format!("{value}{mark}"),
            allowed(setting),
            cell(&setting["about"]),
        ]
    };
    let rows: Vec<_> = settings.iter().map(row).collect();
    print::table(&["key", "value", "may be", "what it is for"], &rows, "There are no settings.");
}

fn allowed(setting: &Value) -> String {
    match (setting["least"].as_u64(), setting["most"].as_u64()) {
        (Some(least), Some(most)) => format!("{least} to {most}"),
        _ if setting["kind"] == "choice" => cell(&setting["choices"]),
        _ => cell(&setting["kind"]),
    }
}

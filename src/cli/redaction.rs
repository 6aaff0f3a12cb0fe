//! `timebook redaction`: what the office's computers leave out of what they record.

use http::Method;
use serde_json::{Value, json};

use super::arguments::RedactionCommand;
use super::call::call;
use super::config::Config;
use super::exit::Failure;
use super::{cell, print, text_file};

const PATH: &str = "/api/v1/redaction";

pub(crate) async fn run(config: &Config, command: &RedactionCommand) -> Result<(), Failure> {
    match command {
        RedactionCommand::Show => {
            show(config, &call(config, Method::GET, PATH, None).await?);
        }
        RedactionCommand::Set { file } => {
            let rules = text_file::read(file)?;
            let body = json!({ "rules": rules });
            show(config, &call(config, Method::PUT, PATH, Some(body)).await?);
        }
        RedactionCommand::Test { file, sample } => {
            let rules = file.as_deref().map(text_file::read).transpose()?;
            let body = json!({
                "rules": rules, "app": sample.app, "title": sample.title, "url": sample.url,
            });
            let path = "/api/v1/redaction/test";
            tested(config, &call(config, Method::POST, path, Some(body)).await?);
        }
    }
    Ok(())
}

fn show(config: &Config, answer: &Value) {
    if config.json {
        return print::json(answer);
    }
    let rules = answer["rules"].as_str().unwrap_or_default().trim_end();
    print::line(if rules.is_empty() { "The office has no rules." } else { rules });
}

/// What rules make of a sample, for a person.
pub(super) fn tested(config: &Config, answer: &Value) {
    if config.json {
        return print::json(answer);
    }
    let word = |key: &str| cell(&answer[key]);
    print::line(match answer["outcome"].as_str() {
        Some("dropped") => "Nothing of it is stored.",
        Some("changed") => "It is stored so:",
        _ => "It is stored as it is.",
    });
    if answer["outcome"] == "changed" {
        print::line(&format!("  app    {}", word("app")));
        print::line(&format!("  title  {}", word("title")));
        print::line(&format!("  url    {}", word("url")));
    }
    for rule in answer["because"].as_array().map(Vec::as_slice).unwrap_or_default() {
        print::line(&format!("Rule: {}", cell(rule)));
    }
}

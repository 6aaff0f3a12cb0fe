//! `timebook category`: the office's categories of recorded activity, in and out in ActivityWatch's own form.

use std::path::Path;

use http::Method;
use serde_json::{Value, json};

use super::arguments::CategoryCommand;
use super::call::call;
use super::config::Config;
use super::exit::Failure;
use super::{cell, print};

const PATH: &str = "/api/v1/office/categories";

pub(crate) async fn run(config: &Config, command: &CategoryCommand) -> Result<(), Failure> {
    match command {
        CategoryCommand::List => {
            let answer = call(config, Method::GET, PATH, None).await?;
            if config.json { print::json(&answer) } else { show(&answer) }
        }
        CategoryCommand::Export => {
            let answer = call(config, Method::GET, PATH, None).await?;
            // As ActivityWatch's page exports and imports it.
            print::json(&json!({ "categories": answer["categories"] }));
        }
        CategoryCommand::Import { file } => {
            let categories = categories(file)?;
            let answer =
                call(config, Method::PUT, PATH, Some(json!({ "categories": categories }))).await?;
            if config.json { print::json(&answer) } else { show(&answer) }
        }
        CategoryCommand::Reset => {
            call(config, Method::DELETE, PATH, None).await?;
            print::line("The office has the categories everybody begins with.");
        }
    }
    Ok(())
}

/// The list in what ActivityWatch writes: an export of its page, its settings, or the setting `classes` alone.
fn categories(file: &Path) -> Result<Value, Failure> {
    let told = file.display();
    let bytes = std::fs::read(file)
        .map_err(|error| Failure::usage(format!("{told} cannot be read: {error}.")))?;
    let json: Value = serde_json::from_slice(&bytes)
        .map_err(|error| Failure::usage(format!("{told} is not JSON: {error}.")))?;
    let list = [json.get("categories"), json.get("classes"), Some(&json)];
    list.into_iter().flatten().find(|value| value.is_array()).cloned().ok_or_else(|| {
        Failure::usage(format!(
            "{told} holds no categories. Export them in ActivityWatch's settings, or save what /api/0/settings answers."
        ))
    })
}

fn show(answer: &Value) {
    let rows: Vec<_> = answer["categories"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|category| {
            let names: Vec<String> =
                category["name"].as_array().into_iter().flatten().map(cell).collect();
            vec![names.join(" > "), cell(&category["rule"]["regex"])]
        })
        .collect();
    print::table(&["category", "what belongs to it"], &rows, "There are no categories.");
}

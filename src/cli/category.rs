//! `timebook category`: categories of recorded activity, the office's or one's own, in and out in ActivityWatch's own form.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use http::Method;
use serde_json::{Value, json};

use super::call::{call, call_as};
use super::config::Config;
use super::exit::Failure;
use super::secret_file::first_line;
use super::{cell, print};

const OFFICE: &str = "/api/v1/office/categories";
const OWN: &str = "/api/v1/categories";

/// Categories, and whose.
#[derive(Args, Debug)]
pub(crate) struct CategoryArguments {
    #[command(subcommand)]
    command: CategoryCommand,
    /// Your own in place of the office's; FILE holds your token, made with: timebook token create --scope read --scope manage
    #[arg(long, value_name = "FILE", global = true)]
    own: Option<PathBuf>,
}

/// What is done with them.
#[derive(Debug, Subcommand)]
enum CategoryCommand {
    /// Show them
    List,
    /// Print them as ActivityWatch exports categories
    Export,
    /// Take those that ActivityWatch exported, in place of all there are
    Import {
        /// An export of ActivityWatch's categories, or of its settings
        file: PathBuf,
    },
    /// Back to what holds without them: the office's, or those everybody begins with
    Reset,
}

pub(crate) async fn run(config: &Config, arguments: &CategoryArguments) -> Result<(), Failure> {
    let own = arguments.own.as_deref();
    match &arguments.command {
        CategoryCommand::List => {
            let answer = ask(config, own, Method::GET, None).await?;
            if config.json { print::json(&answer) } else { show(&answer) }
        }
        CategoryCommand::Export => {
            let answer = ask(config, own, Method::GET, None).await?;
            // As ActivityWatch's page exports and imports it.
            print::json(&json!({ "categories": answer["categories"] }));
        }
        CategoryCommand::Import { file } => {
            let body = json!({ "categories": categories(file)? });
            let answer = ask(config, own, Method::PUT, Some(body)).await?;
            if config.json { print::json(&answer) } else { show(&answer) }
        }
        CategoryCommand::Reset => {
            ask(config, own, Method::DELETE, None).await?;
            print::line(match own {
                Some(_) => "You have the categories that everybody without own ones has.",
                None => "The office has the categories everybody begins with.",
            });
        }
    }
    Ok(())
}

/// Asks for the office's, or as whoever has the token in this file.
async fn ask(
    config: &Config,
    own: Option<&Path>,
    method: Method,
    body: Option<Value>,
) -> Result<Value, Failure> {
    match own {
        Some(file) => call_as(config, &first_line(file, "token")?, method, OWN, body).await,
        None => call(config, method, OFFICE, body).await,
    }
}

/// The list in what ActivityWatch writes: an export of its page, its settings, or the setting `classes` alone.
fn categories(file: &Path) -> Result<Value, Failure> {
    let told = file.display();
    let bytes = std::fs::read(file).map_err(|error| {
        Failure::usage(format!("{told} cannot be read: {error}. Check the path."))
    })?;
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

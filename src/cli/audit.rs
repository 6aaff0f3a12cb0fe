//! `timebook audit`: the audit log, from the server's own terminal.

use clap::Subcommand;
use http::Method;
use serde_json::{Value, json};

use super::actor::Names;
use super::call::call;
use super::config::Config;
use super::exit::Failure;
use super::{cell, print};

/// The audit log.
#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    /// Every entry, oldest first
    List {
        /// Only those after the one of this number
        #[arg(long, value_name = "NUMBER", default_value_t = 0)]
        after: u64,
    },
}

/// Entries a page.
const PAGE: usize = 500;

pub(crate) async fn run(config: &Config, command: &AuditCommand) -> Result<(), Failure> {
    let AuditCommand::List { after } = command;
    let mut after = *after;
    let mut entries: Vec<Value> = Vec::new();
    loop {
        let path = format!("/api/v1/audit?after={after}&limit={PAGE}");
        let mut page = call(config, Method::GET, &path, None).await?;
        let Value::Array(mut items) = page["items"].take() else { break };
        let last = items.last().and_then(|last| last["seq"].as_u64());
        let Some(last) = last.filter(|last| *last > after) else { break };
        after = last;
        entries.append(&mut items);
    }
    if config.json {
        print::json(&json!({ "items": entries }));
        return Ok(());
    }
    let names = Names::load(config).await?;
    let row = |entry: &Value| {
        let when = print::when(entry["at"].as_str().unwrap_or_default());
        let mut cells = vec![cell(&entry["seq"]), when];
        cells.push(names.of(&cell(&entry["actor"])));
        cells.extend(["action", "subject"].map(|column| cell(&entry[column])));
        cells
    };
    let rows: Vec<_> = entries.iter().map(row).collect();
    print::table(
        &["number", "when", "who", "what", "about"],
        &rows,
        "There is nothing after that.",
    );
    Ok(())
}

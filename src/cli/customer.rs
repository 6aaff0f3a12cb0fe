//! `timebook customer`: customers, from the server's own terminal.

use clap::Subcommand;
use serde_json::json;

use super::catalog::{CUSTOMER, given, show};
use super::config::Config;
use super::exit::Failure;

/// Customers.
#[derive(Debug, Subcommand)]
pub(crate) enum CustomerCommand {
    /// Add a customer
    Add {
        /// What people call it
        #[arg(long)]
        name: String,
        /// A colour like #3366cc
        #[arg(long, value_name = "COLOUR")]
        colour: Option<String>,
        /// What else there is to know
        #[arg(long)]
        note: Option<String>,
    },
    /// Every customer
    List {
        /// Archived ones too
        #[arg(long)]
        archived: bool,
    },
    /// Change what is given
    Edit {
        /// Which, by name or id
        customer: String,
        /// What people call it
        #[arg(long)]
        name: Option<String>,
        /// A colour like #3366cc
        #[arg(long, value_name = "COLOUR")]
        colour: Option<String>,
        /// What else there is to know
        #[arg(long)]
        note: Option<String>,
    },
    /// No longer offer it for new work; nothing else changes
    Archive {
        /// Which, by name or id
        customer: String,
        /// Offer it again
        #[arg(long)]
        undo: bool,
    },
    /// Delete it, if nothing stands on it
    Delete {
        /// Which, by name or id
        customer: String,
    },
}

pub(crate) async fn run(config: &Config, command: &CustomerCommand) -> Result<(), Failure> {
    match command {
        CustomerCommand::Add { name, colour, note } => {
            let fields = given([
                ("name", Some(json!(name))),
                ("colour", colour.as_ref().map(|colour| json!(colour))),
                ("note", note.as_ref().map(|note| json!(note))),
            ]);
            CUSTOMER.add(config, fields).await
        }
        CustomerCommand::List { archived } => {
            let query = if *archived { "" } else { "archived=false" };
            let items = CUSTOMER.all(config, query).await?;
            show(
                config,
                items,
                &["id", "name", "colour", "note", "archived"],
                &[],
                "There is no customer yet. Add one with: timebook customer add --name NAME",
            );
            Ok(())
        }
        CustomerCommand::Edit { customer, name, colour, note } => {
            let fields = given([
                ("name", name.as_ref().map(|name| json!(name))),
                ("colour", colour.as_ref().map(|colour| json!(colour))),
                ("note", note.as_ref().map(|note| json!(note))),
            ]);
            CUSTOMER.change(config, CUSTOMER.find(config, customer, "").await?, fields).await
        }
        CustomerCommand::Archive { customer, undo } => {
            CUSTOMER.archive(config, CUSTOMER.find(config, customer, "").await?, *undo).await
        }
        CustomerCommand::Delete { customer } => {
            CUSTOMER.delete(config, CUSTOMER.find(config, customer, "").await?).await
        }
    }
}

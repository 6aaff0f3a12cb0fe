//! `timebook tag`: tags, from the server's own terminal.

use clap::Subcommand;
use serde_json::json;

use super::catalog::{TAG, given, show};
use super::config::Config;
use super::exit::Failure;

/// Tags.
#[derive(Debug, Subcommand)]
pub(crate) enum TagCommand {
    /// Add a tag
    Add {
        /// What people call it
        #[arg(long)]
        name: String,
        /// A colour like #3366cc
        #[arg(long, value_name = "COLOUR")]
        colour: Option<String>,
    },
    /// Every tag
    List {
        /// Archived ones too
        #[arg(long)]
        archived: bool,
    },
    /// Change what is given
    Edit {
        /// Which, by name or id
        tag: String,
        /// What people call it
        #[arg(long)]
        name: Option<String>,
        /// A colour like #3366cc
        #[arg(long, value_name = "COLOUR")]
        colour: Option<String>,
    },
    /// No longer offer it for new work; nothing else changes
    Archive {
        /// Which, by name or id
        tag: String,
        /// Offer it again
        #[arg(long)]
        undo: bool,
    },
    /// Delete it, if nothing stands on it
    Delete {
        /// Which, by name or id
        tag: String,
    },
}

pub(crate) async fn run(config: &Config, command: &TagCommand) -> Result<(), Failure> {
    match command {
        TagCommand::Add { name, colour } => {
            let fields = given([
                ("name", Some(json!(name))),
                ("colour", colour.as_ref().map(|colour| json!(colour))),
            ]);
            TAG.add(config, fields).await
        }
        TagCommand::List { archived } => {
            let query = if *archived { "" } else { "archived=false" };
            let items = TAG.all(config, query).await?;
            show(
                config,
                items,
                &["id", "name", "colour", "archived"],
                &[],
                "There is no tag yet. Add one with: timebook tag add --name NAME",
            );
            Ok(())
        }
        TagCommand::Edit { tag, name, colour } => {
            let fields = given([
                ("name", name.as_ref().map(|name| json!(name))),
                ("colour", colour.as_ref().map(|colour| json!(colour))),
            ]);
            TAG.change(config, TAG.find(config, tag, "").await?, fields).await
        }
        TagCommand::Archive { tag, undo } => {
            TAG.archive(config, TAG.find(config, tag, "").await?, *undo).await
        }
        TagCommand::Delete { tag } => TAG.delete(config, TAG.find(config, tag, "").await?).await,
    }
}

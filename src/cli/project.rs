//! `timebook project`: projects, from the server's own terminal.

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::call::call_list;
use super::catalog::{Budget, CUSTOMER, PROJECT, given, show};
use super::config::Config;
use super::exit::Failure;

/// Projects.
#[derive(Debug, Subcommand)]
pub(crate) enum ProjectCommand {
    /// Add a project
    Add {
        /// What people call it
        #[arg(long)]
        name: String,
        #[command(flatten)]
        about: About,
    },
    /// Every project
    List {
        /// Only of this customer, by name or id
        #[arg(long)]
        customer: Option<String>,
        /// Archived ones too
        #[arg(long)]
        archived: bool,
    },
    /// Change what is given
    Edit {
        /// Which, by name or id
        project: String,
        /// What people call it
        #[arg(long)]
        name: Option<String>,
        #[command(flatten)]
        about: About,
        /// For no customer: the office's own
        #[arg(long, conflicts_with = "customer")]
        own: bool,
        /// Open to everyone
        #[arg(long, conflicts_with = "members")]
        everyone: bool,
    },
    /// No longer offer it for new work; nothing else changes
    Archive {
        /// Which, by name or id
        project: String,
        /// Offer it again
        #[arg(long)]
        undo: bool,
    },
    /// Delete it, if nothing stands on it
    Delete {
        /// Which, by name or id
        project: String,
    },
}

/// What may be said of a project.
#[derive(Args, Debug)]
pub(crate) struct About {
    /// For which customer, by name or id
    #[arg(long)]
    customer: Option<String>,
    /// A colour like #3366cc
    #[arg(long, value_name = "COLOUR")]
    colour: Option<String>,
    /// Whether a new time entry is billable unless told otherwise
    #[arg(long, value_name = "YES_OR_NO", value_parser = clap::builder::BoolishValueParser::new())]
    billable: Option<bool>,
    /// What may be spent: hours, or hours and minutes like 1:30; `none` takes it away
    #[arg(long, value_name = "HOURS", value_parser = Budget::read)]
    budget: Option<Budget>,
    /// Who may see it and book on it, by sign-in name; may be repeated; everyone when never said
    #[arg(long = "member", value_name = "NAME")]
    members: Vec<String>,
}

pub(crate) async fn run(config: &Config, command: &ProjectCommand) -> Result<(), Failure> {
    match command {
        ProjectCommand::Add { name, about } => {
            let mut fields = about.fields(config).await?;
            fields["name"] = json!(name);
            PROJECT.add(config, fields).await
        }
        ProjectCommand::List { customer, archived } => {
            list(config, customer.as_deref(), *archived).await
        }
        ProjectCommand::Edit { project, name, about, own, everyone } => {
            let record = PROJECT.find(config, project, "").await?;
            let mut fields = about.fields(config).await?;
            if let Some(name) = name {
                fields["name"] = json!(name);
            }
            if *own {
                fields["customer"] = Value::Null;
            }
            if *everyone {
                fields["members"] = Value::Null;
            }
            PROJECT.change(config, record, fields).await
        }
        ProjectCommand::Archive { project, undo } => {
            PROJECT.archive(config, PROJECT.find(config, project, "").await?, *undo).await
        }
        ProjectCommand::Delete { project } => {
            PROJECT.delete(config, PROJECT.find(config, project, "").await?).await
        }
    }
}

async fn list(config: &Config, customer: Option<&str>, archived: bool) -> Result<(), Failure> {
    let mut query = if archived { String::new() } else { "archived=false".to_owned() };
    if let Some(customer) = customer {
        let id = CUSTOMER.id(config, customer).await?;
        query = format!("{query}&customer={}", id.as_str().unwrap_or_default());
    }
    let items = PROJECT.all(config, query.trim_start_matches('&')).await?;
    let customers = if config.json { Vec::new() } else { CUSTOMER.all(config, "").await? };
    let columns = ["id", "name", "customer", "billable", "budget_minutes", "archived"];
    let empty = "There is no project yet. Add one with: timebook project add --name NAME";
    show(config, items, &columns, &[("customer", &customers)], empty);
    Ok(())
}

impl About {
    /// As fields; names become ids.
    async fn fields(&self, config: &Config) -> Result<Value, Failure> {
        let customer = match &self.customer {
            Some(customer) => Some(CUSTOMER.id(config, customer).await?),
            None => None,
        };
        let members =
            if self.members.is_empty() { None } else { Some(people(config, &self.members).await?) };
        Ok(given([
            ("customer", customer),
            ("colour", self.colour.as_ref().map(|colour| json!(colour))),
            ("billable", self.billable.map(|billable| json!(billable))),
            ("budget_minutes", self.budget.map(Budget::json)),
            ("members", members),
        ]))
    }
}

/// The ids of people by sign-in name.
async fn people(config: &Config, names: &[String]) -> Result<Value, Failure> {
    let known = call_list(config, "/api/v1/users").await?;
    let known = known["items"].as_array().map(Vec::as_slice).unwrap_or_default();
    let id = |name: &String| {
        let person = known.iter().find(|person| person["name"] == name.as_str());
        person.map(|person| person["id"].clone()).ok_or_else(|| {
            Failure::failed(format!("There is nobody called {name}. See: timebook user list"))
        })
    };
    names.iter().map(id).collect::<Result<Vec<_>, _>>().map(Value::Array)
}

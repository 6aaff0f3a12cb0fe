//! `timebook task`: tasks, from the server's own terminal.

use clap::Subcommand;
use serde_json::{Value, json};

use super::catalog::{Budget, PROJECT, TASK, given, show};
use super::config::Config;
use super::exit::Failure;

/// Tasks.
#[derive(Debug, Subcommand)]
pub(crate) enum TaskCommand {
    /// Add a task
    Add {
        /// Of which project, by name or id
        #[arg(long)]
        project: String,
        /// What people call it
        #[arg(long)]
        name: String,
        /// Below which task of the project, by name or id
        #[arg(long, value_name = "TASK")]
        parent: Option<String>,
        /// What may be spent: hours, or hours and minutes like 1:30; `none` takes it away
        #[arg(long, value_name = "HOURS", value_parser = Budget::read)]
        budget: Option<Budget>,
    },
    /// A project's tasks
    List {
        /// Of which project, by name or id
        #[arg(long)]
        project: String,
        /// Archived ones too
        #[arg(long)]
        archived: bool,
    },
    /// Change what is given
    Edit {
        #[command(flatten)]
        which: Which,
        /// What people call it
        #[arg(long)]
        name: Option<String>,
        /// Below which task of the project, by name or id
        #[arg(long, value_name = "TASK")]
        parent: Option<String>,
        /// Directly below the project
        #[arg(long, conflicts_with = "parent")]
        top: bool,
        /// Whether the work is done
        #[arg(long, value_name = "YES_OR_NO", value_parser = clap::builder::BoolishValueParser::new())]
        done: Option<bool>,
        /// What may be spent: hours, or hours and minutes like 1:30; `none` takes it away
        #[arg(long, value_name = "HOURS", value_parser = Budget::read)]
        budget: Option<Budget>,
    },
    /// No longer offer it for new work; nothing else changes
    Archive {
        #[command(flatten)]
        which: Which,
        /// Offer it again
        #[arg(long)]
        undo: bool,
    },
    /// Delete it, if nothing stands on it
    Delete {
        #[command(flatten)]
        which: Which,
    },
}

/// A task that is there.
#[derive(clap::Args, Debug)]
pub(crate) struct Which {
    /// Which, by name or id
    task: String,
    /// Of which project, by name or id, where a name alone is not enough
    #[arg(long)]
    project: Option<String>,
}

pub(crate) async fn run(config: &Config, command: &TaskCommand) -> Result<(), Failure> {
    match command {
        TaskCommand::Add { project, name, parent, budget } => {
            let project = PROJECT.id(config, project).await?;
            let parent = below(config, parent.as_deref(), &project).await?;
            let budget = budget.map(Budget::json);
            let fields = given([
                ("name", Some(json!(name))),
                ("project", Some(project)),
                ("parent", parent),
                ("budget_minutes", budget),
            ]);
            TASK.add(config, fields).await
        }
        TaskCommand::List { project, archived } => list(config, project, *archived).await,
        TaskCommand::Edit { which, name, parent, top, done, budget } => {
            let record = which.find(config).await?;
            let parent = below(config, parent.as_deref(), &record["project"]).await?;
            let fields = given([
                ("name", name.as_ref().map(|name| json!(name))),
                ("parent", parent.or_else(|| top.then_some(Value::Null))),
                ("done", done.map(|done| json!(done))),
                ("budget_minutes", budget.map(Budget::json)),
            ]);
            TASK.change(config, record, fields).await
        }
        TaskCommand::Archive { which, undo } => {
            TASK.archive(config, which.find(config).await?, *undo).await
        }
        TaskCommand::Delete { which } => TASK.delete(config, which.find(config).await?).await,
    }
}

async fn list(config: &Config, project: &str, archived: bool) -> Result<(), Failure> {
    let all = TASK.all(config, &of(&PROJECT.id(config, project).await?)).await?;
    let shown = |task: &&Value| archived || task["archived"] == false;
    let items = all.iter().filter(shown).cloned().collect();
    let columns = ["id", "name", "parent", "done", "budget_minutes", "archived"];
    let empty =
        "This project has no task yet. Add one with: timebook task add --project NAME --name NAME";
    show(config, items, &columns, &[("parent", &all)], empty);
    Ok(())
}

/// The id of the task `parent` of this project, if one is named.
async fn below(
    config: &Config,
    parent: Option<&str>,
    project: &Value,
) -> Result<Option<Value>, Failure> {
    let Some(parent) = parent else { return Ok(None) };
    Ok(Some(TASK.find(config, parent, &of(project)).await?["id"].take()))
}

/// The query for the tasks of the project of this id.
fn of(project: &Value) -> String {
    format!("project={}", project.as_str().unwrap_or_default())
}

impl Which {
    async fn find(&self, config: &Config) -> Result<Value, Failure> {
        let query = match &self.project {
            Some(project) => of(&PROJECT.id(config, project).await?),
            None => String::new(),
        };
        TASK.find(config, &self.task, &query).await
    }
}

//! Which hours a report or an export is about, as it is written on the command line: by name or by id.

use clap::Args;
use serde_json::{Value, json};

use super::catalog::{CUSTOMER, PROJECT, TAG, TASK, TEAM};
use super::config::Config;
use super::exit::Failure;

/// What hours are of.
#[derive(Args, Debug)]
pub(crate) struct Filters {
    /// Of people in these teams, by name or id
    #[arg(long, value_delimiter = ',')]
    teams: Vec<String>,
    /// For these customers, by name or id, or `none`
    #[arg(long, value_delimiter = ',')]
    customers: Vec<String>,
    /// On these projects, by name or id, or `none`
    #[arg(long, value_delimiter = ',')]
    projects: Vec<String>,
    /// On these tasks and what stands below them, by name or id, or `none`
    #[arg(long, value_delimiter = ',')]
    tasks: Vec<String>,
    /// With one of these tags, by name or id, or `none`
    #[arg(long, value_delimiter = ',')]
    tags: Vec<String>,
}

impl Filters {
    /// Each list that says something, with ids in it.
    pub(super) async fn fields(
        &self,
        config: &Config,
    ) -> Result<Vec<(&'static str, Value)>, Failure> {
        let lists = [
            (TEAM, &self.teams),
            (CUSTOMER, &self.customers),
            (PROJECT, &self.projects),
            (TASK, &self.tasks),
            (TAG, &self.tags),
        ];
        let mut fields = Vec::new();
        for (noun, names) in lists {
            let mut ids = Vec::new();
            for name in names {
                let known = name == "none" || name.parse::<uuid::Uuid>().is_ok();
                ids.push(if known { json!(name) } else { noun.id(config, name).await? });
            }
            if !ids.is_empty() {
                fields.push((noun.path, Value::Array(ids)));
            }
        }
        Ok(fields)
    }
}

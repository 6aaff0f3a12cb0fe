//! `timebook team`: teams and their leads, from the server's own terminal.

use clap::Subcommand;
use http::Method;
use serde_json::json;

use super::call::{call, call_list, part};
use super::config::Config;
use super::exit::Failure;
use super::print;

/// Teams.
#[derive(Debug, Subcommand)]
pub(crate) enum TeamCommand {
    /// Every team
    List,
    /// Make a team, or give one another shape: its members and leads are those named here
    Set {
        /// What people call it
        #[arg(long)]
        name: String,
        /// Who is in it; may be repeated
        #[arg(long = "member", value_name = "NAME")]
        members: Vec<String>,
        /// Who sees and approves the members' time; may be repeated
        #[arg(long = "lead", value_name = "NAME")]
        leads: Vec<String>,
    },
    /// Delete a team; its people stay
    Delete {
        /// What people call it
        #[arg(long)]
        name: String,
    },
}

pub(crate) async fn run(config: &Config, command: &TeamCommand) -> Result<(), Failure> {
    match command {
        TeamCommand::List => {
            let answer = call_list(config, "/api/v1/teams").await?;
            let columns = ["id", "name", "members", "leads"];
            super::list(config, &answer, &columns, "There are no teams yet.");
        }
        TeamCommand::Set { name, members, leads } => {
            let body = json!({ "name": name, "members": members, "leads": leads });
            let (method, path) = match find(config, name).await? {
                Some(id) => (Method::PUT, format!("/api/v1/teams/{}", part(&id))),
                None => (Method::POST, "/api/v1/teams".to_owned()),
            };
            let answer = call(config, method, &path, Some(body)).await?;
            if config.json {
                print::json(&answer);
            } else {
                let (members, leads) = (members.len(), leads.len());
                let members = print::count(members, "member", "members");
                let leads = print::count(leads, "lead", "leads");
                print::line(&format!("{name} has {members} and {leads}."));
            }
        }
        TeamCommand::Delete { name } => {
            let id = id(config, name).await?;
            call(config, Method::DELETE, &format!("/api/v1/teams/{}", part(&id)), None).await?;
            print::done(config.json, &format!("{name} is deleted; its people stay."));
        }
    }
    Ok(())
}

/// The id of the team of this name, which must be there.
pub(super) async fn id(config: &Config, name: &str) -> Result<String, Failure> {
    find(config, name).await?.ok_or_else(|| {
        Failure::failed(format!(
            "There is no team of the name {name}. Check it with: timebook team list"
        ))
    })
}

/// The id of the team of this name.
async fn find(config: &Config, name: &str) -> Result<Option<String>, Failure> {
    let teams = call_list(config, "/api/v1/teams").await?;
    let mut teams = teams["items"].as_array().into_iter().flatten();
    let found = teams.find(|team| team["name"].as_str().is_some_and(|known| known == name));
    Ok(found.and_then(|team| team["id"].as_str().map(str::to_owned)))
}

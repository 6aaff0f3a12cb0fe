//! Teams.

use axum::Json;
use axum::extract::{Path, State};

use crate::api::Services;
use crate::api::answer::{self, Created, Done};
use crate::api::error::Failure;
use crate::api::input::{Asker, Sent, id};
use crate::domain::id::TeamId;
use crate::domain::outcome::Refusal;
use crate::service::accounts::NamedTeam;
use crate::wire::v1 as wire;

pub(in crate::api) async fn list(
    State(services): State<Services>,
    Asker(asker): Asker,
) -> Result<Json<wire::Items<wire::Team>>, Failure> {
    let teams = services.accounts.teams(&asker).await?;
    Ok(answer::list(teams, |(id, team)| json(id, team)))
}

pub(in crate::api) async fn add(
    State(services): State<Services>,
    Asker(asker): Asker,
    Sent(sent): Sent<wire::NewTeam>,
) -> Result<Created<wire::Team>, Failure> {
    let team = named(sent);
    let id = services.accounts.add_team(&asker, team.clone(), (services.now)()).await?;
    Ok(Created(json(id, team)))
}

pub(in crate::api) async fn change(
    State(services): State<Services>,
    Path(team): Path<String>,
    Asker(asker): Asker,
    Sent(sent): Sent<wire::NewTeam>,
) -> Result<Json<wire::Team>, Failure> {
    let (id, team) = (id(&team, Refusal::UnknownTeam)?, named(sent));
    services.accounts.change_team(&asker, id, team.clone(), (services.now)()).await?;
    Ok(Json(json(id, team)))
}

pub(in crate::api) async fn remove(
    State(services): State<Services>,
    Path(team): Path<String>,
    Asker(asker): Asker,
) -> Result<Done, Failure> {
    let team = id(&team, Refusal::UnknownTeam)?;
    services.accounts.delete_team(&asker, team, (services.now)()).await?;
    Ok(Done)
}

fn named(sent: wire::NewTeam) -> NamedTeam {
    NamedTeam { name: sent.name, members: sent.members, leads: sent.leads }
}

fn json(id: TeamId, team: NamedTeam) -> wire::Team {
    let NamedTeam { name, members, leads } = team;
    wire::Team { id: id.to_string(), name, members, leads }
}

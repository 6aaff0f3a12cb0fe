//! Teams.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;

use crate::api::Services;
use crate::api::answer::{self, Done};
use crate::api::error::Failure;
use crate::api::input::{Asked, Asker, PageQuery, Sent, id};
use crate::api::version::{IfMatch, Versioned};
use crate::domain::id::TeamId;
use crate::domain::outcome::Refusal;
use crate::service::Principal;
use crate::service::accounts::{KnownTeam, NamedTeam};
use crate::service::error::ServiceError;
use crate::service::page::Page;
use crate::wire::v1 as wire;

pub(in crate::api) async fn list(
    State(services): State<Services>,
    Asker(asker): Asker,
    Asked(asked): Asked<PageQuery>,
) -> Result<Json<wire::Items<wire::Team>>, Failure> {
    let teams = services.accounts.teams(&asker).await?;
    Ok(answer::page(Page::of(teams, &asked.request()?, |team| team.id)?, json))
}

pub(in crate::api) async fn add(
    State(services): State<Services>,
    Asker(asker): Asker,
    Sent(sent): Sent<wire::NewTeam>,
) -> Result<Versioned<wire::Team>, Failure> {
    let id = services.accounts.add_team(&asker, named(sent), (services.now)()).await?;
    shown(&services, &asker, id, StatusCode::CREATED).await
}

pub(in crate::api) async fn change(
    State(services): State<Services>,
    Path(team): Path<String>,
    Asker(asker): Asker,
    IfMatch(expect): IfMatch,
    Sent(sent): Sent<wire::NewTeam>,
) -> Result<Versioned<wire::Team>, Failure> {
    let id = id(&team, Refusal::UnknownTeam)?;
    let now = (services.now)();
    services.accounts.change_team(&asker, (id, expect), named(sent), now).await?;
    shown(&services, &asker, id, StatusCode::OK).await
}

pub(in crate::api) async fn remove(
    State(services): State<Services>,
    Path(team): Path<String>,
    Asker(asker): Asker,
    IfMatch(expect): IfMatch,
) -> Result<Done, Failure> {
    let team = id(&team, Refusal::UnknownTeam)?;
    services.accounts.delete_team(&asker, (team, expect), (services.now)()).await?;
    Ok(Done)
}

fn named(sent: wire::NewTeam) -> NamedTeam {
    NamedTeam { name: sent.name, members: sent.members, leads: sent.leads }
}

async fn shown(
    services: &Services,
    asker: &Principal,
    id: TeamId,
    status: StatusCode,
) -> Result<Versioned<wire::Team>, Failure> {
    let mut teams = services.accounts.teams(asker).await?.into_iter();
    let team = teams.find(|team| team.id == id);
    let team = team.ok_or(ServiceError::Refused(Refusal::UnknownTeam))?;
    Ok(Versioned { status, version: team.version, json: json(team) })
}

fn json(known: KnownTeam) -> wire::Team {
    let KnownTeam { id, version, team: NamedTeam { name, members, leads } } = known;
    wire::Team { id: id.to_string(), version, name, members, leads }
}

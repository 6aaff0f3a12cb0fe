//! Recorded activity of many people.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;

use super::reports::date;
use crate::api::Services;
use crate::api::error::Failure;
use crate::api::input::{Asked, Asker};
use crate::domain::id::TeamId;
use crate::service::error::ServiceError;
use crate::service::tracking::{Each, Named, TeamActivity, TeamActivityRequest, TeamBy};
use crate::wire::v1 as wire;

/// What is asked for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct TeamActivityQuery {
    from: String,
    to: String,
    /// A month when nothing is said.
    per: Option<String>,
    by: Option<String>,
    team: Option<String>,
}

pub(in crate::api) async fn team_activity(
    State(services): State<Services>,
    Asker(asker): Asker,
    Asked(asked): Asked<TeamActivityQuery>,
) -> Result<Json<wire::TeamActivity>, Failure> {
    let each = asked.per.as_deref().map_or(Some(Each::Month), Each::from_name);
    let each = each.ok_or_else(|| bad_choice("per", "day and month"))?;
    let by = match asked.by.as_deref() {
        Some(name) => {
            Some(TeamBy::from_name(name).ok_or_else(|| bad_choice("by", "app and category"))?)
        }
        None => None,
    };
    let team = asked.team.as_deref().map(id).transpose()?;
    let (from, to) = (date(&asked.from)?, date(&asked.to)?);
    let request = TeamActivityRequest { from, to, each, by, team };
    let activity = services.tracking.team_activity(&asker, request, (services.now)()).await?;
    Ok(Json(json(activity)))
}

fn bad_choice(field: &str, choices: &str) -> Failure {
    let sentence = format!("`{field}` is among {choices}.");
    Failure::from(ServiceError::bad_input("bad_choice", sentence, "Choose one of them."))
        .about(field)
}

fn id(text: &str) -> Result<TeamId, Failure> {
    text.parse().map_err(|_| {
        let sentence = format!("`{text}` is no team's id.");
        Failure::from(ServiceError::bad_input(
            "bad_id",
            sentence,
            "Take it from the list of teams.",
        ))
        .about("team")
    })
}

fn json(activity: TeamActivity) -> wire::TeamActivity {
    let TeamActivity { request, policy, periods, people, named } = activity;
    let mut active_ms = vec![0; periods.len()];
    for person in &people {
        active_ms.iter_mut().zip(&person.active_ms).for_each(|(all, ms)| *all += ms);
    }
    wire::TeamActivity {
        from: request.from.to_string(),
        to: request.to.to_string(),
        policy: policy.name().to_owned(),
        per: request.each.name().to_owned(),
        by: request.by.map(|by| by.name().to_owned()),
        periods: periods.iter().map(ToString::to_string).collect(),
        total_ms: active_ms.iter().sum(),
        active_ms,
        others_ms: named.others_ms,
        rows: rows(named),
        people: people
            .into_iter()
            .map(|one| wire::PersonActivity {
                person: one.person.name.to_string(),
                time_zone: one.person.zone.to_string(),
                tells: one.tells,
                complete: one.complete,
                total_ms: one.active_ms.iter().sum(),
                active_ms: one.active_ms,
                others_ms: one.named.others_ms,
                rows: rows(one.named),
            })
            .collect(),
    }
}

fn rows(named: Named) -> Vec<wire::Total> {
    let rows = named.rows.into_iter();
    rows.map(|(name, ms)| wire::Total { name: (*name).to_owned(), ms }).collect()
}

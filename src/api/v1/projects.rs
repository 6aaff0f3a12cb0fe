//! Projects.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;

use super::catalog::Shown;
use crate::api::Services;
use crate::api::answer;
use crate::api::error::Failure;
use crate::api::input::{Asked, Asker, colour_in, id, id_in, page, text_in};
use crate::domain::customer::Customer;
use crate::domain::id::{CustomerId, UserId};
use crate::domain::project::Project;
use crate::domain::sync::Syncs;
use crate::domain::text::Label;
use crate::wire::v1 as wire;

/// Which of them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct ProjectQuery {
    archived: Option<bool>,
    customer: Option<String>,
    limit: Option<usize>,
    cursor: Option<String>,
}

pub(in crate::api) async fn list(
    State(services): State<Services>,
    Asker(asker): Asker,
    Asked(asked): Asked<ProjectQuery>,
) -> Result<Json<wire::Items<wire::Project>>, Failure> {
    let page = page(asked.limit, asked.cursor.as_deref())?;
    let archived = asked.archived;
    let customer: Option<CustomerId> =
        asked.customer.map(|text| id(&text, Customer::UNKNOWN)).transpose()?;
    let wanted = move |project: &Project| {
        archived.is_none_or(|archived| archived == project.archived)
            && (customer.is_none() || customer == project.customer)
    };
    let found = services.book.list(&asker, &page, wanted).await?;
    Ok(answer::page(found, |record| (&record).into()))
}

impl Shown for Project {
    type Fields = wire::ProjectFields;
    type Json = wire::Project;

    fn body(fields: wire::ProjectFields) -> Result<Self, Failure> {
        Ok(Self {
            customer: fields.customer.map(|text| id_in("customer", &text)).transpose()?,
            name: text_in("name", Label::new(fields.name))?,
            colour: fields.colour.as_deref().map(colour_in).transpose()?,
            billable: fields.billable,
            budget_minutes: fields.budget_minutes,
            archived: fields.archived,
            members: fields.members.map(members).transpose()?,
        })
    }
}

fn members(ids: Vec<String>) -> Result<Vec<UserId>, Failure> {
    ids.iter().map(|id| id_in("members", id)).collect()
}

//! What budgets have come to.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::reports;
use crate::api::Services;
use crate::api::answer;
use crate::api::error::Failure;
use crate::api::input::{Asked, Asker, id};
use crate::domain::project::Project;
use crate::domain::sync::Syncs;
use crate::service::book::{Budget, BudgetsRequest};
use crate::wire::csv::decimal_hours;
use crate::wire::v1 as wire;

/// Which of them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct BudgetsQuery {
    project: Option<String>,
    archived: Option<bool>,
    /// Of a table only: whether Excel reads it.
    bom: Option<bool>,
}

pub(in crate::api) async fn list(
    State(services): State<Services>,
    Asker(asker): Asker,
    Asked(asked): Asked<BudgetsQuery>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let project = asked.project.map(|text| id(&text, Project::UNKNOWN)).transpose()?;
    let request = BudgetsRequest { project, archived: asked.archived.unwrap_or_default() };
    let budgets = services.book.budgets(&asker, request, (services.now)()).await?;
    if !reports::wants_csv(&headers) {
        return Ok(answer::list(budgets, |budget| json(&budget)).into_response());
    }
    let rows: Vec<Vec<String>> = budgets.iter().map(cells).collect();
    reports::csv("budgets.csv", HEADING, reports::bom(asked.bom.unwrap_or_default()), &rows)
}

const HEADING: &[&str] = &[
    "customer",
    "project",
    "project_id",
    "task",
    "task_id",
    "budget_minutes",
    "spent_ms",
    "spent_hours",
    "rest_ms",
    "percent",
];

fn cells(budget: &Budget) -> Vec<String> {
    let task = budget.task.as_ref();
    let number = |number: Option<String>| number.unwrap_or_default();
    vec![
        budget.customer.clone().unwrap_or_default(),
        budget.project.body.name.to_string(),
        budget.project.id.to_string(),
        number(task.map(|task| task.body.name.to_string())),
        number(task.map(|task| task.id.to_string())),
        budget.budget_minutes.to_string(),
        number(budget.spent_ms.map(|ms| ms.to_string())),
        number(budget.spent_ms.map(decimal_hours)),
        number(budget.rest_ms().map(|ms| ms.to_string())),
        number(budget.percent().map(|percent| percent.to_string())),
    ]
}

fn json(budget: &Budget) -> wire::Budget {
    let task = budget.task.as_ref();
    wire::Budget {
        project: budget.project.id.to_string(),
        project_name: budget.project.body.name.to_string(),
        customer_name: budget.customer.clone(),
        task: task.map(|task| task.id.to_string()),
        task_name: task.map(|task| task.body.name.to_string()),
        budget_minutes: budget.budget_minutes,
        spent_ms: budget.spent_ms,
        rest_ms: budget.rest_ms(),
        percent: budget.percent(),
    }
}

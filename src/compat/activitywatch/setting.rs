//! `settings` and `settings/{key}`: what a client stores for itself.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::{Value, json};

use super::Door;
use super::book::Book;
use super::problem::Problem;
use super::request::{AtSetting, Caller, answer, json_body};
use crate::domain::outcome::Outcome;
use crate::domain::setting::SettingCommand;
use crate::wire::json;

pub(super) async fn list_settings<B: Book>(
    State(door): State<Arc<Door<B>>>,
    Caller(device): Caller,
) -> Result<Response, Problem> {
    let settings = door.book.settings(device).await?;
    let fields = settings.iter().map(|(key, value)| format!("{}:{value}", json!(key.as_str())));
    Ok(answer(format!("{{{}}}", fields.collect::<Vec<_>>().join(","))))
}

pub(super) async fn show_setting<B: Book>(
    State(door): State<Arc<Door<B>>>,
    at: AtSetting,
) -> Result<Response, Problem> {
    let value = door.book.setting(at.device, at.key).await?;
    Ok(answer(value.map_or_else(|| "null".to_owned(), |value| value.to_string())))
}

/// Keeps the value and answers it. `null` forgets it; aw-server forgets at every "false" value, which would undo a setting whose
/// default is on.
pub(super) async fn put_setting<B: Book>(
    State(door): State<Arc<Door<B>>>,
    at: AtSetting,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let AtSetting { device, key } = at;
    let value = json_body(&headers, body, door.limits.body_bytes).await?;
    let canonical = json::canonical(&value)?;
    let answered = canonical.to_string();
    let command = match value {
        Value::Null => SettingCommand::Delete { device, key },
        _ => SettingCommand::Put { device, key, value: canonical },
    };
    change(&door, command, answered).await
}

pub(super) async fn delete_setting<B: Book>(
    State(door): State<Arc<Door<B>>>,
    AtSetting { device, key }: AtSetting,
) -> Result<Response, Problem> {
    change(&door, SettingCommand::Delete { device, key }, "null".to_owned()).await
}

async fn change<B: Book>(
    door: &Door<B>,
    command: SettingCommand,
    answered: String,
) -> Result<Response, Problem> {
    let (SettingCommand::Put { device, .. } | SettingCommand::Delete { device, .. }) = command;
    match door.book.change_setting(device, command).await? {
        Outcome::Done | Outcome::Already => Ok(answer(answered)),
        Outcome::Refused(refusal) => Err(refusal.into()),
        other => Err(Problem::unexpected(&other)),
    }
}

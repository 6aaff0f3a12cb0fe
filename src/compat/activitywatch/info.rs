//! `GET info`: who answers.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;

use super::Door;
use super::book::Book;
use super::problem::Problem;
use super::request::{Caller, answer};
use crate::wire::activitywatch::info_json;

/// Watchers only show it.
const VERSION: &str = concat!("v", env!("CARGO_PKG_VERSION"), " (timebook)");

pub(super) async fn show_info<B: Book>(
    State(door): State<Arc<Door<B>>>,
    Caller(device): Caller,
) -> Result<Response, Problem> {
    let info = door.book.info(device).await?;
    Ok(answer(info_json(&info.hostname, info.device, VERSION)))
}

//! Answers that went well.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::service::page::Page;
use crate::wire::v1::Items;

/// 201 with what was made.
pub(super) struct Created<T>(pub(super) T);

impl<T: Serialize> IntoResponse for Created<T> {
    fn into_response(self) -> Response {
        (StatusCode::CREATED, Json(self.0)).into_response()
    }
}

/// 204: done, and there is nothing to say.
pub(super) struct Done;

impl IntoResponse for Done {
    fn into_response(self) -> Response {
        StatusCode::NO_CONTENT.into_response()
    }
}

/// 200 with a list.
pub(super) fn list<T, U>(from: Vec<T>, each: impl Fn(T) -> U) -> Json<Items<U>> {
    Json(Items { items: from.into_iter().map(each).collect(), next: None })
}

/// 200 with a page of a list.
pub(super) fn page<T, U>(from: Page<T>, each: impl Fn(T) -> U) -> Json<Items<U>> {
    let next = from.next.map(|next| next.to_text());
    Json(Items { items: from.items.into_iter().map(each).collect(), next })
}

//! Tags.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;

use super::catalog::Shown;
use crate::api::Services;
use crate::api::answer;
use crate::api::error::Failure;
use crate::api::input::{Asked, Asker, colour_in, page, text_in};
use crate::domain::tag::Tag;
use crate::domain::text::Label;
use crate::wire::v1 as wire;

/// Which of them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct TagQuery {
    archived: Option<bool>,
    limit: Option<usize>,
    cursor: Option<String>,
}

pub(in crate::api) async fn list(
    State(services): State<Services>,
    Asker(asker): Asker,
    Asked(asked): Asked<TagQuery>,
) -> Result<Json<wire::Items<wire::Tag>>, Failure> {
    let page = page(asked.limit, asked.cursor.as_deref())?;
    let archived = asked.archived;
    let wanted = move |tag: &Tag| archived.is_none_or(|archived| archived == tag.archived);
    let found = services.book.list(&asker, &page, wanted).await?;
    Ok(answer::page(found, |record| (&record).into()))
}

impl Shown for Tag {
    type Fields = wire::TagFields;
    type Json = wire::Tag;

    fn body(fields: wire::TagFields) -> Result<Self, Failure> {
        Ok(Self {
            name: text_in("name", Label::new(fields.name))?,
            colour: fields.colour.as_deref().map(colour_in).transpose()?,
            archived: fields.archived,
        })
    }
}

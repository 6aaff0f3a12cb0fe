//! Categories of recorded activity: one's own, and the office's.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;

use super::batches::device;
use crate::api::Services;
use crate::api::answer::Done;
use crate::api::error::Failure;
use crate::api::input::{Asker, Sent};
use crate::api::version::{IfMatch, Versioned};
use crate::domain::category::Categories;
use crate::domain::id::UserId;
use crate::service::Principal;
use crate::service::tracking::{KnownCategories, TreeOf};
use crate::wire::v1 as wire;

pub(in crate::api) async fn show(
    State(services): State<Services>,
    Asker(asker): Asker,
) -> Result<Versioned<wire::Categories>, Failure> {
    shown(&services, &asker, false).await
}

pub(in crate::api) async fn show_at_computer(
    State(services): State<Services>,
    Asker(asker): Asker,
) -> Result<Json<wire::Categories>, Failure> {
    let known = services.tracking.categories_at(device(&asker)?).await?;
    let KnownCategories { of, version, categories } = known;
    Ok(Json(wire::Categories { of: of.name().to_owned(), version, categories }))
}

pub(in crate::api) async fn set(
    State(services): State<Services>,
    Asker(asker): Asker,
    IfMatch(expect): IfMatch,
    Sent(sent): Sent<wire::NewCategories>,
) -> Result<Versioned<wire::Categories>, Failure> {
    let (categories, now) = (Some(sent.categories), (services.now)());
    services.tracking.set_categories(&asker, (false, expect), categories, now).await?;
    shown(&services, &asker, false).await
}

pub(in crate::api) async fn reset(
    State(services): State<Services>,
    Asker(asker): Asker,
    IfMatch(expect): IfMatch,
) -> Result<Done, Failure> {
    let now = (services.now)();
    services.tracking.set_categories(&asker, (false, expect), None, now).await?;
    Ok(Done)
}

pub(in crate::api) async fn show_office(
    State(services): State<Services>,
    Asker(asker): Asker,
) -> Result<Versioned<wire::Categories>, Failure> {
    shown(&services, &asker, true).await
}

pub(in crate::api) async fn set_office(
    State(services): State<Services>,
    Asker(asker): Asker,
    IfMatch(expect): IfMatch,
    Sent(sent): Sent<wire::NewCategories>,
) -> Result<Versioned<wire::Categories>, Failure> {
    let (categories, now) = (Some(sent.categories), (services.now)());
    services.tracking.set_categories(&asker, (true, expect), categories, now).await?;
    shown(&services, &asker, true).await
}

pub(in crate::api) async fn reset_office(
    State(services): State<Services>,
    Asker(asker): Asker,
    IfMatch(expect): IfMatch,
) -> Result<Done, Failure> {
    services.tracking.set_categories(&asker, (true, expect), None, (services.now)()).await?;
    Ok(Done)
}

/// Somebody's own tree, or the office's, as it is kept.
pub(super) fn json(
    owner: Option<UserId>,
    kept: &Categories,
    version: u64,
) -> Result<wire::Categories, Failure> {
    let of = if owner.is_some() { TreeOf::Own } else { TreeOf::Office };
    let categories = wire::kept_categories(&kept.tree)
        .map_err(|error| Failure::internal(format!("Kept categories do not read: {error}.")))?;
    Ok(wire::Categories { of: of.name().to_owned(), version, categories })
}

async fn shown(
    services: &Services,
    asker: &Principal,
    of_office: bool,
) -> Result<Versioned<wire::Categories>, Failure> {
    let known = services.tracking.categories(asker, of_office).await?;
    let KnownCategories { of, version, categories } = known;
    let json = wire::Categories { of: of.name().to_owned(), version, categories };
    Ok(Versioned { status: StatusCode::OK, version, json })
}

//! Categories of recorded activity: one's own, and the office's.

use axum::Json;
use axum::extract::State;

use crate::api::Services;
use crate::api::answer::Done;
use crate::api::error::Failure;
use crate::api::input::{Asker, Sent};
use crate::service::Principal;
use crate::wire::v1 as wire;

pub(in crate::api) async fn show(
    State(services): State<Services>,
    Asker(asker): Asker,
) -> Result<Json<wire::Categories>, Failure> {
    shown(&services, &asker, false).await
}

pub(in crate::api) async fn set(
    State(services): State<Services>,
    Asker(asker): Asker,
    Sent(sent): Sent<wire::NewCategories>,
) -> Result<Json<wire::Categories>, Failure> {
    let (categories, now) = (Some(sent.categories), (services.now)());
    services.tracking.set_categories(&asker, false, categories, now).await?;
    shown(&services, &asker, false).await
}

pub(in crate::api) async fn reset(
    State(services): State<Services>,
    Asker(asker): Asker,
) -> Result<Done, Failure> {
    services.tracking.set_categories(&asker, false, None, (services.now)()).await?;
    Ok(Done)
}

pub(in crate::api) async fn show_office(
    State(services): State<Services>,
    Asker(asker): Asker,
) -> Result<Json<wire::Categories>, Failure> {
    shown(&services, &asker, true).await
}

pub(in crate::api) async fn set_office(
    State(services): State<Services>,
    Asker(asker): Asker,
    Sent(sent): Sent<wire::NewCategories>,
) -> Result<Json<wire::Categories>, Failure> {
    let (categories, now) = (Some(sent.categories), (services.now)());
    services.tracking.set_categories(&asker, true, categories, now).await?;
    shown(&services, &asker, true).await
}

pub(in crate::api) async fn reset_office(
    State(services): State<Services>,
    Asker(asker): Asker,
) -> Result<Done, Failure> {
    services.tracking.set_categories(&asker, true, None, (services.now)()).await?;
    Ok(Done)
}

async fn shown(
    services: &Services,
    asker: &Principal,
    of_office: bool,
) -> Result<Json<wire::Categories>, Failure> {
    let (of, categories) = services.tracking.categories(asker, of_office).await?;
    Ok(Json(wire::Categories { of: of.name().to_owned(), categories }))
}

//! API tokens.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;

use crate::api::Services;
use crate::api::answer::{self, Created, Done};
use crate::api::error::Failure;
use crate::api::input::{Asked, Asker, PageQuery, Sent, id};
use crate::domain::outcome::Refusal;
use crate::domain::token::Scope;
use crate::service::accounts::NewToken;
use crate::service::page::Page;
use crate::wire::v1 as wire;

pub(in crate::api) async fn list(
    State(services): State<Services>,
    Asker(asker): Asker,
    Asked(asked): Asked<PageQuery>,
) -> Result<Json<wire::Items<wire::Token>>, Failure> {
    let tokens = services.accounts.tokens(&asker).await?;
    let tokens = Page::of(tokens, &asked.request()?, |owned| owned.token.id)?;
    Ok(answer::page(tokens, |owned| {
        wire::Token::of(&owned.token, &owned.user, owned.device.as_str())
    }))
}

pub(in crate::api) async fn create(
    State(services): State<Services>,
    Asker(asker): Asker,
    Sent(sent): Sent<wire::NewToken>,
) -> Result<Created<wire::TokenMade>, Failure> {
    let wire::NewToken { user, device, label, scopes } = sent;
    let scopes = scopes.iter().map(|name| scope(name)).collect::<Result<_, _>>()?;
    let new = NewToken { user, device, label, scopes };
    let made = services.accounts.create_token(&asker, new, (services.now)()).await?;
    Ok(Created(wire::TokenMade {
        id: made.id.to_string(),
        token: made.secret,
        device: made.device_name.to_string(),
        device_id: made.device.to_string(),
    }))
}

pub(in crate::api) async fn revoke(
    State(services): State<Services>,
    Path(token): Path<String>,
    Asker(asker): Asker,
) -> Result<Done, Failure> {
    let token = id(&token, Refusal::UnknownToken)?;
    services.accounts.revoke_token(&asker, token, (services.now)()).await?;
    Ok(Done)
}

fn scope(name: &str) -> Result<Scope, Failure> {
    Scope::from_name(name).ok_or_else(|| {
        Failure::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "unknown_scope",
            "There is no scope of this name.",
            "Choose among record, read and manage.",
        )
    })
}

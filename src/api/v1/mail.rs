//! Mail: how it is doing, a test, and the mail server's password.

use axum::Json;
use axum::extract::State;
use zeroize::Zeroizing;

use crate::api::Services;
use crate::api::answer::Done;
use crate::api::error::Failure;
use crate::api::input::{Asker, Sent};
use crate::wire::v1 as wire;

pub(in crate::api) async fn show(
    State(services): State<Services>,
    Asker(asker): Asker,
) -> Result<Json<wire::Mail>, Failure> {
    let status = services.mail.status(&asker).await?;
    let last = status.last.as_ref();
    Ok(Json(wire::Mail {
        set_up: status.is_set_up,
        has_password: status.has_password,
        last_try: last.map(|last| wire::rfc3339(last.at)),
        last_error: last.and_then(|last| last.why.clone()),
        waiting: status.waiting.iter().map(Into::into).collect(),
    }))
}

pub(in crate::api) async fn test(
    State(services): State<Services>,
    Asker(asker): Asker,
    Sent(sent): Sent<wire::MailTest>,
) -> Result<Done, Failure> {
    services.mail.test(&asker, &sent.to).await?;
    Ok(Done)
}

pub(in crate::api) async fn set_password(
    State(services): State<Services>,
    Asker(asker): Asker,
    Sent(sent): Sent<wire::MailPassword>,
) -> Result<Done, Failure> {
    services.mail.set_password(&asker, &Zeroizing::new(sent.password)).await?;
    Ok(Done)
}

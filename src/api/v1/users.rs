//! People.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::{Extension, Json};
use zeroize::Zeroizing;

use crate::api::Services;
use crate::api::answer::{self, Created, Done};
use crate::api::error::Failure;
use crate::api::input::{Asked, Asker, PageQuery, Sent};
use crate::api::version::IfMatch;
use crate::domain::outcome::Refusal;
use crate::domain::right::{Right, Rights};
use crate::domain::user::Role;
use crate::net::Peer;
use crate::service::accounts::{NewPassword, NewUser};
use crate::service::error::ServiceError;
use crate::service::mail;
use crate::service::page::Page;
use crate::wire::v1 as wire;

pub(in crate::api) async fn list(
    State(services): State<Services>,
    Asker(asker): Asker,
    Asked(asked): Asked<PageQuery>,
) -> Result<Json<wire::Items<wire::User>>, Failure> {
    let users = services.accounts.users(&asker).await?;
    let users = Page::of(users, &asked.request()?, |known| known.user.id)?;
    Ok(answer::page(users, |known| wire::User {
        version: Some(known.version),
        mail: known.mail,
        ..wire::User::of(&known.user, known.rights)
    }))
}

pub(in crate::api) async fn add(
    State(services): State<Services>,
    Asker(asker): Asker,
    Sent(sent): Sent<wire::NewUser>,
) -> Result<Created<wire::UserAdded>, Failure> {
    let role = role(&sent.role)?;
    let password = Zeroizing::new(sent.password);
    let new = NewUser { name: sent.name, password, role, time_zone: sent.time_zone };
    let added = services.accounts.add_user(&asker, new, (services.now)()).await?;
    let rights = Rights::of_role(added.user.role);
    let (user, recovery_code) = (wire::User::of(&added.user, rights), added.recovery_code);
    Ok(Created(wire::UserAdded { user, recovery_code }))
}

pub(in crate::api) async fn set_password(
    State(services): State<Services>,
    Path(name): Path<String>,
    Asker(asker): Asker,
    Extension(peer): Extension<Peer>,
    Sent(sent): Sent<wire::Password>,
) -> Result<Done, Failure> {
    let (password, present) = (Zeroizing::new(sent.password), sent.current.map(Zeroizing::new));
    let (new, address) = (NewPassword { password, present }, peer.address.ip());
    services.accounts.set_password(&asker, &name, new, address, (services.now)()).await?;
    Ok(Done)
}

pub(in crate::api) async fn set_mail(
    State(services): State<Services>,
    Path(name): Path<String>,
    Asker(asker): Asker,
    IfMatch(expect): IfMatch,
    Sent(sent): Sent<wire::NewMail>,
) -> Result<Done, Failure> {
    let new = sent.address.as_deref().map(mail::address).transpose();
    let new = new.map_err(|error| Failure::from(error).about("address"))?;
    let now = (services.now)();
    let before = services.accounts.set_mail(&asker, (&name, expect), new.clone(), now).await?;
    if let Some(old) = before.filter(|old| Some(old) != new.as_ref()) {
        services.mail.warn_moved(&name, old.as_str()).await;
    }
    Ok(Done)
}

pub(in crate::api) async fn rename(
    State(services): State<Services>,
    Path(name): Path<String>,
    Asker(asker): Asker,
    IfMatch(expect): IfMatch,
    Sent(sent): Sent<wire::NewName>,
) -> Result<Done, Failure> {
    let (accounts, now) = (&services.accounts, (services.now)());
    let renamed = accounts.rename(&asker, (&name, expect), &sent.name, now).await;
    renamed.map_err(|error| match error {
        ServiceError::BadInput { .. } | ServiceError::Refused(Refusal::NameTaken) => {
            Failure::from(error).about("name")
        }
        other => other.into(),
    })?;
    Ok(Done)
}

pub(in crate::api) async fn set_zone(
    State(services): State<Services>,
    Path(name): Path<String>,
    Asker(asker): Asker,
    IfMatch(expect): IfMatch,
    Sent(sent): Sent<wire::NewZone>,
) -> Result<Done, Failure> {
    let (accounts, zone) = (&services.accounts, sent.time_zone.as_str());
    let set = accounts.set_zone(&asker, (&name, expect), zone, (services.now)()).await;
    set.map_err(|error| match error {
        ServiceError::BadInput { .. } => Failure::from(error).about("time_zone"),
        other => other.into(),
    })?;
    Ok(Done)
}

pub(in crate::api) async fn disable(
    State(services): State<Services>,
    Path(name): Path<String>,
    Asker(asker): Asker,
    IfMatch(expect): IfMatch,
) -> Result<Done, Failure> {
    services.accounts.disable(&asker, (&name, expect), (services.now)()).await?;
    Ok(Done)
}

pub(in crate::api) async fn enable(
    State(services): State<Services>,
    Path(name): Path<String>,
    Asker(asker): Asker,
    IfMatch(expect): IfMatch,
) -> Result<Done, Failure> {
    services.accounts.enable(&asker, (&name, expect), (services.now)()).await?;
    Ok(Done)
}

pub(in crate::api) async fn set_role(
    State(services): State<Services>,
    Path(name): Path<String>,
    Asker(asker): Asker,
    IfMatch(expect): IfMatch,
    Sent(sent): Sent<wire::NewRole>,
) -> Result<Done, Failure> {
    let role = role(&sent.role)?;
    services.accounts.set_role(&asker, (&name, expect), role, (services.now)()).await?;
    Ok(Done)
}

pub(in crate::api) async fn set_grants(
    State(services): State<Services>,
    Path(name): Path<String>,
    Asker(asker): Asker,
    IfMatch(expect): IfMatch,
    Sent(sent): Sent<wire::NewGrants>,
) -> Result<Done, Failure> {
    let rights = sent.rights.iter().map(|name| right(name)).collect::<Result<_, _>>()?;
    services.accounts.set_grants(&asker, (&name, expect), rights, (services.now)()).await?;
    Ok(Done)
}

fn right(name: &str) -> Result<Right, Failure> {
    Right::from_name(name).ok_or_else(|| {
        let names: Vec<&str> = Right::ALL.iter().map(|right| right.name()).collect();
        Failure::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "unknown_right",
            "There is no right of this name.",
            format!("Choose among {}.", names.join(", ")),
        )
    })
}

pub(super) fn role(name: &str) -> Result<Role, Failure> {
    Role::from_name(name).ok_or_else(|| {
        Failure::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "unknown_role",
            "There is no role of this name.",
            "Choose among employee, manager and administrator.",
        )
    })
}

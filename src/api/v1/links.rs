//! One-time links for people.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::{Extension, Json};
use jiff::tz::TimeZone;
use zeroize::Zeroizing;

use super::users::role;
use crate::api::Services;
use crate::api::answer::{self, Created, Done};
use crate::api::error::Failure;
use crate::api::input::{Asked, Asker, PageQuery, Sent, id};
use crate::domain::link::LinkPurpose;
use crate::domain::outcome::Refusal;
use crate::net::Peer;
use crate::service::accounts::LinkWish;
use crate::service::mail::{self, Posted, Template};
use crate::service::page::Page;
use crate::wire::v1 as wire;

pub(in crate::api) async fn list(
    State(services): State<Services>,
    Asker(asker): Asker,
    Asked(asked): Asked<PageQuery>,
) -> Result<Json<wire::Items<wire::Link>>, Failure> {
    let open = services.accounts.links(&asker, (services.now)()).await?;
    let open = Page::of(open, &asked.request()?, |named| named.link.id)?;
    Ok(answer::page(open, |named| wire::Link::of(&named.link, named.name.as_str())))
}

pub(in crate::api) async fn make(
    State(services): State<Services>,
    Asker(asker): Asker,
    Sent(sent): Sent<wire::NewLink>,
) -> Result<Created<wire::LinkMade>, Failure> {
    let mail_to = match sent.mail_to {
        Some(word) if word == OF_THE_ACCOUNT && sent.purpose == "reset" => {
            let known = services.accounts.mail_of(&asker, &sent.name).await?;
            Some(known.ok_or_else(no_address)?.to_string())
        }
        other => other,
    };
    let address = mail_to.as_deref().map(mail::address).transpose()?;
    let wish = match sent.purpose.as_str() {
        "reset" => LinkWish::Reset { name: sent.name },
        "join" => {
            let role = role(sent.role.as_deref().unwrap_or("employee"))?;
            LinkWish::Join { name: sent.name, role }
        }
        _ => {
            return Err(Failure::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "unknown_purpose",
                "There is no link of this purpose.",
                "Choose between reset and join.",
            ));
        }
    };
    let (name, now) = (sent_name(&wish), (services.now)());
    let made = services.accounts.make_link(&asker, (wish, address), now).await?;
    let (server, page) = (services.devices.server(), made.link.purpose.name());
    let link = format!("{server}/{page}#{}", made.secret);
    let expires = wire::rfc3339(made.link.expires);
    let posted = match &mail_to {
        Some(to) => {
            let is_reset = matches!(made.link.purpose, LinkPurpose::Reset { .. });
            let (link, expires) = (link.clone(), wire::to_the_minute(&expires, &TimeZone::UTC));
            let letter = match is_reset {
                true => Template::Reset { name, link, expires },
                false => Template::Invitation { name, link, expires },
            };
            services.mail.send(&letter, to).await
        }
        None => Ok(Posted::NotSetUp),
    };
    // The link is made and good, whatever became of the letter: an error here would lose it.
    let mail_error =
        posted.as_ref().err().map(|error| format!("{} {}", error.sentence(), error.next_step()));
    let mailed = posted.is_ok_and(|posted| posted == Posted::Queued);
    let (id, link) = (made.link.id.to_string(), (!mailed).then_some(link));
    Ok(Created(wire::LinkMade { id, link, mailed, mail_error, expires }))
}

/// In place of an address: the one in the person's account.
const OF_THE_ACCOUNT: &str = "account";

fn no_address() -> Failure {
    Failure::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "no_mail_address",
        "No mail address of this person is known.",
        "Name one, or keep one with `timebook user mail`.",
    )
    .about("mail_to")
}

/// Whom the wish is about.
fn sent_name(wish: &LinkWish) -> String {
    let (LinkWish::Reset { name } | LinkWish::Join { name, .. }) = wish;
    name.clone()
}

pub(in crate::api) async fn withdraw(
    State(services): State<Services>,
    Path(link): Path<String>,
    Asker(asker): Asker,
) -> Result<Done, Failure> {
    let link = id(&link, Refusal::UnknownLink)?;
    services.accounts.withdraw_link(&asker, link, (services.now)()).await?;
    Ok(Done)
}

pub(in crate::api) async fn look(
    State(services): State<Services>,
    Extension(peer): Extension<Peer>,
    Sent(sent): Sent<wire::LinkSecret>,
) -> Result<Json<wire::LinkSeen>, Failure> {
    let (secret, address, now) = (Zeroizing::new(sent.secret), peer.address.ip(), (services.now)());
    let named = services.accounts.look_at_link(&secret, address, now).await?;
    let office = services.tracking.office().await?.office;
    Ok(Json(wire::LinkSeen {
        purpose: named.link.purpose.name().to_owned(),
        name: named.name.to_string(),
        office: office.name.map(|name| name.to_string()),
        expires: wire::rfc3339(named.link.expires),
    }))
}

pub(in crate::api) async fn use_up(
    State(services): State<Services>,
    Extension(peer): Extension<Peer>,
    Sent(sent): Sent<wire::LinkUse>,
) -> Result<Json<wire::LinkUsed>, Failure> {
    let (secret, password) = (Zeroizing::new(sent.secret), Zeroizing::new(sent.password));
    let (zone, address) = (sent.time_zone.as_deref(), peer.address.ip());
    let used = services.accounts.use_link(&secret, password, zone, address, (services.now)());
    Ok(Json(wire::LinkUsed { name: used.await?.to_string() }))
}

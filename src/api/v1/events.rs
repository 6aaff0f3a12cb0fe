//! What changes, as it happens: server-sent events.
//!
//! An event says that something changed, never how: who wants to know asks for the changes since the last one they have.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::time::Duration;

use axum::Extension;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;
use tokio::time::Instant;

use crate::api::Services;
use crate::api::error::Failure;
use crate::api::input::{Asked, Asker};
use crate::api::v1::server;
use crate::domain::id::RecordId;
use crate::domain::outcome::Changed;
use crate::domain::time::Timestamp;
use crate::net::Draining;
use crate::service::control::power::Standing;
use crate::service::events::{Heard, Listening};
use crate::wire::v1 as wire;

/// A silent stream says that it lives this often: proxies cut what is silent.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// A stream ends after this; whoever still listens comes again, and shows anew who they are.
const LONGEST: Duration = Duration::from_secs(60 * 60);
/// The media type.
const EVENT_STREAM: &str = "text/event-stream";

/// What to hear of.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct EventsQuery {
    /// Only these sorts, with commas between; all when left out.
    nouns: Option<String>,
    /// The `server_epoch` the listener's copy was made under.
    epoch: Option<u32>,
    /// The `mark` that an earlier answer had: what changed since is told with the first words.
    mark: Option<String>,
}

pub(in crate::api) async fn listen(
    State(services): State<Services>,
    Asker(asker): Asker,
    Asked(asked): Asked<EventsQuery>,
    draining: Option<Extension<Draining>>,
) -> Result<Response, Failure> {
    let nouns = asked.nouns.map(|nouns| nouns.split(',').map(str::to_owned).collect());
    let server_epoch = services.book.server_epoch().await?;
    let refetch = asked.epoch.is_some_and(|epoch| epoch != server_epoch);
    let mut standing = services.power.watch();
    // That it is in service is what everybody thinks anyway.
    if matches!(*standing.borrow(), Standing::Warned(_)) {
        standing.mark_changed();
    }
    let mut listening = services.events.listen(asker).await?;
    let caught_up = match asked.mark {
        Some(mark) => {
            Some(CaughtUp { mark: listening.mark(), changed: listening.changed_since(&mark).await })
        }
        None => None,
    };
    let telling = Telling {
        listening,
        nouns,
        draining: draining.map(|Extension(draining)| draining),
        ends: Instant::now() + LONGEST,
        ready: Ready { server_epoch, refetch, caught_up },
        begun: false,
        standing,
        now: services.now,
    };
    let body = Body::from_stream(stream::unfold(telling, Telling::next));
    Ok(([(CONTENT_TYPE, EVENT_STREAM)], body).into_response())
}

/// One stream under way.
struct Telling {
    listening: Listening,
    nouns: Option<BTreeSet<String>>,
    draining: Option<Draining>,
    ends: Instant,
    ready: Ready,
    begun: bool,
    standing: watch::Receiver<Standing>,
    now: fn() -> Timestamp,
}

impl Telling {
    /// The next bytes; none ends the stream.
    async fn next(mut self) -> Option<(Result<Bytes, Infallible>, Self)> {
        // The first words say that from here on nothing is missed: who listens asks for the changes up to now after them.
        let text = if self.begun { self.news().await? } else { event("ready", &self.ready) };
        self.begun = true;
        Some((Ok(text.into()), self))
    }

    async fn news(&mut self) -> Option<String> {
        let still_here = Instant::now() + HEARTBEAT;
        loop {
            let heard = tokio::select! {
                heard = self.listening.next() => heard?,
                () = begun(&mut self.draining) => return None,
                Ok(()) = self.standing.changed() => {
                    let told = server::standing(&self.standing.borrow_and_update(), (self.now)());
                    return Some(event("server", &told));
                }
                () = tokio::time::sleep_until(self.ends) => return None,
                () = tokio::time::sleep_until(still_here) => return Some(": still here\n\n".to_owned()),
            };
            match heard {
                Heard::Missed(missed) => return Some(event("lagged", &wire::Lagged { missed })),
                Heard::Changed(change) if self.wants(&change) => return Some(changed(&change)),
                Heard::Changed(_) => {}
            }
        }
    }

    fn wants(&self, change: &Changed) -> bool {
        self.nouns.as_ref().is_none_or(|nouns| nouns.contains(change.noun.name()))
    }
}

/// What whoever kept a copy must know first: after a restore the epoch is another, and the copy begins anew.
#[derive(Serialize)]
struct Ready {
    server_epoch: u32,
    /// The copy the listener spoke of is of another epoch: it must go.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    refetch: bool,
    #[serde(flatten)]
    caught_up: Option<CaughtUp>,
}

/// What whoever brought a mark has missed.
#[derive(Serialize)]
struct CaughtUp {
    /// From here on nothing is missed.
    mark: String,
    /// The sorts of what changed between their mark and this one; left out when nobody can tell: then anything may have.
    #[serde(skip_serializing_if = "Option::is_none")]
    changed: Option<BTreeSet<&'static str>>,
}

async fn begun(draining: &mut Option<Draining>) {
    match draining {
        Some(draining) => draining.begun().await,
        None => std::future::pending().await,
    }
}

fn changed(change: &Changed) -> String {
    let uuid = <[u8; 16]>::try_from(change.id.as_slice()).ok().map(RecordId::from_bytes);
    let (seq, noun) = (change.server_seq, change.noun.name().to_owned());
    let told = wire::Event { seq, noun, id: uuid.map(|id| id.to_string()) };
    format!("id: {seq}\n{}", event("changed", &told))
}

/// An event whose data is one line of JSON.
fn event(name: &str, data: &impl Serialize) -> String {
    // Numbers and plain texts are always JSON.
    let data = serde_json::to_string(data).unwrap_or_default();
    format!("event: {name}\ndata: {data}\n\n")
}

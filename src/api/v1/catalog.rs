//! The catalog's four nouns, all in the same way: one shown, one added, changed, deleted. What differs stands in the noun's own file.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::api::Services;
use crate::api::answer::{self, Done};
use crate::api::error::Failure;
use crate::api::input::{Asker, id};
use crate::api::once::{Once, OnceOnly};
use crate::api::version::{IfMatch, Versioned};
use crate::domain::sync::{Synced, Verdict};
use crate::service::book::{Asking, Catalogued};
use crate::wire::v1 as wire;

/// A noun of the catalog as JSON.
pub(in crate::api) trait Shown: Catalogued<Id: std::str::FromStr> {
    /// What is sent.
    type Fields: DeserializeOwned + Send + 'static;
    /// What is answered.
    type Json: Serialize + for<'a> From<&'a Synced<Self>>;

    /// What a person wrote, each field by its rule.
    fn body(fields: Self::Fields) -> Result<Self, Failure>;
}

pub(in crate::api) async fn show<N: Shown>(
    State(services): State<Services>,
    Path(record): Path<String>,
    Asker(asker): Asker,
) -> Result<Versioned<N::Json>, Failure> {
    let record = services.book.one::<N>(&asker, id(&record, N::UNKNOWN)?).await?;
    Ok(versioned(StatusCode::OK, &record))
}

pub(in crate::api) async fn add<N: Shown>(
    State(services): State<Services>,
    Asker(asker): Asker,
    Once(fields, key): Once<N::Fields>,
) -> Result<Versioned<N::Json>, Failure> {
    let asking = Asking { principal: &asker, now: (services.now)(), key };
    let record = services.book.add(asking, N::body(fields)?).await?;
    Ok(versioned(StatusCode::CREATED, &record))
}

pub(in crate::api) async fn set<N: Shown>(
    State(services): State<Services>,
    Path(record): Path<String>,
    Asker(asker): Asker,
    IfMatch(expect): IfMatch,
    Once(fields, key): Once<N::Fields>,
) -> Result<Versioned<N::Json>, Failure> {
    let asking = Asking { principal: &asker, now: (services.now)(), key };
    let record = id(&record, N::UNKNOWN)?;
    let record = services.book.set(asking, record, expect, N::body(fields)?).await?;
    Ok(versioned(StatusCode::OK, &record))
}

pub(in crate::api) async fn delete<N: Shown>(
    State(services): State<Services>,
    Path(record): Path<String>,
    Asker(asker): Asker,
    IfMatch(expect): IfMatch,
    OnceOnly(key): OnceOnly,
) -> Result<Done, Failure> {
    let asking = Asking { principal: &asker, now: (services.now)(), key };
    services.book.delete::<N>(asking, id(&record, N::UNKNOWN)?, expect).await?;
    Ok(Done)
}

pub(in crate::api) async fn history<N: Shown>(
    State(services): State<Services>,
    Path(record): Path<String>,
    Asker(asker): Asker,
) -> Result<Json<wire::Items<wire::Version>>, Failure> {
    let versions = services.book.history::<N>(&asker, id(&record, N::UNKNOWN)?).await?;
    Ok(answer::list(versions, |version| wire::Version {
        seq: version.seq,
        at: wire::rfc3339(version.at),
        by: wire::named(&version.actor),
        counted: version.verdict == Verdict::Won,
        record: (&N::any(version.record)).into(),
    }))
}

pub(in crate::api) async fn undo<N: Shown>(
    State(services): State<Services>,
    Path(record): Path<String>,
    Asker(asker): Asker,
    IfMatch(expect): IfMatch,
    OnceOnly(key): OnceOnly,
) -> Result<Versioned<N::Json>, Failure> {
    let asking = Asking { principal: &asker, now: (services.now)(), key };
    let record = services.book.undo::<N>(asking, id(&record, N::UNKNOWN)?, expect).await?;
    Ok(versioned(StatusCode::OK, &record))
}

fn versioned<N: Shown>(status: StatusCode, record: &Synced<N>) -> Versioned<N::Json> {
    Versioned { status, version: record.meta.changed_seq, json: record.into() }
}

//! `buckets/` and `buckets/{id}`.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::Door;
use super::book::{Book, BucketView};
use super::problem::Problem;
use super::request::{AtBucket, Caller, Params, answer, json_body};
use crate::domain::activity::{ActivityCommand, BucketAbout};
use crate::domain::id::DeviceId;
use crate::domain::outcome::{Outcome, Refusal};
use crate::domain::text::{BucketName, ShortText};
use crate::wire::activitywatch::{bucket_change, bucket_json, new_bucket};
use crate::wire::json;

/// What a watcher writes for "the computer I run on", which only we know.
const LOCAL: &str = "!local";

pub(super) async fn list_buckets<B: Book>(
    State(door): State<Arc<Door<B>>>,
    Caller(device): Caller,
) -> Result<Response, Problem> {
    let buckets = door.book.buckets(device).await?;
    let fields = buckets.iter().map(|BucketView { bucket, newest, .. }| {
        format!("{}:{}}}", json!(bucket.name.as_str()), bucket_json(bucket, newest.as_ref()))
    });
    Ok(answer(format!("{{{}}}", fields.collect::<Vec<_>>().join(","))))
}

pub(super) async fn show_bucket<B: Book>(
    State(door): State<Arc<Door<B>>>,
    at: AtBucket,
) -> Result<Response, Problem> {
    let view = bucket(&door, at.device, &at.name).await?;
    Ok(answer(bucket_json(&view.bucket, None) + "}"))
}

pub(super) async fn create_bucket<B: Book>(
    State(door): State<Arc<Door<B>>>,
    at: AtBucket,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let AtBucket { device, name } = at;
    let new = new_bucket(&json_body(&headers, body, door.limits.body_bytes).await?)?;
    let about = located(&door, device, new.about).await?;
    let command = ActivityCommand::CreateBucket { device, name, about, created: new.created };
    match door.book.change(device, command).await? {
        Outcome::Done => Ok(answer("{}")),
        // Clients take this for "fine, it exists".
        Outcome::Already => Ok(StatusCode::NOT_MODIFIED.into_response()),
        Outcome::Refused(refusal) => Err(refusal.into()),
        other => Err(Problem::unexpected(&other)),
    }
}

pub(super) async fn update_bucket<B: Book>(
    State(door): State<Arc<Door<B>>>,
    at: AtBucket,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let AtBucket { device, name } = at;
    let change = bucket_change(&json_body(&headers, body, door.limits.body_bytes).await?)?;
    let view = bucket(&door, device, &name).await?;
    let about = located(&door, device, change.applied_to(view.bucket.about)).await?;
    done(&door, device, &name.clone(), ActivityCommand::UpdateBucket { device, name, about }).await
}

pub(super) async fn delete_bucket<B: Book>(
    State(door): State<Arc<Door<B>>>,
    at: AtBucket,
    params: Params,
) -> Result<Response, Problem> {
    if params.text("force") != Some("1") {
        return Err(Problem::new(
            StatusCode::UNAUTHORIZED,
            "A bucket and all its events are deleted only with ?force=1.",
        ));
    }
    let AtBucket { device, name } = at;
    done(&door, device, &name.clone(), ActivityCommand::DeleteBucket { device, name }).await
}

/// The bucket, or the 404 every family answers.
pub(super) async fn bucket<B: Book>(
    door: &Door<B>,
    device: DeviceId,
    name: &BucketName,
) -> Result<BucketView, Problem> {
    let view = door.book.bucket(device, name.clone()).await?;
    view.ok_or_else(|| Problem::no_bucket(name))
}

async fn done<B: Book>(
    door: &Door<B>,
    device: DeviceId,
    name: &BucketName,
    command: ActivityCommand,
) -> Result<Response, Problem> {
    match door.book.change(device, command).await? {
        Outcome::Done | Outcome::Already => Ok(answer("{}")),
        Outcome::Refused(Refusal::UnknownBucket) => Err(Problem::no_bucket(name)),
        Outcome::Refused(refusal) => Err(refusal.into()),
        other => Err(Problem::unexpected(&other)),
    }
}

/// With `!local` replaced by the computer's name, and its id beside it, as newer aw-servers do.
async fn located<B: Book>(
    door: &Door<B>,
    device: DeviceId,
    about: BucketAbout,
) -> Result<BucketAbout, Problem> {
    if about.hostname.as_str() != LOCAL {
        return Ok(about);
    }
    let info = door.book.info(device).await?;
    let mut data = json::parse(about.data.as_str().as_bytes())?;
    data["device_id"] = json!(info.device.to_string());
    let (hostname, data) = (ShortText::cut(&info.hostname), json::canonical(&data)?);
    Ok(BucketAbout { hostname, data, ..about })
}

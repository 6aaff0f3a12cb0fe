//! `export` and `buckets/{id}/export`: everything, page by page, without numbers, as aw-server exports it.

use std::collections::VecDeque;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde_json::json;

use super::Door;
use super::book::{Book, BucketView, EventRange};
use super::bucket::bucket;
use super::event::broken_off;
use super::pages::Pages;
use super::problem::Problem;
use super::request::{AtBucket, Caller};
use crate::domain::activity::Bucket;
use crate::domain::time::Timestamp;
use crate::wire::activitywatch::{WithId, bucket_json, event_json};

pub(super) async fn export_all<B: Book>(
    State(door): State<Arc<Door<B>>>,
    Caller(device): Caller,
) -> Result<Response, Problem> {
    let buckets = door.book.buckets(device).await?;
    Ok(export(door, buckets, "aw-buckets-export.json"))
}

pub(super) async fn export_bucket<B: Book>(
    State(door): State<Arc<Door<B>>>,
    at: AtBucket,
) -> Result<Response, Problem> {
    let view = bucket(&door, at.device, &at.name).await?;
    let file = format!("aw-bucket-export_{}.json", at.name);
    Ok(export(door, vec![view], &file))
}

fn export<B: Book>(door: Arc<Door<B>>, buckets: Vec<BucketView>, file: &str) -> Response {
    let export = Export {
        door,
        waiting: buckets.into_iter().map(|view| view.bucket).collect(),
        open: None,
        place: Place::Start,
    };
    let pieces = stream::try_unfold(export, |mut export| async move {
        let piece = export.next().await.map_err(broken_off)?;
        Ok::<_, std::io::Error>(piece.map(|piece| (piece, export)))
    });
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (header::CONTENT_DISPOSITION, attachment(file)),
    ];
    (headers, Body::from_stream(pieces)).into_response()
}

/// Names of buckets come from outside: whatever could end or bend the header becomes `_`.
fn attachment(file: &str) -> HeaderValue {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    let file: String = file.chars().map(|c| if plain(c) { c } else { '_' }).collect();
    HeaderValue::try_from(format!("attachment; filename={file}"))
        .unwrap_or(HeaderValue::from_static("attachment"))
}

/// An export on its way out.
struct Export<B> {
    door: Arc<Door<B>>,
    waiting: VecDeque<Bucket>,
    /// The bucket being printed, and whether an event of it was.
    open: Option<(Pages<B>, bool)>,
    place: Place,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Start,
    Inside,
    End,
}

impl<B: Book> Export<B> {
    /// The next piece of text; `None` after the last.
    async fn next(&mut self) -> Result<Option<String>, Problem> {
        if let Some((mut pages, has_events)) = self.open.take() {
            let page = pages.next().await?;
            let mut json = String::new();
            for (place, event) in page.iter().enumerate() {
                if has_events || place > 0 {
                    json.push(',');
                }
                event_json(&mut json, event, WithId::No);
            }
            if pages.is_done() {
                json.push_str("]}");
            } else {
                self.open = Some((pages, has_events || !page.is_empty()));
            }
            return Ok(Some(json));
        }
        let before = match self.place {
            Place::Start => "{\"buckets\":{",
            Place::Inside => ",",
            Place::End => return Ok(None),
        };
        let Some(bucket) = self.waiting.pop_front() else {
            let text = if self.place == Place::Start { "{\"buckets\":{}}" } else { "}}" };
            self.place = Place::End;
            return Ok(Some(text.to_owned()));
        };
        self.place = Place::Inside;
        let name = json!(bucket.name.as_str());
        let text = format!("{before}{name}:{},\"events\":[", bucket_json(&bucket, None));
        let everything = EventRange {
            from: Timestamp::EARLIEST,
            to: Timestamp::LATEST,
            before: None,
            limit: usize::MAX,
        };
        let pages = Pages::new(self.door.clone(), bucket.device, bucket.name, everything);
        self.open = Some((pages, false));
        Ok(Some(text))
    }
}

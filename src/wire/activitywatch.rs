//! The JSON of ActivityWatch's REST interface, read as strictly and printed as exactly as aw-server 0.12.0 does it.
//!
//! | shape     | fields                                                                                   |
//! |-----------|------------------------------------------------------------------------------------------|
//! | event     | `id`, `timestamp` (RFC 3339), `duration` (seconds), `data` (object); nothing else        |
//! | bucket    | `id`, `created`, `name`, `type`, `client`, `hostname`, `data`, in lists `last_updated`   |
//! | export    | `{"buckets": {id: bucket with "events"}}`                                                |

mod browser;
mod bucket;
mod event;
mod import;
mod redaction;
mod time;

pub use browser::Browser;
pub use bucket::{BucketChange, NewBucket, bucket_change, bucket_json, info_json, new_bucket};
pub use event::{WithId, clipped, event_json, new_event, new_events, pulsetime, unnumbered};
pub use import::{
    BadImport, ImportedBucket, LARGEST_ITEM_BYTES, MOST_BUCKETS, Portion, read_import,
    read_portions,
};
pub use redaction::{Redacted, fitting, redact};
pub use time::{instant, instant_json, window_end};

use thiserror::Error;

use super::json::BadJson;
use crate::domain::text::BadText;

/// JSON that is not the shape it should be. Each reads as one sentence with a next step.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum BadShape {
    /// Not JSON at all, or free data out of bounds.
    #[error(transparent)]
    Json(#[from] BadJson),
    /// A field is not there.
    #[error("The field `{0}` is missing. Send it.")]
    Missing(&'static str),
    /// A field or parameter is not what it should be.
    #[error("`{field}` must be {rule}.")]
    Wrong {
        /// Which.
        field: &'static str,
        /// What it should be.
        rule: &'static str,
    },
    /// A field nobody knows.
    #[error("The field `{0}` is not known here. Leave it out.")]
    Unknown(String),
    /// A text breaks its rule.
    #[error("`{field}` cannot be taken. {text}")]
    Text {
        /// Which.
        field: &'static str,
        /// The rule it breaks.
        text: BadText,
    },
}

impl BadShape {
    const fn wrong(field: &'static str, rule: &'static str) -> Self {
        Self::Wrong { field, rule }
    }
}

//! What an error looks like on the wire: `application/problem+json` (RFC 9457) with a stable code and a next step.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The media type.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// Why a request was not answered as asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// `urn:timebook:problem:` and the code.
    #[serde(rename = "type")]
    pub kind: String,
    /// The status in words.
    pub title: String,
    /// The status.
    pub status: u16,
    /// Stable, for programs.
    pub code: String,
    /// What is wrong, one or two sentences for a person.
    pub detail: String,
    /// What to do about it, one sentence.
    pub next: String,
    /// With a batch that came too early: the signed receipt (base64) that says where the stream stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<String>,
    /// To a computer whose person is erased: the signed order (base64) to erase its own copy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<String>,
    /// With something that somebody else changed meanwhile: its version now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u64>,
    /// Which field of what was sent it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
}

impl Problem {
    /// A problem of this status and code.
    pub fn new(status: u16, title: &str, code: &str, detail: String, next: String) -> Self {
        Self {
            kind: format!("urn:timebook:problem:{code}"),
            title: title.to_owned(),
            status,
            code: code.to_owned(),
            detail,
            next,
            receipt: None,
            order: None,
            version: None,
            field: None,
        }
    }
}

//! Customers.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::rfc3339;
use crate::domain::customer;
use crate::domain::sync::Synced;

/// Whom the office works for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Customer {
    /// For ever.
    pub id: String,
    /// Grows with each change; what `ETag` says and `If-Match` asks for.
    pub version: u64,
    /// When it was made.
    #[schema(format = DateTime)]
    pub created: String,
    /// When it was last changed.
    #[schema(format = DateTime)]
    pub modified: String,
    /// Since when it is gone; only a history shows such.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub deleted: Option<String>,
    /// Unique among customers, whatever its case.
    pub name: String,
    /// `#` and six hexadecimal digits.
    pub colour: Option<String>,
    /// What else there is to know.
    pub note: String,
    /// No longer offered for new work.
    pub archived: bool,
}

/// What is sent to add a customer or to change one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CustomerFields {
    /// Unique among customers, whatever its case.
    pub name: String,
    /// `#` and six hexadecimal digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub colour: Option<String>,
    /// What else there is to know.
    #[serde(default)]
    pub note: String,
    /// No longer offered for new work.
    #[serde(default)]
    pub archived: bool,
}

impl From<&Synced<customer::Customer>> for Customer {
    fn from(record: &Synced<customer::Customer>) -> Self {
        let customer = &record.body;
        Self {
            id: record.id.to_string(),
            version: record.meta.changed_seq,
            created: rfc3339(record.meta.created),
            modified: rfc3339(record.meta.stamp.modified),
            deleted: record.meta.deleted.map(rfc3339),
            name: customer.name.to_string(),
            colour: customer.colour.map(|colour| colour.to_string()),
            note: customer.note.to_string(),
            archived: customer.archived,
        }
    }
}

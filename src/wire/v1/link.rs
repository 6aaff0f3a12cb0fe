//! One-time links for people.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::rfc3339;
use crate::domain::link;

/// One more link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewLink {
    /// `reset` for a new password, `join` for a new person.
    pub purpose: String,
    /// The sign-in name it is for.
    pub name: String,
    /// With `join`: `employee`, `manager` or `administrator`; `employee` when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// The address it is mailed to; nobody else sees the link then. With `reset`, `account` is the address in the person's account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mail_to: Option<String>,
}

/// A link was made.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LinkMade {
    /// For lists and withdrawal.
    pub id: String,
    /// What is given to the person; shown once, and not at all when it is mailed. The secret stands in its fragment.
    pub link: Option<String>,
    /// Is it on its way by mail?
    pub mailed: bool,
    /// Why it could not be mailed, and what to do; left out when nothing went wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mail_error: Option<String>,
    /// When it ends.
    #[schema(format = DateTime)]
    pub expires: String,
}

/// A link that can still be used, without its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Link {
    /// For withdrawal.
    pub id: String,
    /// `reset` or `join`.
    pub purpose: String,
    /// The sign-in name it is for.
    pub name: String,
    /// When it was made.
    #[schema(format = DateTime)]
    pub created: String,
    /// When it ends.
    #[schema(format = DateTime)]
    pub expires: String,
}

impl Link {
    /// The link for this name.
    pub fn of(link: &link::Link, name: &str) -> Self {
        Self {
            id: link.id.to_string(),
            purpose: link.purpose.name().to_owned(),
            name: name.to_owned(),
            created: rfc3339(link.created),
            expires: rfc3339(link.expires),
        }
    }
}

/// The secret of a link.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkSecret {
    /// It, from the link's fragment.
    pub secret: String,
}

/// What a link is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LinkSeen {
    /// `reset` or `join`.
    pub purpose: String,
    /// The sign-in name it is for.
    pub name: String,
    /// The office's name.
    pub office: Option<String>,
    /// When it ends.
    #[schema(format = DateTime)]
    pub expires: String,
}

/// Using a link.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkUse {
    /// The secret, from the link's fragment.
    pub secret: String,
    /// The new password.
    pub password: String,
    /// With a link to join: where the person's days begin and end, an IANA name; UTC when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
}

/// A link was used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LinkUsed {
    /// What the person signs in with now.
    pub name: String,
}

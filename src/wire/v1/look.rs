//! Looks at somebody else's recorded activity.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{office, rfc3339};
use crate::domain::look;

/// A look at a person's recorded activity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Look {
    /// When.
    #[schema(format = DateTime)]
    pub at: String,
    /// Who looked: `user:ID`, or `local:NAME` at the server's own terminal.
    pub viewer: String,
    /// The viewer's sign-in name, if it is a person who is still known.
    pub viewer_name: Option<String>,
    /// Through what: `report`, or a file: `export` of recorded activity, `entries` of time entries, `person_data` of everything.
    pub what: String,
    /// The begin of what was looked at.
    #[schema(format = DateTime)]
    pub from: String,
    /// Its end, not included.
    #[schema(format = DateTime)]
    pub to: String,
    /// The most that was shown: `hours_only`, `category_totals`, `app_totals`, `full_detail`.
    pub detail: String,
}

impl Look {
    /// The look of whoever has this sign-in name.
    pub fn of(look: &look::Look, viewer: Option<&str>) -> Self {
        Self {
            at: rfc3339(look.at),
            viewer: office::named(&look.viewer),
            viewer_name: viewer.map(str::to_owned),
            what: look.what.to_string(),
            from: rfc3339(look.from),
            to: rfc3339(look.to),
            detail: look.detail.name().to_owned(),
        }
    }
}

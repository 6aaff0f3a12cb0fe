//! Reports of recorded activity.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Totals of one person's recorded activity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ActivityReport {
    /// Whose, by sign-in name.
    pub person: String,
    /// Where their days begin and end.
    pub time_zone: String,
    /// The first day.
    #[schema(format = Date)]
    pub from: String,
    /// The last day, included.
    #[schema(format = Date)]
    pub to: String,
    /// The office's policy: what managers may see.
    pub policy: String,
    /// `apps` when this reader is told apps, else `hours`.
    pub detail: String,
    /// Time with any activity, all days together.
    pub total_ms: u64,
    /// Time an app, all days together, longest first.
    pub apps: Vec<AppTotal>,
    /// Every day of the range, oldest first.
    pub days: Vec<DayReport>,
}

/// One day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DayReport {
    /// Which, in the person's zone.
    #[schema(format = Date)]
    pub date: String,
    /// Time with any activity.
    pub active_ms: u64,
    /// Time an app, longest first.
    pub apps: Vec<AppTotal>,
}

/// Time one app was in front.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AppTotal {
    /// Its name, as the watcher gave it.
    pub app: String,
    /// How long.
    pub ms: u64,
}

impl AppTotal {
    /// All of `apps`, longest first, then by name.
    pub fn sorted(apps: &BTreeMap<String, u64>) -> Vec<Self> {
        let mut all: Vec<Self> =
            apps.iter().map(|(app, ms)| Self { app: app.clone(), ms: *ms }).collect();
        all.sort_by(|a, b| b.ms.cmp(&a.ms).then_with(|| a.app.cmp(&b.app)));
        all
    }
}

//! Totals by something, a day's timeline, and what a search finds.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Totals of one person's recorded activity by application, category, site or computer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ActivityTotals {
    /// Whose, by sign-in name.
    pub person: String,
    /// Where their days begin and end.
    pub time_zone: String,
    /// `app`, `category`, `site` or `device`.
    pub by: String,
    /// The first day.
    #[schema(format = Date)]
    pub from: String,
    /// The last day, included.
    #[schema(format = Date)]
    pub to: String,
    /// The office's policy: what managers may see.
    pub policy: String,
    /// Whether this reader may be told more than hours.
    pub tells: bool,
    /// Time with any activity, all days together.
    pub total_ms: u64,
    /// All days together, longest first.
    pub rows: Vec<Total>,
    /// Every day of the range, oldest first.
    pub days: Vec<DayTotals>,
}

/// One day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DayTotals {
    /// Which, in the person's zone.
    #[schema(format = Date)]
    pub date: String,
    /// Time with any activity.
    pub active_ms: u64,
    /// Longest first.
    pub rows: Vec<Total>,
}

/// Time under one name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Total {
    /// An application, a category (`Work > Mail`), a site, a computer.
    pub name: String,
    /// How long.
    pub ms: u64,
}

/// A day as one remembers it: stretches, with short ones taken into their neighbours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Timeline {
    /// Which day, in one's own zone.
    #[schema(format = Date)]
    pub date: String,
    /// Where it begins and ends.
    pub time_zone: String,
    /// What is shorter is a blip.
    pub blip_seconds: u64,
    /// Oldest first.
    pub stretches: Vec<TimelineStretch>,
    /// As the office keeps things now, titles and addresses of this day stay until then.
    #[schema(format = DateTime)]
    pub detail_until: String,
    /// And everything recorded on it until then.
    #[schema(format = DateTime)]
    pub kept_until: String,
}

/// What striking out came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Struck {
    /// Is there more in the stretch? Then ask again.
    pub more: bool,
}

/// What was in front for a while.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TimelineStretch {
    /// From when.
    #[schema(format = DateTime)]
    pub from: String,
    /// To when.
    #[schema(format = DateTime)]
    pub to: String,
    /// How much of it was recorded, gaps left out.
    pub active_ms: u64,
    /// The application.
    pub app: String,
    /// The title that was longest in front.
    pub title: Option<String>,
    /// One's category, outermost name first.
    pub category: Vec<String>,
    /// On which of one's computers.
    pub computer: String,
    /// How many short stretches were taken in.
    pub blips: u32,
}

/// An event that a search found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FoundEvent {
    /// When it began.
    #[schema(format = DateTime)]
    pub start: String,
    /// How long it lasted.
    pub duration_ms: u64,
    /// The application.
    pub app: Option<String>,
    /// The title.
    pub title: Option<String>,
    /// The page's address.
    pub url: Option<String>,
    /// On which of one's computers.
    pub computer: String,
    /// By which watcher.
    pub bucket: String,
}

//! Recorded activity on the server: the book behind the foreign door, the office's policy about it, and reports.
//!
//! Must never show anybody more than their role and the policy allow, nor somebody else's activity without leaving a trace.

mod activitywatch;
mod book;
mod bring_in;
mod category;
mod compiling;
mod export;
mod holding;
mod look;
mod person_data;
mod policy;
mod redaction;
mod report;
mod search;
mod strike;
mod table;
mod team_activity;
mod timeline;
mod total;

pub use book::{BucketTail, EventPage, Found};
pub use category::{KnownCategories, TreeOf};
pub use export::{ExportRequest, People};
pub use look::NamedLook;
pub use policy::OfficeView;
pub use report::{ActivityReport, Detail, ReportRequest};
pub use search::FoundEvent;
pub use table::Rows;
pub use team_activity::{Each, Named, TeamActivity, TeamActivityRequest, TeamBy};
pub use timeline::Timeline;
pub use total::TotalsReport;

use std::sync::Arc;

use crate::consensus::Door;
use compiling::Compiling;
use look::Looks;
use redaction::Compiled;

/// Recorded activity of the office. Cheap to clone.
#[derive(Clone)]
pub struct Tracking {
    door: Door,
    looks: Arc<Looks>,
    compiled: Arc<Compiled>,
    compiling: Arc<Compiling>,
}

impl Tracking {
    /// The activity behind `door`.
    pub fn new(door: Door) -> Self {
        Self { door, looks: Arc::default(), compiled: Arc::default(), compiling: Arc::default() }
    }
}

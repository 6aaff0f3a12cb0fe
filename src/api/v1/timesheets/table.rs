//! People's weeks as a table: a line a week, its days in order.

use axum::response::Response;

use crate::api::error::Failure;
use crate::api::v1::reports;
use crate::service::book::SheetView;
use crate::wire::csv::decimal_hours;
use crate::wire::v1 as wire;

/// No week is longer.
const MOST_DAYS: usize = 7;
const HEADING: [&str; 14 + MOST_DAYS] = [
    "person",
    "first",
    "last",
    "time_zone",
    "state",
    "locked",
    "ms",
    "hours",
    "day_1_hours",
    "day_2_hours",
    "day_3_hours",
    "day_4_hours",
    "day_5_hours",
    "day_6_hours",
    "day_7_hours",
    "submitted_ms",
    "approved_ms",
    "held",
    "note",
    "changed",
    "by",
];

pub(super) fn sheets(name: &str, views: &[SheetView], bom: bool) -> Result<Response, Failure> {
    let rows: Vec<Vec<String>> = views.iter().map(|view| cells(&super::json(view))).collect();
    reports::csv(name, &HEADING, reports::bom(bom), &rows)
}

fn cells(week: &wire::Timesheet) -> Vec<String> {
    let number = |number: Option<u64>| number.map(|number| number.to_string()).unwrap_or_default();
    let mut cells = vec![
        week.person.clone(),
        week.first.clone(),
        week.last.clone(),
        week.time_zone.clone(),
        week.state.clone(),
        week.locked.to_string(),
        week.total_ms.to_string(),
        decimal_hours(week.total_ms),
    ];
    let mut days = week.days.iter().map(|day| decimal_hours(day.ms));
    cells.extend((0..MOST_DAYS).map(|_| days.next().unwrap_or_default()));
    cells.extend([number(week.submitted_ms), number(week.approved_ms), week.held.to_string()]);
    cells.extend([week.note.clone(), week.changed.clone().unwrap_or_default()]);
    cells.push(week.by.clone().unwrap_or_default());
    cells
}

//! The rows about hours as payroll takes them: weeks, the lock, targets, reports.

use axum::http::Method;
use axum::routing::{delete, get, post, put};

use crate::api::route::Access::{Right, SignedIn};
use crate::api::route::Route;
use crate::api::v1;
use crate::domain::right::Right::{ApproveTime, ManagePeople};
use crate::wire::v1 as wire;

#[rustfmt::skip]
#[expect(clippy::redundant_clone, reason = "every row reads alike, so that rows can be added at the end")]
pub(super) fn rows() -> Vec<Route> {
    let route = Route::new;
    let (read, make, change, remove) = (Method::GET, Method::POST, Method::PUT, Method::DELETE);
    vec![
        route(read.clone(), "/api/v1/timesheets", SignedIn, "Everybody's week that holds a day, or a team's, or what waits for approval", get(v1::timesheets::list))
            .asks(&[("day", false), ("team", false), ("state", false), ("limit", false), ("cursor", false), ("bom", false)]).lists::<wire::Timesheet>().gives_csv(),
        route(read.clone(), "/api/v1/timesheets/{person}", SignedIn, "A person's weeks, oldest first", get(v1::timesheets::weeks))
            .asks(&[("from", true), ("to", true), ("bom", false)]).lists::<wire::Timesheet>().gives_csv(),
        route(read.clone(), "/api/v1/timesheets/{person}/{day}", SignedIn, "A person's week that holds a day", get(v1::timesheets::show))
            .gives::<wire::Timesheet>(200),
        route(make.clone(), "/api/v1/timesheets/{person}/{day}/submit", SignedIn, "Submit a week for approval; its time stays as it is then", post(v1::timesheets::submit))
            .gives::<wire::Timesheet>(200).once().if_match(),
        route(make.clone(), "/api/v1/timesheets/{person}/{day}/withdraw", SignedIn, "Take a submitted week back", post(v1::timesheets::withdraw))
            .gives::<wire::Timesheet>(200).once().if_match(),
        route(make.clone(), "/api/v1/timesheets/{person}/{day}/approve", SignedIn, "Approve a submitted week, for its approvers", post(v1::timesheets::approve))
            .gives::<wire::Timesheet>(200).once().if_match(),
        route(make.clone(), "/api/v1/timesheets/{person}/{day}/send-back", SignedIn, "Send a submitted week back with a note, for its approvers", post(v1::timesheets::send_back))
            .takes::<wire::SheetNote>().gives::<wire::Timesheet>(200).once().if_match(),
        route(make.clone(), "/api/v1/timesheets/{person}/{day}/reopen", Right(ApproveTime), "Open an approved week again, with a note", post(v1::timesheets::reopen))
            .takes::<wire::SheetNote>().gives::<wire::Timesheet>(200).once().if_match(),
        route(read.clone(), "/api/v1/lock", SignedIn, "What the office has closed for everyone", get(v1::locks::show))
            .gives::<wire::Lock>(200),
        route(change.clone(), "/api/v1/lock", Right(ApproveTime), "Close everything before a day", put(v1::locks::advance))
            .takes::<wire::NewLock>().gives::<wire::Lock>(200).once().if_match(),
        route(change.clone(), "/api/v1/lock/back", Right(ApproveTime), "Open what is closed from an earlier day on, or all of it", put(v1::locks::move_back))
            .takes::<wire::NewLock>().gives::<wire::Lock>(200).once().if_match().steps_up(),
        route(read.clone(), "/api/v1/lock/held", SignedIn, "Edits made offline that came too late: their time was closed", get(v1::locks::held))
            .asks(&[("person", false), ("limit", false), ("cursor", false)]).lists::<wire::HeldEdit>(),
        route(remove.clone(), "/api/v1/lock/held/{id}", SignedIn, "Discard an edit that came too late", delete(v1::locks::discard)).once(),
        route(read.clone(), "/api/v1/targets", SignedIn, "A person's targets, and what the office has for everyone else", get(v1::targets::list))
            .asks(&[("person", true)]).gives::<wire::Targets>(200),
        route(read.clone(), "/api/v1/targets/{person}", SignedIn, "What is due from a person from one day to another", get(v1::targets::sum))
            .asks(&[("from", true), ("to", true)]).gives::<wire::TargetSum>(200),
        route(change.clone(), "/api/v1/targets/{person}/{from}", Right(ManagePeople), "Say what a person is to work from a day on", put(v1::targets::set))
            .takes::<wire::NewTarget>().gives::<wire::Targets>(200).once().if_match(),
        route(remove.clone(), "/api/v1/targets/{person}/{from}", Right(ManagePeople), "What counted before that day counts on", delete(v1::targets::remove)).once().if_match(),
        route(read.clone(), "/api/v1/reports/hours", SignedIn, "Hours of the book, by time and by whatever they belong to", get(v1::hours::report))
            .asks(HOURS).gives::<wire::HoursReport>(200).gives_csv(),
        route(read.clone(), "/api/v1/reports/days", SignedIn, "A person's days, each with its gaps and overlaps", get(v1::hours::days))
            .asks(&[("person", true), ("from", true), ("to", true), ("bom", false)]).gives::<wire::DaysReport>(200).gives_csv(),
        route(read.clone(), "/api/v1/reports/budgets", SignedIn, "Budgets of projects and tasks, and for whoever sees everybody's hours, what is left of them", get(v1::budgets::list))
            .asks(&[("project", false), ("archived", false), ("bom", false)]).lists::<wire::Budget>().gives_csv(),
        route(make.clone(), "/api/v1/exports/entries", SignedIn, "Begin to write time entries of a large range as CSV; others' take the right to export", post(v1::exports::entries))
            .takes::<wire::NewEntriesExport>().gives::<wire::Job>(201).steps_up_for_others(),
        route(read.clone(), "/api/v1/reports/saved", SignedIn, "Saved reports: one's own, and those the office shares", get(v1::saved_reports::list))
            .asks(&[("limit", false), ("cursor", false)]).lists::<wire::SavedReport>(),
        route(make.clone(), "/api/v1/reports/saved", SignedIn, "Save a report; sharing it takes the right to see everybody's hours", post(v1::saved_reports::add))
            .takes::<wire::NewSavedReport>().gives::<wire::SavedReport>(201),
        route(change.clone(), "/api/v1/reports/saved/{id}", SignedIn, "Change a saved report of one's own", put(v1::saved_reports::set))
            .takes::<wire::NewSavedReport>().gives::<wire::SavedReport>(200).if_match(),
        route(remove.clone(), "/api/v1/reports/saved/{id}", SignedIn, "Delete a saved report of one's own", delete(v1::saved_reports::delete)).if_match(),
        route(read.clone(), "/api/v1/reports/saved/{id}/hours", SignedIn, "What a saved report comes to, as far as the asker sees", get(v1::saved_reports::hours))
            .asks(&[("bom", false)]).gives::<wire::HoursReport>(200).gives_csv(),
    ]
}

/// The query of a report of hours; each list has commas between.
const HOURS: &[(&str, bool)] = &[
    ("from", false),
    ("to", false),
    ("range", false),
    ("per", false),
    ("by", false),
    ("people", false),
    ("teams", false),
    ("customers", false),
    ("projects", false),
    ("tasks", false),
    ("tags", false),
    ("billable", false),
    ("compare", false),
    ("bom", false),
];

//! The rows about hours as payroll takes them: weeks, the lock.

use axum::http::Method;
use axum::routing::{delete, get, post, put};

use crate::api::route::Access::{Right, SignedIn};
use crate::api::route::Route;
use crate::api::v1;
use crate::domain::right::Right::ApproveTime;
use crate::wire::v1 as wire;

#[rustfmt::skip]
#[expect(clippy::redundant_clone, reason = "every row reads alike, so that rows can be added at the end")]
pub(super) fn rows() -> Vec<Route> {
    let route = Route::new;
    let (read, make, change, remove) = (Method::GET, Method::POST, Method::PUT, Method::DELETE);
    vec![
        route(read.clone(), "/api/v1/timesheets", SignedIn, "Everybody's week that holds a day, or what waits for approval", get(v1::timesheets::list))
            .asks(&[("day", false), ("state", false), ("limit", false), ("cursor", false)]).lists::<wire::Timesheet>(),
        route(read.clone(), "/api/v1/timesheets/{person}", SignedIn, "A person's weeks, oldest first", get(v1::timesheets::weeks))
            .asks(&[("from", true), ("to", true)]).lists::<wire::Timesheet>(),
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
            .takes::<wire::NewLock>().gives::<wire::Lock>(200).once(),
        route(change.clone(), "/api/v1/lock/back", Right(ApproveTime), "Open what is closed from an earlier day on, or all of it", put(v1::locks::move_back))
            .takes::<wire::NewLock>().gives::<wire::Lock>(200).once().steps_up(),
        route(read.clone(), "/api/v1/lock/held", SignedIn, "Edits made offline that came too late: their time was closed", get(v1::locks::held))
            .asks(&[("person", false)]).lists::<wire::HeldEdit>(),
        route(remove.clone(), "/api/v1/lock/held/{id}", SignedIn, "Discard an edit that came too late", delete(v1::locks::discard)).once(),
    ]
}

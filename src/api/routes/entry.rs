//! The rows of time entries and of the running timer.

use axum::http::Method;
use axum::routing::{delete, get, post, put};

use crate::api::route::Access::{Device, SignedIn};
use crate::api::route::Route;
use crate::api::v1::{changes, entries, timer};
use crate::wire::v1 as wire;

#[rustfmt::skip]
#[expect(clippy::redundant_clone, reason = "every row reads alike, so that rows can be added at the end")]
pub(super) fn rows() -> Vec<Route> {
    let route = Route::new;
    let (read, make, change, remove) = (Method::GET, Method::POST, Method::PUT, Method::DELETE);
    vec![
        route(read.clone(), "/api/v1/entries", SignedIn, "Time entries, the last begin first: one's own, or those of people one reaches", get(entries::list))
            .asks(&[("person", false), ("team", false), ("everyone", false), ("from", false), ("to", false), ("customer", false), ("project", false), ("task", false),
                ("tag", false), ("billable", false), ("running", false), ("text", false), ("limit", false), ("cursor", false)])
            .lists::<wire::Entry>(),
        route(make.clone(), "/api/v1/entries", SignedIn, "Add a time entry", post(entries::add))
            .takes::<wire::EntryFields>().gives::<wire::Booked>(201).once(),
        route(read.clone(), "/api/v1/entries/{id}", SignedIn, "One time entry", get(entries::show))
            .gives::<wire::Entry>(200),
        route(change.clone(), "/api/v1/entries/{id}", SignedIn, "Change a time entry", put(entries::set))
            .takes::<wire::EntryFields>().gives::<wire::Booked>(200).once().if_match(),
        route(remove.clone(), "/api/v1/entries/{id}", SignedIn, "Delete a time entry", delete(entries::delete))
            .once().if_match(),
        route(make.clone(), "/api/v1/entries/{id}/duplicate", SignedIn, "The same time entry once more", post(entries::duplicate))
            .takes::<wire::EntryDuplicate>().gives::<wire::Booked>(201).once(),
        route(make.clone(), "/api/v1/entries/{id}/split", SignedIn, "Make two of a time entry; answers with both", post(entries::split))
            .takes::<wire::EntrySplit>().lists::<wire::Entry>().once().if_match(),
        route(make.clone(), "/api/v1/entries/{id}/continue", SignedIn, "Start a timer on the same as a time entry", post(entries::continue_it))
            .gives::<wire::Booked>(201).once(),
        route(read.clone(), "/api/v1/entries/{id}/history", SignedIn, "The versions of a time entry, newest first", get(entries::history))
            .lists::<wire::Version>(),
        route(make.clone(), "/api/v1/entries/{id}/undo", SignedIn, "Bring back what was before the last change of a time entry", post(entries::undo))
            .gives::<wire::Booked>(200).once().if_match(),
        route(read.clone(), "/api/v1/timer", SignedIn, "One's running timer", get(timer::show))
            .gives::<wire::Timer>(200),
        route(make.clone(), "/api/v1/timer", SignedIn, "Start a timer; the one that runs ends there", post(timer::start))
            .takes::<wire::TimerFields>().gives::<wire::Booked>(201).once(),
        route(make.clone(), "/api/v1/timer/stop", SignedIn, "Stop the timer", post(timer::stop))
            .takes::<wire::TimerStop>().gives::<wire::Booked>(200).once(),
        route(read.clone(), "/api/v1/timer/copy", Device, "What changed since, for the copy of the book on a person's computer", get(changes::copy))
            .asks(&[("since", false), ("epoch", false), ("limit", false), ("cursor", false)]).gives::<wire::ComputerCopy>(200),
        route(remove.clone(), "/api/v1/timer", SignedIn, "Delete the timer that runs", delete(timer::discard)).once(),
    ]
}

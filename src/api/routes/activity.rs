//! The rows about recorded activity: totals by something, one's own day, search, categories.

use axum::http::Method;
use axum::routing::{delete, get, post, put};

use crate::api::route::Access::{Device, Right, SignedIn};
use crate::api::route::Route;
use crate::api::v1;
use crate::domain::right::Right::ManageServer;
use crate::wire::v1 as wire;

#[rustfmt::skip]
#[expect(clippy::redundant_clone, reason = "every row reads alike, so that rows can be added at the end")]
pub(super) fn rows() -> Vec<Route> {
    let route = Route::new;
    let (read, make, change, remove) = (Method::GET, Method::POST, Method::PUT, Method::DELETE);
    vec![
        route(read.clone(), "/api/v1/reports/activity/totals", SignedIn, "Totals of a person's recorded activity by app, category, site or device, as far as the policy shows them", get(v1::activity::totals))
            .asks(&[("person", false), ("from", true), ("to", true), ("by", true), ("bom", false)]).gives::<wire::ActivityTotals>(200).gives_csv(),
        route(read.clone(), "/api/v1/reports/activity/team", SignedIn, "Recorded activity of everybody one sees: hours a month or day, by application or category as far as the policy shows them", get(v1::team_activity::team_activity))
            .asks(&[("from", true), ("to", true), ("per", false), ("by", false), ("team", false)]).gives::<wire::TeamActivity>(200),
        route(read.clone(), "/api/v1/activity/timeline", SignedIn, "One's own day: what was in front when, short stretches taken into their neighbours", get(v1::activity::timeline))
            .asks(&[("date", true), ("blip_seconds", false)]).gives::<wire::Timeline>(200),
        route(read.clone(), "/api/v1/activity/search", SignedIn, "One's own events with a text in application, title or address, newest first", get(v1::activity::search))
            .asks(&[("text", true), ("from", false), ("to", false), ("limit", false), ("cursor", false)]).lists::<wire::FoundEvent>(),
        route(remove.clone(), "/api/v1/activity", SignedIn, "Strike out a stretch of one's own recorded activity, for good; events that reach beyond it keep the rest", delete(v1::activity::strike))
            .asks(&[("from", true), ("to", true)]).gives::<wire::Struck>(200),
        route(read.clone(), "/api/v1/retention", SignedIn, "How long each kind of data is kept", get(v1::retention::list))
            .lists::<wire::Retention>(),
        route(read.clone(), "/api/v1/retention/{kind}", Right(ManageServer), "What a limit would remove, or what the one that holds removes next", get(v1::retention::preview))
            .asks(&[("limit", false)]).gives::<wire::Retention>(200),
        route(change.clone(), "/api/v1/retention/{kind}", Right(ManageServer), "Set a limit, having seen what it removes; the daily round removes it", put(v1::retention::set))
            .takes::<wire::NewRetention>().gives::<wire::Retention>(200).steps_up(),
        route(make.clone(), "/api/v1/imports/activitywatch", SignedIn, "Begin to bring an export of ActivityWatch into what a token of one's own records into", post(v1::imports::activitywatch))
            .asks(&[("device", true)]).takes_bytes().gives::<wire::Job>(201),
        route(make, "/api/v1/exports/activitywatch", SignedIn, "Begin to write one's own recorded activity as a file that ActivityWatch imports", post(v1::exports::activitywatch))
            .gives::<wire::Job>(201),
        route(read.clone(), "/api/v1/categories", SignedIn, "The categories that hold for oneself", get(v1::categories::show))
            .gives::<wire::Categories>(200),
        route(read.clone(), "/api/v1/categories/device", Device, "The categories that hold for a computer's person, for the computer", get(v1::categories::show_at_computer))
            .gives::<wire::Categories>(200),
        route(change.clone(), "/api/v1/categories", SignedIn, "Make categories of one's own", put(v1::categories::set))
            .takes::<wire::NewCategories>().gives::<wire::Categories>(200).if_match(),
        route(remove.clone(), "/api/v1/categories", SignedIn, "Back to the office's categories", delete(v1::categories::reset)).if_match(),
        route(read.clone(), "/api/v1/office/categories", SignedIn, "The office's categories", get(v1::categories::show_office))
            .gives::<wire::Categories>(200),
        route(change.clone(), "/api/v1/office/categories", Right(ManageServer), "Set the office's categories", put(v1::categories::set_office))
            .takes::<wire::NewCategories>().gives::<wire::Categories>(200).steps_up().if_match(),
        route(remove.clone(), "/api/v1/office/categories", Right(ManageServer), "Back to the categories everybody begins with", delete(v1::categories::reset_office)).steps_up().if_match(),
    ]
}

//! The rows of the office's book: catalog, changes, events.

use axum::http::Method;
use axum::routing::{delete, get, post, put};

use crate::api::route::Access::{Right, SignedIn};
use crate::api::route::Route;
use crate::api::v1::{self, catalog};
use crate::domain::customer::Customer;
use crate::domain::project::Project;
use crate::domain::right::Right::ManageBook;
use crate::domain::tag::Tag;
use crate::domain::task::Task;
use crate::wire::v1 as wire;

#[rustfmt::skip]
#[expect(clippy::redundant_clone, reason = "every row reads alike, so that rows can be added at the end")]
pub(super) fn rows() -> Vec<Route> {
    let route = Route::new;
    let (read, make, change, remove) = (Method::GET, Method::POST, Method::PUT, Method::DELETE);
    vec![
        route(read.clone(), "/api/v1/customers", SignedIn, "Customers one may book on, oldest first", get(v1::customers::list))
            .asks(&[("archived", false), ("limit", false), ("cursor", false)]).lists::<wire::Customer>(),
        route(make.clone(), "/api/v1/customers", Right(ManageBook), "Add a customer", post(catalog::add::<Customer>))
            .takes::<wire::CustomerFields>().gives::<wire::Customer>(201).once(),
        route(read.clone(), "/api/v1/customers/{id}", SignedIn, "One customer", get(catalog::show::<Customer>))
            .gives::<wire::Customer>(200),
        route(change.clone(), "/api/v1/customers/{id}", Right(ManageBook), "Change a customer", put(catalog::set::<Customer>))
            .takes::<wire::CustomerFields>().gives::<wire::Customer>(200).once().if_match(),
        route(remove.clone(), "/api/v1/customers/{id}", Right(ManageBook), "Delete a customer nothing stands on", delete(catalog::delete::<Customer>))
            .once().if_match(),
        route(read.clone(), "/api/v1/customers/{id}/history", Right(ManageBook), "The versions of a customer, newest first", get(catalog::history::<Customer>))
            .lists::<wire::Version>(),
        route(make.clone(), "/api/v1/customers/{id}/undo", Right(ManageBook), "Bring back what was before the last change of a customer", post(catalog::undo::<Customer>))
            .gives::<wire::Customer>(200).once().if_match(),
        route(read.clone(), "/api/v1/projects", SignedIn, "Projects one may book on, oldest first", get(v1::projects::list))
            .asks(&[("archived", false), ("customer", false), ("limit", false), ("cursor", false)]).lists::<wire::Project>(),
        route(make.clone(), "/api/v1/projects", Right(ManageBook), "Add a project", post(catalog::add::<Project>))
            .takes::<wire::ProjectFields>().gives::<wire::Project>(201).once(),
        route(read.clone(), "/api/v1/projects/{id}", SignedIn, "One project", get(catalog::show::<Project>))
            .gives::<wire::Project>(200),
        route(change.clone(), "/api/v1/projects/{id}", Right(ManageBook), "Change a project", put(catalog::set::<Project>))
            .takes::<wire::ProjectFields>().gives::<wire::Project>(200).once().if_match(),
        route(remove.clone(), "/api/v1/projects/{id}", Right(ManageBook), "Delete a project nothing stands on", delete(catalog::delete::<Project>))
            .once().if_match(),
        route(read.clone(), "/api/v1/projects/{id}/history", Right(ManageBook), "The versions of a project, newest first", get(catalog::history::<Project>))
            .lists::<wire::Version>(),
        route(make.clone(), "/api/v1/projects/{id}/undo", Right(ManageBook), "Bring back what was before the last change of a project", post(catalog::undo::<Project>))
            .gives::<wire::Project>(200).once().if_match(),
        route(read.clone(), "/api/v1/tasks", SignedIn, "Tasks one may book on, oldest first", get(v1::tasks::list))
            .asks(&[("archived", false), ("done", false), ("project", false), ("parent", false), ("limit", false), ("cursor", false)]).lists::<wire::Task>(),
        route(make.clone(), "/api/v1/tasks", Right(ManageBook), "Add a task", post(catalog::add::<Task>))
            .takes::<wire::TaskFields>().gives::<wire::Task>(201).once(),
        route(read.clone(), "/api/v1/tasks/{id}", SignedIn, "One task", get(catalog::show::<Task>))
            .gives::<wire::Task>(200),
        route(change.clone(), "/api/v1/tasks/{id}", Right(ManageBook), "Change a task", put(catalog::set::<Task>))
            .takes::<wire::TaskFields>().gives::<wire::Task>(200).once().if_match(),
        route(remove.clone(), "/api/v1/tasks/{id}", Right(ManageBook), "Delete a task nothing stands on", delete(catalog::delete::<Task>))
            .once().if_match(),
        route(read.clone(), "/api/v1/tasks/{id}/history", Right(ManageBook), "The versions of a task, newest first", get(catalog::history::<Task>))
            .lists::<wire::Version>(),
        route(make.clone(), "/api/v1/tasks/{id}/undo", Right(ManageBook), "Bring back what was before the last change of a task", post(catalog::undo::<Task>))
            .gives::<wire::Task>(200).once().if_match(),
        route(read.clone(), "/api/v1/tags", SignedIn, "Tags one may book on, oldest first", get(v1::tags::list))
            .asks(&[("archived", false), ("limit", false), ("cursor", false)]).lists::<wire::Tag>(),
        route(make.clone(), "/api/v1/tags", Right(ManageBook), "Add a tag", post(catalog::add::<Tag>))
            .takes::<wire::TagFields>().gives::<wire::Tag>(201).once(),
        route(read.clone(), "/api/v1/tags/{id}", SignedIn, "One tag", get(catalog::show::<Tag>))
            .gives::<wire::Tag>(200),
        route(change.clone(), "/api/v1/tags/{id}", Right(ManageBook), "Change a tag", put(catalog::set::<Tag>))
            .takes::<wire::TagFields>().gives::<wire::Tag>(200).once().if_match(),
        route(remove.clone(), "/api/v1/tags/{id}", Right(ManageBook), "Delete a tag nothing stands on", delete(catalog::delete::<Tag>))
            .once().if_match(),
        route(read.clone(), "/api/v1/tags/{id}/history", Right(ManageBook), "The versions of a tag, newest first", get(catalog::history::<Tag>))
            .lists::<wire::Version>(),
        route(make.clone(), "/api/v1/tags/{id}/undo", Right(ManageBook), "Bring back what was before the last change of a tag", post(catalog::undo::<Tag>))
            .gives::<wire::Tag>(200).once().if_match(),
        route(read.clone(), "/api/v1/changes", SignedIn, "What changed since, for whoever keeps a copy: customers, projects, tasks, tags, entries, timesheets, the lock, held edits, targets, saved reports, teams, users, the office and its settings, computers, redaction rules and categories, as far as the caller may see them. Whatever else there is is read at its desk, page by page: an event says when to look again", get(v1::changes::list))
            .asks(&[("since", false), ("epoch", false), ("nouns", false), ("limit", false), ("cursor", false)]).gives::<wire::Changes>(200),
        route(read.clone(), "/api/v1/events", SignedIn, "What changes, as it happens: server-sent events; the first, `ready`, has the server_epoch, and `refetch` when `epoch` says another; with a `mark` from an earlier answer also the next, and in `changed` the sorts of what changed between them, when that is known", get(v1::events::listen))
            .asks(&[("nouns", false), ("epoch", false)]).gives_other("text/event-stream"),
    ]
}

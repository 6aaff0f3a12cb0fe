//! One row of the table of routes: what it is, who may call it, and the guard that makes sure.

use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::Method;
use axum::http::request::Parts;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::MethodRouter;
use utoipa::ToSchema;
use utoipa::openapi::{RefOr, Schema};

use super::error::Failure;
use super::{Services, auth, browser, once, version};
use crate::domain::right::Right;
use crate::domain::token::Scope;
use crate::net::Peer;
use crate::service::Principal;

/// A route of `/api/v1` that has not begun to answer by then never will.
const PATIENCE: Duration = Duration::from_secs(60);
/// The same where a large file comes first.
const LONG_PATIENCE: Duration = Duration::from_secs(60 * 60);

/// Who may call a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    /// Everyone.
    Public,
    /// Whoever signed in or has a token with the scope.
    SignedIn,
    /// The same, with this right.
    Right(Right),
    /// An enrolled computer with its certificate.
    Device,
}

/// A JSON shape in the description of the API.
#[derive(Clone, Copy)]
pub(super) struct Shape {
    pub(super) name: fn() -> String,
    pub(super) collect: fn(&mut Vec<(String, RefOr<Schema>)>),
    pub(super) is_list: bool,
}

impl Shape {
    pub(super) fn of<T: ToSchema>() -> Self {
        Self { name: || T::name().into_owned(), collect: collect::<T>, is_list: false }
    }
}

fn collect<T: ToSchema>(schemas: &mut Vec<(String, RefOr<Schema>)>) {
    schemas.push((T::name().into_owned(), T::schema()));
    T::schemas(schemas);
}

/// One row of the table.
pub(super) struct Route {
    pub(super) method: Method,
    pub(super) path: &'static str,
    pub(super) access: Access,
    /// Must a session have proven lately who it is?
    pub(super) steps_up: bool,
    /// Must it only where it is about somebody else? Its handler sees to that.
    pub(super) steps_up_for_others: bool,
    /// Does it answer whoever sees how the server is doing, also while that is out of service?
    pub(super) while_stopped: bool,
    /// For so long its answer is waited for.
    pub(super) patience: Duration,
    /// What it does, one line.
    pub(super) about: &'static str,
    /// The query it takes, by name, with whether it must be there.
    pub(super) query: &'static [(&'static str, bool)],
    pub(super) takes: Option<Shape>,
    /// The media type of what it takes when that is not JSON.
    pub(super) takes_bytes: bool,
    /// Does its command carry the idempotency key? Else its answer is kept.
    pub(super) once: bool,
    /// Does it take the version the caller looked at?
    pub(super) if_match: bool,
    pub(super) gives: Option<Shape>,
    /// The media type of what it gives when that is not JSON of a shape.
    pub(super) gives_other: Option<&'static str>,
    /// Does it answer with a table, too, for whoever accepts `text/csv`?
    pub(super) gives_csv: bool,
    /// Does it answer with lines of JSON, too?
    pub(super) gives_lines: bool,
    pub(super) status: u16,
    handler: MethodRouter<Services>,
}

impl Route {
    pub(super) fn new(
        method: Method,
        path: &'static str,
        access: Access,
        about: &'static str,
        handler: MethodRouter<Services>,
    ) -> Self {
        let (takes, gives, takes_bytes) = (None, None, false);
        Self {
            method,
            path,
            access,
            steps_up: false,
            steps_up_for_others: false,
            while_stopped: false,
            patience: PATIENCE,
            about,
            query: &[],
            takes,
            takes_bytes,
            once: false,
            if_match: false,
            gives,
            gives_other: None,
            gives_csv: false,
            gives_lines: false,
            status: 204,
            handler,
        }
    }

    /// Only for who has just shown who they are.
    pub(super) fn steps_up(self) -> Self {
        Self { steps_up: true, ..self }
    }

    /// Also while the server is out of service, for whoever sees how it is doing.
    pub(super) fn while_stopped(self) -> Self {
        Self { while_stopped: true, ..self }
    }

    /// It takes what may be large, over a line that may be slow.
    pub(super) fn takes_long(self) -> Self {
        Self { patience: LONG_PATIENCE, ..self }
    }

    /// The same, but only where it is about somebody else.
    pub(super) fn steps_up_for_others(self) -> Self {
        Self { steps_up_for_others: true, ..self }
    }

    pub(super) fn asks(self, query: &'static [(&'static str, bool)]) -> Self {
        Self { query, ..self }
    }

    pub(super) fn takes<T: ToSchema>(self) -> Self {
        Self { takes: Some(Shape::of::<T>()), ..self }
    }

    /// Does it take an idempotency key?
    pub(super) fn takes_key(&self) -> bool {
        !self.method.is_safe() && matches!(self.access, Access::SignedIn | Access::Right(_))
    }

    /// The command of a request with an idempotency key carries it.
    pub(super) fn once(self) -> Self {
        Self { once: true, ..self }
    }

    /// Refuses to change another version than the caller looked at.
    pub(super) fn if_match(self) -> Self {
        Self { if_match: true, ..self }
    }

    pub(super) fn takes_bytes(self) -> Self {
        Self { takes_bytes: true, ..self }
    }

    pub(super) fn gives<T: ToSchema>(self, status: u16) -> Self {
        Self { gives: Some(Shape::of::<T>()), status, ..self }
    }

    pub(super) fn lists<T: ToSchema>(self) -> Self {
        let shape = Shape { is_list: true, ..Shape::of::<T>() };
        Self { gives: Some(shape), status: 200, ..self }
    }

    /// Answers with something of this media type and no shape.
    pub(super) fn gives_other(self, media_type: &'static str) -> Self {
        Self { gives_other: Some(media_type), status: 200, ..self }
    }

    /// Answers with a table, too.
    pub(super) fn gives_csv(self) -> Self {
        Self { gives_csv: true, ..self }
    }

    /// Answers with lines of JSON, too.
    pub(super) fn gives_lines(self) -> Self {
        Self { gives_lines: true, ..self }
    }

    /// The handler behind its guard.
    pub(super) fn guarded(self, services: &Services) -> MethodRouter<Services> {
        let terms = Terms {
            access: self.access,
            steps_up: self.steps_up,
            once: self.once,
            if_match: self.if_match,
            while_stopped: self.while_stopped,
            patience: self.patience,
        };
        self.handler.route_layer(from_fn_with_state((services.clone(), terms), guard))
    }
}

/// On which terms a route is open.
#[derive(Clone, Copy)]
struct Terms {
    access: Access,
    steps_up: bool,
    once: bool,
    if_match: bool,
    while_stopped: bool,
    patience: Duration,
}

async fn guard(
    State((services, terms)): State<(Services, Terms)>,
    request: Request,
    next: Next,
) -> Response {
    let (mut parts, body) = request.into_parts();
    let is_stopped = services.power.stopped().is_some();
    if is_stopped && !terms.while_stopped {
        return Failure::stopped().into_response();
    }
    let principal = match admit(&services, terms, &parts).await {
        Ok(principal) => principal,
        Err(failure) => return failure.into_response(),
    };
    if is_stopped && terms.access != Access::Public && !principal.may(Right::ViewServer) {
        return Failure::stopped().into_response();
    }
    parts.extensions.insert(principal.clone());
    let keeps = !terms.once && !parts.method.is_safe();
    let request = Request::from_parts(parts, body);
    let answer = async {
        if keeps {
            once::answer(&services, &principal, request, next).await
        } else {
            next.run(request).await
        }
    };
    let answer = tokio::time::timeout(terms.patience, answer).await;
    answer.unwrap_or_else(|_| Failure::timeout().into_response())
}

/// Who is asking, if they may ask for a route on these terms.
async fn admit(services: &Services, terms: Terms, request: &Parts) -> Result<Principal, Failure> {
    let Terms { access, steps_up, .. } = terms;
    let Some(peer) = request.extensions.get::<Peer>() else {
        return Err(Failure::internal("The connection does not say who is at its other end."));
    };
    let is_known = matches!(access, Access::SignedIn | Access::Right(_));
    if !is_known && !request.method.is_safe() {
        once::must_be_absent(&request.headers)?;
    }
    if access == Access::Device {
        return auth::device(peer);
    }
    let takes_no_version = !terms.if_match && !request.method.is_safe();
    let principal = auth::principal(services, peer, &request.headers).await?;
    may_ask(access, &principal, services.power.stopped().is_some())?;
    let scope = if request.method.is_safe() { Scope::Read } else { Scope::Manage };
    if access != Access::Public && !principal.has_scope(scope) {
        return Err(Failure::forbidden("This token may not be used for this."));
    }
    // A token or the admin socket is never sent by a browser on its own.
    let by_itself = principal.token().is_none() && !matches!(principal, Principal::Local(_));
    if by_itself {
        browser::check_write(&request.method, &request.uri, &request.headers)?;
    }
    if takes_no_version {
        version::must_be_absent(&request.headers)?;
    }
    if steps_up {
        services.accounts.must_be_proven(&principal, (services.now)()).await?;
    }
    Ok(principal)
}

fn may_ask(access: Access, principal: &Principal, is_stopped: bool) -> Result<(), Failure> {
    match access {
        Access::Public => Ok(()),
        // That it is out of service is the better answer, and the guard gives it.
        _ if is_stopped && !principal.may(Right::ViewServer) => Ok(()),
        _ if !principal.is_signed_in() => {
            Err(Failure::unauthenticated("You are not signed in here."))
        }
        Access::Right(right) if !principal.may(right) => {
            Err(Failure::forbidden("You do not have the right to do this."))
        }
        Access::SignedIn | Access::Right(_) | Access::Device => Ok(()),
    }
}

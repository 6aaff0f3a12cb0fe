//! What stands between the doors and the house: it lets requests through to whichever house is open, so that one can be closed and
//! another opened behind it while no connection ends.
//!
//! Must never answer by itself what could be answered later: a foreign client throws away what it is told is an error.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tower::ServiceExt;

use crate::api;
use crate::net::{Draining, Tracked};

/// What stands before the house. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Front {
    shown: Arc<watch::Sender<Shown>>,
    /// Recordings that wait for the server to come back, each on a connection of its own.
    held: Arc<Semaphore>,
}

/// What is behind.
#[derive(Clone)]
enum Shown {
    /// Nothing, for a moment: one house closes, another one opens.
    Nothing,
    /// A house that is out of service.
    Resting(Behind),
    /// One that serves.
    Working(Behind),
}

/// A house, and who is in it.
#[derive(Clone)]
struct Behind {
    router: Router,
    /// One place a request: all of them are free when nobody is in it.
    places: Arc<Semaphore>,
    drains: Arc<watch::Sender<bool>>,
}

impl Front {
    pub(crate) fn new() -> Self {
        let held = Arc::new(Semaphore::new(MOST_HELD));
        Self { shown: Arc::new(watch::Sender::new(Shown::Nothing)), held }
    }

    /// Lets requests in to a house that serves, those that waited for it too.
    pub(crate) fn work(&self, router: Router) {
        self.shown.send_replace(Shown::Working(Behind::new(router)));
    }

    /// Lets requests in to a house that is out of service; recordings wait.
    pub(crate) fn rest(&self, router: Router) {
        self.shown.send_replace(Shown::Resting(Behind::new(router)));
    }

    /// Lets nobody in any more, tells long answers to end, and waits at most `patience` until nobody is inside.
    pub(crate) async fn shut(&self, patience: Duration) {
        match self.shown.send_replace(Shown::Nothing) {
            Shown::Nothing => {}
            // Only short looks, and the one wish that has it shut.
            Shown::Resting(behind) => drop(behind.drains.send_replace(true)),
            Shown::Working(behind) => {
                behind.drains.send_replace(true);
                let empty = behind.places.acquire_many(PLACES);
                if tokio::time::timeout(patience, empty).await.is_err() {
                    tracing::warn!("some requests did not end in time and are broken off");
                }
            }
        }
    }

    /// What the doors hand every request to.
    pub(crate) fn router(&self) -> Router {
        let front = self.clone();
        Router::new().fallback(move |request: Request| {
            let front = front.clone();
            async move { front.answer(request).await }
        })
    }

    async fn answer(&self, request: Request) -> Response {
        let now = self.shown.borrow().clone();
        if let Shown::Working(behind) = now {
            return behind.answer(request).await;
        }
        let draining = request.extensions().get::<Draining>().cloned();
        let open = self.next(draining.clone(), |shown| !matches!(shown, Shown::Nothing));
        match open.await {
            Some(Shown::Working(behind)) => behind.answer(request).await,
            Some(Shown::Resting(behind)) => {
                if !api::brings_activity(&request) {
                    return behind.answer(request).await;
                }
                let Ok(_place) = self.held.try_acquire() else {
                    return behind.answer(request).await;
                };
                match self.next(draining, |shown| matches!(shown, Shown::Working(_))).await {
                    Some(Shown::Working(behind)) => behind.answer(request).await,
                    _ => gone(),
                }
            }
            Some(Shown::Nothing) | None => gone(),
        }
    }

    /// Waits until what is behind is as wanted; `None` when the process ends before that.
    async fn next(
        &self,
        draining: Option<Draining>,
        is_wanted: impl FnMut(&Shown) -> bool,
    ) -> Option<Shown> {
        let mut news = self.shown.subscribe();
        tokio::select! {
            next = news.wait_for(is_wanted) => next.map(|shown| shown.clone()).ok(),
            () = ends(draining) => None,
        }
    }
}

impl Behind {
    fn new(router: Router) -> Self {
        let places = Arc::new(Semaphore::new(PLACES as usize));
        Self { router, places, drains: Arc::new(watch::Sender::new(false)) }
    }

    async fn answer(&self, mut request: Request) -> Response {
        let Ok(place) = Arc::clone(&self.places).acquire_owned().await else { return gone() };
        if let Some(draining) = request.extensions_mut().remove::<Draining>() {
            request.extensions_mut().insert(draining.or(self.drains.subscribe()));
        }
        match self.router.clone().oneshot(request).await {
            Ok(answer) => answer.map(|body| Body::new(Inside::new(body, place))),
            Err(never) => match never {},
        }
    }
}

/// An answer on its way, in its place.
type Inside = Tracked<Body, OwnedSemaphorePermit>;

async fn ends(draining: Option<Draining>) {
    match draining {
        Some(mut draining) => draining.begun().await,
        None => std::future::pending().await,
    }
}

/// Nothing opens any more: this process is at its end.
fn gone() -> Response {
    let mut answer = Response::new(Body::empty());
    *answer.status_mut() = http::StatusCode::SERVICE_UNAVAILABLE;
    answer
}

/// As many foreign clients' requests as the door takes at once anyway; a door has several times as many connections.
const MOST_HELD: usize = 1_000;
/// More requests than connections can bring.
const PLACES: u32 = 1 << 28;

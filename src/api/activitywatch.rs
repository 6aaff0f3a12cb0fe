//! The ActivityWatch door on the server: the same routes as on an agent, with the office's book behind them and a token in front.
//!
//! A token records into its own pseudo-device and sees nothing else. Passwords are never looked at.

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};

use super::error::Failure;
use super::{Services, auth};
use crate::compat::activitywatch::book::{Book, BookError, BucketView, EventRange, Info, Lookup};
use crate::compat::activitywatch::{Limits, RecordsInto, for_browsers, router as door};
use crate::domain::activity::{ActivityCommand, Event, EventId};
use crate::domain::command::Command;
use crate::domain::id::DeviceId;
use crate::domain::outcome::Outcome;
use crate::domain::setting::SettingCommand;
use crate::domain::text::{BucketName, CanonicalJson, SettingKey};
use crate::domain::time::Timestamp;
use crate::domain::token::Scope;
use crate::service::Principal;
use crate::service::error::ServiceError;
use crate::service::tracking::{BucketTail, EventPage, Found, Tracking};

/// A token is looked up this often while the server cannot tell. A heartbeat's is looked up without end: a foreign client throws away
/// what was answered with an error.
const TRIES: u32 = 20;
const TRY_AGAIN: std::time::Duration = std::time::Duration::from_millis(500);

/// The door's routes, complete with `/api/0`.
pub(super) fn router(services: &Services) -> Router {
    let book = OfficeBook { tracking: services.tracking.clone(), now: services.now };
    let limits = Limits {
        import_bytes: services.import_bytes,
        ..Limits::new(services.import_folder.as_ref().clone())
    };
    for_browsers(door(book, limits).layer(from_fn_with_state(services.clone(), admit)))
}

/// Says which device a good token records into. Without one the door itself answers 401.
async fn admit(State(services): State<Services>, mut request: Request, next: Next) -> Response {
    let waits_for_ever = is_heartbeat(request.uri().path());
    let mut tries = 1;
    let found = loop {
        match auth::foreign(&services, request.headers()).await {
            Err(ServiceError::Busy(_)) if waits_for_ever || tries < TRIES => {
                tries = tries.saturating_add(1);
                tokio::time::sleep(TRY_AGAIN).await;
            }
            found => break found,
        }
    };
    match found {
        Ok(principal) => {
            if let Some(device) = principal.as_ref().and_then(records_into) {
                request.extensions_mut().insert(RecordsInto(device));
            }
        }
        Err(error) => {
            return Failure::from(error).into_response();
        }
    }
    next.run(request).await
}

/// Does a foreign client bring what was recorded? It throws away what is answered with an error, and waits as long as it takes.
pub fn brings_activity(request: &Request) -> bool {
    request.uri().path().starts_with("/api/0/") && !request.method().is_safe()
}

fn is_heartbeat(path: &str) -> bool {
    path.trim_end_matches('/').ends_with("/heartbeat")
}

fn records_into(principal: &Principal) -> Option<DeviceId> {
    let token = principal.token()?;
    principal.has_scope(Scope::Record).then_some(token.device)
}

/// The office's book, as the door reads and writes it.
#[derive(Clone)]
struct OfficeBook {
    tracking: Tracking,
    now: fn() -> Timestamp,
}

impl Book for OfficeBook {
    async fn info(&self, device: DeviceId) -> Result<Info, BookError> {
        let name = self.tracking.device_name(device).await?;
        let hostname = name.map(|name| name.to_string()).unwrap_or_default();
        Ok(Info { hostname, device })
    }

    async fn buckets(&self, device: DeviceId) -> Result<Vec<BucketView>, BookError> {
        Ok(self.tracking.buckets(device).await?.into_iter().map(view).collect())
    }

    async fn bucket(
        &self,
        device: DeviceId,
        name: BucketName,
    ) -> Result<Option<BucketView>, BookError> {
        Ok(self.tracking.bucket(device, name).await?.map(view))
    }

    async fn events(
        &self,
        device: DeviceId,
        name: BucketName,
        range: EventRange,
    ) -> Result<Option<Vec<Event>>, BookError> {
        let EventRange { from, to, before, limit } = range;
        let page = EventPage { from, to, before, limit };
        Ok(self.tracking.events(device, name, page).await?)
    }

    async fn event(
        &self,
        device: DeviceId,
        name: BucketName,
        id: EventId,
    ) -> Result<Lookup, BookError> {
        Ok(match self.tracking.event(device, name, id).await? {
            Found::Event(event) => Lookup::Event(event),
            Found::NoEvent => Lookup::NoEvent,
            Found::NoBucket => Lookup::NoBucket,
        })
    }

    async fn count(
        &self,
        device: DeviceId,
        name: BucketName,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Option<u64>, BookError> {
        Ok(self.tracking.count(device, name, from, to).await?)
    }

    async fn change(
        &self,
        device: DeviceId,
        command: ActivityCommand,
    ) -> Result<Outcome, BookError> {
        let command = Command::Activity(command);
        Ok(self.tracking.record(device, command, (self.now)()).await?)
    }

    async fn settings(
        &self,
        device: DeviceId,
    ) -> Result<Vec<(SettingKey, CanonicalJson)>, BookError> {
        Ok(self.tracking.settings(device).await?)
    }

    async fn setting(
        &self,
        device: DeviceId,
        key: SettingKey,
    ) -> Result<Option<CanonicalJson>, BookError> {
        Ok(self.tracking.setting(device, key).await?)
    }

    async fn change_setting(
        &self,
        device: DeviceId,
        command: SettingCommand,
    ) -> Result<Outcome, BookError> {
        let command = Command::Setting(command);
        Ok(self.tracking.record(device, command, (self.now)()).await?)
    }
}

fn view(tail: BucketTail) -> BucketView {
    BucketView { bucket: tail.bucket, newest: tail.newest, oldest: None }
}

impl From<ServiceError> for BookError {
    fn from(error: ServiceError) -> Self {
        match error {
            ServiceError::Busy(_) => Self::Unavailable,
            other => Self::Failed(other.sentence()),
        }
    }
}

//! What the Server Manager knows of the server: asked anew each second, the list of the page in view only.

use std::path::Path;

use http::{HeaderMap, Method, StatusCode};
use serde_json::Value;

use super::screen::Page;
use crate::cli::actor::Names;
use crate::cli::backup;
use crate::cli::call::SOCKET;
use crate::net::admin::{AdminError, admin_request};
use crate::service::backup::Backups;

/// One look at the server.
#[derive(Debug, Default)]
pub(super) struct Facts {
    /// Whose list it is.
    pub(super) page: Page,
    /// How it is doing.
    pub(super) standing: Standing,
    /// The page's list, newest first where there is a time.
    pub(super) items: Vec<Value>,
    /// Who people are, where the list names them by id.
    pub(super) names: Names,
}

/// How the server is doing.
#[derive(Debug, Default)]
pub(super) enum Standing {
    /// Not looked yet.
    #[default]
    Unknown,
    /// What `GET /server/status` says.
    Runs(Value),
    /// Nobody answers.
    Down,
    /// It answers, but not with what was asked for.
    Odd(String),
}

impl Facts {
    pub(super) async fn gather(data: &Path, page: Page) -> Facts {
        let mut facts = Facts { page, ..Facts::default() };
        facts.standing = match facts.look(&data.join(SOCKET)).await {
            Ok(status) => Standing::Runs(status),
            Err(Unread::Down) => {
                facts.look_into_folder(data).await;
                Standing::Down
            }
            Err(Unread::Odd(sentence)) => Standing::Odd(sentence),
        };
        facts
    }

    /// With nobody there to ask, the backups are looked at as they lie there: that keeps no server from starting.
    async fn look_into_folder(&mut self, data: &Path) {
        if self.page != Page::Backups {
            return;
        }
        let folder = Backups::new(data).folder();
        let listed = tokio::task::spawn_blocking(move || Backups::list(&folder)).await;
        if let Ok(Ok(listed)) = listed {
            self.items = listed.iter().map(backup::item).collect();
        }
    }

    async fn look(&mut self, socket: &Path) -> Result<Value, Unread> {
        let status = ask(socket, "/api/v1/server/status").await?;
        let Some(path) = self.page.path() else { return Ok(status) };
        if let Value::Array(items) = ask(socket, path).await?["items"].take() {
            self.items = items;
        }
        if self.page == Page::Log {
            self.names = Names::of_users(&ask(socket, "/api/v1/users?limit=500").await?);
        }
        Ok(status)
    }
}

enum Unread {
    Down,
    Odd(String),
}

async fn ask(socket: &Path, path: &str) -> Result<Value, Unread> {
    match admin_request(socket, Method::GET, path, None, &HeaderMap::new()).await {
        Ok((StatusCode::OK, answer)) => {
            serde_json::from_slice(&answer).map_err(|error| Unread::Odd(error.to_string()))
        }
        Ok((status, answer)) => {
            let problem: Value = serde_json::from_slice(&answer).unwrap_or_default();
            let told = problem["detail"].as_str().map(str::to_owned);
            Err(Unread::Odd(told.unwrap_or_else(|| format!("The server answered with {status}."))))
        }
        Err(AdminError::NotRunning(_)) => Err(Unread::Down),
        Err(error) => Err(Unread::Odd(error.to_string())),
    }
}

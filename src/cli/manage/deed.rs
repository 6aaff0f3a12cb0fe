//! What the Server Manager does, each as one sentence afterwards.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use http::Method;
use serde_json::json;

use crate::cli::arguments::{Common, ServeArguments};
use crate::cli::background;
use crate::cli::call::{SOCKET, call, call_or_found, part};
use crate::cli::config::Config;
use crate::cli::exit::Failure;
use crate::cli::service::{serve_words, start_over};
use crate::cli::user::{recovery_told, system_zone};

/// One of them.
#[derive(PartialEq, Eq)]
pub(super) enum Deed {
    /// Starts a server that is down.
    Start,
    /// Ends a session, by its id.
    EndSession(String),
    /// Cancels a job, by its id.
    CancelJob(String),
    /// Adds an administrator.
    AddAdministrator { name: String, password: String },
}

impl std::fmt::Debug for Deed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // A password may be in it.
        f.write_str(self.told())
    }
}

impl Deed {
    /// While it is under way.
    pub(super) fn told(&self) -> &'static str {
        match self {
            Deed::Start => "Starting the server",
            Deed::EndSession(_) => "Ending the session",
            Deed::CancelJob(_) => "Cancelling the job",
            Deed::AddAdministrator { .. } => "Adding the administrator",
        }
    }
}

/// What deeds are done with.
#[derive(Clone)]
pub(super) struct Desk(Arc<Inside>);

struct Inside {
    config: Config,
    socket: PathBuf,
    /// The command line of a server started from here.
    serve: Vec<OsString>,
}

impl Desk {
    pub(super) fn new(
        common: &Common,
        config: &Config,
        serve: &ServeArguments,
    ) -> Result<Desk, Failure> {
        let data = std::path::absolute(&config.data).map_err(Failure::failed)?;
        let serve = serve_words(common, serve, &data)?;
        let config = Config { data, ..config.clone() };
        let socket = config.data.join(SOCKET);
        Ok(Desk(Arc::new(Inside { config, socket, serve })))
    }

    pub(super) fn data(&self) -> &Path {
        &self.0.config.data
    }

    pub(super) fn socket(&self) -> &Path {
        &self.0.socket
    }

    pub(super) async fn do_it(&self, deed: Deed) -> Result<String, Failure> {
        let Inside { config, serve, .. } = &*self.0;
        match deed {
            Deed::Start => {
                if start_over(&config.data).await? {
                    return Ok("The service has started.".to_owned());
                }
                background::start(config, serve).await
            }
            Deed::EndSession(id) => {
                let path = format!("/api/v1/sessions/{}", part(&id));
                call(config, Method::DELETE, &path, None).await?;
                Ok("The session has ended.".to_owned())
            }
            Deed::CancelJob(id) => {
                let path = format!("/api/v1/jobs/{}/cancel", part(&id));
                call(config, Method::POST, &path, None).await?;
                Ok("The job does not run any more.".to_owned())
            }
            Deed::AddAdministrator { name, password } => {
                let body = json!({ "name": name, "password": password, "role": "administrator", "time_zone": system_zone() });
                let answer =
                    call_or_found(config, Method::POST, "/api/v1/users", Some(body)).await?;
                let added = format!("Added {name} as administrator.");
                Ok(match recovery_told(&answer) {
                    Some(code) => format!("{added}\n\n{code}"),
                    None => added,
                })
            }
        }
    }
}

//! What the Server Manager does, each as one sentence afterwards.

use std::ffi::OsString;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;

use http::Method;
use serde_json::json;

use crate::cli::arguments::{Common, ServeArguments};
use crate::cli::background;
use crate::cli::call::{call, call_or_found, part};
use crate::cli::config::Config;
use crate::cli::exit::Failure;
use crate::cli::service::{serve_words, start_over};
use crate::cli::user::{recovery_told, system_zone};
use crate::service::backup::Backups;

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
    /// Takes the server out of service.
    Stop,
    /// Takes it into service again.
    IntoService,
    /// Makes a backup, with the server up or down.
    BackUp,
    /// Looks whether a backup is sound, by its name.
    VerifyBackup(String),
    /// Has the server put a backup back, by its name.
    Restore(String),
    /// Puts a backup back with the server down, by its name.
    RestoreHere(String),
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
            Deed::Stop => "Taking the server out of service",
            Deed::IntoService => "Taking the server into service",
            Deed::BackUp => "Making a backup",
            Deed::VerifyBackup(_) => "Looking whether the backup is sound",
            Deed::Restore(_) | Deed::RestoreHere(_) => "Putting the backup back",
        }
    }
}

/// What deeds are done with.
#[derive(Clone)]
pub(super) struct Desk(Arc<Inside>);

struct Inside {
    config: Config,
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
        Ok(Desk(Arc::new(Inside { config, serve })))
    }

    pub(super) fn data(&self) -> &Path {
        &self.0.config.data
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
            Deed::Stop => {
                call(config, Method::POST, "/api/v1/server/stop", Some(json!({}))).await?;
                Ok("The server goes out of service; its folder may be copied then.".to_owned())
            }
            Deed::IntoService => {
                call(config, Method::POST, "/api/v1/server/start", None).await?;
                Ok("The server is in service.".to_owned())
            }
            Deed::BackUp => backup(config, &["create"]).await,
            Deed::VerifyBackup(name) => {
                let file = Backups::new(&config.data).folder().join(name);
                backup(config, &["verify", &file.to_string_lossy()]).await
            }
            Deed::RestoreHere(name) => {
                let file = Backups::new(&config.data).folder().join(name);
                backup(config, &["restore", &file.to_string_lossy()]).await
            }
            Deed::Restore(name) => {
                let path = format!("/api/v1/backups/{}/restore", part(&name));
                call(config, Method::POST, &path, None).await?;
                Ok("It is verified, then put back; see Status for what came of it.".to_owned())
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

/// `timebook backup` as a process of its own, as in a terminal: what it says last, without the bar it draws meanwhile.
async fn backup(config: &Config, words: &[&str]) -> Result<String, Failure> {
    let program = std::env::current_exe().map_err(Failure::failed)?;
    let mut command = tokio::process::Command::new(program);
    command.arg("backup").args(words).arg("--data").arg(&config.data).kill_on_drop(true);
    let done = command.stdin(Stdio::null()).output().await.map_err(Failure::failed)?;
    let last = |text: &[u8]| {
        let text = String::from_utf8_lossy(text);
        let line = text.lines().rev().find(|line| !line.trim().is_empty());
        line.map(|line| line.trim_start_matches("timebook: ").to_owned()).unwrap_or_default()
    };
    if !done.status.success() {
        return Err(Failure::failed(last(&done.stderr)));
    }
    // The first line says what was done; what follows says what to do next.
    let told = String::from_utf8_lossy(&done.stdout);
    Ok(told.lines().next().unwrap_or_default().to_owned())
}

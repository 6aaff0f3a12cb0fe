//! `timebook icon`: the server's icon in the notification area of the computer it is installed on. It shows Started or Stopped and opens
//! Server Status; it is no part of the server, so that it can show that the server is stopped.

use std::time::Duration;

use http::{HeaderMap, Method};

use super::call::SOCKET;
use super::config::Config;
use super::exit::Failure;
use super::serve::LISTEN_FILE;
use crate::icon::{Choice, Face, Icon, Tone, open_in_browser, speaks_german};
use crate::net::admin::admin_request;

/// The server is asked this often.
const LOOK_EVERY: Duration = Duration::from_secs(3);
/// The server's page with its status.
const STATUS: &str = "/server";

/// Shows the icon until the session ends.
pub(crate) async fn run(config: &Config) -> Result<(), Failure> {
    let german = speaks_german();
    let mut shown = face(is_started(config).await, german);
    let (icon, mut choices) = Icon::show(shown.clone()).await.map_err(|error| {
        Failure::failed(format!(
            "There is no icon: {error}. Start it within your desktop's session."
        ))
    })?;
    loop {
        if !icon.is_shown() {
            return Ok(());
        }
        let now = face(is_started(config).await, german);
        if now != shown {
            shown = now;
            icon.change(shown.clone()).await;
        }
        if let Ok(Some(_)) = tokio::time::timeout(LOOK_EVERY, choices.recv()).await
            && let Err(error) = open_in_browser(&page(config))
        {
            tracing::error!(%error, "the browser could not be opened");
        }
    }
}

/// Does the server take requests?
async fn is_started(config: &Config) -> bool {
    let socket = config.data.join(SOCKET);
    let headers = HeaderMap::new();
    let asked = admin_request(&socket, Method::GET, "/readyz", None, &headers);
    matches!(tokio::time::timeout(LOOK_EVERY, asked).await, Ok(Ok((status, _))) if status.is_success())
}

/// The page on this computer; where the server would be, while it is stopped.
fn page(config: &Config) -> String {
    let listen = std::fs::read_to_string(config.data.join(LISTEN_FILE)).unwrap_or_default();
    let base = listen.lines().next().map_or_else(
        || format!("https://127.0.0.1:{}", config.server.listen.port()),
        str::to_owned,
    );
    format!("{base}{STATUS}")
}

fn face(started: bool, german: bool) -> Face {
    let say = |english: &str, words: &str| if german { words } else { english }.to_owned();
    let (tone, title) = match started {
        true => (Tone::Good, say("Timebook Server: Started", "Timebook-Server: Gestartet")),
        false => (Tone::Stopped, say("Timebook Server: Stopped", "Timebook-Server: Angehalten")),
    };
    let open = Choice { label: say("Open Server Status", "Serverstatus öffnen"), does: "open" };
    Face { id: "timebook-server", title, tone, lines: Vec::new(), choices: vec![open] }
}

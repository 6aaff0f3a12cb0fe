//! `timebook icon`: the server's icon in the notification area of the computer it is installed on. It shows Started or Stopped, who is on,
//! opens Server Status, stops and starts; it is no part of the server, so that it can show that the server is stopped.

use std::time::Duration;

use http::{HeaderMap, Method};
use serde_json::json;

use super::call::{SOCKET, call};
use super::config::Config;
use super::exit::Failure;
use super::serve::LISTEN_FILE;
use crate::icon::{Choice, Face, Icon, Tone, open_in_browser, speaks_german};
use crate::net::admin::admin_request;
use crate::wire::v1::ServerStatus;

/// The server is asked this often.
const LOOK_EVERY: Duration = Duration::from_secs(3);
/// How the server is doing, for the menu.
const STATUS: &str = "/api/v1/server/status";
const OPEN: &str = "open";
const STOP: &str = "stop";
const START: &str = "start";
/// So many seconds everybody is warned of a stop from the menu.
const GRACE_S: u64 = 60;
/// The same for whoever looks: the page Server Status.
const PAGE: &str = "/server";

/// Shows the icon until the session ends.
pub(crate) async fn run(config: &Config) -> Result<(), Failure> {
    let german = speaks_german();
    let mut shown = face(standing(config).await.as_ref(), german);
    let (icon, mut choices) = Icon::show(shown.clone()).await.map_err(|error| {
        Failure::failed(format!(
            "There is no icon: {error}. Start it within your desktop's session."
        ))
    })?;
    loop {
        if !icon.is_shown() {
            return Ok(());
        }
        let now = face(standing(config).await.as_ref(), german);
        if now != shown {
            shown = now;
            icon.change(shown.clone()).await;
        }
        if let Ok(Some(does)) = tokio::time::timeout(LOOK_EVERY, choices.recv()).await
            && let Err(failure) = act(config, does).await
        {
            tracing::error!("{failure}");
        }
    }
}

async fn act(config: &Config, does: &str) -> Result<(), Failure> {
    match does {
        // A menu asks no questions: whoever chose it by mistake has a minute to call it off, and everybody is warned.
        STOP => {
            let end = json!({ "grace_s": GRACE_S });
            call(config, Method::POST, "/api/v1/server/stop", Some(end)).await.map(drop)
        }
        START => call(config, Method::POST, "/api/v1/server/start", None).await.map(drop),
        _ => open_in_browser(&page(config))
            .map_err(|error| Failure::failed(format!("The browser could not be opened: {error}."))),
    }
}

/// What the server says of itself; nothing while it takes no requests.
async fn standing(config: &Config) -> Option<Standing> {
    let told = ask(config, STATUS).await.and_then(|body| serde_json::from_slice(&body).ok());
    if told.is_none() {
        // Started is started, also where the rest cannot be told.
        ask(config, "/readyz").await?;
    }
    Some(Standing(told))
}

/// A server that answers.
struct Standing(Option<ServerStatus>);

impl Standing {
    fn state(&self) -> &str {
        self.0.as_ref().map_or("started", |told| told.state.as_str())
    }
}

async fn ask(config: &Config, path: &str) -> Option<Vec<u8>> {
    let socket = config.data.join(SOCKET);
    let headers = HeaderMap::new();
    let asked = admin_request(&socket, Method::GET, path, None, &headers);
    match tokio::time::timeout(LOOK_EVERY, asked).await {
        Ok(Ok((status, body))) if status.is_success() => Some(body.to_vec()),
        _ => None,
    }
}

/// The page on this computer; where the server would be, while it is stopped.
fn page(config: &Config) -> String {
    let listen = std::fs::read_to_string(config.data.join(LISTEN_FILE)).unwrap_or_default();
    let base = listen.lines().next().map_or_else(
        || format!("https://127.0.0.1:{}", config.server.listen.port()),
        str::to_owned,
    );
    format!("{}{PAGE}", base.trim_end_matches('/'))
}

fn face(server: Option<&Standing>, german: bool) -> Face {
    let say = |english: &str, words: &str| if german { words } else { english }.to_owned();
    let state = server.map_or("down", Standing::state);
    let (tone, title) = if ["started", "warned"].contains(&state) {
        (Tone::Good, say("Timebook Server: Started", "Timebook-Server: Gestartet"))
    } else {
        (Tone::Stopped, say("Timebook Server: Stopped", "Timebook-Server: Angehalten"))
    };
    let lines = server.and_then(|server| server.0.as_ref()).map_or_else(Vec::new, |told| {
        vec![
            format!("{}: {}", say("People signed in", "Angemeldet"), told.users),
            format!(
                "{}: {}/{}",
                say("Computers in touch", "Computer in Verbindung"),
                told.computers_in_touch,
                told.computers
            ),
        ]
    });
    let choice = |label, does| Choice { label, does };
    let mut choices = vec![choice(say("Open Server Status", "Serverstatus öffnen"), OPEN)];
    choices.extend(match state {
        "started" => Some(choice(say("Stop in a minute", "In einer Minute anhalten"), STOP)),
        "warned" => Some(choice(say("Call the stop off", "Das Anhalten absagen"), START)),
        "stopped" => Some(choice(say("Start", "Starten"), START)),
        // It ends, or nobody is there to be asked.
        _ => None,
    });
    Face { id: "timebook-server", title, tone, lines, choices }
}

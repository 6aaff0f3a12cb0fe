//! The agent's icon in the notification area: recording or not, what is not sent yet, and the menu of pauses.
//!
//! Without a notification area there is none, one line in the log says so, and nothing else is different.

use std::time::Duration;

use jiff::tz::TimeZone;
use tokio::sync::mpsc::UnboundedReceiver;

use super::AgentError;
use super::folder::Folder;
use super::page;
use super::pause::{Wish, pause};
use super::running;
use super::status::Status;
use crate::clock;
use crate::icon::{Choice, Face, Icon, Tone, open_in_browser, speaks_german};
use crate::wire::v1::to_the_minute;

/// How things stand is looked at this often: a pause may begin and end elsewhere.
const LOOK_EVERY: Duration = Duration::from_secs(3);

/// Without a bus it is looked for one again so often at first, and then twice as seldom each time.
const TRY_AGAIN: Duration = Duration::from_secs(5);
const TRY_AGAIN_AT_LAST: Duration = Duration::from_secs(600);

/// Keeps the icon as things stand, until the future is dropped: anew, when the session gets another bus.
pub(super) async fn keep(folder: Folder) {
    let german = speaks_german();
    let (mut wait, mut told) = (TRY_AGAIN, false);
    loop {
        let shown = face(&folder, german);
        match Icon::show(shown.clone()).await {
            Ok((icon, choices)) => {
                (wait, told) = (TRY_AGAIN, false);
                show(&folder, german, icon, shown, choices).await;
                tracing::info!("no icon any more: the session's bus is gone");
            }
            Err(error) if !told => {
                told = true;
                tracing::info!("no icon: {error}");
            }
            Err(_) => {}
        }
        tokio::time::sleep(wait).await;
        wait = (wait * 2).min(TRY_AGAIN_AT_LAST);
    }
}

/// Until the bus is gone.
async fn show(
    folder: &Folder,
    german: bool,
    icon: Icon,
    mut shown: Face,
    mut choices: UnboundedReceiver<&'static str>,
) {
    while icon.is_shown() {
        let now = face(folder, german);
        if now != shown {
            shown = now;
            icon.change(shown.clone()).await;
        }
        if let Ok(Some(does)) = tokio::time::timeout(LOOK_EVERY, choices.recv()).await
            && let Err(error) = act(folder, does)
        {
            tracing::warn!(%error, "what was chosen at the icon could not be done");
        }
    }
}

fn act(folder: &Folder, does: &str) -> Result<(), AgentError> {
    if does == OPEN {
        // Here the system tells who asks: the page needs no key in a list of processes.
        let door = running::door(folder)?.ok_or(AgentError::NotRunning)?;
        return open_in_browser(&format!("http://{door}{}", page::PATH))
            .map_err(AgentError::System);
    }
    pause(folder, Wish::parse(does)?, clock::now(), &TimeZone::system()).map(drop)
}

/// What is sent for the page; everything else is a wish to pause.
const OPEN: &str = "open";

fn face(folder: &Folder, german: bool) -> Face {
    match Status::now(folder) {
        Ok(status) => of(&status, german, &TimeZone::system()),
        Err(error) => Face {
            id: ID,
            title: error.to_string(),
            tone: Tone::Stopped,
            lines: Vec::new(),
            choices: Vec::new(),
        },
    }
}

const ID: &str = "timebook-agent";

fn of(status: &Status, german: bool, zone: &TimeZone) -> Face {
    let say = |english: &str, words: &str| if german { words } else { english }.to_owned();
    let (tone, title) = match &status.paused_until {
        Some(until) if until.starts_with("until") => {
            (Tone::Paused, say("Paused until you say", "Pause, bis Sie es sagen"))
        }
        Some(until) => {
            let until = to_the_minute(until, zone);
            (Tone::Paused, format!("{} {until}", say("Paused until", "Pause bis")))
        }
        None if status.recording => (Tone::Good, say("Recording", "Zeichnet auf")),
        None => (Tone::Stopped, say("Not recording", "Zeichnet nicht auf")),
    };
    let unsent = format!("{}: {}", say("Not sent yet", "Noch nicht gesendet"), status.waiting);
    let choice = |does: &'static str, english: &str, words: &str| Choice {
        label: say(english, words),
        does,
    };
    let mut choices = vec![choice(OPEN, "Open…", "Öffnen…")];
    if status.paused_until.is_some() {
        choices.push(choice("off", "Record again", "Wieder aufzeichnen"));
    }
    choices.extend([
        choice("15m", "Pause for 15 minutes", "15 Minuten pausieren"),
        choice("1h", "Pause for an hour", "Eine Stunde pausieren"),
        choice("today", "Pause for today", "Für heute pausieren"),
        choice("on", "Pause until I say", "Pausieren, bis ich es sage"),
    ]);
    Face { id: ID, title, tone, lines: vec![unsent], choices }
}

//! The agent's icon in the notification area: what the agent's own page shows, in a few lines, and the menu of pauses.
//!
//! Without a notification area there is none, one line in the log says so, and nothing else is different.

mod lines;

use std::time::Duration;

use jiff::tz::TimeZone;
use tokio::sync::mpsc::UnboundedReceiver;

use self::lines::Standing;
use super::AgentError;
use super::book::ActivityBook;
use super::folder::Folder;
use super::page;
use super::pause::{Wish, pause};
use super::running;
use super::track::{self, Ask};
use crate::clock;
use crate::icon::{Face, Icon, Tone, open_in_browser, speaks_german};

/// How things stand is looked at this often: a pause may begin and end elsewhere.
const LOOK_EVERY: Duration = Duration::from_secs(3);

/// Without a bus it is looked for one again so often at first, and then twice as seldom each time.
const TRY_AGAIN: Duration = Duration::from_secs(5);
const TRY_AGAIN_AT_LAST: Duration = Duration::from_secs(600);

/// Keeps the icon as things stand, until the future is dropped: anew, when the session gets another bus.
pub(super) async fn keep(folder: Folder, book: ActivityBook) {
    let german = speaks_german();
    let (mut wait, mut told) = (TRY_AGAIN, false);
    loop {
        let shown = face(&folder, &book, german).await;
        match Icon::show(shown.clone()).await {
            Ok((icon, choices)) => {
                (wait, told) = (TRY_AGAIN, false);
                show((&folder, &book), german, icon, shown, choices).await;
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
    (folder, book): (&Folder, &ActivityBook),
    german: bool,
    icon: Icon,
    mut shown: Face,
    mut choices: UnboundedReceiver<&'static str>,
) {
    while icon.is_shown() {
        let now = face(folder, book, german).await;
        if now != shown {
            shown = now;
            icon.change(shown.clone()).await;
        }
        if let Ok(Some(does)) = tokio::time::timeout(LOOK_EVERY, choices.recv()).await
            && let Err(error) = act(folder, book, does).await
        {
            tracing::warn!(%error, "what was chosen at the icon could not be done");
        }
    }
}

async fn act(folder: &Folder, book: &ActivityBook, does: &str) -> Result<(), AgentError> {
    if does == STOP_TIMER {
        return track::do_it(book, Ask::Stop { at_ms: None }).await.map(drop);
    }
    if does == OPEN {
        // Here the system tells who asks: the page needs no key in a list of processes.
        let door = running::door(folder)?.ok_or(AgentError::NotRunning)?;
        return open_in_browser(&format!("http://{door}{}", page::PATH))
            .map_err(AgentError::System);
    }
    pause(folder, Wish::parse(does)?, clock::now(), &TimeZone::system()).map(drop)
}

/// What is sent for the page.
const OPEN: &str = "open";
/// What is sent for the timer; everything else is a wish to pause.
const STOP_TIMER: &str = "stop-timer";

const ID: &str = "timebook-agent";

async fn face(folder: &Folder, book: &ActivityBook, german: bool) -> Face {
    match Standing::now(folder, book).await {
        Ok(standing) => lines::face(&standing, german, &TimeZone::system()),
        Err(error) => Face {
            id: ID,
            title: error.to_string(),
            tone: Tone::Stopped,
            lines: Vec::new(),
            choices: Vec::new(),
        },
    }
}

//! Refreshing this computer's copy of the office's book, after the server was heard.
//!
//! Whatever goes wrong here leaves the copy as it is; it is tried again with the next answer.

use serde::Deserialize;

use crate::agent::book::Closed;
use crate::agent::sync::Sync;
use crate::agent::track::{Standing, Took, take_in, throw_away};
use crate::clock;
use crate::domain::time::{MINUTE_MS, SECOND_MS, Timestamp};
use crate::net::client::{Answer, Ask};
use crate::wire::v1::ComputerCopy;

/// The copy is refreshed this often while the server is heard, and whenever something edited here was delivered.
const REFRESH_EVERY_MS: u64 = MINUTE_MS;
/// A copy that was refreshed within this is fresh enough for whoever asks.
const FRESH_MS: u64 = 2 * SECOND_MS;
/// Records in a page.
const RECORDS_A_PAGE: usize = 500;
/// No page is longer.
const MOST_PAGE_BYTES: usize = 8 * 1024 * 1024;
/// No copy has more pages.
const MOST_PAGES: usize = 400;

impl Sync {
    /// Refreshes the copy, if it is time to.
    pub(super) async fn refresh(&mut self, server: usize) -> Result<(), Closed> {
        let now = clock::now();
        let is_recent = |last: Timestamp| last <= now && now.ms_since(last) < REFRESH_EVERY_MS;
        let before = match self.book.look_at_copy().await {
            Ok((before, unsettled)) if unsettled || !self.refreshed.is_some_and(is_recent) => {
                before
            }
            Ok(_) => return Ok(()),
            Err(error) => {
                tracing::warn!(%error, "the copy of the office's book could not be read");
                return Ok(());
            }
        };
        match self.fetch(server, before, now).await? {
            Ok(Took::Complete) => self.refreshed = Some(now),
            // The next answer brings all of it.
            Ok(Took::Stale) => self.refreshed = None,
            Err(why) => {
                // Not with every answer: what is wrong now is wrong in a moment, too.
                self.refreshed = Some(now);
                tracing::warn!("the copy of the office's book could not be refreshed: {why}");
            }
        }
        Ok(())
    }

    /// Refreshes the copy because somebody waits for it; not again and again.
    pub(in crate::agent) async fn refresh_at_once(&mut self) -> Result<(), Closed> {
        let now = clock::now();
        let is_fresh = |last: Timestamp| last <= now && now.ms_since(last) < FRESH_MS;
        // A copy that is thrown away is asked for once more.
        for _ in 0..2 {
            if !self.refreshed.is_some_and(is_fresh) {
                self.refreshed = None;
                self.refresh(self.answered).await?;
            }
        }
        self.book.wishes().tried();
        Ok(())
    }

    async fn fetch(
        &self,
        server: usize,
        before: Standing,
        now: Timestamp,
    ) -> Result<Result<Took, String>, Closed> {
        // Of a server that was restored meanwhile it may say the numbers of changes that never were: that is told by the epoch.
        let epoch = before.epoch().map_or_else(String::new, |epoch| format!("&epoch={epoch}"));
        let mut path = format!("{PATH}?since={}&limit={RECORDS_A_PAGE}{epoch}", before.since);
        let mut pages = Vec::new();
        loop {
            let ask = Ask { max_answer: MOST_PAGE_BYTES, ..Ask::get(&path) };
            let page = match self.speak_at_length(server, ask).await {
                Ok(answer) => page(&answer),
                Err(error) => Err(error.to_string()),
            };
            let page = match page {
                Ok(Some(page)) => page,
                Ok(None) => return self.begin_anew().await,
                Err(why) => return Ok(Err(why)),
            };
            let next = page.changes.next.clone();
            pages.push(page);
            match next {
                // Only what belongs into a query comes from the server.
                Some(next) if pages.len() < MOST_PAGES && is_cursor(&next) => {
                    path = format!("{PATH}?limit={RECORDS_A_PAGE}{epoch}&cursor={next}");
                }
                Some(_) => return Ok(Err("it is larger than this program keeps".to_owned())),
                None => break,
            }
        }
        let took = self.book.write(move |desk| match desk.erased {
            // Nothing comes back of what was erased.
            true => Ok(Some(Took::Complete)),
            false => take_in(desk.writer, &before, &pages, now),
        });
        let took = took.await?;
        Ok(took.ok_or_else(|| "something in it does not read".to_owned()))
    }

    /// What was deleted since is not known any more: the copy goes, and comes anew from the beginning.
    async fn begin_anew(&self) -> Result<Result<Took, String>, Closed> {
        self.book.write(|desk| throw_away(desk.writer)).await?;
        Ok(Ok(Took::Stale))
    }
}

const PATH: &str = "/api/v1/timer/copy";
/// The code by which the server says that it does not know any more what was deleted since this copy was made.
const TOO_OLD_CODE: &str = "copy_too_old";

/// The code of a problem.
#[derive(Deserialize)]
struct Problem {
    code: String,
}

/// A page; none when the copy is too old to go on with.
fn page(answer: &Answer) -> Result<Option<ComputerCopy>, String> {
    if answer.status.is_success() {
        return serde_json::from_slice(&answer.body).map(Some).map_err(|error| error.to_string());
    }
    let problem: Option<Problem> = serde_json::from_slice(&answer.body).ok();
    match problem {
        Some(problem) if problem.code == TOO_OLD_CODE => Ok(None),
        _ => Err(format!("the server answered {}", answer.status)),
    }
}

fn is_cursor(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

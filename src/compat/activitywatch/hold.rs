//! Waiting for a book that cannot be reached just now.

use std::future::Future;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::book::BookError;
use super::problem::Problem;

/// The first wait; each further one is twice as long.
const SHORTEST_WAIT: Duration = Duration::from_millis(20);
/// No wait is longer: the book may be back any moment.
const LONGEST_WAIT: Duration = Duration::from_secs(1);

/// How long a client that would notice an error waits with us.
pub(super) const A_WHILE: Duration = Duration::from_secs(30);

/// Tries until the book answers; ends with the client's connection, because then the whole request is dropped.
pub(super) async fn as_long_as_it_takes<T, F>(attempt: impl FnMut() -> F) -> Result<T, Problem>
where
    F: Future<Output = Result<T, BookError>>,
{
    until(None, attempt).await
}

/// Tries for [`A_WHILE`].
pub(super) async fn a_while<T, F>(attempt: impl FnMut() -> F) -> Result<T, Problem>
where
    F: Future<Output = Result<T, BookError>>,
{
    until(Some(Instant::now() + A_WHILE), attempt).await
}

async fn until<T, F>(
    deadline: Option<Instant>,
    mut attempt: impl FnMut() -> F,
) -> Result<T, Problem>
where
    F: Future<Output = Result<T, BookError>>,
{
    let mut wait = SHORTEST_WAIT;
    loop {
        match attempt().await {
            Err(BookError::Unavailable) if deadline.is_none_or(|end| Instant::now() < end) => {
                sleep(wait).await;
                wait = (wait * 2).min(LONGEST_WAIT);
            }
            done => return Ok(done?),
        }
    }
}

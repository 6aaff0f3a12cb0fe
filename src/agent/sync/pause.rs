//! What the office is told of a pause in recording: that there is one, and until when. Never why, and nothing of what is recorded.

use std::time::Duration;

use super::Sync;
use crate::agent::pause::Pause;
use crate::clock;
use crate::wire::v1::rfc3339;

/// A pause that began or ended is looked for this often.
const LOOK_EVERY: Duration = Duration::from_secs(3);

impl Sync {
    /// As it is said: until an instant, `open` until it is lifted, or `no`.
    pub(super) fn pause_now(&self) -> String {
        match Pause::read(&self.folder) {
            Ok(pause) => match pause.filter(|pause| pause.lasts(clock::now())) {
                Some(Pause { until: Some(until), .. }) => rfc3339(until),
                Some(Pause { until: None, .. }) => "open".to_owned(),
                None => "no".to_owned(),
            },
            // Then nothing is recorded, and the status says why.
            Err(_) => "open".to_owned(),
        }
    }

    /// Comes when the office should hear of a pause that began, changed or ended.
    pub(super) async fn pause_to_tell(&self) {
        loop {
            if self.told_pause.as_ref().is_some_and(|told| *told != self.pause_now()) {
                return;
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }
}

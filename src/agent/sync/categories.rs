//! Following the categories that hold for the person: fetched whenever their mark is another than of those held here.
//!
//! Whatever goes wrong here leaves the old ones as they are; it is tried again with the next answer.

use super::Sync;
use crate::agent::totals::HeldCategories;
use crate::net::client::{Answer, Ask};
use crate::wire::v1 as wire;

const PATH: &str = "/api/v1/categories/device";
/// No tree is longer.
const MOST_BYTES: usize = 512 * 1024;

impl Sync {
    /// Fetches the categories, if the last answer named others than those held here.
    pub(super) async fn follow_categories(&mut self, server: usize) {
        let Some(wanted) = self.categories.take() else { return };
        match HeldCategories::read(&self.folder) {
            Ok(held) if held.mark == wanted => return,
            Ok(_) => {}
            Err(error) => return tracing::warn!(%error, "the categories cannot be read here"),
        }
        let ask = Ask { max_answer: MOST_BYTES, ..Ask::get(PATH) };
        let told = match self.speak_at_length(server, ask).await {
            Ok(answer) => categories(&answer),
            Err(error) => Err(error.to_string()),
        };
        let kept = told.and_then(|told| {
            HeldCategories::of(wanted, told).and_then(|held| held.store(&self.folder))
        });
        if let Err(why) = kept {
            tracing::warn!("the office's categories could not be followed: {why}");
        }
    }
}

fn categories(answer: &Answer) -> Result<wire::Categories, String> {
    if !answer.status.is_success() {
        return Err(format!("the server answered {}", answer.status));
    }
    serde_json::from_slice(&answer.body).map_err(|error| error.to_string())
}

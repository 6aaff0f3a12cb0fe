//! Following the office's redaction rules: fetched over the same way as everything, whenever their mark is another than of those held here.
//!
//! Whatever goes wrong here leaves the old rules as they are; it is tried again with the next answer.

use super::Sync;
use crate::agent::commands;
use crate::agent::redaction::{office_mark, set_office};
use crate::clock;
use crate::net::client::{Answer, Ask};
use crate::wire::v1::RedactionRules;

const PATH: &str = "/api/v1/redaction/device";

impl Sync {
    /// Fetches what the last answer named another of than is held here: rules, categories.
    pub(super) async fn follow_sheets(&mut self, server: usize) {
        self.follow_rules(server).await;
        self.follow_categories(server).await;
    }

    /// Fetches the office's rules, if the last answer named others than those held here.
    async fn follow_rules(&mut self, server: usize) {
        let Some(wanted) = self.rules.take() else { return };
        match office_mark(&self.folder) {
            Ok(held) if held == wanted => return,
            Ok(_) => {}
            Err(error) => return tracing::warn!(%error, "the office's rules cannot be read here"),
        }
        let sheet = match self.speak(server, Ask::get(PATH)).await {
            Ok(answer) => sheet(&answer),
            Err(error) => Err(error.to_string()),
        };
        let kept = sheet
            .and_then(|sheet| set_office(&self.folder, &sheet).map_err(|error| error.to_string()));
        match kept {
            Ok(()) => {
                commands::note(&self.folder, "rules", "", clock::now());
                tracing::info!("the office's redaction rules are others now");
            }
            Err(why) => tracing::warn!("the office's redaction rules could not be followed: {why}"),
        }
    }
}

fn sheet(answer: &Answer) -> Result<String, String> {
    if !answer.status.is_success() {
        return Err(format!("the server answered {}", answer.status));
    }
    let rules: RedactionRules =
        serde_json::from_slice(&answer.body).map_err(|error| error.to_string())?;
    Ok(rules.rules)
}

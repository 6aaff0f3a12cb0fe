//! `timebook token`: API tokens, from the server's own terminal.

use http::Method;
use serde_json::json;

use super::arguments::TokenCommand;
use super::call::{call, call_list, part};
use super::config::Config;
use super::exit::Failure;
use super::print;

pub(crate) async fn run(config: &Config, command: &TokenCommand) -> Result<(), Failure> {
    match command {
        TokenCommand::Create { user, device, label, scopes } => {
            let label = label.as_ref().unwrap_or(device);
            let body = json!({ "user": user, "device": device, "label": label, "scopes": scopes });
            let answer = call(config, Method::POST, "/api/v1/tokens", Some(body)).await?;
            match answer.get("token").and_then(|token| token.as_str()) {
                Some(token) if !config.json => print::line(token),
                _ => print::json(&answer),
            }
        }
        TokenCommand::Revoke { id } => {
            call(config, Method::DELETE, &format!("/api/v1/tokens/{}", part(id)), None).await?;
            print::done(config.json, "The token is refused from now on.");
        }
        TokenCommand::List => {
            let answer = call_list(config, "/api/v1/tokens").await?;
            super::list(
                config,
                &answer,
                &["id", "user", "device", "label", "scopes", "created", "revoked"],
                "There are no tokens.",
            );
        }
    }
    Ok(())
}

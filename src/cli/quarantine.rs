//! `timebook quarantine`: what arrived and was not believed.

use http::Method;

use super::arguments::QuarantineCommand;
use super::call::{call, call_list, part};
use super::config::Config;
use super::exit::Failure;
use super::print;

pub(crate) async fn run(config: &Config, command: &QuarantineCommand) -> Result<(), Failure> {
    match command {
        QuarantineCommand::List => {
            let answer = call_list(config, "/api/v1/quarantine").await?;
            super::list(
                config,
                &answer,
                &["id", "device", "why", "at", "sentence"],
                "The quarantine is empty.",
            );
        }
        QuarantineCommand::Accept { id } => {
            let path = format!("/api/v1/quarantine/{}/accept", part(id));
            call(config, Method::POST, &path, None).await?;
            print::done(config.json, "Accepted and applied.");
        }
        QuarantineCommand::Delete { id } => {
            call(config, Method::DELETE, &format!("/api/v1/quarantine/{}", part(id)), None).await?;
            print::done(config.json, "Thrown away.");
        }
    }
    Ok(())
}

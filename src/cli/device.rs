//! `timebook device`: computers, from the server's own terminal.

use http::Method;
use serde_json::{Value, json};

use super::arguments::DeviceCommand;
use super::call::{call, call_list, part};
use super::config::Config;
use super::exit::Failure;
use super::print;
use super::serve::LISTEN_FILE;

pub(crate) async fn run(config: &Config, command: &DeviceCommand) -> Result<(), Failure> {
    match command {
        DeviceCommand::Invite { person } => {
            let body = json!({ "person": person });
            let answer = call(config, Method::POST, "/api/v1/invitations", Some(body)).await?;
            let word =
                |key: &str| answer.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
            // Only a running server knows which port it took.
            if !config.data.join(LISTEN_FILE).exists() {
                print::complain(&format!(
                    "The server is not running. The code expects it at {}; if it will be elsewhere, make the code while it runs.",
                    word("download").trim_end_matches("/download")
                ));
            }
            if config.json {
                print::json(&answer);
                return Ok(());
            }
            print::line(&format!(
                "On {person}'s computer, get Timebook from {} and run:",
                word("download")
            ));
            print::line(&format!("  timebook agent enroll {}", word("code")));
            print::line(&format!("The code works once, until {}.", print::when(&word("expires"))));
            print::line(&format!(
                "Then {person} lets it start with the session, and says what it may record:"
            ));
            print::line("  timebook agent install");
            print::line("  timebook agent record on");
        }
        DeviceCommand::Revoke { id } => {
            call(config, Method::DELETE, &format!("/api/v1/devices/{}", part(id)), None).await?;
            print::done(
                config.json,
                "The computer is refused from now on; what it recorded stays.",
            );
        }
        DeviceCommand::List => {
            let answer = call_list(config, "/api/v1/devices").await?;
            super::list(
                config,
                &answer,
                &[
                    "id",
                    "name",
                    "person",
                    "kind",
                    "program",
                    "system",
                    "unsent",
                    "enrolled",
                    "last_contact_day",
                    "revoked",
                ],
                "No computer records here yet. Add one with: timebook device invite --person NAME",
            );
        }
    }
    Ok(())
}

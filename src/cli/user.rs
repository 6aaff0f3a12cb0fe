//! `timebook user`: accounts, from the server's own terminal.

use http::Method;
use serde_json::json;

use super::arguments::UserCommand;
use super::call::{call, call_or_found, part};
use super::config::Config;
use super::exit::Failure;
use super::print;
use super::secret_file::first_line;

pub(crate) async fn run(config: &Config, command: &UserCommand) -> Result<(), Failure> {
    match command {
        UserCommand::Add { name, role, password_file, time_zone } => {
            let role = if role == "admin" { "administrator" } else { role };
            let zone = time_zone.clone().unwrap_or_else(system_zone);
            let body = json!({ "name": name, "password": first_line(password_file, "password")?, "role": role, "time_zone": zone });
            let answer = call_or_found(config, Method::POST, "/api/v1/users", Some(body)).await?;
            if config.json {
                print::json(&answer);
                return Ok(());
            }
            print::line(&format!("Added {name} as {role}."));
            if let Some(code) = answer.get("recovery_code").and_then(|code| code.as_str()) {
                print::line(
                    "Recovery code, shown this once. Whoever has it and a backup can read the office's secrets; without it a lost office.key is lost for ever:",
                );
                print::line(&format!("  {code}"));
            }
        }
        UserCommand::Passwd { name, password_file } => {
            let body = json!({ "password": first_line(password_file, "password")? });
            let path = format!("/api/v1/users/{}/password", part(name));
            call(config, Method::PUT, &path, Some(body)).await?;
            print::done(
                config.json,
                &format!("{name} has a new password; their sessions have ended."),
            );
        }
        UserCommand::Disable { name } => {
            call(config, Method::DELETE, &format!("/api/v1/users/{}", part(name)), None).await?;
            print::done(config.json, &format!("{name} can no longer sign in."));
        }
        UserCommand::List => {
            let answer = call(config, Method::GET, "/api/v1/users", None).await?;
            super::list(
                config,
                &answer,
                &["name", "role", "time_zone", "created", "disabled"],
                "Nobody has an account yet.",
            );
        }
    }
    Ok(())
}

/// This computer's zone, or UTC where it has none.
fn system_zone() -> String {
    jiff::tz::TimeZone::system().iana_name().map_or_else(|| "UTC".to_owned(), str::to_owned)
}

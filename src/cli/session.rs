//! `timebook session`: who is signed in where, from the server's own terminal.

use clap::Subcommand;
use http::Method;

use super::call::{call, call_list, part};
use super::config::Config;
use super::exit::Failure;
use super::print;

/// Sessions.
#[derive(Debug, Subcommand)]
pub(crate) enum SessionCommand {
    /// Every open session
    List {
        /// Only this person's
        #[arg(long)]
        user: Option<String>,
    },
    /// End a session: that browser must sign in again
    Revoke {
        /// Its id, from `timebook session list`
        id: String,
    },
}

/// Everybody who is signed in: who, where, since when, and when they last did something.
///
/// # Errors
/// As every command.
pub(crate) async fn everyone(config: &Config) -> Result<(), Failure> {
    let answer = call_list(config, "/api/v1/server/sessions").await?;
    let columns = ["user", "address", "agent", "opened", "last_used"];
    super::list(config, &answer, &columns, "Nobody is signed in.");
    Ok(())
}

pub(crate) async fn run(config: &Config, command: &SessionCommand) -> Result<(), Failure> {
    match command {
        SessionCommand::List { user } => {
            let query = user.as_ref().map(|user| format!("?user={}", part(user)));
            let path = format!("/api/v1/sessions{}", query.unwrap_or_default());
            let answer = call_list(config, &path).await?;
            super::list(
                config,
                &answer,
                &["id", "user", "opened", "last_used", "address", "agent"],
                "Nobody is signed in.",
            );
        }
        SessionCommand::Revoke { id } => {
            call(config, Method::DELETE, &format!("/api/v1/sessions/{}", part(id)), None).await?;
            print::done(config.json, "The session has ended.");
        }
    }
    Ok(())
}

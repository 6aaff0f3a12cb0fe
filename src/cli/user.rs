//! `timebook user`: accounts, from the server's own terminal.

use std::path::PathBuf;

use clap::Subcommand;
use http::Method;
use serde_json::{Value, json};

use super::call::{call, call_list, call_or_found, part};
use super::config::Config;
use super::exit::Failure;
use super::print;
use super::secret_file::first_line;
use crate::domain::right::Right;

/// Accounts.
#[derive(Debug, Subcommand)]
pub(crate) enum UserCommand {
    /// Add a person
    Add {
        /// What they sign in with
        #[arg(long)]
        name: String,
        /// What they may do
        #[arg(long, default_value = "employee", value_parser = ["employee", "manager", "admin", "administrator"])]
        role: String,
        /// A file whose first line is the password; `-` reads it from standard input
        #[arg(long, value_name = "FILE")]
        password_file: PathBuf,
        /// Where their days begin, e.g. Europe/Berlin [default: this computer's]
        #[arg(long, value_name = "ZONE")]
        time_zone: Option<String>,
    },
    /// Make a one-time link by which a new person sets their own password and joins
    Invite {
        /// What they will sign in with
        #[arg(long)]
        name: String,
        /// What they may do
        #[arg(long, default_value = "employee", value_parser = ["employee", "manager", "admin", "administrator"])]
        role: String,
        /// Mail the link there instead of printing it
        #[arg(long, value_name = "ADDRESS")]
        mail: Option<String>,
    },
    /// Make a one-time link by which a person sets a new password that nobody else learns
    ResetLink {
        /// Whose
        #[arg(long)]
        name: String,
        /// Mail the link there instead of printing it [without ADDRESS: to the one in the person's account]
        #[arg(long, value_name = "ADDRESS", num_args = 0..=1, default_missing_value = "account")]
        mail: Option<String>,
    },
    /// One-time links that can still be used
    Links,
    /// Withdraw a one-time link before it is used
    WithdrawLink {
        /// Its id, from `timebook user links`
        id: String,
    },
    /// Say where a person's days begin from now on; submitted weeks keep their days
    Zone {
        /// Whose
        #[arg(long)]
        name: String,
        /// E.g. Europe/Berlin
        #[arg(value_name = "ZONE")]
        zone: String,
    },
    /// Give a person another name to sign in with; their sessions and tokens stay
    Rename {
        /// Whose
        #[arg(long)]
        name: String,
        /// What they sign in with from now on
        #[arg(long, value_name = "NEW-NAME")]
        to: String,
    },
    /// Say where a person is written to
    Mail {
        /// Whose
        #[arg(long)]
        name: String,
        /// Their mail address
        #[arg(long, value_name = "ADDRESS", required_unless_present = "remove")]
        address: Option<String>,
        /// They are written to no more
        #[arg(long, conflicts_with = "address")]
        remove: bool,
    },
    /// Set a new password; ends the person's sessions
    Passwd {
        /// Whose
        #[arg(long)]
        name: String,
        /// A file whose first line is the password; `-` reads it from standard input
        #[arg(long, value_name = "FILE")]
        password_file: PathBuf,
    },
    /// No more sign-in for this person; what was recorded stays
    Disable {
        /// Whose
        #[arg(long)]
        name: String,
    },
    /// Let a disabled person in again
    Enable {
        /// Whose
        #[arg(long)]
        name: String,
    },
    /// Write everything recorded about a person to a file of JSON lines
    Export {
        /// Whose
        #[arg(long)]
        name: String,
        /// The file; it must not be there yet [default: person-data-NAME.jsonl]
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Erase what was recorded about a disabled person, on the server now and on their computers at next contact; cannot be undone
    Erase {
        /// Whose
        #[arg(long)]
        name: String,
        /// Say the name again: nothing brings back what is erased
        #[arg(long, value_name = "NAME")]
        confirm: String,
    },
    /// People who were erased, and computers that still have to follow
    Erasures,
    /// Give a person another role
    Role {
        /// Whose
        #[arg(long)]
        name: String,
        /// What they may do
        #[arg(long, value_parser = ["employee", "manager", "admin", "administrator"])]
        role: String,
    },
    /// Say what a person may do beyond their role: all of it, none without --right
    Grants {
        /// Whose
        #[arg(long)]
        name: String,
        /// A right; may be repeated
        #[arg(long = "right", value_parser = RIGHTS)]
        rights: Vec<String>,
    },
    /// Ask a person for no codes from an app any more: it is lost
    RemoveTotp {
        /// Whose
        #[arg(long)]
        name: String,
    },
    /// Who looked at a person's recorded activity, newest first
    AccessLog {
        /// Whose
        #[arg(long)]
        name: String,
    },
    /// Everyone with an account
    List,
}

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
            if let Some(told) = recovery_told(&answer) {
                print::line(&told);
            }
        }
        UserCommand::Invite { name, role, mail } => {
            let role = if role == "admin" { "administrator" } else { role };
            let wish = json!({ "purpose": "join", "name": name, "role": role, "mail_to": mail });
            link(config, &wish).await?;
        }
        UserCommand::ResetLink { name, mail } => {
            link(config, &json!({ "purpose": "reset", "name": name, "mail_to": mail })).await?;
        }
        UserCommand::Links => {
            let answer = call_list(config, "/api/v1/links").await?;
            let columns = ["id", "purpose", "name", "created", "expires"];
            super::list(config, &answer, &columns, "No link can be used now.");
        }
        UserCommand::WithdrawLink { id } => {
            call(config, Method::DELETE, &format!("/api/v1/links/{}", part(id)), None).await?;
            print::done(config.json, "The link can no longer be used.");
        }
        UserCommand::Zone { name, zone } => {
            let path = format!("/api/v1/users/{}/time-zone", part(name));
            call(config, Method::PUT, &path, Some(json!({ "time_zone": zone }))).await?;
            print::done(config.json, &format!("The days of {name} begin in {zone} from now on."));
        }
        UserCommand::Rename { name, to } => {
            let path = format!("/api/v1/users/{}/name", part(name));
            call(config, Method::PUT, &path, Some(json!({ "name": to }))).await?;
            print::done(config.json, &format!("{name} signs in as {to} from now on."));
        }
        UserCommand::Mail { name, address, .. } => {
            let path = format!("/api/v1/users/{}/mail", part(name));
            call(config, Method::PUT, &path, Some(json!({ "address": address }))).await?;
            let told = match address {
                Some(address) => format!("{name} is written to at {address}."),
                None => format!("{name} is written to no more."),
            };
            print::done(config.json, &told);
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
        UserCommand::Enable { name } => {
            let path = format!("/api/v1/users/{}/enable", part(name));
            call(config, Method::POST, &path, None).await?;
            print::done(
                config.json,
                &format!("{name} can sign in again; tokens must be made anew."),
            );
        }
        UserCommand::Export { name, out } => {
            super::person_data::export(config, name, out.as_deref()).await?;
        }
        UserCommand::Erase { name, confirm } => {
            super::erasure::erase(config, name, confirm).await?
        }
        UserCommand::Erasures => super::erasure::list(config).await?,
        UserCommand::Role { name, role } => {
            let path = format!("/api/v1/users/{}/role", part(name));
            call(config, Method::PUT, &path, Some(json!({ "role": role }))).await?;
            print::done(config.json, &format!("{name} has another role."));
        }
        UserCommand::Grants { name, rights } => {
            let path = format!("/api/v1/users/{}/grants", part(name));
            call(config, Method::PUT, &path, Some(json!({ "rights": rights }))).await?;
            let told = if rights.is_empty() { "nothing".to_owned() } else { rights.join(", ") };
            print::done(config.json, &format!("Beyond the role, {name} may: {told}."));
        }
        UserCommand::RemoveTotp { name } => {
            let path = format!("/api/v1/users/{}/totp", part(name));
            call(config, Method::DELETE, &path, None).await?;
            print::done(config.json, &format!("{name} signs in with the password alone."));
        }
        UserCommand::AccessLog { name } => {
            let path = format!("/api/v1/access-log?user={}", part(name));
            let answer = call_list(config, &path).await?;
            let columns = ["at", "viewer_name", "viewer", "what", "from", "to", "detail"];
            super::list(config, &answer, &columns, "Nobody looked yet.");
        }
        UserCommand::List => {
            let answer = call_list(config, "/api/v1/users").await?;
            super::list(
                config,
                &answer,
                &["name", "role", "grants", "mail", "time_zone", "created", "disabled"],
                "Nobody has an account yet. Begin in a browser with the link in the file setup-link of the data directory, or with: timebook user add --name NAME --role administrator --password-file FILE",
            );
        }
    }
    Ok(())
}

/// Makes a one-time link and mails it, or prints it: the only time it is shown.
/// The recovery code, which only the answer to the first administrator holds, and what it is for.
pub(super) fn recovery_told(answer: &Value) -> Option<String> {
    let code = answer["recovery_code"].as_str()?;
    Some(format!(
        "Recovery code, shown this once. Whoever has it and a backup can read the office's secrets; without it a lost office.key is lost for ever:\n  {code}"
    ))
}

async fn link(config: &Config, body: &Value) -> Result<(), Failure> {
    let answer = call(config, Method::POST, "/api/v1/links", Some(body.clone())).await?;
    if config.json {
        print::json(&answer);
        return Ok(());
    }
    let word = |key: &str| answer[key].as_str().unwrap_or_default();
    if answer["mailed"] == true {
        print::line("The link is on its way by mail: see `timebook mail status`.");
        return Ok(());
    }
    if let Some(why) = answer["mail_error"].as_str() {
        print::complain(&format!("The link could not be mailed: {why}"));
        print::complain("Hand it over yourself.");
    } else if !body["mail_to"].is_null() {
        print::complain("Mail is not set up: hand this link over yourself.");
    }
    print::line(word("link"));
    let until = print::when(word("expires"));
    print::complain(&format!("It works once, until {until}. Give it to nobody else."));
    Ok(())
}

/// The names of rights, for the command line to check.
const RIGHTS: [&str; Right::ALL.len()] = {
    let (mut names, mut at) = ([""; Right::ALL.len()], 0);
    while at < names.len() {
        names[at] = Right::ALL[at].name();
        at += 1;
    }
    names
};

/// This computer's zone, or UTC where it has none.
pub(super) fn system_zone() -> String {
    jiff::tz::TimeZone::system().iana_name().map_or_else(|| "UTC".to_owned(), str::to_owned)
}

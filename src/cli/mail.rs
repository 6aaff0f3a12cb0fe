//! `timebook mail`: how mail is doing, a test, and the mail server's password.

use std::path::PathBuf;

use clap::Subcommand;
use http::Method;
use serde_json::{Value, json};

use super::call::call;
use super::config::Config;
use super::exit::Failure;
use super::secret_file::first_line;
use super::{cell, print};

/// Mail.
#[derive(Debug, Subcommand)]
pub(crate) enum MailCommand {
    /// Whether it is set up, what waits, and why
    #[command(aliases = ["show", "list"])]
    Status,
    /// Send a letter that shows that mail works
    Test {
        /// Where it goes, e.g. ada@example.org
        #[arg(long, value_name = "ADDRESS")]
        to: String,
    },
    /// Keep the mail server's password, sealed with the office key
    Password {
        /// A file whose first line is the password; `-` reads it from standard input
        #[arg(long, value_name = "FILE")]
        password_file: PathBuf,
    },
}

pub(crate) async fn run(config: &Config, command: &MailCommand) -> Result<(), Failure> {
    match command {
        MailCommand::Status => {
            let answer = call(config, Method::GET, "/api/v1/mail", None).await?;
            if config.json {
                print::json(&answer);
            } else {
                show(&answer);
            }
        }
        MailCommand::Test { to } => {
            let body = json!({ "to": to });
            call(config, Method::POST, "/api/v1/mail/test", Some(body)).await?;
            print::done(config.json, &format!("The mail server took the test for {to}."));
        }
        MailCommand::Password { password_file } => {
            let body = json!({ "password": first_line(password_file, "password")? });
            call(config, Method::PUT, "/api/v1/mail/password", Some(body)).await?;
            print::done(config.json, "The password is kept, sealed.");
        }
    }
    Ok(())
}

fn show(mail: &Value) {
    let yes_or_no = |key: &str| if mail[key] == true { "yes" } else { "no" };
    print::line(&format!("Set up:        {}", yes_or_no("set_up")));
    print::line(&format!("Password:      {}", yes_or_no("has_password")));
    let tried = mail["last_try"].as_str().map_or_else(|| "never".to_owned(), print::when);
    let why = mail["last_error"].as_str().map(|why| format!(": {why}")).unwrap_or_default();
    print::line(&format!("Last try:      {tried}{why}"));
    print::line("");
    let waiting = mail["waiting"].as_array().map(Vec::as_slice).unwrap_or_default();
    let columns = ["kind", "to", "tries", "next_try", "why"];
    let row = |mail: &Value| columns.iter().map(|column| cell(&mail[*column])).collect();
    let rows: Vec<Vec<String>> = waiting.iter().map(row).collect();
    print::table(&columns, &rows, "Nothing waits.");
}

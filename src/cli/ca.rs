//! `timebook ca`: the office's certificate authority.

use http::Method;
use serde_json::json;

use super::arguments::CaCommand;
use super::call::call;
use super::config::Config;
use super::exit::Failure;
use super::print;

pub(crate) async fn run(config: &Config, command: &CaCommand) -> Result<(), Failure> {
    let CaCommand::Export = command;
    let answer = call(config, Method::GET, "/api/v1/ca", None).await?;
    let pem = answer.as_str().unwrap_or_default();
    if config.json {
        print::json(&json!({ "pem": pem }));
    } else {
        print::line(pem.trim_end());
    }
    Ok(())
}

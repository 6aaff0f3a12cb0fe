//! `timebook office`: the office's name and activity policy.

use http::Method;
use serde_json::json;

use super::arguments::OfficeCommand;
use super::call::call;
use super::config::Config;
use super::exit::Failure;
use super::print;

pub(crate) async fn run(config: &Config, command: &OfficeCommand) -> Result<(), Failure> {
    match command {
        OfficeCommand::Show => {
            print::json(&call(config, Method::GET, "/api/v1/office", None).await?)
        }
        OfficeCommand::Policy { policy, reason } => {
            let body = json!({ "policy": policy, "reason": reason });
            let answer = call(config, Method::PUT, "/api/v1/office/policy", Some(body)).await?;
            print::json(&answer);
        }
    }
    Ok(())
}

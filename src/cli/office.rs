//! `timebook office`: the office's name and activity policy.

use http::Method;
use serde_json::{Value, json};

use super::arguments::OfficeCommand;
use super::call::call;
use super::config::Config;
use super::exit::Failure;
use super::print;

pub(crate) async fn run(config: &Config, command: &OfficeCommand) -> Result<(), Failure> {
    match command {
        OfficeCommand::Show => {
            show(config, &call(config, Method::GET, "/api/v1/office", None).await?);
        }
        OfficeCommand::Policy { policy, reason } => {
            let body = json!({ "policy": policy, "reason": reason });
            let answer = call(config, Method::PUT, "/api/v1/office/policy", Some(body)).await?;
            show(config, &answer);
        }
        OfficeCommand::WithdrawPolicy => {
            let path = "/api/v1/office/policy/announced";
            show(config, &call(config, Method::DELETE, path, None).await?);
        }
    }
    Ok(())
}

fn show(config: &Config, office: &Value) {
    if config.json {
        return print::json(office);
    }
    let word = |key: &str| office[key].as_str().unwrap_or_default();
    let name = match word("name") {
        "" => "(no name yet; give it one with: timebook settings set organisation.name NAME)",
        name => name,
    };
    print::line(&format!("Office:          {name}"));
    print::line(&format!("Others may see:  {}", word("policy").replace('_', " ")));
    if let Some(to_come) = office["announced"].as_object() {
        let word = |key: &str| to_come.get(key).and_then(Value::as_str).unwrap_or_default();
        let (policy, from) = (word("policy").replace('_', " "), print::when(word("takes_effect")));
        print::line(&format!("Announced:       {policy} from {from} on: {}", word("reason")));
    }
    print::line(&format!("Founded:         {}", print::when(word("founded"))));
    print::line(&format!("Id:              {}", word("id")));
}

//! `timebook doctor`: is the data sound?

use http::Method;

use super::call::call;
use super::config::Config;
use super::exit::Failure;
use super::print;

/// Checks, prints what was found, and fails when something is not sound.
pub(crate) async fn run(config: &Config) -> Result<(), Failure> {
    let answer = call(config, Method::GET, "/api/v1/doctor", None).await?;
    if config.json {
        print::json(&answer);
    }
    let findings = answer["findings"].as_array().map(Vec::as_slice).unwrap_or_default();
    if findings.is_empty() {
        if !config.json {
            print::line(&format!(
                "Sound: {} audit entries in one chain, every stored record reads.",
                answer["audit_entries"]
            ));
            print::line(&format!(
                "State hash {}",
                answer["state_hash"].as_str().unwrap_or_default()
            ));
        }
        return Ok(());
    }
    let sentences: Vec<&str> = findings.iter().filter_map(|finding| finding.as_str()).collect();
    Err(Failure::failed(sentences.join("\n")))
}

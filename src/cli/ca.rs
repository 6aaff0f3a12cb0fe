//! `timebook ca`: the office's certificate authority.

use clap::Subcommand;
use http::Method;
use serde_json::json;

use super::call::call;
use super::config::Config;
use super::exit::Failure;
use super::print;

/// The office's certificate authority.
#[derive(Debug, Subcommand)]
pub(crate) enum CaCommand {
    /// Print the office CA's certificate, PEM
    Export,
    /// Print how people know that certificate again: its name, its fingerprint (SHA-256), and until when it is valid
    Fingerprint,
}

pub(crate) async fn run(config: &Config, command: &CaCommand) -> Result<(), Failure> {
    match command {
        CaCommand::Export => export(config).await,
        CaCommand::Fingerprint => fingerprint(config).await,
    }
}

async fn export(config: &Config) -> Result<(), Failure> {
    let answer = call(config, Method::GET, "/api/v1/ca", None).await?;
    let pem = answer.as_str().unwrap_or_default();
    if config.json {
        print::json(&json!({ "pem": pem }));
    } else {
        print::line(pem.trim_end());
    }
    Ok(())
}

async fn fingerprint(config: &Config) -> Result<(), Failure> {
    let known = call(config, Method::GET, "/api/v1/certificate", None).await?;
    if config.json {
        print::json(&known);
        return Ok(());
    }
    let [name, digest, until] =
        ["name", "fingerprint", "until"].map(|key| known[key].as_str().unwrap_or_default());
    print::line(&format!("{name}, valid until {until}\nSHA-256: {}", in_pairs(digest)));
    Ok(())
}

/// As browsers show it: `AB:CD:…`.
fn in_pairs(digest: &str) -> String {
    let digits: Vec<char> = digest.to_uppercase().chars().collect();
    let pairs: Vec<String> = digits.chunks(2).map(|pair| pair.iter().collect()).collect();
    pairs.join(":")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_reads_as_browsers_show_it() {
        assert_eq!(in_pairs("0aff10"), "0A:FF:10");
    }
}

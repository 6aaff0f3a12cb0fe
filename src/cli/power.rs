//! `timebook stop`, `start` and `restart`: the running server out of service and back, from its own terminal.
//!
//! They ask the running server only; with none running, `start` still takes the mark away that it is to stay stopped.

use std::time::{Duration, Instant};

use http::{HeaderMap, Method};
use serde_json::{Value, json};

use super::assemble::{House, Lasting, addresses};
use super::call::{SOCKET, must_hold_an_office, read};
use super::config::Config;
use super::exit::{Exit, Failure};
use super::instance_lock::InstanceLock;
use super::print;
use crate::domain::command::Actor;
use crate::domain::text::ShortText;
use crate::net::Peer;
use crate::net::admin::{AdminError, admin_request, body_of};
use crate::net::owner_of;
use crate::service::control::stopped::Stopped;

/// How the server is to end.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct EndArguments {
    /// Warn everybody for so long first, with a countdown on every page: 0, 90s, 5m; at most 10m
    #[arg(long, value_name = "TIME", default_value = "0", value_parser = seconds)]
    grace: u64,
    /// Why; everybody reads it
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

/// Takes the server out of service; returns when it is.
///
/// # Errors
/// A [`Failure`] with a sentence and a next step.
pub(crate) async fn stop(config: &Config, end: &EndArguments) -> Result<(), Failure> {
    announce(config, "stop", end).await?;
    let status = until(config, "stop", end.grace, |status| status["state"] == "stopped").await?;
    if config.json {
        print::json(&status);
    } else {
        print::line("The server is out of service; its folder may be copied as it stands.");
        print::line(&format!("Back in service: timebook start --data {}", config.data.display()));
    }
    Ok(())
}

/// Ends the server's process and waits until another one serves.
///
/// # Errors
/// A [`Failure`] with a sentence and a next step.
pub(crate) async fn restart(config: &Config, end: &EndArguments) -> Result<(), Failure> {
    let before = ask(config, "restart", Method::GET, STATUS, None).await?;
    announce(config, "restart", end).await?;
    let is_another = |status: &Value| status["since"] != before["since"];
    let status = until(config, "restart", end.grace, is_another).await?;
    if config.json {
        print::json(&status);
    } else {
        print::line("The server was restarted and serves.");
    }
    Ok(())
}

/// Takes the server into service again, or calls its announced end off.
///
/// # Errors
/// A [`Failure`] with a sentence and a next step; [`Exit::Unreachable`] when no server runs here.
pub(crate) async fn start(config: &Config) -> Result<(), Failure> {
    must_hold_an_office(config)?;
    match ask(config, "start", Method::POST, "/api/v1/server/start", None).await {
        Ok(standing) => {
            if config.json {
                print::json(&standing);
            } else {
                print::line("The server is in service.");
            }
            Ok(())
        }
        Err(failure) if failure.exit == Exit::Unreachable => unmark(config, failure).await,
        Err(failure) => Err(failure),
    }
}

/// No server runs: takes at least the mark away that the next one is to stay stopped.
async fn unmark(config: &Config, unreachable: Failure) -> Result<(), Failure> {
    let stopped = Stopped::read(&config.data).map_err(Failure::failed)?;
    let (Some(stopped), Ok(lock)) = (stopped, InstanceLock::take(&config.data)) else {
        return Err(unreachable);
    };
    let reached = addresses(config, config.server.listen);
    let house = House::open(config, reached, Lasting::default()).await?;
    Stopped::forget(&config.data).map_err(Failure::failed)?;
    let name = Peer::this_process().os_user.map_or_else(String::new, |user| user.name);
    let noted = house.power().started(Actor::Local(ShortText::cut(&name)), &stopped).await;
    house.close().await?;
    drop(lock);
    noted.map_err(Failure::failed)?;
    Err(Failure::new(
        Exit::Unreachable,
        "It is not marked as stopped any more, but no server runs here. Start it with: timebook serve",
    ))
}

async fn announce(config: &Config, verb: &str, end: &EndArguments) -> Result<(), Failure> {
    must_hold_an_office(config)?;
    let wish = json!({ "grace_s": end.grace, "reason": end.reason });
    let path = format!("/api/v1/server/{verb}");
    let standing = ask(config, verb, Method::POST, &path, Some(wish)).await?;
    if let Some(at) = standing["warning"]["at"].as_str().filter(|_| !config.json) {
        print::line(&format!(
            "Everybody is told: the server will {verb} in {} s, at {}.",
            end.grace,
            print::when(at)
        ));
        print::line(&format!("To call it off: timebook start --data {}", config.data.display()));
    }
    Ok(())
}

/// Looks again and again until the server says what is wanted.
async fn until(
    config: &Config,
    verb: &str,
    grace_s: u64,
    is_wanted: impl Fn(&Value) -> bool,
) -> Result<Value, Failure> {
    let end = Instant::now() + Duration::from_secs(grace_s) + PATIENCE;
    loop {
        let status = ask(config, verb, Method::GET, STATUS, None).await;
        match status {
            Ok(status) if is_wanted(&status) => return Ok(status),
            Ok(status) if status["state"] == "started" && verb == "stop" => {
                return Err(Failure::failed("It was called off: the server goes on serving."));
            }
            Err(failure) if failure.exit != Exit::Unreachable => return Err(failure),
            // Between one process and the next nobody answers.
            Ok(_) | Err(_) if Instant::now() < end => tokio::time::sleep(LOOK_EVERY).await,
            Ok(_) => {
                return Err(Failure::failed(
                    "It takes longer than it should. Look at the server's log.",
                ));
            }
            Err(failure) => return Err(failure),
        }
    }
}

async fn ask(
    config: &Config,
    verb: &str,
    method: Method,
    path: &str,
    body: Option<Value>,
) -> Result<Value, Failure> {
    let socket = config.data.join(SOCKET);
    let body = body.map(|body| body_of(body.to_string().into()));
    match admin_request(&socket, method, path, body, &HeaderMap::new()).await {
        Ok((status, answer)) => read(status, &answer),
        Err(AdminError::NotAllowed(_)) => {
            let owner = owner_of(&config.data).unwrap_or_else(|| "root".to_owned());
            Err(Failure::new(
                Exit::Refused,
                format!(
                    "Only {owner}, who owns {0}, and root may do this. Run: sudo -u {owner} timebook {verb} --data {0}",
                    config.data.display()
                ),
            ))
        }
        Err(error) => Err(Failure::new(Exit::Unreachable, error)),
    }
}

/// `0`, `90s`, `5m`, in seconds.
fn seconds(text: &str) -> Result<u64, String> {
    let unit = match text.chars().last() {
        _ if text == "0" => 1,
        Some('s') => 1,
        Some('m') => 60,
        _ => return Err("give a number with its unit: 90s, 5m".to_owned()),
    };
    let number = text.strip_suffix(['s', 'm']).unwrap_or(text).parse::<u64>();
    let number = number.map_err(|_| "give a number with its unit: 90s, 5m".to_owned())?;
    match number.checked_mul(unit) {
        Some(seconds @ 0..=600) => Ok(seconds),
        _ => Err("nobody is warned for longer than 10m".to_owned()),
    }
}

const STATUS: &str = "/api/v1/server/status";
/// Beyond the warning: running requests are let finish, files are closed and opened.
const PATIENCE: Duration = Duration::from_secs(90);
const LOOK_EVERY: Duration = Duration::from_millis(100);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_warning_has_a_unit_and_an_end() {
        assert_eq!(["0", "0s", "90s", "5m", "10m"].map(seconds), [0, 0, 90, 300, 600].map(Ok));
        for wrong in ["", "5", "s", "5h", "-1s", "11m", "601s", "99999999999999999999m", "5mm"] {
            assert!(seconds(wrong).is_err(), "{wrong}");
        }
    }
}

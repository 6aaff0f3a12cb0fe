//! `timebook demo`: a made-up office to look at, and the server over it.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Args;
use data_encoding::BASE32_NOPAD;
use http::Method;
use serde_json::json;

use super::arguments::{Common, ServeArguments};
use super::assemble::{House, Lasting, addresses};
use super::call::call_or_found;
use super::config::Config;
use super::exit::{Exit, Failure};
use super::instance_lock::InstanceLock;
use super::{print, serve, work};
use crate::clock;
use crate::consensus::{LOG_FILE, STATE_FILE};
use crate::domain::text::ZoneName;
use crate::net::listen;
use crate::service::demo::{self, DemoOptions, DemoProgress, MOST_DAYS, MOST_PEOPLE};

/// What the made-up office is like.
#[derive(Args, Clone, Debug)]
pub(crate) struct DemoArguments {
    /// How many people work there
    #[arg(long, default_value_t = 12, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..=i64::from(MOST_PEOPLE)))]
    pub(crate) people: u32,
    /// For how many days until today they did
    #[arg(long, default_value_t = 365, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..=i64::from(MOST_DAYS)))]
    pub(crate) days: u32,
    /// Another number, another office; the same one gives the same again
    #[arg(long, default_value_t = 1, value_name = "NUMBER")]
    pub(crate) seed: u64,
    /// Where their days begin, e.g. Europe/Berlin [default: this computer's]
    #[arg(long, value_name = "ZONE")]
    pub(crate) time_zone: Option<String>,
    /// Fill the folder and do not start the server
    #[arg(long)]
    pub(crate) only_fill: bool,
    #[command(flatten)]
    pub(crate) serve: ServeArguments,
}

/// Where a demo is kept unless told otherwise: never where a real office would be.
pub(crate) fn folder(common: &Common) -> Common {
    let data = common.data.clone().unwrap_or_else(|| PathBuf::from(FOLDER));
    Common { data: Some(data), ..common.clone() }
}

/// Fills and serves.
pub(crate) fn run(config: &Config, arguments: &DemoArguments) -> anyhow::Result<ExitCode> {
    if arguments.serve.child {
        return work::run(config);
    }
    if arguments.only_fill {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        runtime.block_on(fill(config, arguments))?;
        return Ok(Exit::Done.into());
    }
    // A year takes minutes to make up: what would be in the way of serving it is told before.
    for (address, option) in
        [(config.server.listen, "--listen"), (config.server.loopback, "--loopback")]
    {
        listen::bind(address).map_err(|error| {
            Failure::failed(format!("{error} The option is {option} ADDRESS:PORT."))
        })?;
    }
    // In a process of its own: the launcher, which stays, would keep the memory that filling takes.
    let filling = std::process::Command::new(std::env::current_exe()?)
        .args(std::env::args_os().skip(1))
        .arg("--only-fill")
        .status()?;
    if !filling.success() {
        let code = filling.code().and_then(|code| u8::try_from(code).ok());
        return Ok(code.map_or(Exit::Failed.into(), ExitCode::from));
    }
    serve::run(config)
}

async fn fill(config: &Config, arguments: &DemoArguments) -> Result<(), Failure> {
    must_be_fresh(config)?;
    let zone = arguments.time_zone.clone().unwrap_or_else(super::user::system_zone);
    // Before anything is made: a folder with half an office in it would be in the way of the next try.
    if jiff::tz::TimeZone::get(&zone).is_err() {
        return Err(Failure::usage(format!(
            "There is no time zone {zone}. Name one like Europe/Berlin with --time-zone."
        )));
    }
    let password = password();
    let first =
        json!({ "name": FIRST, "password": password, "role": "administrator", "time_zone": zone });
    call_or_found(config, Method::POST, "/api/v1/users", Some(first)).await?;
    let _lock = InstanceLock::take(&config.data)?;
    let addresses = addresses(config, config.server.listen);
    let house = House::open(config, addresses, Lasting::default()).await?;
    let filled = fill_house(&house, arguments, &zone).await;
    house.close().await?;
    let filled = filled?;
    if config.json {
        print::json(&json!({
            "people": arguments.people, "time_entries": filled.entries, "recorded_events": filled.events,
            "sign_in": FIRST, "password": password,
        }));
        return Ok(());
    }
    print::line(&format!(
        "{} holds a made-up office: {} people, {} time entries, {} recorded events.",
        config.data.display(),
        arguments.people,
        filled.entries,
        filled.events
    ));
    print::line(&format!(
        "Sign in as {FIRST}, or as anna, ben, clara and so on; everybody's password is {password}"
    ));
    Ok(())
}

async fn fill_house(
    house: &House,
    arguments: &DemoArguments,
    zone: &str,
) -> Result<DemoProgress, Failure> {
    let password = demo::password_of(house.door(), FIRST).await.map_err(Failure::failed)?;
    let password =
        password.ok_or_else(|| Failure::failed("The administrator was not made; try again."))?;
    let options = DemoOptions {
        people: arguments.people,
        days: arguments.days,
        seed: arguments.seed,
        zone: ZoneName::new(zone).map_err(Failure::usage)?,
        password,
        now: clock::now(),
    };
    let mut told = Instant::now();
    let tell = |progress: DemoProgress| {
        if told.elapsed() > TELL_EVERY {
            told = Instant::now();
            print::complain(&format!("Week {} of {}", progress.weeks, progress.of));
        }
    };
    demo::fill(house.door(), &options, tell).await.map_err(Failure::failed)
}

fn must_be_fresh(config: &Config) -> Result<(), Failure> {
    let there = |file: &str| !matches!(config.data.join(file).try_exists(), Ok(false));
    if there(STATE_FILE) || there(LOG_FILE) {
        return Err(Failure::failed(format!(
            "There is an office in {0} already. Start it with: timebook serve --data {0}, or name an empty folder with --data.",
            config.data.display()
        )));
    }
    Ok(())
}

/// Four groups that are easily typed.
fn password() -> String {
    let text = BASE32_NOPAD.encode(&clock::random_bytes::<10>()).to_lowercase();
    let groups: Vec<&str> = (0..4).map(|group| &text[group * 4..group * 4 + 4]).collect();
    groups.join("-")
}

/// Who runs the server of the made-up office.
const FIRST: &str = "admin";
const FOLDER: &str = "timebook-demo";
const TELL_EVERY: Duration = Duration::from_secs(2);

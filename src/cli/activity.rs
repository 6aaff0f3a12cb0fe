//! `timebook activity`: one's own recorded activity, found again and day by day. Nobody is shown anybody else's here.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use http::Method;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use serde_json::Value;

use super::call::{call_as, part};
use super::config::Config;
use super::exit::Failure;
use super::report::{hours, parse};
use super::secret_file::first_line;
use super::{cell, print};
use crate::clock;

/// `2026-11-22` of a moment.
const DATE_CHARS: usize = 10;
/// Events that one look asks for; `--limit` may ask for more, page by page.
const PAGE: usize = 100;

/// Your own recorded activity.
#[derive(Debug, Subcommand)]
pub(crate) enum ActivityCommand {
    /// What was in front on a day, with short stretches grouped
    Day {
        /// Which: 2026-11-22 [default: today]
        #[arg(value_name = "DATE")]
        date: Option<String>,
        /// Stretches shorter than so many seconds belong to their neighbours
        #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(0..=900))]
        blip_seconds: Option<u64>,
        #[command(flatten)]
        own: Own,
    },
    /// Events with these words in application, title or address, newest first
    Search {
        /// What to look for; upper and lower case are the same
        #[arg(value_name = "TEXT")]
        text: String,
        /// From this moment on: 2026-11-22T09:00:00Z
        #[arg(long, value_name = "TIME")]
        from: Option<String>,
        /// Before this moment
        #[arg(long, value_name = "TIME")]
        to: Option<String>,
        /// At most so many
        #[arg(long, value_name = "NUMBER", default_value_t = PAGE, value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1..=10_000))]
        limit: usize,
        #[command(flatten)]
        own: Own,
    },
}

/// Who asks.
#[derive(Args, Debug)]
pub(crate) struct Own {
    /// A file with your token, made with: timebook token create --scope read
    #[arg(long, value_name = "FILE")]
    token_file: PathBuf,
}

pub(crate) async fn run(config: &Config, command: &ActivityCommand) -> Result<(), Failure> {
    match command {
        ActivityCommand::Day { date, blip_seconds, own } => {
            let date = match date {
                Some(date) => parse(date)?,
                None => today()?.date(),
            };
            let blip = blip_seconds.map(|s| format!("&blip_seconds={s}")).unwrap_or_default();
            let path = format!("/api/v1/activity/timeline?date={date}{blip}");
            let answer = own.ask(config, &path).await?;
            if config.json { print::json(&answer) } else { show_day(&answer) }
        }
        ActivityCommand::Search { text, from, to, limit, own } => {
            let mut asked = format!("text={}", part(text));
            for (name, moment) in [("from", from), ("to", to)] {
                if let Some(moment) = moment {
                    asked.push_str(&format!("&{name}={}", part(moment)));
                }
            }
            let found = own.search(config, &asked, *limit).await?;
            if config.json { print::json(&Value::Array(found)) } else { show_found(&found) }
        }
    }
    Ok(())
}

impl Own {
    async fn ask(&self, config: &Config, path: &str) -> Result<Value, Failure> {
        let token = first_line(&self.token_file, "token")?;
        call_as(config, &token, Method::GET, path, None).await
    }

    async fn search(
        &self,
        config: &Config,
        asked: &str,
        most: usize,
    ) -> Result<Vec<Value>, Failure> {
        let (mut found, mut cursor) = (Vec::new(), String::new());
        loop {
            let limit = PAGE.min(most - found.len());
            let path = format!("/api/v1/activity/search?{asked}&limit={limit}{cursor}");
            let mut page = self.ask(config, &path).await?;
            if let Some(Value::Array(items)) = page.get_mut("items").map(Value::take) {
                found.extend(items);
            }
            match page["next"].as_str() {
                Some(next) if found.len() < most => cursor = format!("&cursor={}", part(next)),
                _ => return Ok(found),
            }
        }
    }
}

fn today() -> Result<Zoned, Failure> {
    let now = Timestamp::from_millisecond(clock::now().ms()).map_err(Failure::failed)?;
    Ok(now.to_zoned(TimeZone::system()))
}

fn show_day(day: &Value) {
    let zone = day["time_zone"].as_str().and_then(|zone| TimeZone::get(zone).ok());
    let zone = zone.unwrap_or(TimeZone::UTC);
    let stretches = day["stretches"].as_array().map(Vec::as_slice).unwrap_or_default();
    let row = |stretch: &Value| {
        vec![
            format!(
                "{}-{}",
                clock_time(&stretch["from"], &zone),
                clock_time(&stretch["to"], &zone)
            ),
            hours(&stretch["active_ms"]),
            cell(&stretch["app"]),
            cell(&stretch["title"]),
            names(&stretch["category"]),
        ]
    };
    let rows: Vec<_> = stretches.iter().map(row).collect();
    let columns = ["when", "active", "application", "title", "category"];
    print::table(&columns, &rows, "Nothing was recorded on this day.");
    let total: u64 = stretches.iter().filter_map(|s| s["active_ms"].as_u64()).sum();
    print::line(&format!("\nTotal {} ({})", hours(&Value::from(total)), cell(&day["time_zone"])));
    let until = |key: &str| cell(&day[key]).chars().take(DATE_CHARS).collect::<String>();
    print::line(&format!(
        "Titles and addresses of it are kept until {}, the rest until {}.",
        until("detail_until"),
        until("kept_until")
    ));
}

fn show_found(found: &[Value]) {
    let row = |event: &Value| {
        vec![
            cell(&event["start"]),
            hours(&event["duration_ms"]),
            cell(&event["app"]),
            cell(&event["title"]),
            cell(&event["url"]),
        ]
    };
    let rows: Vec<_> = found.iter().map(row).collect();
    let columns = ["start", "time", "application", "title", "address"];
    print::table(&columns, &rows, "Nothing of yours holds these words.");
}

/// `09:05` where the person is.
fn clock_time(moment: &Value, zone: &TimeZone) -> String {
    let moment = moment.as_str().and_then(|text| text.parse::<Timestamp>().ok());
    moment.map_or_else(String::new, |moment| {
        moment.to_zoned(zone.clone()).strftime("%H:%M").to_string()
    })
}

fn names(path: &Value) -> String {
    path.as_array().into_iter().flatten().map(cell).collect::<Vec<_>>().join(" > ")
}

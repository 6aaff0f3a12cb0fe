//! `timebook report`: a person's recorded activity, a total per application and per day.

use http::Method;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde_json::Value;

use super::arguments::ReportArguments;
use super::call::{call, call_for, call_list, part};
use super::config::Config;
use super::exit::Failure;
use super::{hours, print};
use crate::clock;
use crate::wire::csv::TEXT_CSV;

pub(crate) async fn run(config: &Config, arguments: &ReportArguments) -> Result<(), Failure> {
    if let Some(command) = &arguments.hours {
        return hours::run(config, command).await;
    }
    let Some(person) = &arguments.person else {
        return Err(Failure::usage(
            "Name whose recorded activity with --person, or ask for hours: timebook report hours --by user",
        ));
    };
    let to = match &arguments.to {
        Some(day) => parse(day)?,
        None => today(config, person).await?,
    };
    let from = match &arguments.from {
        Some(day) => parse(day)?,
        None => to.checked_sub(6.days()).map_err(Failure::usage)?,
    };
    if let Some(by) = &arguments.by {
        let path = format!(
            "/api/v1/reports/activity/totals?person={}&from={from}&to={to}&by={by}",
            part(person)
        );
        let answer = call(config, Method::GET, &path, None).await?;
        if config.json {
            print::json(&answer)
        } else {
            show_totals(&answer)
        }
        return Ok(());
    }
    let path = format!("/api/v1/reports/activity?person={}&from={from}&to={to}", part(person));
    if arguments.csv {
        let path = format!("{path}&rows={}&bom={}", arguments.rows, arguments.bom);
        print::text(&call_for(config, TEXT_CSV, &path).await?);
        return Ok(());
    }
    let answer = call(config, Method::GET, &path, None).await?;
    if config.json {
        print::json(&answer);
    } else {
        show(&answer);
    }
    Ok(())
}

fn show(report: &Value) {
    let days = report["days"].as_array().map(Vec::as_slice).unwrap_or_default();
    let rows: Vec<_> =
        days.iter().map(|day| vec![word(&day["date"]), hours(&day["active_ms"])]).collect();
    print::table(&["day", "active"], &rows, "No days.");
    print::line("");
    let apps = report["apps"].as_array().map(Vec::as_slice).unwrap_or_default();
    if report["detail"] == "apps" {
        let rows: Vec<_> =
            apps.iter().map(|app| vec![word(&app["app"]), hours(&app["ms"])]).collect();
        print::table(&["application", "time"], &rows, "Nothing was recorded in these days.");
    } else {
        print::line(&format!(
            "The office's policy is {}: applications are shown to {} alone, on the page.",
            word(&report["policy"]).replace('_', " "),
            word(&report["person"])
        ));
    }
    show_sum(report);
}

fn show_totals(report: &Value) {
    let rows = report["rows"].as_array().map(Vec::as_slice).unwrap_or_default();
    if report["tells"] == true {
        let rows: Vec<_> =
            rows.iter().map(|row| vec![word(&row["name"]), hours(&row["ms"])]).collect();
        print::table(&[&word(&report["by"]), "time"], &rows, "Nothing was recorded in these days.");
    } else {
        print::line(&format!(
            "The office's policy is {}: more than hours is shown to {} alone.",
            word(&report["policy"]).replace('_', " "),
            word(&report["person"])
        ));
    }
    show_sum(report);
}

fn show_sum(report: &Value) {
    print::line(&format!(
        "\nTotal {} ({})",
        hours(&report["total_ms"]),
        word(&report["time_zone"])
    ));
}

/// `7:05` for seven hours and five minutes; a minute counts when it is full.
pub(super) fn hours(ms: &Value) -> String {
    let minutes = ms.as_u64().unwrap_or(0) / 60_000;
    format!("{}:{:02}", minutes / 60, minutes % 60)
}

fn word(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

pub(super) fn parse(day: &str) -> Result<Date, Failure> {
    day.parse()
        .map_err(|_| Failure::usage(format!("`{day}` is not a day. Write it like 2026-11-22.")))
}

/// Today where the person is: their day may have begun while it is yesterday here.
async fn today(config: &Config, person: &str) -> Result<Date, Failure> {
    let users = call_list(config, "/api/v1/users").await?;
    let mut users = users["items"].as_array().into_iter().flatten();
    let zone = users
        .find(|user| user["name"] == person)
        .and_then(|user| TimeZone::get(user["time_zone"].as_str()?).ok())
        .unwrap_or_else(TimeZone::system);
    let now = Timestamp::from_millisecond(clock::now().ms()).map_err(Failure::failed)?;
    Ok(now.to_zoned(zone).date())
}

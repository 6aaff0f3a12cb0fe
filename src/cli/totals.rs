//! `timebook agent totals`: a person's time on their own computer, added up there.

use std::process::ExitCode;

use jiff::tz::TimeZone;
use serde_json::Value;

use super::config::Config;
use super::exit::Exit;
use super::print;
use super::report::hours;
use crate::agent::AgentError;
use crate::agent::folder::Folder;
use crate::agent::totals::{AskTotals, Total, totals};
use crate::clock;

pub(super) async fn run(
    config: &Config,
    by: &str,
    (from, to): (Option<&str>, Option<&str>),
) -> Result<ExitCode, AgentError> {
    let now = jiff::Timestamp::from_millisecond(clock::now().ms()).unwrap_or_default();
    let today = now.to_zoned(TimeZone::system()).date().to_string();
    let day = |day: Option<&str>| day.unwrap_or(&today).to_owned();
    let ask = AskTotals { by: by.to_owned(), from: day(from), to: day(to) };
    let told = totals(&Folder::of(&config.data), &ask).await?;
    if config.json {
        print::json(&serde_json::json!(told));
        return Ok(Exit::Done.into());
    }
    let row = |total: &Total| vec![total.name.clone(), hours(&Value::from(total.ms))];
    let rows: Vec<_> = told.items.iter().map(row).collect();
    print::table(&[by, "hours"], &rows, "Nothing was recorded here in these days.");
    print::line(&format!("\nActive {}", hours(&Value::from(told.active_ms))));
    Ok(Exit::Done.into())
}

//! `timebook agent retention`: what is kept on a computer, and when it goes.

use std::process::ExitCode;

use super::config::Config;
use super::exit::Exit;
use super::print;
use crate::agent::AgentError;
use crate::agent::folder::Folder;
use crate::agent::status::{KeptMonth, Status};

pub(super) fn run(config: &Config) -> Result<ExitCode, AgentError> {
    let kept = Status::now(&Folder::of(&config.data))?.kept;
    if config.json {
        print::json(&serde_json::json!(kept));
        return Ok(Exit::Done.into());
    }
    let Some(kept) = kept else {
        print::line("The office has not said yet how long it keeps things: all of it stays here.");
        return Ok(Exit::Done.into());
    };
    print::line(&format!("As at the office: {kept}, then whole months go."));
    let day = |moment: &str| moment.chars().take(10).collect::<String>();
    let row = |month: &KeptMonth| {
        let detail = month.detail_goes.as_deref().map_or_else(|| "gone".to_owned(), day);
        vec![month.month.clone(), month.events.to_string(), detail, day(&month.goes)]
    };
    let rows: Vec<_> = kept.months.iter().map(row).collect();
    let columns = ["month", "events", "titles and addresses go", "all goes"];
    print::table(&columns, &rows, "Nothing is recorded here yet.");
    if let Some(held) = kept.why_held() {
        print::line(held);
    }
    Ok(Exit::Done.into())
}

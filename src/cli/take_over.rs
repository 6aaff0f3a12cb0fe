//! `timebook agent import-activitywatch`: ActivityWatch's history comes along, and it is said how far it is and what became of it.

use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Duration;

use tokio::time::Instant;

use super::config::Config;
use super::exit::Exit;
use super::print;
use crate::agent::AgentError;
use crate::agent::folder::Folder;
use crate::agent::status::Status;
use crate::agent::takeover::{self, BroughtIn, History, HistoryBucket};

/// How far it is, is told no more often.
const TELL_EVERY: Duration = Duration::from_secs(2);

pub(super) async fn run(
    config: &Config,
    from: SocketAddr,
    yes: bool,
) -> Result<ExitCode, AgentError> {
    let folder = Folder::of(&config.data);
    let history = takeover::look(&folder, from).await?;
    if !config.json {
        show(&history);
    }
    if !yes {
        match config.json {
            true => print::json(&serde_json::json!({ "history": history, "brought_in": false })),
            false => offer(&folder)?,
        }
        return Ok(Exit::Done.into());
    }
    let mut last = Instant::now();
    let mut tell = |counts: BroughtIn| {
        let done = counts.inserted + counts.known + counts.left_out;
        if last.elapsed() >= TELL_EVERY {
            last = Instant::now();
            print::complain(&format!("{done} events so far"));
        }
    };
    let counts = takeover::bring_in(&folder, from, &mut tell).await?;
    if config.json {
        print::json(
            &serde_json::json!({ "history": history, "brought_in": true, "events": counts }),
        );
        return Ok(Exit::Done.into());
    }
    let BroughtIn { inserted, known, left_out } = counts;
    print::line(&format!(
        "In this computer's book now: {inserted} new events, {known} that were there already. Left out by your rules and hours, and by pauses: {left_out}."
    ));
    print::line("A second time brings in what is new.");
    print::line(
        "To take over: quit ActivityWatch, start this agent (timebook agent run, or install), then start only ActivityWatch's watchers, or turn on",
    );
    print::line("the agent's own recorder: timebook agent record on");
    Ok(Exit::Done.into())
}

fn show(history: &History) {
    let row = |bucket: &HistoryBucket| {
        let updated = bucket.updated.as_deref().map_or("-".to_owned(), print::when);
        vec![bucket.id.clone(), bucket.kind.clone(), updated]
    };
    let rows: Vec<_> = history.buckets.iter().map(row).collect();
    print::table(&["bucket", "type", "until"], &rows, "ActivityWatch has recorded nothing yet.");
}

/// What would become of it, before it does.
fn offer(folder: &Folder) -> Result<(), AgentError> {
    let office = Status::now(folder)?.office;
    let policy =
        office.map_or_else(|| "hours only".to_owned(), |office| office.policy.replace('_', " "));
    print::line(&format!(
        "It would come into this computer's book, past your rules, your hours and pauses. Others may see of it: {policy}; of what was recorded before"
    ));
    print::line("that was the policy on this computer: hours only.");
    print::line("To bring it in: timebook agent import-activitywatch --yes");
    Ok(())
}

//! `timebook track`: a person's timer and time entries, from their own computer; works with the office out of reach.

mod moment;

use std::process::ExitCode;

use clap::{Args, Subcommand};
use jiff::tz::TimeZone;

use super::agent::{ask, failure};
use super::config::Config;
use super::exit::{Exit, Failure};
use super::print;
use crate::agent::AgentError;
use crate::agent::folder::Folder;
use crate::agent::track::{Ask, Fields, Shown, State, Told, track};
use crate::clock;
use crate::consensus::STATE_FILE;
use crate::domain::time::{DAY_MS, HOUR_MS, MINUTE_MS};
use moment::Here;
pub(super) use moment::hour;

/// Your time.
#[derive(Debug, Subcommand)]
pub(crate) enum TrackCommand {
    /// Start a timer; the one that runs ends there
    Start {
        #[command(flatten)]
        on: On,
        /// Since when: 09:00, or 2026-11-22T09:00 [default: now]
        #[arg(long, value_name = "TIME")]
        at: Option<String>,
    },
    /// Stop the timer
    Stop {
        /// When: 12:30, or 2026-11-22T12:30 [default: now]
        #[arg(long, value_name = "TIME")]
        at: Option<String>,
    },
    /// Delete the timer that runs
    Discard,
    /// Start a timer on the same as an earlier entry
    Continue {
        /// Its id, or a part of it
        #[arg(value_name = "ID", default_value = "last")]
        which: String,
    },
    /// What runs, what waits to be sent, what was refused
    Status,
    /// Enter work that is done
    Log {
        /// From when until when: 09:00-12:30
        #[arg(value_name = "FROM-TO")]
        span: String,
        /// On which day: 2026-11-20 [default: today]
        #[arg(long, value_name = "DAY")]
        date: Option<String>,
        #[command(flatten)]
        on: On,
    },
    /// Change an entry
    Edit {
        /// Its id, or a part of it, or `last`
        #[arg(value_name = "ID")]
        which: String,
        /// Another begin: 09:00 on its day, or 2026-11-22T09:00
        #[arg(long, value_name = "TIME")]
        start: Option<String>,
        /// Another end
        #[arg(long, value_name = "TIME")]
        end: Option<String>,
        #[command(flatten)]
        on: On,
        /// Delete it
        #[arg(long, conflicts_with_all = ["start", "end"])]
        delete: bool,
    },
    /// Recent entries, with their ids
    List {
        /// Of so many days, today included
        #[arg(long, value_name = "NUMBER", default_value_t = 7, value_parser = clap::value_parser!(u64).range(1..=62))]
        days: u64,
    },
}

/// What it is on; what is left out of a change stays.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct On {
    /// A project: its name, or CUSTOMER/NAME; "" for none
    #[arg(long, value_name = "NAME")]
    project: Option<String>,
    /// A task of the project: its name, or ABOVE/NAME; "" for none
    #[arg(long, value_name = "NAME")]
    task: Option<String>,
    /// A tag; may be repeated; "" for none
    #[arg(long = "tag", value_name = "NAME")]
    tags: Vec<String>,
    /// What you did
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    /// Somebody is to pay for it [default: as the project says]
    #[arg(long, conflicts_with = "not_billable")]
    billable: bool,
    /// Nobody is to pay for it
    #[arg(long)]
    not_billable: bool,
}

impl On {
    fn fields(&self) -> Fields {
        let billable = self.billable.then_some(true).or_else(|| self.not_billable.then_some(false));
        let named = self.tags.iter().filter(|tag| !tag.is_empty()).cloned().collect();
        Fields {
            project: self.project.clone(),
            task: self.task.clone(),
            tags: (!self.tags.is_empty()).then_some(named),
            note: self.note.clone(),
            billable,
        }
    }
}

/// Runs the command.
pub(crate) fn run(config: &Config, command: &TrackCommand) -> anyhow::Result<ExitCode> {
    let here = Here { zone: TimeZone::system(), now: clock::now() };
    let folder = Folder::of(&config.data);
    let done = || -> Result<ExitCode, Failure> {
        let asked = question(&folder, command, &here).map_err(|error| explain(config, error))?;
        let told = speak(&folder, asked).map_err(|error| explain(config, error))?;
        if config.json {
            print::json(&serde_json::json!(told));
        } else {
            show(command, &told, &here);
        }
        Ok(Exit::Done.into())
    };
    Ok(done()?)
}

/// One question to the agent, or to its book.
fn speak(folder: &Folder, question: Ask) -> Result<Told, AgentError> {
    let mut told = Told::default();
    ask(async {
        told = track(folder, question).await?;
        Ok(Exit::Done.into())
    })?;
    Ok(told)
}

/// On the server's own computer it is told what this command is for.
fn explain(config: &Config, error: AgentError) -> Failure {
    match error {
        AgentError::NotEnrolled if config.data.join(STATE_FILE).exists() => Failure::failed(
            "Here is the office's server, and nobody's own computer. Use the office's page, or enroll this computer for yourself: timebook agent enroll CODE",
        ),
        error => failure(error),
    }
}

fn question(folder: &Folder, command: &TrackCommand, here: &Here) -> Result<Ask, AgentError> {
    Ok(match command {
        TrackCommand::Start { on, at } => Ask::Start {
            at_ms: at.as_deref().map(|at| here.lately(at)).transpose()?,
            fields: on.fields(),
        },
        TrackCommand::Stop { at } => {
            Ask::Stop { at_ms: at.as_deref().map(|at| here.lately(at)).transpose()? }
        }
        TrackCommand::Discard => Ask::Discard,
        TrackCommand::Continue { which } => Ask::Continue { which: which.clone() },
        TrackCommand::Status => Ask::Status,
        TrackCommand::Log { span, date, on } => {
            let (start_ms, end_ms) = here.span(span, date.as_deref())?;
            Ask::Log { start_ms, end_ms, fields: on.fields() }
        }
        TrackCommand::Edit { which, start, end, on, delete } => {
            if !delete && start.is_none() && end.is_none() && on.fields() == Fields::default() {
                return Err(AgentError::BadAsk(
                    "This says nothing to change. Say what: --start, --end, --project, --task, --tag, --note, --billable or --delete.".to_owned(),
                ));
            }
            let mut which = which.clone();
            let (mut start_ms, mut end_ms) = (None, None);
            if start.is_some() || end.is_some() {
                // An hour is meant on the entry's own day.
                let entry = speak(folder, Ask::Find { which })?.entry;
                let entry = entry.ok_or(AgentError::NotEnrolled)?;
                let day = here.day_of(&entry.start);
                start_ms = start.as_deref().map(|start| here.on(start, day)).transpose()?;
                end_ms = end.as_deref().map(|end| here.on(end, day)).transpose()?;
                which = entry.id;
            }
            Ask::Edit { which, start_ms, end_ms, fields: on.fields(), delete: *delete }
        }
        TrackCommand::List { days } => {
            Ask::List { from_ms: here.midnight_ms().saturating_sub_unsigned((days - 1) * DAY_MS) }
        }
    })
}

fn show(command: &TrackCommand, told: &Told, here: &Here) {
    if let TrackCommand::List { .. } = command {
        let rows: Vec<_> = told.items.iter().map(|entry| row(entry, here)).collect();
        let columns = ["id", "day", "from", "to", "hours", "on", "note", "state"];
        return print::table(&columns, &rows, "There is no time entry of these days.");
    }
    if let Some(ended) = &told.ended {
        print::line(&format!("Ended:   {}", sentence(ended, here)));
    }
    let verb = match command {
        TrackCommand::Start { .. } | TrackCommand::Continue { .. } => "Started",
        TrackCommand::Stop { .. } => "Stopped",
        TrackCommand::Status => "Running",
        TrackCommand::Log { .. } => "Entered",
        _ if told.deleted => "Deleted",
        _ => "Changed",
    };
    match &told.entry {
        Some(entry) => print::line(&format!("{:<8} {}", format!("{verb}:"), sentence(entry, here))),
        None => print::line("No timer is running. Start one with: timebook track start"),
    }
    let told_of = told.entry.iter().filter(|_| !matches!(command, TrackCommand::Status));
    for entry in told.items.iter().chain(told_of) {
        if let Some(why) = &entry.refused {
            let id = short(&entry.id);
            let what = sentence(entry, here);
            print::line(&format!(
                "Refused: {what}\n         {why}\n         To mend it: timebook track edit {id} ..., or --delete"
            ));
        }
    }
    if let Some(note) = &told.note {
        print::line(&format!("Note:    {note}"));
    }
    for other in &told.overlaps {
        print::line(&format!("Overlaps: {}", sentence(other, here)));
    }
    if told.waiting > 0 {
        let entries = if told.waiting == 1 { "entry waits" } else { "entries wait" };
        print::line(&format!("Kept here: {} {entries} for the office.", told.waiting));
    }
}

fn sentence(entry: &Shown, here: &Here) -> String {
    let mut parts = vec![match &entry.end {
        Some(end) => format!(
            "{} {}-{} ({})",
            here.date(&entry.start),
            hour(&entry.start, &here.zone),
            hour(end, &here.zone),
            length(entry.ms)
        ),
        None => format!(
            "since {} {} ({})",
            here.date(&entry.start),
            hour(&entry.start, &here.zone),
            length(entry.ms)
        ),
    }];
    parts.extend(on(entry));
    parts.extend((!entry.tags.is_empty()).then(|| entry.tags.join(", ")));
    parts.extend((!entry.note.is_empty()).then(|| entry.note.replace('\n', " ")));
    parts.push(format!("[{}]", short(&entry.id)));
    parts.join(" · ")
}

fn row(entry: &Shown, here: &Here) -> Vec<String> {
    let state = match entry.state {
        State::Delivered => "",
        State::Waiting => "waits",
        State::Refused => "refused",
    };
    vec![
        short(&entry.id).to_owned(),
        here.date(&entry.start),
        hour(&entry.start, &here.zone),
        entry.end.as_ref().map_or_else(|| "runs".to_owned(), |end| hour(end, &here.zone)),
        length(entry.ms),
        on(entry).unwrap_or_else(|| "-".to_owned()),
        entry.note.replace('\n', " "),
        state.to_owned(),
    ]
}

/// Customer/project, task.
fn on(entry: &Shown) -> Option<String> {
    let project = match (&entry.customer, &entry.project) {
        (Some(customer), Some(project)) => format!("{customer}/{project}"),
        (None, Some(project)) => project.clone(),
        _ => return None,
    };
    Some(match &entry.task {
        Some(task) => format!("{project}: {task}"),
        None => project,
    })
}

/// The end of an id: its begin is the time, and alike in entries made together.
fn short(id: &str) -> &str {
    id.get(id.len().saturating_sub(8)..).unwrap_or(id)
}

fn length(ms: u64) -> String {
    format!("{}:{:02}", ms / HOUR_MS, ms % HOUR_MS / MINUTE_MS)
}

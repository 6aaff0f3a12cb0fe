//! `timebook import`: time from other products, looked at first.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use http::Method;
use serde_json::Value;

use super::actor::Names;
use super::call::{call, call_as, call_list, call_with_file, part, send_file_as};
use super::config::Config;
use super::exit::Failure;
use super::lines;
use super::print;
use super::secret_file::first_line;

/// Time from other products.
#[derive(Debug, Subcommand)]
pub(crate) enum ImportCommand {
    /// Toggl Track: the detailed report as CSV, or time entries with names (meta=true) as JSON
    Toggl(FileArguments),
    /// Clockify: the detailed report as CSV or JSON
    Clockify(FileArguments),
    /// Kimai: the export as CSV, or timesheets in full (full=true) as JSON
    Kimai(FileArguments),
    /// TimeTagger: the export as a table, or its records as JSON
    Timetagger(FileArguments),
    /// ActivityWatch: the recorded activity of one's own, as its export is written (JSON); what is there already is left out
    Activitywatch {
        /// The file
        file: PathBuf,
        /// Into which of your own books: the device of a token of yours with the scope record
        #[arg(long, value_name = "NAME")]
        device: String,
        /// A file with your token, made with: timebook token create --scope manage
        #[arg(long, value_name = "FILE")]
        token_file: PathBuf,
    },
    /// All of an office as `timebook export office` wrote it, in place of what is here; the server must be stopped
    Office {
        /// The file
        file: PathBuf,
        /// Do not save what is there now first; also goes on when it cannot be opened any more
        #[arg(long)]
        without_safety_backup: bool,
    },
    /// Imports, the newest first
    List,
    /// Take an import out again; what was changed since stays
    Undo {
        /// Its id, from `timebook import list`
        id: String,
    },
}

/// A file, and how it is meant.
#[derive(Args, Debug)]
pub(crate) struct FileArguments {
    /// The file
    file: PathBuf,
    /// Whose all of it is [default: as the file says]
    #[arg(long = "as", value_name = "NAME")]
    person: Option<String>,
    /// Who somebody of the file is here, e.g. --map "Ada L.=ada"; may be given again
    #[arg(long, value_name = "IN FILE=NAME", conflicts_with = "person")]
    map: Vec<String>,
    /// Where its clock stood, e.g. Europe/Berlin [default: each person's own zone]
    #[arg(long, value_name = "ZONE")]
    time_zone: Option<String>,
    /// What comes first in dates such as 03/04/2026
    #[arg(long, value_parser = ["dmy", "mdy"])]
    dates: Option<String>,
    /// Bring it in; without this only what would happen is shown
    #[arg(long)]
    yes: bool,
}

pub(crate) async fn run(config: &Config, command: &ImportCommand) -> Result<(), Failure> {
    match command {
        ImportCommand::Toggl(file) => bring_in(config, "toggl", file).await,
        ImportCommand::Clockify(file) => bring_in(config, "clockify", file).await,
        ImportCommand::Kimai(file) => bring_in(config, "kimai", file).await,
        ImportCommand::Timetagger(file) => bring_in(config, "timetagger", file).await,
        ImportCommand::Activitywatch { file, device, token_file } => {
            let token = first_line(token_file, "token")?;
            let path = format!("/api/v1/imports/activitywatch?device={}", part(device));
            let job = send_file_as(config, &token, &path, file).await?;
            tell(config, &ended(config, job, Some(&token)).await?);
            Ok(())
        }
        ImportCommand::Office { file, without_safety_backup } => {
            lines::import(config, file, *without_safety_backup).await
        }
        ImportCommand::List => {
            let mut answer = call_list(config, "/api/v1/imports").await?;
            if !config.json {
                let names = Names::load(config).await?;
                for import in answer["items"].as_array_mut().into_iter().flatten() {
                    import["by"] = names.of(import["by"].as_str().unwrap_or_default()).into();
                }
            }
            let columns = ["id", "source", "by", "begun", "state", "entries", "catalog"];
            super::list(config, &answer, &columns, "Nothing was brought in yet.");
            Ok(())
        }
        ImportCommand::Undo { id } => {
            let path = format!("/api/v1/imports/{}/undo", part(id));
            let job = call(config, Method::POST, &path, None).await?;
            tell(config, &ended(config, job, None).await?);
            Ok(())
        }
    }
}

async fn bring_in(config: &Config, source: &str, file: &FileArguments) -> Result<(), Failure> {
    let bytes = std::fs::read(&file.file).map_err(|error| {
        Failure::usage(format!("{} cannot be read: {error}. Check the path.", file.file.display()))
    })?;
    let mut query = format!("source={source}");
    for (name, value) in
        [("zone", &file.time_zone), ("dates", &file.dates), ("person", &file.person)]
    {
        if let Some(value) = value {
            query += &format!("&{name}={}", part(value));
        }
    }
    if !file.map.is_empty() {
        query += &format!("&people={}", part(&file.map.join("\n")));
    }
    let path = format!("/api/v1/imports/preview?{query}");
    let preview = call_with_file(config, &path, bytes.clone()).await?;
    if !file.yes {
        show(config, &preview);
        return Ok(());
    }
    if let Some(fault) = preview["refused"].get(0) {
        show(config, &preview);
        let (line, why) = (&fault["line"], fault["why"].as_str().unwrap_or_default());
        return Err(Failure::failed(format!("Line {line}: {why} Nothing was brought in.")));
    }
    let job = call_with_file(config, &format!("/api/v1/imports?{query}"), bytes).await?;
    tell(config, &ended(config, job, None).await?);
    Ok(())
}

/// The job once it has ended well; with a `token`, asked for by whom that is.
async fn ended(config: &Config, mut job: Value, token: Option<&str>) -> Result<Value, Failure> {
    while job["state"] == "running" {
        let id = job["id"].as_str().unwrap_or_default().to_owned();
        let path = format!("/api/v1/jobs/{id}?wait=20&seen={}", job["version"]);
        job = match token {
            Some(token) => call_as(config, token, Method::GET, &path, None).await?,
            None => call(config, Method::GET, &path, None).await?,
        };
    }
    if job["state"] == "done" {
        return Ok(job);
    }
    Err(Failure::failed(job["sentence"].as_str().unwrap_or_default()))
}

fn tell(config: &Config, job: &Value) {
    if config.json {
        print::json(job);
    } else {
        print::line(job["sentence"].as_str().unwrap_or_default());
    }
}

fn show(config: &Config, preview: &Value) {
    if config.json {
        print::json(preview);
        return;
    }
    let number = |key: &str| preview[key].as_u64().unwrap_or(0);
    let minutes = number("total_ms") / 60_000;
    let hours = format!("{}:{:02} h", minutes / 60, minutes % 60);
    let mut rows = vec![
        vec!["new time entries".to_owned(), number("new").to_string(), hours],
        vec!["already there".to_owned(), number("there").to_string(), String::new()],
    ];
    if number("overlapping") > 0 {
        let (count, what) = (number("overlapping").to_string(), "of the new ones".to_owned());
        rows.push(vec!["over booked time".to_owned(), count, what]);
    }
    if number("refused_rows") > 0 {
        let count = number("refused_rows").to_string();
        rows.push(vec!["cannot be taken".to_owned(), count, String::new()]);
    }
    for (title, key) in [
        ("new customers", "customers"),
        ("new projects", "projects"),
        ("new tasks", "tasks"),
        ("new tags", "tags"),
    ] {
        let names = preview[key].as_array().map(Vec::as_slice).unwrap_or_default();
        let shown: Vec<&str> = names.iter().filter_map(Value::as_str).take(SHOWN).collect();
        let more = if names.len() > SHOWN { ", ..." } else { "" };
        rows.push(vec![title.to_owned(), names.len().to_string(), shown.join(", ") + more]);
    }
    for person in preview["people"].as_array().into_iter().flatten() {
        let word = |key: &str| person[key].as_str().unwrap_or_default();
        let whose = format!("{} -> {}", word("in_file"), word("name"));
        rows.push(vec!["time of".to_owned(), person["rows"].to_string(), whose]);
    }
    print::table(&["what", "count", "which"], &rows, "Nothing.");
    show_accepted(preview);
    let refused = preview["refused"].as_array().map(Vec::as_slice).unwrap_or_default();
    if refused.is_empty() {
        print::line("\nNothing was changed yet. To bring it in, add --yes.");
        return;
    }
    print::line("");
    let line = |fault: &Value| {
        vec![fault["line"].to_string(), fault["why"].as_str().unwrap_or_default().to_owned()]
    };
    let rows: Vec<Vec<String>> = refused.iter().map(line).collect();
    print::table(&["line", "cannot be taken because"], &rows, "");
    let unknown = preview["unknown"].as_array().map(Vec::as_slice).unwrap_or_default();
    if unknown.is_empty() {
        print::line("\nNothing was changed. Mend these lines and look again.");
        return;
    }
    print::line("");
    for person in unknown {
        let in_file = person["in_file"].as_str().unwrap_or_default();
        print::line(&next_step(in_file, person["rows"].as_u64().unwrap_or(0)));
    }
}

/// The first rows that would come in: whether day and month and the zone were understood shows there.
fn show_accepted(preview: &Value) {
    let accepted = preview["accepted"].as_array().map(Vec::as_slice).unwrap_or_default();
    if accepted.is_empty() {
        return;
    }
    let word = |row: &Value, key: &str| row[key].as_str().unwrap_or_default().to_owned();
    let cells = |row: &Value| {
        let words = ["person", "start", "end", "project", "note"].map(|key| word(row, key));
        [vec![row["line"].to_string()], words.to_vec()].concat()
    };
    let rows: Vec<Vec<String>> = accepted.iter().take(SHOWN).map(cells).collect();
    print::line("\nThe first rows that come in:");
    print::table(&["line", "whose", "from", "until", "project", "note"], &rows, "");
}

/// What to do about somebody of the file who is nobody here.
fn next_step(in_file: &str, rows: u64) -> String {
    let rows = if rows == 1 { "1 row".to_owned() } else { format!("{rows} rows") };
    if in_file.is_empty() {
        return format!("Nobody is named in {rows}: say whose they are with --as NAME.");
    }
    let name = in_file.split('@').next().unwrap_or_default().to_lowercase().replace(' ', ".");
    let name =
        crate::domain::text::UserName::new(name).map_or("NAME".to_owned(), |n| n.to_string());
    format!(
        "{in_file} ({rows}) is nobody here whose time you may enter: say who it is with --map \"{in_file}=NAME\", or add the person with timebook user add --name {name}."
    )
}

/// Names of each sort that are shown.
const SHOWN: usize = 8;

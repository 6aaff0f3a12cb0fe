//! `timebook report hours | days | saved`: hours of the book, from the server's own terminal.

use clap::{Args, Subcommand};
use http::Method;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::call::{call, call_for, call_list, part};
use super::catalog::PROJECT;
use super::config::Config;
use super::exit::Failure;
use super::filter::Filters;
use super::target::minutes;
use super::team_activity::TeamArguments;
use super::track::hour;
use super::{cell, print, report, team_activity};
use crate::wire::csv::TEXT_CSV;

/// Reports of the book.
#[derive(Debug, Subcommand)]
pub(crate) enum HoursCommand {
    /// Hours by time and by whatever they belong to
    Hours(HoursArguments),
    /// Recorded activity of everybody
    Team(TeamArguments),
    /// A person's days, with gaps and overlaps
    Days {
        /// Whose
        #[arg(long)]
        person: String,
        /// First day
        #[arg(long, value_name = "DAY")]
        from: String,
        /// Last day, included
        #[arg(long, value_name = "DAY")]
        to: String,
        /// As CSV, for spreadsheets
        #[arg(long = "csv", conflicts_with = "json")]
        table: bool,
    },
    /// What budgets of projects and tasks may take, and have taken
    Budgets {
        /// Of this project and its tasks, by name or id
        #[arg(long)]
        project: Option<String>,
        /// Those of archived projects and tasks, too
        #[arg(long)]
        archived: bool,
        /// As CSV, for spreadsheets
        #[arg(long = "csv", conflicts_with = "json")]
        table: bool,
    },
    /// Saved reports: the office's, and those it shares
    #[command(alias = "list")]
    Saved,
    /// Save a report for the office under a name
    Save {
        /// What people call it
        #[arg(long)]
        name: String,
        #[command(flatten)]
        question: Question,
    },
    /// What a saved report comes to
    Run {
        /// Its id, from `timebook report saved`
        id: String,
        /// As CSV, for spreadsheets
        #[arg(long = "csv", conflicts_with = "json")]
        table: bool,
    },
    /// Delete a saved report
    Delete {
        /// Its id
        id: String,
    },
}

/// A report and how it is shown.
#[derive(Args, Debug)]
pub(crate) struct HoursArguments {
    #[command(flatten)]
    question: Question,
    /// As CSV, for spreadsheets
    #[arg(long = "csv", conflicts_with = "json")]
    table: bool,
    /// With --csv: begin with a byte order mark, so that Excel reads it as UTF-8
    #[arg(long, requires = "table")]
    bom: bool,
}

/// What is asked.
#[derive(Args, Debug)]
pub(crate) struct Question {
    /// First day
    #[arg(long, value_name = "DAY", requires = "to", conflicts_with = "range")]
    from: Option<String>,
    /// Last day, included
    #[arg(long, value_name = "DAY", requires = "from")]
    to: Option<String>,
    /// Days as they are when it is asked [default: this_month]
    #[arg(long, value_parser = ["today", "this_week", "last_week", "this_month", "last_month", "this_year", "last_year"])]
    range: Option<String>,
    /// Told apart by time
    #[arg(long, value_parser = ["day", "week", "month"])]
    per: Option<String>,
    /// Told apart by user, team, customer, project, task, tag or billable; up to three with commas between
    #[arg(long, value_delimiter = ',')]
    by: Vec<String>,
    /// Whose, by sign-in name, with commas between
    #[arg(long, value_delimiter = ',')]
    people: Vec<String>,
    #[command(flatten)]
    on: Filters,
    /// Only what is paid for (yes) or is not (no)
    #[arg(long, value_parser = ["yes", "no"])]
    billable: Option<String>,
    /// Compare with the time before
    #[arg(long)]
    compare: bool,
}

impl Question {
    /// As JSON takes it; nothing is said of what was not given.
    async fn fields(&self, config: &Config) -> Result<Value, Failure> {
        let mut fields = json!({});
        let mut texts = vec![
            ("from", self.from.clone()),
            ("to", self.to.clone()),
            ("range", self.range.clone()),
            ("per", self.per.clone()),
        ];
        if self.from.is_none() && self.range.is_none() {
            texts.push(("range", Some("this_month".to_owned())));
        }
        for (name, text) in texts {
            if let Some(text) = text {
                fields[name] = text.into();
            }
        }
        for (name, list) in [("by", &self.by), ("people", &self.people)] {
            if !list.is_empty() {
                fields[name] = json!(list);
            }
        }
        for (name, ids) in self.on.fields(config).await? {
            fields[name] = ids;
        }
        if let Some(billable) = &self.billable {
            fields["billable"] = (billable == "yes").into();
        }
        if self.compare {
            fields["compare"] = true.into();
        }
        Ok(fields)
    }

    /// As a query.
    async fn query(&self, config: &Config) -> Result<String, Failure> {
        let fields = self.fields(config).await?;
        let all = fields.as_object().into_iter().flatten();
        let one = |(name, value): (&String, &Value)| format!("{name}={}", part(&cell(value)));
        Ok(all.map(one).collect::<Vec<_>>().join("&"))
    }
}

pub(crate) async fn run(config: &Config, command: &HoursCommand) -> Result<(), Failure> {
    match command {
        HoursCommand::Hours(HoursArguments { question, table, bom }) => {
            let query = question.query(config).await?;
            let bom = if *table { format!("&bom={bom}") } else { String::new() };
            hours(config, &format!("/api/v1/reports/hours?{query}{bom}"), *table).await
        }
        HoursCommand::Team(arguments) => team_activity::run(config, arguments).await,
        HoursCommand::Run { id, table } => {
            hours(config, &format!("/api/v1/reports/saved/{}/hours", part(id)), *table).await
        }
        HoursCommand::Budgets { project, archived, table } => {
            budgets(config, project.as_deref(), *archived, *table).await
        }
        HoursCommand::Days { person, from, to, table } => {
            let (from, to) = (report::parse(from)?, report::parse(to)?);
            let path = format!("/api/v1/reports/days?person={}&from={from}&to={to}", part(person));
            if *table {
                print::text(&call_for(config, TEXT_CSV, &path).await?);
                return Ok(());
            }
            let answer = call(config, Method::GET, &path, None).await?;
            if config.json {
                print::json(&answer);
            } else {
                days(&answer);
            }
            Ok(())
        }
        HoursCommand::Saved => {
            let answer = call_list(config, "/api/v1/reports/saved").await?;
            let columns = ["id", "name", "owner", "query"];
            super::list(config, &answer, &columns, "No report is saved.");
            Ok(())
        }
        HoursCommand::Save { name, question } => {
            let body =
                json!({ "name": name, "shared": true, "query": question.fields(config).await? });
            let saved = call(config, Method::POST, "/api/v1/reports/saved", Some(body)).await?;
            if config.json {
                print::json(&saved);
            } else {
                print::line(&format!("{name} is saved for the office ({}).", cell(&saved["id"])));
            }
            Ok(())
        }
        HoursCommand::Delete { id } => {
            let path = format!("/api/v1/reports/saved/{}", part(id));
            call(config, Method::DELETE, &path, None).await?;
            print::done(config.json, "The report is deleted.");
            Ok(())
        }
    }
}

async fn hours(config: &Config, path: &str, table: bool) -> Result<(), Failure> {
    if table {
        print::text(&call_for(config, TEXT_CSV, path).await?);
        return Ok(());
    }
    let answer = call(config, Method::GET, path, None).await?;
    if config.json {
        print::json(&answer);
    } else {
        show(&answer);
    }
    Ok(())
}

fn show(hours: &Value) {
    let items = |key: &str| hours[key].as_array().map(Vec::as_slice).unwrap_or_default();
    let (rows, periods) = (items("rows"), items("periods"));
    let told = |one: &Value| vec![cell(&one["from"]), cell(&one["to"])];
    if rows.iter().all(|row| row["keys"].as_array().is_none_or(Vec::is_empty)) {
        let row = |one: &Value| {
            let mut cells = told(one);
            cells.extend([report::hours(&one["ms"]), due(&one["target_minutes"])]);
            cells
        };
        let rows: Vec<_> = periods.iter().map(row).collect();
        print::table(&["from", "to", "hours", "due"], &rows, "No days.");
    } else {
        let by = rows.first().map(|row| row["keys"].clone()).unwrap_or_default();
        let by = by.as_array().map(Vec::as_slice).unwrap_or_default();
        let by: Vec<_> = by.iter().map(|key| cell(&key["by"])).collect();
        let mut heading = vec!["from", "to"];
        heading.extend(by.iter().map(String::as_str));
        heading.extend(["hours", "with below", "due", "before"]);
        let row = |one: &Value| {
            let mut cells = told(one);
            let keys = one["keys"].as_array().map(Vec::as_slice).unwrap_or_default();
            cells.extend(keys.iter().map(name));
            let ms = |key: &str| match &one[key] {
                Value::Null => "-".to_owned(),
                ms => report::hours(ms),
            };
            let due = due(&one["target_minutes"]);
            cells.extend([ms("ms"), ms("with_below_ms"), due, ms("previous_ms")]);
            cells
        };
        print::table(&heading, &rows.iter().map(row).collect::<Vec<_>>(), "No hours.");
    }
    print::line("");
    if hours["counts_twice"] == true {
        print::line("Hours in several rows stand in each of them; the total has them once.");
    }
    if let Some(before) = hours["previous"].as_object() {
        let sum = report::hours(&before["total_ms"]);
        print::line(&format!(
            "Before {sum} ({} to {})",
            cell(&before["from"]),
            cell(&before["to"])
        ));
    }
    print::line(&format!(
        "Total {}, due {} ({})",
        report::hours(&hours["total_ms"]),
        due(&hours["target_minutes"]),
        cell(&hours["time_zone"])
    ));
}

fn name(key: &Value) -> String {
    match (&key["name"], &key["id"]) {
        (Value::String(name), _) => match &key["project"] {
            Value::String(project) => format!("{project} / {name}"),
            _ => name.clone(),
        },
        (_, Value::String(id)) => id.clone(),
        _ if key["hidden"] == true => "(hidden)".to_owned(),
        _ => "-".to_owned(),
    }
}

fn due(target: &Value) -> String {
    if target.is_null() { "-".to_owned() } else { minutes(target) }
}

async fn budgets(
    config: &Config,
    project: Option<&str>,
    archived: bool,
    table: bool,
) -> Result<(), Failure> {
    let mut path = format!("/api/v1/reports/budgets?archived={archived}");
    if let Some(project) = project {
        path += &format!("&project={}", part(&cell(&PROJECT.id(config, project).await?)));
    }
    if table {
        print::text(&call_for(config, TEXT_CSV, &path).await?);
        return Ok(());
    }
    let answer = call(config, Method::GET, &path, None).await?;
    if config.json {
        print::json(&answer);
        return Ok(());
    }
    let row = |one: &Value| {
        let rest = one["rest_ms"].as_i64();
        let rest = rest.map_or_else(
            || "-".to_owned(),
            |ms| {
                let sign = if ms < 0 { "-" } else { "" };
                format!("{sign}{}", report::hours(&json!(ms.unsigned_abs())))
            },
        );
        let percent = one["percent"].as_u64();
        let mut cells = vec![cell(&one["customer_name"]), cell(&one["project_name"])];
        cells.extend([cell(&one["task_name"]), minutes(&one["budget_minutes"])]);
        cells.push(if one["spent_ms"].is_null() {
            "-".to_owned()
        } else {
            report::hours(&one["spent_ms"])
        });
        cells.extend([
            rest,
            percent.map_or_else(|| "-".to_owned(), |percent| format!("{percent} %")),
        ]);
        cells
    };
    let rows: Vec<_> = answer["items"].as_array().into_iter().flatten().map(row).collect();
    let heading = ["customer", "project", "task", "budget", "spent", "left", "of it"];
    let empty = "No project has a budget. Give one with: timebook project edit NAME --budget HOURS";
    print::table(&heading, &rows, empty);
    Ok(())
}

fn days(answer: &Value) {
    let items = answer["days"].as_array().map(Vec::as_slice).unwrap_or_default();
    // Days begin where the asker is, and so do their hours.
    let zone = TimeZone::get(&cell(&answer["time_zone"])).unwrap_or(TimeZone::UTC);
    let spans = |spans: &Value| {
        let spans = spans.as_array().map(Vec::as_slice).unwrap_or_default();
        let clock = |moment: &Value| hour(&cell(moment), &zone);
        let one = |span: &Value| format!("{}-{}", clock(&span["from"]), clock(&span["to"]));
        spans.iter().map(one).collect::<Vec<_>>().join(" ")
    };
    let row = |day: &Value| {
        vec![
            cell(&day["date"]),
            report::hours(&day["ms"]),
            minutes(&day["target_minutes"]),
            spans(&day["gaps"]),
            spans(&day["overlaps"]),
        ]
    };
    let rows: Vec<_> = items.iter().map(row).collect();
    print::table(&["day", "hours", "due", "gaps", "overlaps"], &rows, "No days.");
    print::line(&format!(
        "\nTotal {}, due {} ({})",
        report::hours(&answer["total_ms"]),
        minutes(&answer["target_minutes"]),
        cell(&answer["time_zone"])
    ));
}

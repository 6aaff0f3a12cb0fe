//! The command line: where settings are gathered and everything is put together.
//!
//! The only room that knows every other. Must never hold a rule of the product: those live below.

mod activity;
mod actor;
mod agent;
mod arguments;
mod assemble;
mod audit;
mod background;
mod backup;
mod ca;
mod call;
mod catalog;
mod category;
mod certificates;
mod concern;
mod config;
mod confirm;
mod customer;
mod demo;
mod device;
mod doctor;
mod erasure;
mod exit;
mod export;
mod filter;
mod front;
mod help;
mod hours;
mod icon;
mod import;
mod instance_lock;
mod job;
mod kept;
mod lines;
mod logging;
mod mail;
mod manage;
mod office;
mod office_setting;
mod person_data;
mod power;
mod print;
mod progress;
mod project;
mod quarantine;
mod recover;
mod redaction;
mod report;
mod retention;
mod secret_file;
mod serve;
mod service;
mod session;
mod shift;
mod status;
mod tag;
mod take_over;
mod target;
mod task;
mod team;
mod team_activity;
mod text_file;
mod time_lock;
mod timesheet;
mod token;
mod totals;
mod track;
mod user;
mod work;

use std::process::ExitCode;

use clap::Parser;
use serde_json::Value;

use arguments::{Arguments, Command, ServeArguments};
use config::Config;
use exit::{Exit, Failure, exit_of};

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version are results; everything else is wrong usage.
            let exit = if error.use_stderr() { Exit::Usage } else { Exit::Done };
            drop(error.print());
            return exit.into();
        }
    };
    match run(&arguments) {
        Ok(code) => code,
        Err(error) => {
            print::complain(&format!("timebook: {error:#}"));
            exit_of(&error).into()
        }
    }
}

fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let config = match &arguments.command {
        Command::Serve(serve) => Config::gather(&arguments.common, serve)?,
        Command::Demo(demo) => Config::gather(&demo::folder(&arguments.common), &demo.serve)?,
        _ => Config::gather(&arguments.common, &environment()?)?,
    };
    // A short command logs what went wrong only; its result is its output.
    let long = match &arguments.command {
        Command::Serve(_) | Command::Demo(_) => true,
        Command::Agent(command) => command.runs_long(),
        _ => false,
    };
    let filter = if long || arguments.common.log.is_some() {
        config.log.clone()
    } else {
        "error".to_owned()
    };
    let folder = arguments.common.log_folder.as_deref();
    logging::start(config.log_format, &filter, folder).map_err(Failure::usage)?;
    match &arguments.command {
        Command::Serve(serve) if serve.child => work::run(&config),
        #[cfg(windows)]
        Command::Serve(serve) if serve.service => serve::run_as_service(config),
        Command::Serve(_) => serve::run(&config),
        Command::Demo(arguments) => demo::run(&config, arguments),
        Command::Agent(command) => agent::run(&config, command),
        Command::Track(command) => track::run(&config, command),
        Command::Service(command) => {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            Ok(runtime.block_on(service::run(&arguments.common, command))?)
        }
        Command::Help { words } => {
            help::run(&config, words)?;
            Ok(Exit::Done.into())
        }
        Command::Manage(manage) => {
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .worker_threads(2)
                .enable_all()
                .build()?;
            runtime.block_on(manage::run(&arguments.common, &config, manage))?;
            // A read of the terminal is still under way; it ends with the process.
            runtime.shutdown_background();
            Ok(Exit::Done.into())
        }
        other => {
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .worker_threads(2)
                .enable_all()
                .build()?;
            runtime.block_on(ask(&config, other))?;
            Ok(Exit::Done.into())
        }
    }
}

/// What the environment says about the server: with it down, a command takes its place and is reached where it would be.
fn environment() -> Result<ServeArguments, Failure> {
    match Arguments::try_parse_from(["timebook", "serve"]).map_err(Failure::usage)?.command {
        Command::Serve(serve) => Ok(serve),
        _ => Ok(ServeArguments::default()),
    }
}

/// The commands that are one request to the office.
async fn ask(config: &Config, command: &Command) -> Result<(), Failure> {
    match command {
        Command::User(command) => user::run(config, command).await,
        Command::Team(command) => team::run(config, command).await,
        Command::Audit(command) => audit::run(config, command).await,
        Command::Export(command) => export::run(config, command).await,
        Command::Import(command) => import::run(config, command).await,
        Command::Session(command) => session::run(config, command).await,
        Command::Token(command) => token::run(config, command).await,
        Command::Device(command) => device::run(config, command).await,
        Command::Quarantine(command) => quarantine::run(config, command).await,
        Command::Office(command) => office::run(config, command).await,
        Command::Customer(command) => customer::run(config, command).await,
        Command::Project(command) => project::run(config, command).await,
        Command::Task(command) => task::run(config, command).await,
        Command::Tag(command) => tag::run(config, command).await,
        Command::Activity(command) => activity::run(config, command).await,
        Command::Category(arguments) => category::run(config, arguments).await,
        Command::Timesheet(command) => timesheet::run(config, command).await,
        Command::Target(command) => target::run(config, command).await,
        Command::Retention(command) => retention::run(config, command).await,
        Command::Lock(command) => time_lock::run(config, command).await,
        Command::Report(arguments) => report::run(config, arguments).await,
        Command::Redaction(command) => redaction::run(config, command).await,
        Command::Settings(command) => office_setting::run(config, command).await,
        Command::Mail(command) => mail::run(config, command).await,
        Command::Job(command) => job::run(config, command).await,
        Command::Backup(command) => backup::run(config, command).await,
        Command::Ca(command) => ca::run(config, command).await,
        Command::Status => status::run(config).await,
        Command::Stop(end) => power::stop(config, end).await,
        Command::Start => power::start(config).await,
        Command::Restart(end) => power::restart(config, end).await,
        Command::Sessions => session::everyone(config).await,
        Command::Doctor => doctor::run(config).await,
        Command::Icon => icon::run(config).await,
        Command::Recover { code_file } => recover::run(config, code_file).await,
        Command::Serve(_)
        | Command::Demo(_)
        | Command::Agent(_)
        | Command::Track(_)
        | Command::Service(_)
        | Command::Help { .. }
        | Command::Manage(_) => Ok(()),
    }
}

/// Prints `answer.items` as a table of `columns`, or the whole answer as JSON.
fn list(config: &Config, answer: &Value, columns: &[&str], empty: &str) {
    if config.json {
        return print::json(answer);
    }
    let items = answer["items"].as_array().map(Vec::as_slice).unwrap_or_default();
    let rows: Vec<Vec<String>> =
        items.iter().map(|item| columns.iter().map(|c| shown(&item[*c])).collect()).collect();
    let heading: Vec<String> = columns.iter().map(|column| column.replace('_', " ")).collect();
    let heading: Vec<&str> = heading.iter().map(String::as_str).collect();
    print::table(&heading, &rows, empty);
}

/// A value as people read it: moments to the minute on this computer's clock, and words for yes and no.
fn shown(value: &Value) -> String {
    match value {
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::String(text) if text.is_empty() => "-".to_owned(),
        Value::String(text) => print::when(text),
        other => cell(other),
    }
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(cell).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}

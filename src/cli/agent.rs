//! `timebook agent …`: the client on a person's computer.

use std::net::SocketAddr;
use std::process::ExitCode;

use clap::Subcommand;
use jiff::tz::TimeZone;

use super::arguments::Sample;
use super::config::Config;
use super::exit::{Exit, Failure};
use super::{confirm, kept, print, take_over, totals};
use crate::agent::AgentError;
use crate::agent::consent::{self, Consent};
use crate::agent::enroll::{EnrollOptions, enroll};
use crate::agent::folder::Folder;
use crate::agent::hours;
use crate::agent::install::{InstallOptions, install};
use crate::agent::page::link;
use crate::agent::pause::{Wish, pause};
use crate::agent::redaction::{self, Sheet, Sheets};
use crate::agent::run::{self as running, DOOR, RunOptions};
use crate::agent::status::Status;
use crate::clock;
use crate::domain::redaction::Rules;
use crate::slots::launcher::Inherited;
use crate::wire::v1::{RedactionTest, rfc3339};

/// The client on a person's computer.
#[derive(Debug, Subcommand)]
pub(crate) enum AgentCommand {
    /// Enroll this computer with a code from the administrator
    Enroll {
        /// The code; spaces and line breaks in it do not matter
        #[arg(required = true, num_args = 1.., value_name = "CODE")]
        code: Vec<String>,
        /// Although it is enrolled already; what is not sent yet goes under the new enrolment
        #[arg(long)]
        again: bool,
    },
    /// Record and send, until stopped
    Run {
        /// Where ActivityWatch watchers connect; port 0 takes a free one
        #[arg(long, value_name = "ADDRESS:PORT", env = "TIMEBOOK_DOOR", default_value = DOOR)]
        door: SocketAddr,
    },
    /// Start with your session from now on
    Install {
        /// Where ActivityWatch watchers connect
        #[arg(long, value_name = "ADDRESS:PORT", env = "TIMEBOOK_DOOR", default_value = DOOR)]
        door: SocketAddr,
        /// Only show what would be installed
        #[arg(long)]
        print: bool,
    },
    /// Show whether it records, what waits, and what to know
    Status,
    /// The recorder of windows and presence: on (shows what it records, and asks), off, hours
    Record {
        #[command(subcommand)]
        command: RecordCommand,
    },
    /// Show what is kept on this computer, month by month, and when it goes; changes nothing
    Retention,
    /// Your time on this computer by category, application or site; for you alone, with the office in reach or not
    Totals {
        /// category, app or site
        #[arg(long, value_name = "WHAT", default_value = "category")]
        by: String,
        /// The first day [default: today]
        #[arg(long, value_name = "DAY")]
        from: Option<String>,
        /// The last day [default: today]
        #[arg(long, value_name = "DAY")]
        to: Option<String>,
    },
    /// Show the link to the agent's own page on this computer
    Page,
    /// Your own rules: what of your activity is left out, masked or cut before it is stored; they never leave this computer
    Rules {
        #[command(subcommand)]
        command: Option<RulesCommand>,
    },
    /// What the rules make of something; changes nothing
    TestRule {
        /// A rule to try in place of your own; may be repeated [default: those that hold]
        #[arg(long = "rule", value_name = "RULE")]
        rules: Vec<String>,
        #[command(flatten)]
        sample: Sample,
    },
    /// Bring along what ActivityWatch's own server on this computer has recorded, and take over from it
    ImportActivitywatch {
        /// Where ActivityWatch's server is
        #[arg(long, value_name = "ADDRESS:PORT", default_value = DOOR)]
        from: SocketAddr,
        /// Bring it in; without this it is only shown what would come
        #[arg(long)]
        yes: bool,
    },
    /// Stop recording for a while: 15m, 1h, today, on (until resumed), off
    Pause {
        /// 15m, 1h, today, on, off
        #[arg(value_name = "HOW LONG")]
        wish: String,
    },
    /// Record again after a pause; the same as: timebook agent pause off
    Resume,
}

/// The recorder.
#[derive(Debug, Subcommand)]
pub(crate) enum RecordCommand {
    /// Show what it records, ask, and begin
    On {
        /// You have read it, and say yes
        #[arg(long)]
        yes: bool,
    },
    /// Record no more by itself; watchers still may
    Off,
    /// When anything is recorded: "mon-fri 08:00-18:00", always
    Hours {
        /// Days and times; several with a semicolon between
        #[arg(num_args = 0.., value_name = "HOURS")]
        hours: Vec<String>,
    },
}

/// A person's own rules.
#[derive(Debug, Subcommand)]
pub(crate) enum RulesCommand {
    /// Show them, and the office's
    List,
    /// Add one: "drop app = NAME", "mask title ~ EXPRESSION", "cut url ~ EXPRESSION"
    Add {
        /// The rule; quote it
        #[arg(required = true, num_args = 1.., value_name = "RULE")]
        rule: Vec<String>,
    },
    /// Remove one
    Remove {
        /// Its number, from `timebook agent rules`
        number: String,
    },
}

impl AgentCommand {
    /// Does it run for long and so write a log?
    pub(crate) const fn runs_long(&self) -> bool {
        matches!(self, Self::Run { .. })
    }
}

/// Runs the command. Call it while the program has one thread: a child takes its sockets from the environment.
pub(crate) fn run(config: &Config, command: &AgentCommand) -> anyhow::Result<ExitCode> {
    let done = match command {
        AgentCommand::Run { door } => keep(config, *door),
        AgentCommand::Enroll { code, again } => ask(introduce(config, code.concat(), *again)),
        AgentCommand::Install { door, print } => ask(set_up(config, *door, *print)),
        AgentCommand::Status => show(config),
        AgentCommand::Record { command } => record(config, command),
        AgentCommand::Retention => kept::run(config),
        AgentCommand::Totals { by, from, to } => {
            ask(totals::run(config, by, (from.as_deref(), to.as_deref())))
        }
        AgentCommand::Page => page(config),
        AgentCommand::ImportActivitywatch { from, yes } => ask(take_over::run(config, *from, *yes)),
        AgentCommand::Rules { command } => rules(config, command.as_ref()),
        AgentCommand::TestRule { rules, sample } => test_rule(config, rules, sample),
        AgentCommand::Pause { wish } => hold(config, wish),
        AgentCommand::Resume => hold(config, "off"),
    };
    Ok(done.map_err(failure)?)
}

fn keep(config: &Config, door: SocketAddr) -> Result<ExitCode, AgentError> {
    let inherited = Inherited::take()?;
    // The launcher mostly sleeps, and one computer's activity is little work: no more threads than that takes.
    let mut runtime = match inherited {
        Some(_) => tokio::runtime::Builder::new_multi_thread(),
        None => tokio::runtime::Builder::new_current_thread(),
    };
    let runtime = runtime.worker_threads(2).enable_all().build().map_err(AgentError::System)?;
    let options = RunOptions { data: config.data.clone(), door };
    let code = runtime.block_on(running::run(options, inherited));
    runtime.shutdown_background();
    Ok(ExitCode::from(u8::try_from(code?).unwrap_or(1)))
}

pub(super) fn ask(
    doing: impl Future<Output = Result<ExitCode, AgentError>>,
) -> Result<ExitCode, AgentError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(AgentError::System)?.block_on(doing)
}

async fn introduce(config: &Config, code: String, again: bool) -> Result<ExitCode, AgentError> {
    let done = enroll(EnrollOptions { data: config.data.clone(), code, again }).await?;
    if config.json {
        print::json(&serde_json::json!({
            "device": done.device,
            "person": done.person,
            "policy": done.policy.name(),
        }));
    } else {
        let policy = done.policy.name().replace('_', " ");
        print::line(&format!(
            "This computer now records for {}. Others may see: {policy}.",
            done.person
        ));
        print::line(
            "Start it with your session: timebook agent install. Or just now: timebook agent run",
        );
    }
    Ok(Exit::Done.into())
}

async fn set_up(config: &Config, door: SocketAddr, print: bool) -> Result<ExitCode, AgentError> {
    let installed = install(InstallOptions { data: config.data.clone(), door, print }).await?;
    if config.json {
        print::json(&serde_json::json!({
            "file": installed.file,
            "text": installed.text,
            "started": installed.started,
        }));
    } else if print {
        print::line(installed.text.trim_end());
    } else {
        print::line(&format!("Installed and started: {}", installed.file.display()));
    }
    Ok(Exit::Done.into())
}

fn show(config: &Config) -> Result<ExitCode, AgentError> {
    let status = Status::now(&Folder::of(&config.data))?;
    if config.json {
        print::json(&serde_json::json!(status));
    } else {
        print::line(status.to_string().trim_end());
    }
    Ok(Exit::Done.into())
}

fn hold(config: &Config, wish: &str) -> Result<ExitCode, AgentError> {
    let folder = Folder::of(&config.data);
    let held = pause(&folder, Wish::parse(wish)?, clock::now(), &TimeZone::system())?;
    let until = held.map(|held| held.until.map(rfc3339));
    if config.json {
        let paused = until.is_some();
        print::json(&serde_json::json!({ "paused": paused, "until": until.flatten() }));
        return Ok(Exit::Done.into());
    }
    print::line(&match until {
        Some(Some(until)) => {
            format!(
                "Nothing is recorded until {}. To go on sooner: timebook agent pause off",
                print::when(&until)
            )
        }
        Some(None) => "Nothing is recorded until you say: timebook agent pause off".to_owned(),
        None => "Recording goes on.".to_owned(),
    });
    Ok(Exit::Done.into())
}

fn record(config: &Config, command: &RecordCommand) -> Result<ExitCode, AgentError> {
    let folder = Folder::of(&config.data);
    match command {
        RecordCommand::On { yes } => {
            // With --json the result stands alone.
            let tell = if config.json { print::complain } else { print::line };
            consent::TEXT.iter().for_each(|line| tell(line));
            if !*yes && !confirm::asks("Record this on this computer from now on?") {
                print::complain(
                    "Nothing is recorded by itself. To say yes: timebook agent record on --yes",
                );
                return Ok(Exit::Refused.into());
            }
            Consent::give(&folder, clock::now())?;
            print::done(
                config.json,
                "The recorder is on. To turn it off: timebook agent record off",
            );
        }
        RecordCommand::Off => {
            Consent::take_back(&folder)?;
            print::done(config.json, "The recorder is off.");
        }
        RecordCommand::Hours { hours } => {
            if !hours.is_empty() {
                hours::set(&folder, &hours.join(" "))?;
            }
            let hours = hours::text(&folder)?;
            let told = match hours.as_str() {
                "always" => "Anything is recorded at any time of the week.".to_owned(),
                hours => format!("Anything is recorded only in these hours: {hours}"),
            };
            print::done(config.json, &told);
        }
    }
    Ok(Exit::Done.into())
}

fn page(config: &Config) -> Result<ExitCode, AgentError> {
    let link = link(&Folder::of(&config.data))?;
    if config.json {
        print::json(&serde_json::json!({ "link": link }));
    } else {
        print::line(&link);
    }
    Ok(Exit::Done.into())
}

fn rules(config: &Config, command: Option<&RulesCommand>) -> Result<ExitCode, AgentError> {
    let folder = Folder::of(&config.data);
    match command {
        None | Some(RulesCommand::List) => {}
        Some(RulesCommand::Add { rule }) => {
            if !redaction::add(&folder, &rule.join(" "))? {
                print::complain("You have this rule already.");
            }
        }
        // A word is the number of no rule.
        Some(RulesCommand::Remove { number }) => match number.parse() {
            Ok(number) => redaction::remove(&folder, number)?,
            Err(_) => {
                return Err(AgentError::BadRule(format!(
                    "{number:?} is no number of a rule. timebook agent rules shows them."
                )));
            }
        },
    }
    let sheets = Sheets::read(&folder)?;
    let words = |sheet: &Sheet| -> Vec<String> {
        sheet.rules.iter().flat_map(Rules::iter).map(ToString::to_string).collect()
    };
    let (own, office) = (words(&sheets.own), words(&sheets.office));
    if config.json {
        print::json(&serde_json::json!({ "own": own, "office": office }));
        return Ok(Exit::Done.into());
    }
    for fault in sheets.faults() {
        print::complain(&fault);
    }
    let rows = |rules: &[String]| -> Vec<Vec<String>> {
        (1..)
            .zip(rules)
            .map(|(number, rule): (usize, _)| vec![number.to_string(), rule.clone()])
            .collect()
    };
    print::table(&["", "your rules"], &rows(&own), "You have no rules of your own.");
    print::table(&["", "the office's rules"], &rows(&office), "The office has no rules.");
    Ok(Exit::Done.into())
}

fn test_rule(config: &Config, rules: &[String], sample: &Sample) -> Result<ExitCode, AgentError> {
    let Sample { app, title, url } = sample.clone();
    let rules = (!rules.is_empty()).then(|| rules.join("\n"));
    let tested =
        redaction::test(&Folder::of(&config.data), &RedactionTest { rules, app, title, url })?;
    super::redaction::tested(config, &serde_json::json!(tested));
    Ok(Exit::Done.into())
}

pub(super) fn failure(error: AgentError) -> Failure {
    let exit = match error.exit_code() {
        2 => Exit::Usage,
        3 => Exit::Refused,
        4 => Exit::Unreachable,
        _ => Exit::Failed,
    };
    Failure::new(exit, error)
}

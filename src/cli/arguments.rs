//! The command line, as clap reads it.

mod serve;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use super::activity::ActivityCommand;
use super::agent::AgentCommand;
use super::audit::AuditCommand;
use super::backup::BackupCommand;
use super::ca::CaCommand;
use super::category::CategoryArguments;
use super::customer::CustomerCommand;
use super::demo::DemoArguments;
use super::export::ExportCommand;
use super::hours::HoursCommand;
use super::import::ImportCommand;
use super::job::JobCommand;
use super::logging::LogFormat;
use super::mail::MailCommand;
use super::manage::ManageArguments;
use super::power::EndArguments;
use super::project::ProjectCommand;
use super::retention::RetentionCommand;
use super::service::ServiceCommand;
use super::session::SessionCommand;
use super::tag::TagCommand;
use super::target::TargetCommand;
use super::task::TaskCommand;
use super::team::TeamCommand;
use super::time_lock::LockCommand;
use super::timesheet::TimesheetCommand;
use super::track::TrackCommand;
use super::user::UserCommand;
pub(crate) use serve::ServeArguments;

/// The office time server in one file: server, client agent and server manager.
#[derive(Debug, Parser)]
#[command(
    name = "timebook",
    version,
    arg_required_else_help = true,
    disable_help_subcommand = true
)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Where help lists what every command takes, apart from the command's own.
const EVERYWHERE: &str = "Options of every command";

/// What every command takes.
#[derive(Args, Clone, Debug)]
pub(crate) struct Common {
    /// Where everything is kept [default: ./timebook-data]
    #[arg(long, global = true, help_heading = EVERYWHERE, value_name = "DIR", env = "TIMEBOOK_DATA")]
    pub(crate) data: Option<PathBuf>,
    /// Settings as TOML; flags and TIMEBOOK_* variables win over it
    #[arg(long, global = true, help_heading = EVERYWHERE, value_name = "FILE", env = "TIMEBOOK_CONFIG")]
    pub(crate) config: Option<PathBuf>,
    /// Print the result as JSON
    #[arg(long, global = true, help_heading = EVERYWHERE)]
    pub(crate) json: bool,
    /// How logs are written [default: text]
    #[arg(long, global = true, help_heading = EVERYWHERE, value_name = "FORMAT", env = "TIMEBOOK_LOG_FORMAT")]
    pub(crate) log_format: Option<LogFormat>,
    /// What is logged, e.g. info, debug or timebook=debug [default: info]
    #[arg(long, global = true, help_heading = EVERYWHERE, value_name = "FILTER", env = "TIMEBOOK_LOG")]
    pub(crate) log: Option<String>,
    /// Write logs into this folder, a file a day and fourteen of them, instead of standard error
    #[arg(long, global = true, help_heading = EVERYWHERE, value_name = "DIR", env = "TIMEBOOK_LOG_FOLDER")]
    pub(crate) log_folder: Option<PathBuf>,
}

/// What there is to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run the server: HTTPS, page, API
    Serve(ServeArguments),
    /// A made-up office to look at, in a folder of its own, and the server over it
    Demo(DemoArguments),
    /// Accounts
    #[command(subcommand)]
    User(UserCommand),
    /// Teams and their leads
    #[command(subcommand)]
    Team(TeamCommand),
    /// Bring in time from Toggl, Clockify, Kimai or TimeTagger
    #[command(subcommand)]
    Import(ImportCommand),
    /// The audit log
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Take time entries or recorded activity out, as a file
    #[command(subcommand)]
    Export(ExportCommand),
    /// Who is signed in where
    #[command(subcommand)]
    Session(SessionCommand),
    /// API tokens
    #[command(subcommand)]
    Token(TokenCommand),
    /// Computers
    #[command(subcommand)]
    Device(DeviceCommand),
    /// Batches that arrived and were not believed
    #[command(subcommand)]
    Quarantine(QuarantineCommand),
    /// The office and its activity policy
    #[command(subcommand)]
    Office(OfficeCommand),
    /// What the office can set: name, mail, sessions, how long things are kept
    #[command(subcommand)]
    Settings(SettingsCommand),
    /// Customers: whom the office works for
    #[command(subcommand)]
    Customer(CustomerCommand),
    /// Projects: what the office works on
    #[command(subcommand)]
    Project(ProjectCommand),
    /// Tasks: parts of a project, or of another task
    #[command(subcommand)]
    Task(TaskCommand),
    /// Tags: words put on time entries
    #[command(subcommand)]
    Tag(TagCommand),
    /// People's weeks: submit, approve, send back
    #[command(subcommand)]
    Timesheet(TimesheetCommand),
    /// Past time that is closed for everyone
    #[command(subcommand)]
    Lock(LockCommand),
    /// How long things are kept
    #[command(subcommand)]
    Retention(RetentionCommand),
    /// How long people are to work
    #[command(subcommand)]
    Target(TargetCommand),
    /// What computers leave out of what they record
    #[command(subcommand)]
    Redaction(RedactionCommand),
    /// Mail: how it is doing, a test, the mail server's password
    #[command(subcommand)]
    Mail(MailCommand),
    /// Hours of the book; or with --person, recorded activity: totals per application and day
    Report(Box<ReportArguments>),
    /// Your own recorded activity: a day, a search
    #[command(subcommand)]
    Activity(ActivityCommand),
    /// Categories of recorded activity: the office's, or your own
    Category(CategoryArguments),
    /// Long work: what runs, what came of it
    #[command(subcommand)]
    Job(JobCommand),
    /// The whole office in one file: make one, look whether it is sound, put it back
    #[command(subcommand)]
    Backup(BackupCommand),
    /// The office's certificate authority
    #[command(subcommand)]
    Ca(CaCommand),
    /// The client on a person's computer: records, keeps and sends
    #[command(subcommand)]
    Agent(AgentCommand),
    /// Your time, from your own computer, with the office in reach or not
    #[command(subcommand)]
    Track(TrackCommand),
    /// How the server is doing: started or stopped, who is on, memory, storage
    Status,
    /// The Server Manager in this terminal: status, people, computers, jobs, log; starts a server that is down
    Manage(ManageArguments),
    /// Take the running server out of service without ending its process: its folder may then be copied
    Stop(EndArguments),
    /// Take it into service again, or call its announced end off
    Start,
    /// End the server's process and start another one in its place
    Restart(EndArguments),
    /// Everybody who is signed in: where, since when, last action
    Sessions,
    /// The server as a service of this computer: starts with it, and again when it died
    #[command(subcommand)]
    Service(ServiceCommand),
    /// Show the server's icon in this computer's notification area, until the session ends
    Icon,
    /// Check the data: the audit log's chain, every stored record, the office key
    Doctor,
    /// What a command takes, or what the handbook says about some words
    Help {
        /// A command, or words of the handbook; all commands and chapters without
        words: Vec<String>,
    },
    /// Bring a lost office.key back with the recovery code; the server must be stopped
    Recover {
        /// A file whose first line is the recovery code; `-` reads it from standard input
        #[arg(long, value_name = "FILE")]
        code_file: PathBuf,
    },
}

/// API tokens.
#[derive(Debug, Subcommand)]
pub(crate) enum TokenCommand {
    /// Make a token and print it: the only time it is shown
    Create {
        /// Whose
        #[arg(long)]
        user: String,
        /// The computer's name that its recordings are kept under
        #[arg(long, default_value = "token")]
        device: String,
        /// What you call it [default: the device's name]
        #[arg(long)]
        label: Option<String>,
        /// What it may be used for; may be repeated
        #[arg(long = "scope", default_value = "record", value_parser = ["record", "read", "manage"])]
        scopes: Vec<String>,
    },
    /// Refuse a token from now on
    Revoke {
        /// Its id, from `timebook token list`
        id: String,
    },
    /// Every token, without its secret
    List,
}

/// Computers.
#[derive(Debug, Subcommand)]
pub(crate) enum DeviceCommand {
    /// Make a one-time enrollment code for one computer of one person
    Invite {
        /// Whose computer it will be
        #[arg(long)]
        person: String,
    },
    /// Refuse a computer from now on; what it recorded stays
    Revoke {
        /// Its id, from `timebook device list`
        id: String,
    },
    /// Every computer
    List,
}

/// The quarantine.
#[derive(Debug, Subcommand)]
pub(crate) enum QuarantineCommand {
    /// What was set aside, and why
    List,
    /// Try again as if it came now
    Accept {
        /// Its id
        id: String,
    },
    /// Throw it away
    Delete {
        /// Its id
        id: String,
    },
}

/// The office.
#[derive(Debug, Subcommand)]
pub(crate) enum OfficeCommand {
    /// Name and activity policy
    #[command(alias = "list")]
    Show,
    /// Set what others than the person may see of recorded activity; a looser policy is announced and counts seven days later
    Policy {
        /// From the strictest to the loosest
        #[arg(value_parser = ["hours_only", "category_totals", "app_totals", "full_detail"])]
        policy: String,
        /// Why; everyone reads it
        #[arg(long)]
        reason: String,
    },
    /// Withdraw a looser policy before it counts
    WithdrawPolicy,
}

/// The office's settings.
#[derive(Debug, Subcommand)]
pub(crate) enum SettingsCommand {
    /// Every setting, what it is and what it may be
    #[command(alias = "show")]
    List,
    /// One setting's value
    Get {
        /// E.g. mail.host
        key: String,
    },
    /// Set it
    Set {
        /// E.g. mail.host
        key: String,
        /// A text or a whole number
        value: String,
    },
    /// Back to the default
    Reset {
        /// E.g. mail.host
        key: String,
    },
}

/// The office's redaction rules.
#[derive(Debug, Subcommand)]
pub(crate) enum RedactionCommand {
    /// The rules, one a line
    #[command(alias = "list")]
    Show,
    /// Other rules, for what is recorded from now on
    Set {
        /// One rule a line: drop app = NAME, mask title ~ EXPRESSION, cut url ~ EXPRESSION; `-` reads standard input
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// What rules make of something; changes nothing
    Test {
        /// The rules to try [default: those that hold]
        #[arg(long = "rules", value_name = "FILE")]
        file: Option<PathBuf>,
        #[command(flatten)]
        sample: Sample,
    },
}

/// Something to hold rules over.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Sample {
    /// An application
    #[arg(long, value_name = "NAME")]
    pub(crate) app: Option<String>,
    /// A window's or page's title
    #[arg(long, value_name = "TEXT")]
    pub(crate) title: Option<String>,
    /// A page's address
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) url: Option<String>,
}

/// A report.
#[derive(Args, Debug)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct ReportArguments {
    #[command(subcommand)]
    pub(crate) hours: Option<HoursCommand>,
    /// Whose activity
    #[arg(long)]
    pub(crate) person: Option<String>,
    /// Add up by this instead of listing days and applications
    #[arg(long, conflicts_with = "csv", value_parser = ["app", "category", "site", "device"])]
    pub(crate) by: Option<String>,
    /// First day, e.g. 2026-11-01 [default: six days before --to]
    #[arg(long, value_name = "DAY")]
    pub(crate) from: Option<String>,
    /// Last day, included [default: today, where the person is]
    #[arg(long, value_name = "DAY")]
    pub(crate) to: Option<String>,
    /// As CSV, for spreadsheets
    #[arg(long, conflicts_with = "json")]
    pub(crate) csv: bool,
    /// With --csv: what a row stands for
    #[arg(long, requires = "csv", default_value = "days", value_parser = ["days", "apps"])]
    pub(crate) rows: String,
    /// With --csv: begin with a byte order mark, so that Excel reads it as UTF-8
    #[arg(long, requires = "csv")]
    pub(crate) bom: bool,
}

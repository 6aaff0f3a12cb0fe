//! `timebook service`: the server as a service of this computer, which starts with it and again when it died. One file per platform says how.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(windows)]
mod windows;

#[cfg(target_os = "linux")]
use linux as platform;
#[cfg(target_os = "macos")]
use macos as platform;
#[cfg(windows)]
use windows as platform;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::arguments::{Common, ServeArguments};
use super::exit::{Exit, Failure};
use super::print;
use crate::service::control::setup_link;

/// The server as a service.
#[derive(Debug, Subcommand)]
pub(crate) enum ServiceCommand {
    /// Start the server with this computer from now on (as root), or with your own session
    Install {
        #[command(flatten)]
        serve: Box<ServeArguments>,
        #[command(flatten)]
        whose: Whose,
        /// Only show what would be installed
        #[arg(long)]
        print: bool,
    },
    /// Stop the service and take it away; the data stays
    Uninstall {
        #[command(flatten)]
        whose: Whose,
    },
    /// Start the service
    Start {
        #[command(flatten)]
        whose: Whose,
    },
    /// Stop the service until it is started, or the computer is
    Stop {
        #[command(flatten)]
        whose: Whose,
    },
    /// Show whether it is installed and runs; ends with 4 while it does not
    Status {
        #[command(flatten)]
        whose: Whose,
    },
}

/// Whose service it is.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct Whose {
    /// Your own session's, without an administrator's rights [default, unless you are root]
    #[arg(long)]
    session: bool,
}

/// What was, or would be, installed.
struct Installed {
    /// The service's file, where it has one.
    file: Option<PathBuf>,
    /// What it says.
    text: String,
    /// Where the server keeps its data.
    data: PathBuf,
}

/// How the service is doing.
struct Standing {
    /// The system's own word.
    state: String,
    runs: bool,
    starts_by_itself: bool,
    process: Option<u32>,
}

pub(super) async fn run(common: &Common, command: &ServiceCommand) -> Result<ExitCode, Failure> {
    match command {
        ServiceCommand::Install { serve, whose, print } => {
            let installed = platform::install(common, serve, *whose, *print).await?;
            show_installed(common, &installed, *print);
        }
        ServiceCommand::Uninstall { whose } => {
            let was_there = platform::uninstall(*whose).await?;
            say(
                common,
                "uninstalled",
                match was_there {
                    true => "The service is gone. The data is where it was.",
                    false => "There is no such service; nothing was changed.",
                },
            );
        }
        ServiceCommand::Start { whose } => {
            platform::start(*whose).await?;
            say(common, "started", "Started.");
        }
        ServiceCommand::Stop { whose } => {
            platform::stop(*whose).await?;
            say(common, "stopped", "Stopped.");
        }
        ServiceCommand::Status { whose } => {
            return Ok(show(common, platform::standing(*whose).await?.as_ref()).into());
        }
    }
    Ok(Exit::Done.into())
}

/// Starts the installed service that works on this data; is there one?
///
/// # Errors
/// It does not start.
pub(super) async fn start_over(data: &Path) -> Result<bool, Failure> {
    platform::start_over(data).await
}

fn show_installed(common: &Common, installed: &Installed, print_only: bool) {
    let Installed { file, text, data } = installed;
    // There until somebody has an account; nobody sees what the service prints.
    let link = std::fs::read_to_string(data.join(setup_link::FILE)).ok().filter(|_| !print_only);
    if common.json {
        let started = !print_only;
        print::json(
            &serde_json::json!({ "file": file, "text": text, "data": data, "started": started, "setup_link": link.as_deref().map(str::trim) }),
        );
    } else if print_only {
        print::line(text.trim_end());
    } else {
        print::line(&match file {
            Some(file) => format!("Installed and started: {}", file.display()),
            None => "Installed and started.".to_owned(),
        });
        print::line(&format!(
            "Its data is in {0}; commands find it with --data {0}",
            data.display()
        ));
        if let Some(link) = link {
            print::line(&format!(
                "Set up this office (once, within a day, on this computer): {}",
                link.trim()
            ));
        }
    }
}

fn show(common: &Common, standing: Option<&Standing>) -> Exit {
    let runs = standing.is_some_and(|standing| standing.runs);
    if common.json {
        print::json(&serde_json::json!({
            "installed": standing.is_some(),
            "runs": runs,
            "state": standing.map(|standing| &standing.state),
            "starts_by_itself": standing.is_some_and(|standing| standing.starts_by_itself),
            "process": standing.and_then(|standing| standing.process),
        }));
    } else {
        match standing {
            None => print::line(
                "The server is no service here. To make it one: timebook service install",
            ),
            Some(Standing { state, starts_by_itself, process, .. }) => {
                print::line(&format!("State:             {state}"));
                let word = if *starts_by_itself { "yes" } else { "no" };
                print::line(&format!("Starts by itself:  {word}"));
                if let Some(process) = process {
                    print::line(&format!("Process:           {process}"));
                }
            }
        }
    }
    if runs { Exit::Done } else { Exit::Unreachable }
}

fn say(common: &Common, word: &str, sentence: &str) {
    match common.json {
        true => print::json(&serde_json::json!({ "done": word })),
        false => print::line(sentence),
    }
}

/// The command line of the server, but for the program: as it was asked for, with every path made absolute.
pub(super) fn serve_words(
    common: &Common,
    serve: &ServeArguments,
    data: &Path,
) -> Result<Vec<OsString>, Failure> {
    let absolute = |path: &Path| std::path::absolute(path).map_err(Failure::failed);
    let mut words = vec![OsString::from("serve"), "--data".into(), data.into()];
    let mut add = |name: &str, value: OsString| words.extend([OsString::from(name), value]);
    if let Some(config) = &common.config {
        add("--config", absolute(config)?.into());
    }
    for (name, address) in [("--listen", serve.listen), ("--loopback", serve.loopback)] {
        if let Some(address) = address {
            add(name, address.to_string().into());
        }
    }
    for (name, file) in
        [("--certificate", &serve.certificate), ("--certificate-key", &serve.certificate_key)]
    {
        if let Some(file) = file {
            add(name, absolute(file)?.into());
        }
    }
    for name in &serve.names {
        add("--name", name.into());
    }
    if let Some(megabytes) = serve.import_limit {
        add("--import-limit", megabytes.to_string().into());
    }
    if serve.unannounced {
        words.push("--unannounced".into());
    }
    Ok(words)
}

//! A service of macOS: the computer's, which runs as the user whom its folder belongs to, or the session's.

use std::ffi::OsString;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::{Installed, Standing, Whose, serve_words};
use crate::cli::arguments::{Common, ServeArguments};
use crate::cli::config::data_asked_for;
use crate::cli::exit::Failure;
use crate::slots::launchd::Scope;

#[expect(clippy::unused_async, reason = "the same shape on every platform")]
pub(super) async fn install(
    common: &Common,
    serve: &ServeArguments,
    whose: Whose,
    print_only: bool,
) -> Result<Installed, Failure> {
    let scope = scope(whose);
    let program = std::env::current_exe().map_err(Failure::failed)?;
    let data = data_asked_for(common)?.unwrap_or_else(|| PathBuf::from("timebook-data"));
    let data = std::path::absolute(data).map_err(Failure::failed)?;
    let mut words = serve_words(common, serve, &data)?;
    words.extend([OsString::from("--log-folder"), data.join("log").into()]);
    let user = match scope {
        Scope::Session => None,
        Scope::Computer => Some(owner(&data)?),
    };
    let line = [program.clone().into_os_string()].into_iter().chain(words.clone());
    let line: Vec<String> = line.map(|word| format!("\"{}\"", word.display())).collect();
    let file = match print_only {
        true => scope.file(),
        false => scope.install(program, words, user),
    };
    Ok(Installed { file: Some(file.map_err(told)?), text: line.join(" "), data })
}

#[expect(clippy::unused_async, reason = "the same shape on every platform")]
pub(super) async fn uninstall(whose: Whose) -> Result<bool, Failure> {
    scope(whose).uninstall().map_err(told)
}

#[expect(clippy::unused_async, reason = "the same shape on every platform")]
pub(super) async fn start(whose: Whose) -> Result<(), Failure> {
    there(whose)?.start().map_err(told)
}

#[expect(clippy::unused_async, reason = "the same shape on every platform")]
pub(super) async fn start_over(data: &Path) -> Result<bool, Failure> {
    for scope in [Scope::Computer, Scope::Session] {
        // A scope without a folder has no service either.
        let Ok(file) = scope.file() else { continue };
        let Ok(text) = std::fs::read_to_string(file) else { continue };
        if text.contains(&format!("<string>{}</string>", data.display())) {
            scope.start().map_err(told)?;
            return Ok(true);
        }
    }
    Ok(false)
}

#[expect(clippy::unused_async, reason = "the same shape on every platform")]
pub(super) async fn stop(whose: Whose) -> Result<(), Failure> {
    there(whose)?.stop().map_err(told)
}

#[expect(clippy::unused_async, reason = "the same shape on every platform")]
pub(super) async fn standing(whose: Whose) -> Result<Option<Standing>, Failure> {
    let runs = scope(whose).runs().map_err(told)?;
    Ok(runs.map(|runs| Standing {
        state: if runs { "running" } else { "stopped" }.to_owned(),
        runs,
        starts_by_itself: true,
        process: None,
    }))
}

/// The scope, if the service is installed in it.
fn there(whose: Whose) -> Result<Scope, Failure> {
    let scope = scope(whose);
    match scope.runs().map_err(told)? {
        Some(_) => Ok(scope),
        None => Err(Failure::failed(
            "The server is no service here. To make it one: timebook service install",
        )),
    }
}

fn scope(whose: Whose) -> Scope {
    if whose.session || !rustix::process::geteuid().is_root() {
        Scope::Session
    } else {
        Scope::Computer
    }
}

/// The name of the user whom the folder belongs to: the server runs without root's rights.
fn owner(data: &Path) -> Result<String, Failure> {
    let next = format!(
        "Make the folder and give it to a user of its own: sudo mkdir -p {0} && sudo chown -R USER {0}",
        data.display()
    );
    let about = std::fs::metadata(data).map_err(|error| {
        Failure::failed(format!("{} cannot be looked at: {error}. {next}", data.display()))
    })?;
    let name = std::process::Command::new("id").arg("-un").arg(about.uid().to_string()).output();
    let name = name.map_err(told)?;
    let name = String::from_utf8_lossy(&name.stdout).trim().to_owned();
    if about.uid() == 0 || name.is_empty() {
        return Err(Failure::failed(format!(
            "{} belongs to root, and the server runs without root's rights. {next}",
            data.display()
        )));
    }
    Ok(name)
}

fn told(error: io::Error) -> Failure {
    let words = error.to_string();
    let words = words.trim().trim_end_matches('.');
    Failure::failed(format!(
        "launchd refused: {words}. Look at: log show --last 5m --predicate 'process == \"launchd\"'"
    ))
}

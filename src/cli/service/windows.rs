//! A service of Windows, always the computer's: it has no rights but to its folder, which is its own and the administrators'.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use tokio::process::Command;

use super::{Installed, Standing, Whose, serve_words};
use crate::cli::arguments::{Common, ServeArguments};
use crate::cli::config::data_asked_for;
use crate::cli::exit::{Exit, Failure};
use crate::slots::windows::{self, ServiceError};

pub(super) async fn install(
    common: &Common,
    serve: &ServeArguments,
    whose: Whose,
    print_only: bool,
) -> Result<Installed, Failure> {
    must_be_computers(whose)?;
    let program = std::env::current_exe().map_err(Failure::failed)?;
    must_be_readable(&program)?;
    let data = match data_asked_for(common)? {
        Some(data) => std::path::absolute(data).map_err(Failure::failed)?,
        None => usual_folder()?,
    };
    let mut words = serve_words(common, serve, &data)?;
    words.extend([OsString::from("--service"), "--log-folder".into(), data.join("log").into()]);
    let quoted = [program.clone().into_os_string()].into_iter().chain(words.clone());
    let quoted: Vec<String> = quoted.map(|word| format!("\"{}\"", word.display())).collect();
    if !print_only {
        make_its_own(&data).await?;
        blocking(move || windows::install(program, words)).await?;
    }
    Ok(Installed { file: None, text: quoted.join(" "), data })
}

pub(super) async fn uninstall(whose: Whose) -> Result<bool, Failure> {
    must_be_computers(whose)?;
    blocking(windows::uninstall).await
}

pub(super) async fn start(whose: Whose) -> Result<(), Failure> {
    must_be_computers(whose)?;
    blocking(windows::start).await
}

pub(super) async fn start_over(data: &Path) -> Result<bool, Failure> {
    let Some(standing) = blocking(windows::standing).await? else { return Ok(false) };
    if !standing.line.contains(&*data.to_string_lossy()) {
        return Ok(false);
    }
    blocking(windows::start).await?;
    Ok(true)
}

pub(super) async fn stop(whose: Whose) -> Result<(), Failure> {
    must_be_computers(whose)?;
    blocking(windows::stop).await
}

pub(super) async fn standing(whose: Whose) -> Result<Option<Standing>, Failure> {
    must_be_computers(whose)?;
    let standing = blocking(windows::standing).await?;
    Ok(standing.map(|standing| Standing {
        runs: standing.state == windows::RUNNING,
        state: standing.state.to_owned(),
        starts_by_itself: standing.starts_by_itself,
        process: standing.process,
    }))
}

fn must_be_computers(whose: Whose) -> Result<(), Failure> {
    if whose.session {
        return Err(Failure::usage(
            "Windows has no services of a session. Leave out --session, in a terminal that was opened with “Run as administrator”.",
        ));
    }
    Ok(())
}

fn must_be_readable(program: &Path) -> Result<(), Failure> {
    let home = std::env::var_os("USERPROFILE").map(PathBuf::from);
    if home.is_some_and(|home| program.starts_with(home)) {
        return Err(Failure::failed(format!(
            "The service cannot look into anybody's own folders, and {} is in one. Put the program elsewhere first, for instance into C:\\Program Files\\Timebook.",
            program.display()
        )));
    }
    Ok(())
}

fn usual_folder() -> Result<PathBuf, Failure> {
    let shared = std::env::var_os("ProgramData").ok_or_else(|| {
        Failure::failed("ProgramData is not set. Say where the data is to be: --data FOLDER")
    })?;
    Ok(PathBuf::from(shared).join("Timebook"))
}

/// Makes the folder, and lets only the service, the administrators and the system in.
async fn make_its_own(data: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(data).map_err(|error| {
        Failure::failed(format!(
            "{} cannot be made: {error}. Choose another --data.",
            data.display()
        ))
    })?;
    let mut command = Command::new("icacls");
    command.arg(data).args(["/inheritance:r", "/t", "/q"]);
    for who in [LOCAL_SERVICE, ADMINISTRATORS, SYSTEM] {
        command.args(["/grant:r", &format!("*{who}:(OI)(CI)F")]);
    }
    let done = command.output().await;
    match done {
        Ok(done) if done.status.success() => Ok(()),
        Ok(done) => Err(not_protected(data, &String::from_utf8_lossy(&done.stderr))),
        Err(error) => Err(not_protected(data, &error.to_string())),
    }
}

fn not_protected(data: &Path, why: &str) -> Failure {
    Failure::failed(format!(
        "{} could not be kept to the service and the administrators: {}. Run this as an administrator, or choose another --data.",
        data.display(),
        why.trim().trim_end_matches('.')
    ))
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ServiceError> + Send + 'static,
) -> Result<T, Failure> {
    tokio::task::spawn_blocking(work).await.map_err(Failure::failed)?.map_err(told)
}

fn told(error: ServiceError) -> Failure {
    let exit = match &error {
        ServiceError::NoRight => Exit::Refused,
        _ => Exit::Failed,
    };
    Failure::new(exit, error)
}

// Their names differ from language to language; these do not (well-known SIDs).
const LOCAL_SERVICE: &str = "S-1-5-19";
const ADMINISTRATORS: &str = "S-1-5-32-544";
const SYSTEM: &str = "S-1-5-18";

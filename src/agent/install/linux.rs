//! A unit of `systemd --user`.

use std::io;
use std::path::{Path, PathBuf};

use tokio::process::Command;

use super::{Installed, Service};
use crate::agent::AgentError;

const UNIT: &str = "timebook-agent.service";
/// Reached when a desktop is there, and left with it.
const DESKTOP: &str = "graphical-session.target";
/// Reached with the first sign-in, with or without a desktop: what is started then never sees a screen that comes later.
const ANY_SESSION: &str = "default.target";

pub(super) async fn install(service: &Service<'_>, print: bool) -> Result<Installed, AgentError> {
    // A desktop that tells systemd when it is there lends the agent its screen only from then on; others are not waited for.
    let with = match systemctl(&["is-active", DESKTOP]).await {
        Ok(()) => DESKTOP,
        Err(_) => ANY_SESSION,
    };
    let text = unit(service, with)?;
    let file = unit_folder()?.join(UNIT);
    if print {
        return Ok(Installed { file, text, started: false });
    }
    // Asked first, so that nothing is written where nobody would read it.
    systemctl(&["show-environment"]).await.map_err(|why| not_here(&why))?;
    let before = match std::fs::read(&file) {
        Ok(text) => Some(text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(AgentError::file(file, &error)),
    };
    write(&file, text.as_bytes()).map_err(|error| AgentError::file(&file, &error))?;
    let started = async {
        systemctl(&["daemon-reload"]).await?;
        // Again: what an older one was started by starts it no more.
        systemctl(&["reenable", UNIT]).await?;
        systemctl(&["restart", UNIT]).await
    };
    if let Err(why) = started.await {
        let undone = match before {
            Some(text) => write(&file, &text),
            None => std::fs::remove_file(&file),
        };
        undone.map_err(|error| AgentError::file(&file, &error))?;
        return Err(AgentError::Install(format!(
            "The service could not be started: {why}. Nothing was installed. Look at: journalctl --user -u {UNIT}"
        )));
    }
    Ok(Installed { file, text, started: true })
}

fn not_here(why: &str) -> AgentError {
    AgentError::Install(format!(
        "This session has no systemd --user ({why}), so there is nothing to install the agent into. Let your session start it instead: timebook agent run"
    ))
}

/// Runs `systemctl --user`; its own words when it fails.
async fn systemctl(arguments: &[&str]) -> Result<(), String> {
    let run = Command::new("systemctl").arg("--user").args(arguments).output().await;
    let output = run.map_err(|error| format!("systemctl: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let first = said.lines().find(|line| !line.trim().is_empty()).unwrap_or("no reason given");
    Err(first.trim().trim_end_matches('.').to_owned())
}

fn write(file: &Path, text: &[u8]) -> io::Result<()> {
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(file, text)
}

/// `$XDG_CONFIG_HOME/systemd/user`, usually `~/.config/systemd/user`.
fn unit_folder() -> Result<PathBuf, AgentError> {
    let absolute =
        |name| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let config = absolute("XDG_CONFIG_HOME").or_else(|| Some(absolute("HOME")?.join(".config")));
    let config = config.ok_or_else(|| {
        AgentError::Install(
            "HOME is not set, so it is unknown where your services are. Set it, then try again."
                .to_owned(),
        )
    })?;
    Ok(config.join("systemd/user"))
}

/// The service, wanted by the target `with`.
fn unit(service: &Service<'_>, with: &str) -> Result<String, AgentError> {
    let program = quoted(service.program)?;
    let data = quoted(service.data)?;
    let door = service.door;
    let part = if with == DESKTOP {
        format!("After={DESKTOP}\nPartOf={DESKTOP}\n")
    } else {
        String::new()
    };
    Ok(format!(
        "[Unit]
Description=Timebook agent: records this computer's activity for its person and the office
After=network.target
{part}
[Service]
ExecStart={program} agent run --data {data} --door {door}
Restart=on-failure
RestartSec=5
KillMode=mixed
TimeoutStopSec=45

[Install]
WantedBy={with}
"
    ))
}

/// As systemd reads a word: quoted, with its own signs escaped.
fn quoted(path: &Path) -> Result<String, AgentError> {
    let text = path.to_str().filter(|text| !text.chars().any(char::is_control));
    let text = text.ok_or_else(|| {
        AgentError::Install(format!(
            "{} cannot be written into a service. Choose a path of plain letters.",
            path.display()
        ))
    })?;
    let escaped =
        text.replace('\\', "\\\\").replace('"', "\\\"").replace('%', "%%").replace('$', "$$");
    Ok(format!("\"{escaped}\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_unit_survives_odd_paths() {
        let service = Service {
            program: Path::new("/opt/time book/timebook"),
            data: Path::new("/home/ada/100% \"mine\" $HOME"),
            door: "127.0.0.1:5600".parse().unwrap(),
        };
        let text = unit(&service, ANY_SESSION).unwrap();
        let line = "ExecStart=\"/opt/time book/timebook\" agent run --data \"/home/ada/100%% \\\"mine\\\" $$HOME\" --door 127.0.0.1:5600\n";
        assert!(text.contains(line), "{text}");
        let broken = Service { data: Path::new("/a\nExecStartPre=/bin/x"), ..service };
        assert!(unit(&broken, ANY_SESSION).is_err());
    }
}

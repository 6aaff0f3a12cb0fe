//! A unit of `systemd --user`.

use super::{Installed, Service};
use crate::agent::AgentError;
use crate::slots::systemd::{Scope, UnitError, quoted};

const UNIT: &str = "timebook-agent.service";
/// Reached when a desktop is there, and left with it.
const DESKTOP: &str = "graphical-session.target";
/// Reached with the first sign-in, with or without a desktop: what is started then never sees a screen that comes later.
const ANY_SESSION: &str = "default.target";

pub(super) async fn install(service: &Service<'_>, print: bool) -> Result<Installed, AgentError> {
    // A desktop that tells systemd when it is there lends the agent its screen only from then on; others are not waited for.
    let with = match Scope::Session.systemctl(&["is-active", DESKTOP]).await {
        Ok(_) => DESKTOP,
        Err(_) => ANY_SESSION,
    };
    let text = unit(service, with).map_err(told)?;
    let file = Scope::Session.folder().map_err(told)?.join(UNIT);
    if !print {
        Scope::Session.install(UNIT, &text).await.map_err(told)?;
    }
    Ok(Installed { file, text, started: !print })
}

fn told(error: UnitError) -> AgentError {
    AgentError::Install(match error {
        UnitError::NotHere(why) => format!(
            "This session has no systemd --user ({why}), so there is nothing to install the agent into. Let your session start it instead: timebook agent run"
        ),
        other => other.to_string(),
    })
}

/// The service, wanted by the target `with`.
fn unit(service: &Service<'_>, with: &str) -> Result<String, UnitError> {
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

#[cfg(test)]
mod tests {
    use std::path::Path;

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

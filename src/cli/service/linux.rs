//! A unit of systemd: the computer's, which runs without rights in a closed room, or the session's.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::{Installed, Standing, Whose, serve_words};
use crate::cli::arguments::{Common, ServeArguments};
use crate::cli::config::data_asked_for;
use crate::cli::exit::{Exit, Failure};
use crate::slots::systemd::{Scope, UnitError, quoted, quoted_path};

const UNIT: &str = "timebook.service";
/// Where the computer's service keeps its data, unless told otherwise: systemd makes the folder and gives it to the service.
const STATE: &str = "/var/lib/timebook";

pub(super) async fn install(
    common: &Common,
    serve: &ServeArguments,
    whose: Whose,
    print_only: bool,
) -> Result<Installed, Failure> {
    let scope = scope(whose);
    let program = std::env::current_exe().map_err(Failure::failed)?;
    let asked = data_asked_for(common)?;
    let home = match scope {
        Scope::Session => Home::Owned(folder(asked.as_deref(), "timebook-data")?),
        Scope::Computer => computers(asked.as_deref(), &program)?,
    };
    let data = home.path().to_owned();
    let mut line = quoted(&program).map_err(told)?;
    for word in serve_words(common, serve, &data)? {
        line.push(' ');
        line.push_str(&quoted(Path::new(&word)).map_err(told)?);
    }
    let text = unit(&line, scope, &home)?;
    let file = scope.folder().map_err(told)?.join(UNIT);
    if !print_only {
        scope.install(UNIT, &text).await.map_err(told)?;
    }
    Ok(Installed { file: Some(file), text, data })
}

pub(super) async fn uninstall(whose: Whose) -> Result<bool, Failure> {
    scope(whose).uninstall(UNIT).await.map_err(told)
}

pub(super) async fn start(whose: Whose) -> Result<(), Failure> {
    there(whose).await?.ask(UNIT, &["start", UNIT]).await.map_err(told)
}

pub(super) async fn start_over(data: &Path) -> Result<bool, Failure> {
    let word =
        format!("{} {}", quoted(Path::new("--data")).map_err(told)?, quoted(data).map_err(told)?);
    for scope in [Scope::Computer, Scope::Session] {
        // A scope without a folder has no service either.
        let Ok(folder) = scope.folder() else { continue };
        let Ok(text) = std::fs::read_to_string(folder.join(UNIT)) else { continue };
        if text.contains(&word) {
            scope.ask(UNIT, &["start", UNIT]).await.map_err(told)?;
            return Ok(true);
        }
    }
    Ok(false)
}

pub(super) async fn stop(whose: Whose) -> Result<(), Failure> {
    there(whose).await?.ask(UNIT, &["stop", UNIT]).await.map_err(told)
}

pub(super) async fn standing(whose: Whose) -> Result<Option<Standing>, Failure> {
    let state = scope(whose).state(UNIT).await.map_err(told)?;
    Ok(state.map(|state| Standing {
        runs: state.active == "active",
        state: state.active,
        starts_by_itself: state.enabled,
        process: state.process,
    }))
}

/// The scope, if the service is installed in it.
async fn there(whose: Whose) -> Result<Scope, Failure> {
    let scope = scope(whose);
    match scope.state(UNIT).await.map_err(told)? {
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

fn told(error: UnitError) -> Failure {
    let exit = match &error {
        UnitError::NotHere(_) => Exit::Unreachable,
        _ => Exit::Failed,
    };
    let next = match &error {
        UnitError::NotHere(_) => {
            ". Where another service manager starts programs, let it run: timebook serve"
        }
        _ => "",
    };
    Failure::new(exit, format!("{error}{next}"))
}

/// Where the data is, and whose.
enum Home {
    /// A folder that systemd makes for the service alone.
    Given(PathBuf),
    /// A folder of whoever runs the service.
    Owned(PathBuf),
    /// A folder of this user, who the service runs as.
    Of(PathBuf, u32),
}

impl Home {
    fn path(&self) -> &Path {
        match self {
            Home::Given(path) | Home::Owned(path) | Home::Of(path, _) => path,
        }
    }
}

fn folder(asked: Option<&Path>, usual: &str) -> Result<PathBuf, Failure> {
    std::path::absolute(asked.unwrap_or_else(|| Path::new(usual))).map_err(Failure::failed)
}

/// The computer's service has no rights of its own: it runs as the user whom its folder belongs to.
fn computers(asked: Option<&Path>, program: &Path) -> Result<Home, Failure> {
    if is_at_home(program) {
        return Err(Failure::failed(format!(
            "The service must not look into anybody's home, and {} is in one. Put the program elsewhere first: install -m 755 \"{0}\" /usr/local/bin/timebook",
            program.display()
        )));
    }
    let Some(asked) = asked else { return Ok(Home::Given(PathBuf::from(STATE))) };
    let data = folder(Some(asked), STATE)?;
    if data == Path::new(STATE) {
        return Ok(Home::Given(data));
    }
    let owner = std::fs::metadata(&data).map(|told| told.uid());
    match owner {
        Ok(0) => Err(Failure::failed(format!(
            "{0} belongs to root, and the server runs without root's rights. Give the folder to a user of its own (chown -R USER {0}), or leave out --data.",
            data.display()
        ))),
        Ok(owner) => Ok(Home::Of(data, owner)),
        Err(error) => Err(Failure::failed(format!(
            "{} cannot be looked at: {error}. Make the folder and give it to a user of its own, or leave out --data.",
            data.display()
        ))),
    }
}

/// Is this what `ProtectHome` hides?
fn is_at_home(path: &Path) -> bool {
    ["/home", "/root", "/run/user"].iter().any(|home| path.starts_with(home))
}

/// What holds for both: systemd hears when the server is ready, whether it lives, and starts it again.
fn unit(line: &str, scope: Scope, home: &Home) -> Result<String, Failure> {
    let room = match scope {
        Scope::Session => String::new(),
        Scope::Computer => closed_room(home)?,
    };
    let (network, with) = match scope {
        Scope::Session => ("", "default.target"),
        Scope::Computer => {
            ("Wants=network-online.target\nAfter=network-online.target\n", "multi-user.target")
        }
    };
    Ok(format!(
        "[Unit]
Description=Timebook server: time entries and recorded activity of the office
{network}StartLimitIntervalSec=120
StartLimitBurst=10

[Service]
Type=notify
ExecStart={line}
Restart=on-failure
RestartSec=2
RestartPreventExitStatus=2 3
WatchdogSec=60
TimeoutStartSec=600
TimeoutStopSec=60
KillMode=mixed
UMask=0077
LimitNOFILE=65536
NoNewPrivileges=yes
LockPersonality=yes
MemoryDenyWriteExecute=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
{room}
[Install]
WantedBy={with}
"
    ))
}

/// What only the computer's systemd can keep a service from; see systemd.exec(5).
fn closed_room(home: &Home) -> Result<String, Failure> {
    let who = match home {
        Home::Of(path, owner) => {
            let hide = if is_at_home(path) { "no" } else { "yes" };
            let path = quoted_path(path).map_err(told)?;
            format!("User={owner}\nReadWritePaths={path}\nProtectHome={hide}\n")
        }
        _ => "DynamicUser=yes\nStateDirectory=timebook\nStateDirectoryMode=0700\nProtectHome=yes\n"
            .to_owned(),
    };
    Ok(format!(
        "{who}AmbientCapabilities=CAP_NET_BIND_SERVICE
CapabilityBoundingSet=CAP_NET_BIND_SERVICE
PrivateDevices=yes
PrivateTmp=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectSystem=strict
RemoveIPC=yes
RestrictNamespaces=yes
SystemCallFilter=@system-service
"
    ))
}

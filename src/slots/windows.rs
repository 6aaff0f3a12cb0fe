//! A service of Windows: installed, started and stopped through the system's service manager; and the process that it starts, which hears
//! from it when to end and tells it how it is.
//!
//! Must never leave a service half installed.

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread::sleep;
use std::time::{Duration, Instant};

use thiserror::Error;
use tokio::sync::watch;
use windows_service::service::{
    Service, ServiceAccess, ServiceAction, ServiceActionType, ServiceControl, ServiceControlAccept,
    ServiceErrorControl, ServiceExitCode, ServiceFailureActions, ServiceFailureResetPeriod,
    ServiceInfo, ServiceStartType, ServiceState, ServiceStatus, ServiceType,
};
use windows_service::service_control_handler::{
    ServiceControlHandlerResult, ServiceStatusHandle, register,
};
use windows_service::service_manager::{ServiceManager, ServiceManagerAccess};
use windows_service::{define_windows_service, service_dispatcher};

/// The service's name.
pub const SERVICE: &str = "Timebook";

/// Why a service could not be dealt with.
#[derive(Debug, Error)]
pub enum ServiceError {
    /// It is for administrators.
    #[error(
        "Windows lets only administrators do this. Open the terminal with “Run as administrator”, then try again."
    )]
    NoRight,
    /// It is there already.
    #[error("There is such a service already. Take it away first: timebook service uninstall")]
    Taken,
    /// It is not there.
    #[error("The server is no service here. To make it one: timebook service install")]
    Missing,
    /// It did not do in time what it was told.
    #[error(
        "The service is not {0} after a minute. Look at its log, and at: Event Viewer, Windows Logs, System"
    )]
    Late(&'static str),
    /// The process was started by somebody else.
    #[error("--service is for Windows' service manager only. Leave it out: timebook serve")]
    NotItsChild,
    /// The system's own words.
    #[error("Windows' service manager refused: {0}. Look at: Event Viewer, Windows Logs, System")]
    System(String),
}

impl From<windows_service::Error> for ServiceError {
    fn from(error: windows_service::Error) -> Self {
        let windows_service::Error::Winapi(system) = &error else {
            return Self::System(error.to_string());
        };
        match system.raw_os_error() {
            Some(ERROR_ACCESS_DENIED) => Self::NoRight,
            Some(ERROR_SERVICE_DOES_NOT_EXIST) => Self::Missing,
            Some(ERROR_SERVICE_EXISTS) => Self::Taken,
            Some(ERROR_FAILED_SERVICE_CONTROLLER_CONNECT) => Self::NotItsChild,
            _ => Self::System(system.to_string()),
        }
    }
}

/// How the service is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// In a word.
    pub state: &'static str,
    /// Does it start with the computer?
    pub starts_by_itself: bool,
    /// The process it runs as.
    pub process: Option<u32>,
    /// Its command line, as the system keeps it.
    pub line: String,
}

/// Installs the program as a service that starts with the computer, runs without rights of its own (as LocalService) and is started anew
/// when it dies; starts it. Blocks, as all of these do.
///
/// # Errors
/// [`ServiceError`]; nothing is installed then.
pub fn install(program: PathBuf, arguments: Vec<OsString>) -> Result<(), ServiceError> {
    let manager = ServiceManager::local_computer(
        None::<&str>,
        ServiceManagerAccess::CONNECT | ServiceManagerAccess::CREATE_SERVICE,
    )?;
    let info = ServiceInfo {
        name: SERVICE.into(),
        display_name: "Timebook server".into(),
        service_type: ServiceType::OWN_PROCESS,
        start_type: ServiceStartType::AutoStart,
        error_control: ServiceErrorControl::Normal,
        executable_path: program,
        launch_arguments: arguments,
        dependencies: Vec::new(),
        account_name: Some(ACCOUNT.into()),
        account_password: None,
    };
    let service = manager.create_service(&info, ServiceAccess::ALL_ACCESS)?;
    let begun = || {
        service.set_description("Time entries and recorded activity of the office")?;
        let again = ServiceAction { action_type: ServiceActionType::Restart, delay: AGAIN };
        service.update_failure_actions(ServiceFailureActions {
            reset_period: ServiceFailureResetPeriod::After(DAY),
            reboot_msg: None,
            command: None,
            actions: Some(vec![again.clone(), again.clone(), again]),
        })?;
        set_off(&service)?;
        wait_for(&service, ServiceState::Running, "running")
    };
    let begun: Result<(), ServiceError> = begun();
    if begun.is_err() {
        service.delete()?;
    }
    begun
}

/// Stops the service and takes it away; was it there?
///
/// # Errors
/// [`ServiceError`].
pub fn uninstall() -> Result<bool, ServiceError> {
    let rights = ServiceAccess::QUERY_STATUS | ServiceAccess::STOP | ServiceAccess::DELETE;
    let service = match open(rights) {
        Err(ServiceError::Missing) => return Ok(false),
        service => service?,
    };
    end(&service)?;
    service.delete()?;
    Ok(true)
}

/// Starts it; one that runs goes on.
///
/// # Errors
/// [`ServiceError`].
pub fn start() -> Result<(), ServiceError> {
    let service = open(ServiceAccess::QUERY_STATUS | ServiceAccess::START)?;
    if service.query_status()?.current_state == ServiceState::Stopped {
        set_off(&service)?;
    }
    wait_for(&service, ServiceState::Running, "running")
}

/// Stops it until somebody starts it, or the computer.
///
/// # Errors
/// [`ServiceError`].
pub fn stop() -> Result<(), ServiceError> {
    end(&open(ServiceAccess::QUERY_STATUS | ServiceAccess::STOP)?)
}

/// How it is doing; nothing where there is none.
///
/// # Errors
/// [`ServiceError`].
pub fn standing() -> Result<Option<Standing>, ServiceError> {
    let service = match open(ServiceAccess::QUERY_STATUS | ServiceAccess::QUERY_CONFIG) {
        Err(ServiceError::Missing) => return Ok(None),
        service => service?,
    };
    let (status, config) = (service.query_status()?, service.query_config()?);
    Ok(Some(Standing {
        state: match status.current_state {
            ServiceState::Running => RUNNING,
            ServiceState::Stopped => "stopped",
            ServiceState::StartPending => "starting",
            ServiceState::StopPending => "stopping",
            _ => "paused",
        },
        starts_by_itself: config.start_type == ServiceStartType::AutoStart,
        process: status.process_id.filter(|id| *id != 0),
        line: config.executable_path.to_string_lossy().into_owned(),
    }))
}

/// The word for a service that runs.
pub const RUNNING: &str = "running";

/// Does `work` as the service that the service manager started this process for; `work` ends with an exit code.
///
/// # Errors
/// [`ServiceError::NotItsChild`] when somebody else started this process.
pub fn run(work: impl FnOnce() -> i32 + Send + 'static) -> Result<(), ServiceError> {
    *WORK.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(work));
    Ok(service_dispatcher::start(SERVICE, begin)?)
}

/// Whether this process is to end, where it is a service.
pub(super) fn asked_to_stop() -> Option<watch::Receiver<bool>> {
    ASKED.get().cloned()
}

/// Tells the service manager that the server serves; nothing where it is no service.
pub(super) fn ready() {
    tell(ServiceState::Running, 0);
}

/// Tells it that the server ends in order.
pub(super) fn stopping() {
    tell(ServiceState::StopPending, 0);
}

type Work = Box<dyn FnOnce() -> i32 + Send>;

static WORK: Mutex<Option<Work>> = Mutex::new(None);
static ASKED: OnceLock<watch::Receiver<bool>> = OnceLock::new();
static MANAGER: OnceLock<ServiceStatusHandle> = OnceLock::new();

define_windows_service!(begin, serve);

fn serve(_: Vec<OsString>) {
    let (ask, asked) = watch::channel(false);
    let hear = move |control| match control {
        ServiceControl::Stop | ServiceControl::Shutdown => {
            stopping();
            ask.send_replace(true);
            ServiceControlHandlerResult::NoError
        }
        ServiceControl::Interrogate => ServiceControlHandlerResult::NoError,
        _ => ServiceControlHandlerResult::NotImplemented,
    };
    let manager = match register(SERVICE, hear) {
        Ok(manager) => manager,
        Err(error) => {
            let error = ServiceError::from(error);
            return tracing::error!(%error, "the service manager does not listen");
        }
    };
    // Both are set once: a process is started as a service once.
    drop((ASKED.set(asked), MANAGER.set(manager)));
    tell(ServiceState::StartPending, 0);
    let work = WORK.lock().unwrap_or_else(PoisonError::into_inner).take();
    let code = work.map_or(1, |work| work());
    tell(ServiceState::Stopped, code.unsigned_abs());
}

fn tell(state: ServiceState, code: u32) {
    let Some(manager) = MANAGER.get() else { return };
    let accepted = match state {
        ServiceState::Running => ServiceControlAccept::STOP | ServiceControlAccept::SHUTDOWN,
        _ => ServiceControlAccept::empty(),
    };
    let is_under_way = matches!(state, ServiceState::StartPending | ServiceState::StopPending);
    let told = manager.set_service_status(ServiceStatus {
        service_type: ServiceType::OWN_PROCESS,
        current_state: state,
        controls_accepted: accepted,
        exit_code: if code == 0 {
            ServiceExitCode::NO_ERROR
        } else {
            ServiceExitCode::ServiceSpecific(code)
        },
        checkpoint: u32::from(is_under_way),
        wait_hint: if is_under_way { PATIENCE } else { Duration::ZERO },
        process_id: None,
    });
    if let Err(error) = told {
        tracing::warn!(%error, "the service manager could not be told");
    }
}

fn open(rights: ServiceAccess) -> Result<Service, ServiceError> {
    let manager = ServiceManager::local_computer(None::<&str>, ServiceManagerAccess::CONNECT)?;
    Ok(manager.open_service(SERVICE, rights)?)
}

/// Starts it. While the computer starts its own services it lets nobody else do so.
fn set_off(service: &Service) -> Result<(), ServiceError> {
    let until = Instant::now() + PATIENCE;
    loop {
        match service.start::<OsString>(&[]) {
            Err(windows_service::Error::Winapi(error))
                if error.raw_os_error() == Some(ERROR_SERVICE_DATABASE_LOCKED)
                    && Instant::now() < until =>
            {
                sleep(LOOK_EVERY);
            }
            started => return Ok(started?),
        }
    }
}

fn end(service: &Service) -> Result<(), ServiceError> {
    match service.query_status()?.current_state {
        ServiceState::Stopped => return Ok(()),
        ServiceState::StopPending => {}
        _ => drop(service.stop()?),
    }
    wait_for(service, ServiceState::Stopped, "stopped")
}

/// Waits until it is so; one that stopped instead of running is told of at once.
fn wait_for(
    service: &Service,
    wanted: ServiceState,
    word: &'static str,
) -> Result<(), ServiceError> {
    let until = Instant::now() + PATIENCE;
    loop {
        let state = service.query_status()?.current_state;
        if state == wanted {
            return Ok(());
        }
        if state == ServiceState::Stopped || Instant::now() >= until {
            return Err(ServiceError::Late(word));
        }
        sleep(LOOK_EVERY);
    }
}

/// May use the network and write what it is given, and nothing else.
const ACCOUNT: &str = "NT AUTHORITY\\LocalService";
const PATIENCE: Duration = Duration::from_secs(60);
const LOOK_EVERY: Duration = Duration::from_millis(100);
const AGAIN: Duration = Duration::from_secs(2);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

const ERROR_ACCESS_DENIED: i32 = 5;
const ERROR_SERVICE_DATABASE_LOCKED: i32 = 1_055;
const ERROR_SERVICE_DOES_NOT_EXIST: i32 = 1_060;
const ERROR_FAILED_SERVICE_CONTROLLER_CONNECT: i32 = 1_063;
const ERROR_SERVICE_EXISTS: i32 = 1_073;

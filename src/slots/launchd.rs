//! A service of macOS (launchd), for a person's session or for the whole computer.
//!
//! Must never leave a service half installed.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use service_manager::{
    LaunchdServiceManager, RestartPolicy, ServiceInstallCtx, ServiceLabel, ServiceManager,
    ServiceStartCtx, ServiceStatus, ServiceStatusCtx, ServiceStopCtx, ServiceUninstallCtx,
};

/// Whose service it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// A person's: it runs while the person is signed in, with that person's rights.
    Session,
    /// The computer's: it runs from its start on. Needs the administrator's rights.
    Computer,
}

impl Scope {
    /// Installs the program as a service that starts by itself and again when it died, and starts it; one of the computer's runs as `user`.
    ///
    /// # Errors
    /// launchd's words; nothing is installed then.
    pub fn install(
        self,
        program: PathBuf,
        args: Vec<OsString>,
        user: Option<String>,
    ) -> io::Result<PathBuf> {
        let manager = self.manager();
        let file = self.file()?;
        manager.install(ServiceInstallCtx {
            label: label(),
            program,
            args,
            contents: None,
            username: user,
            working_directory: None,
            environment: None,
            autostart: true,
            restart_policy: RestartPolicy::OnFailure {
                delay_secs: None,
                max_retries: None,
                reset_after_secs: None,
            },
        })?;
        match manager.start(ServiceStartCtx { label: label() }) {
            Ok(()) => Ok(file),
            Err(error) => {
                manager.uninstall(ServiceUninstallCtx { label: label() })?;
                Err(error)
            }
        }
    }

    /// Stops it and takes it away; was it there?
    ///
    /// # Errors
    /// launchd's words.
    pub fn uninstall(self) -> io::Result<bool> {
        let was_there = self.file()?.exists();
        if was_there {
            self.manager().uninstall(ServiceUninstallCtx { label: label() })?;
        }
        Ok(was_there)
    }

    /// Starts it.
    ///
    /// # Errors
    /// launchd's words; it is not installed.
    pub fn start(self) -> io::Result<()> {
        self.manager().start(ServiceStartCtx { label: label() })
    }

    /// Stops it until somebody starts it, or the computer.
    ///
    /// # Errors
    /// launchd's words.
    pub fn stop(self) -> io::Result<()> {
        self.manager().stop(ServiceStopCtx { label: label() })
    }

    /// Does it run? Nothing where it is not installed.
    ///
    /// # Errors
    /// launchd's words.
    pub fn runs(self) -> io::Result<Option<bool>> {
        if !self.file()?.exists() {
            return Ok(None);
        }
        let status = self.manager().status(ServiceStatusCtx { label: label() })?;
        Ok(Some(status == ServiceStatus::Running))
    }

    /// Its file.
    ///
    /// # Errors
    /// It is unknown where the person's services are.
    pub fn file(self) -> io::Result<PathBuf> {
        let name = format!("{}.plist", label().to_qualified_name());
        match self {
            Self::Computer => Ok(Path::new("/Library/LaunchDaemons").join(name)),
            Self::Session => {
                let home = std::env::var_os("HOME").map(PathBuf::from);
                let home = home.ok_or_else(|| io::Error::other("HOME is not set"))?;
                Ok(home.join("Library/LaunchAgents").join(name))
            }
        }
    }

    fn manager(self) -> LaunchdServiceManager {
        match self {
            Self::Session => LaunchdServiceManager::user(),
            Self::Computer => LaunchdServiceManager::system(),
        }
    }
}

fn label() -> ServiceLabel {
    ServiceLabel { qualifier: None, organization: None, application: "timebook".to_owned() }
}

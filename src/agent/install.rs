//! `timebook agent install`: the agent starts with the person's session and is restarted when it dies.
//!
//! One file per platform says how. Must never ask for administrator rights: the agent is the person's own program.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(not(target_os = "linux"))]
mod other;

#[cfg(target_os = "linux")]
use linux as platform;
#[cfg(not(target_os = "linux"))]
use other as platform;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use super::AgentError;
use super::folder::Folder;
use super::identity::Identity;

/// What to install.
#[derive(Clone, Debug)]
pub struct InstallOptions {
    /// The data directory.
    pub data: PathBuf,
    /// Where watchers connect.
    pub door: SocketAddr,
    /// Only say what would be installed.
    pub print: bool,
}

/// What was, or would be, installed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Installed {
    /// The service's file.
    pub file: PathBuf,
    /// What it says.
    pub text: String,
    /// Whether it runs now.
    pub started: bool,
}

/// Installs the agent as a service of the person's own session, or says what would be installed.
///
/// # Errors
/// [`AgentError::NotEnrolled`], [`AgentError::Install`] with what to do instead; nothing half-done stays behind.
pub async fn install(options: InstallOptions) -> Result<Installed, AgentError> {
    if !options.print && Identity::read(&Folder::of(&options.data))?.is_none() {
        return Err(AgentError::NotEnrolled);
    }
    let data = std::path::absolute(&options.data).map_err(AgentError::System)?;
    let program = std::env::current_exe().map_err(AgentError::System)?;
    platform::install(
        &Service { program: &program, data: &data, door: options.door },
        options.print,
    )
    .await
}

/// What the service starts.
struct Service<'a> {
    program: &'a Path,
    data: &'a Path,
    door: SocketAddr,
}

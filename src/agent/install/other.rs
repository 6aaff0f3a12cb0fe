//! Systems without a service of the agent yet.

use super::{Installed, Service};
use crate::agent::AgentError;

/// Says what to do until the Windows capability brings a service.
#[expect(clippy::unused_async, reason = "the same shape on every platform")]
pub(super) async fn install(service: &Service<'_>, _print: bool) -> Result<Installed, AgentError> {
    Err(AgentError::Install(format!(
        "Installing the agent as a service comes with the Windows capability. Until then, let your session start it: \"{}\" agent run --data \"{}\" --door {}",
        service.program.display(),
        service.data.display(),
        service.door
    )))
}

//! The program itself: whoever was invited takes it from here to the new computer.

use axum::extract::State;
use axum::response::Response;

use super::error::Failure;
use super::{Services, file};

/// The running program's own file.
pub(super) async fn show(State(services): State<Services>) -> Result<Response, Failure> {
    let name = if cfg!(windows) { "timebook.exe" } else { "timebook" };
    let path = services.executable.as_ref();
    file::offer(path, name, "application/octet-stream").await.map_err(|error| {
        tracing::error!(%error, path = %path.display(), "the program cannot be read");
        Failure::internal("The server cannot read its own program file.")
    })
}

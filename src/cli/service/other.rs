//! Systems without a service of the server yet.

use std::path::Path;

use super::{Installed, Standing, Whose, serve_words};
use crate::cli::arguments::{Common, ServeArguments};
use crate::cli::config::data_asked_for;
use crate::cli::exit::Failure;

/// Says what to do until the Windows capability brings a service.
#[expect(clippy::unused_async, reason = "the same shape on every platform")]
pub(super) async fn install(
    common: &Common,
    serve: &ServeArguments,
    _: Whose,
    _: bool,
) -> Result<Installed, Failure> {
    let data = data_asked_for(common)?.unwrap_or_else(|| "timebook-data".into());
    let data = std::path::absolute(data).map_err(Failure::failed)?;
    let words = serve_words(common, serve, &data)?;
    let words: Vec<String> =
        words.iter().map(|word| format!("\"{}\"", word.to_string_lossy())).collect();
    Err(Failure::failed(format!(
        "There is no service for this system yet. Until then, let it start: timebook {}",
        words.join(" ")
    )))
}

#[expect(clippy::unused_async, reason = "the same shape on every platform")]
pub(super) async fn uninstall(_: Whose) -> Result<bool, Failure> {
    Ok(false)
}

#[expect(clippy::unused_async, reason = "the same shape on every platform")]
pub(super) async fn start(_: Whose) -> Result<(), Failure> {
    Err(nothing())
}

#[expect(clippy::unused_async, reason = "the same shape on every platform")]
pub(super) async fn start_over(_: &Path) -> Result<bool, Failure> {
    Ok(false)
}

#[expect(clippy::unused_async, reason = "the same shape on every platform")]
pub(super) async fn stop(_: Whose) -> Result<(), Failure> {
    Err(nothing())
}

#[expect(clippy::unused_async, reason = "the same shape on every platform")]
pub(super) async fn standing(_: Whose) -> Result<Option<Standing>, Failure> {
    Ok(None)
}

fn nothing() -> Failure {
    Failure::failed("There is no service for this system yet. Run it yourself: timebook serve")
}

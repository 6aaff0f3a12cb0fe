//! Logs on standard error, as text for people or JSON for machines. Secrets never get here: they are not given to `tracing`.

use std::io::{self, IsTerminal};

use clap::ValueEnum;
use tracing_subscriber::EnvFilter;

/// How logs are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// Starts logging with `filter` (e.g. `info`, `timebook=debug`), and sends panics there too.
pub(crate) fn start(format: LogFormat, filter: &str) -> Result<(), String> {
    let filter = EnvFilter::try_new(filter).map_err(|error| {
        format!("The log filter is not understood: {error}. Try `info` or `timebook=debug`.")
    })?;
    let logs = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr);
    match format {
        LogFormat::Text => logs.with_ansi(io::stderr().is_terminal()).init(),
        LogFormat::Json => logs.json().init(),
    }
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let words = panic.payload_as_str().unwrap_or("no message");
        // The database engine panics on a damaged file (its own word); the store catches that and tells it as a sentence.
        if place.contains("/redb-") {
            tracing::debug!(place, "the database engine gave up: {words}");
        } else {
            tracing::error!(place, "panicked: {words}");
        }
    }));
    Ok(())
}

//! Logs on standard error or in a folder, as text for people or JSON for machines. Secrets never get here: they are not given to `tracing`.

use std::io::{self, IsTerminal};
use std::path::Path;

use clap::ValueEnum;
use tracing_appender::rolling::{RollingFileAppender, Rotation};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::writer::BoxMakeWriter;

/// How logs are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// Starts logging with `filter` (e.g. `info`, `timebook=debug`), into `folder` where there is one, and sends panics there too.
pub(crate) fn start(format: LogFormat, filter: &str, folder: Option<&Path>) -> Result<(), String> {
    let filter = EnvFilter::try_new(filter).map_err(|error| {
        format!("The log filter is not understood: {error}. Try `info` or `timebook=debug`.")
    })?;
    let writer = match folder {
        Some(folder) => BoxMakeWriter::new(files(folder)?),
        None => BoxMakeWriter::new(io::stderr),
    };
    let is_colourful = folder.is_none() && io::stderr().is_terminal();
    let logs = tracing_subscriber::fmt().with_env_filter(filter).with_writer(writer);
    match format {
        LogFormat::Text => logs.with_ansi(is_colourful).init(),
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

/// A file a day, of which the newest stay.
fn files(folder: &Path) -> Result<RollingFileAppender, String> {
    RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .filename_prefix("timebook")
        .filename_suffix("log")
        .max_log_files(DAYS_KEPT)
        .build(folder)
        .map_err(|error| {
            format!(
                "No log can be written in {}: {error}. Choose another --log-folder.",
                folder.display()
            )
        })
}

const DAYS_KEPT: usize = 14;

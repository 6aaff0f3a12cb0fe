//! `timebook user export`: everything recorded about a person, from the server's own terminal.

use std::path::{Path, PathBuf};

use super::call::part;
use super::config::Config;
use super::exit::Failure;
use super::export::take_out;

pub(crate) async fn export(config: &Config, name: &str, out: Option<&Path>) -> Result<(), Failure> {
    let default = PathBuf::from(format!("person-data-{name}.jsonl"));
    let path = format!("/api/v1/users/{}/export", part(name));
    take_out(config, &path, None, out.unwrap_or(&default)).await
}

//! `timebook user export`: everything recorded about a person, from the server's own terminal.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use http::Method;
use serde_json::Value;

use super::call::{call, part};
use super::config::Config;
use super::exit::Failure;
use super::print;

pub(crate) async fn export(config: &Config, name: &str, out: Option<&Path>) -> Result<(), Failure> {
    let default = PathBuf::from(format!("person-data-{name}.jsonl"));
    let out = out.unwrap_or(&default);
    // Before the work: a name that is taken must not be found out after it.
    let to = create(out).map_err(|error| {
        Failure::failed(format!(
            "{} cannot be made: {error}. Name another with --out.",
            out.display()
        ))
    })?;
    match fetch(config, name, to).await {
        Ok(sentence) => {
            if config.json {
                print::json(&serde_json::json!({ "file": out.display().to_string() }));
            } else {
                print::line(&format!("{sentence} They are in {}.", out.display()));
            }
            Ok(())
        }
        Err(failure) => {
            // What is not whole must not lie about as if it were.
            drop(std::fs::remove_file(out));
            Err(failure)
        }
    }
}

async fn fetch(config: &Config, name: &str, mut to: File) -> Result<String, Failure> {
    let path = format!("/api/v1/users/{}/export", part(name));
    let mut job = call(config, Method::POST, &path, None).await?;
    let id = word(&job, "id");
    while job["state"] == "running" {
        let path = format!("/api/v1/jobs/{id}?wait=20&seen={}", job["version"]);
        job = call(config, Method::GET, &path, None).await?;
    }
    if job["state"] != "done" {
        return Err(Failure::failed(word(&job, "sentence")));
    }
    // Whoever owns the data directory reads it there, however large it is.
    let mut result = File::open(config.data.join("jobs").join(&id)).map_err(Failure::failed)?;
    io::copy(&mut result, &mut to).and_then(|_| to.sync_all()).map_err(Failure::failed)?;
    call(config, Method::DELETE, &format!("/api/v1/jobs/{id}"), None).await?;
    Ok(word(&job, "sentence"))
}

fn create(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn word(value: &Value, key: &str) -> String {
    value[key].as_str().unwrap_or_default().to_owned()
}

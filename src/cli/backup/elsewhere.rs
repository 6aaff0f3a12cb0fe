//! Copies of backups outside of the server: the key they are sealed to, the secret of their bucket, and how one comes back.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};

use age::secrecy::ExposeSecret;
use clap::Args;
use http::Method;
use serde_json::json;

use crate::cli::call::call;
use crate::cli::config::Config;
use crate::cli::exit::Failure;
use crate::cli::print;
use crate::cli::progress::Shown;
use crate::cli::secret_file::first_line;
use crate::domain::s3::S3Place;
use crate::service::backup::{self, Object, Source};

/// Where a backup is brought from, and where to.
#[derive(Debug, Args)]
pub(crate) struct FetchArguments {
    /// Which; without one, all that are there are listed
    name: Option<String>,
    /// The bucket and its folder, as `backup.s3` says it: https://HOST/BUCKET/FOLDER
    #[arg(long, value_name = "URL")]
    s3: String,
    /// The region that it is in
    #[arg(long, value_name = "REGION", default_value = "us-east-1")]
    region: String,
    /// The access key
    #[arg(long, value_name = "KEY")]
    access_key: String,
    /// A file whose first line is the secret key; `-` reads it from standard input
    #[arg(long, value_name = "FILE")]
    secret_file: PathBuf,
    /// The folder that it goes to
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    to: PathBuf,
}

pub(super) fn make_key(config: &Config, file: &Path) -> Result<(), Failure> {
    let (key, recipient) = backup::new_key();
    let refused = |error: std::io::Error| {
        Failure::failed(format!(
            "{} cannot be written: {error}. Choose a file that is not there yet.",
            file.display()
        ))
    };
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let text = format!("# public key: {recipient}\n{}\n", key.expose_secret());
    let mut out = options.open(file).map_err(refused)?;
    out.write_all(text.as_bytes()).and_then(|()| out.sync_all()).map_err(refused)?;
    if config.json {
        print::json(&json!({ "file": file.display().to_string(), "recipient": recipient }));
        return Ok(());
    }
    print::line(&format!(
        "The key is in {}. Keep it where a fire in the office does not reach it: without it nobody opens what is sealed to it, not even you.",
        file.display()
    ));
    print::line(&format!(
        "Seal copies to it with: timebook settings set backup.recipient {recipient}"
    ));
    Ok(())
}

pub(super) async fn keep_secret(config: &Config, secret_file: &Path) -> Result<(), Failure> {
    let body = json!({ "secret": first_line(secret_file, "secret key")? });
    call(config, Method::PUT, "/api/v1/backups/s3/secret", Some(body)).await?;
    print::done(config.json, "The bucket's secret key is kept, sealed.");
    Ok(())
}

pub(super) async fn fetch(config: &Config, arguments: &FetchArguments) -> Result<(), Failure> {
    let FetchArguments { name, s3, region, access_key, secret_file, to } = arguments;
    let place = S3Place::parse(s3).map_err(|bad| Failure::usage(format!("--s3 {bad}.")))?;
    let secret = first_line(secret_file, "secret key")?;
    let source = Source::at(&place, region, (access_key, &secret)).map_err(Failure::failed)?;
    let there = source.list().await.map_err(Failure::failed)?;
    let Some(name) = name else {
        list(config, &there, s3);
        return Ok(());
    };
    if !there.iter().any(|object| object.name == *name) {
        return Err(Failure::failed(format!(
            "There is no backup {name} in {s3}. Without a name this command lists those that are there."
        )));
    }
    let mut shown = Shown::default();
    let watch = |done, total| shown.show("fetching", done, total, "");
    let path = source.fetch(name, to, watch).await.map_err(Failure::failed)?;
    drop(shown);
    if config.json {
        print::json(&json!({ "file": path.display().to_string() }));
        return Ok(());
    }
    print::line(&format!("Fetched: {}.", path.display()));
    print::line("Put it back with: timebook backup restore FILE --identity KEY-FILE --data FOLDER");
    Ok(())
}

fn list(config: &Config, there: &[Object], s3: &str) {
    if config.json {
        let item = |object: &Object| json!({ "name": object.name, "bytes": object.bytes });
        print::json(&json!({ "items": there.iter().map(item).collect::<Vec<_>>() }));
        return;
    }
    let rows: Vec<Vec<String>> =
        there.iter().map(|object| vec![object.name.clone(), object.bytes.to_string()]).collect();
    print::table(&["name", "bytes"], &rows, &format!("There is no backup in {s3}."));
}

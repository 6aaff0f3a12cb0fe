//! `timebook export office` and `timebook import office`: all of it as lines of JSON, and back. Out of a backup, and into one that is put back.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::backup::{make_here, make_online, restore};
use super::call::must_hold_an_office;
use super::config::Config;
use super::exit::Failure;
use super::export::create;
use super::instance_lock::InstanceLock;
use super::print;
use super::progress::Progress;
use crate::clock;
use crate::service::backup;

/// Writes all of the office, or of a backup of it, to `out`.
pub(super) async fn export(
    config: &Config,
    from: Option<&Path>,
    out: Option<&Path>,
) -> Result<(), Failure> {
    let out = out.map_or_else(name, Path::to_path_buf);
    let file = create(&out)?;
    let written = write(config, from, (&out, file)).await;
    if written.is_err() {
        // What is not whole must not lie about as if it were.
        drop(std::fs::remove_file(&out));
    }
    let head = written?;
    let bytes = std::fs::metadata(&out).map_err(Failure::failed)?.len();
    if config.json {
        print::json(&json!({
            "file": out.display().to_string(), "bytes": bytes, "state_hash": head.state_hash,
        }));
        return Ok(());
    }
    print::line(&format!(
        "All of the office is in {} ({bytes} bytes): a line of JSON for every record, passwords only as hashes. `timebook import office` reads it again.",
        out.display()
    ));
    Ok(())
}

async fn write(
    config: &Config,
    from: Option<&Path>,
    (out, file): (&Path, std::fs::File),
) -> Result<backup::Head, Failure> {
    let temporary = || tempfile::Builder::new().prefix(".timebook-").tempdir_in(&config.data);
    let here = temporary().or_else(|_| tempfile::tempdir()).map_err(Failure::failed)?;
    let path = match from {
        Some(path) => path.to_path_buf(),
        None => {
            must_hold_an_office(config)?;
            match InstanceLock::take(&config.data) {
                Ok(_lock) => make_here(config, here.path()).await?.path,
                Err(_) => make_online(config).await?.0,
            }
        }
    };
    let (folder, watch) = (here.path().to_path_buf(), Progress::begin().watcher());
    let written = backup::to_lines(path, folder, (out.to_path_buf(), file), watch).await;
    written.map_err(Failure::failed)
}

/// Puts the office of these lines in place of what is there, as a restore does.
pub(super) async fn import(
    config: &Config,
    path: &Path,
    without_safety: bool,
) -> Result<(), Failure> {
    let lock = InstanceLock::take(&config.data)?;
    let here = tempfile::Builder::new().prefix(".timebook-").tempdir_in(&config.data);
    let here = here.map_err(Failure::failed)?;
    let watch = Progress::begin().watcher();
    let made = backup::from_lines(path, here.path(), watch).await.map_err(Failure::failed)?;
    let restored = restore(config, (path, &made.path), without_safety).await;
    drop((here, lock));
    restored
}

fn name() -> PathBuf {
    let now = jiff::Timestamp::from_millisecond(clock::now().ms()).unwrap_or_default();
    PathBuf::from(now.strftime("office-%Y%m%dT%H%M%SZ.jsonl").to_string())
}

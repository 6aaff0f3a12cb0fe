//! `timebook backup`: the whole office in one file. It is made by the running server, or here when none runs; it is put back with the server down.

mod elsewhere;
mod sealing;

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use http::Method;
use serde_json::{Value, json};

use super::assemble::{open_door, rest_door};
use super::call::{call, must_hold_an_office, part};
use super::config::Config;
use super::exit::Failure;
use super::instance_lock::InstanceLock;
use super::print;
use super::progress::{Progress, Shown, speed};
use crate::clock;
use crate::domain::command::Actor;
use crate::domain::job::{Pace, Unit};
use crate::domain::text::ShortText;
use crate::net::Peer;
use crate::service::backup::{self, Backups, Head, Listed, Made, Seal, Wish};
use crate::service::control::founding::KEY_FILE;
use crate::service::control::stopped::Stopped;
use crate::wire::v1::rfc3339;

/// Backups.
#[derive(Debug, Subcommand)]
pub(crate) enum BackupCommand {
    /// Make a backup now, verified before it counts
    Create {
        /// Another folder than DIR/backups
        #[arg(long, value_name = "FOLDER")]
        to: Option<PathBuf>,
        /// Seal it with the passphrase in the first line of this file; `-` reads standard input
        #[arg(long, value_name = "FILE")]
        passphrase_file: Option<PathBuf>,
        /// Seal it to whoever has the key of this recipient of age (age1...)
        #[arg(long, value_name = "RECIPIENT", conflicts_with = "passphrase_file")]
        recipient: Option<String>,
    },
    /// Every backup of a folder
    List {
        /// Another folder than DIR/backups
        #[arg(long = "in", value_name = "FOLDER")]
        folder: Option<PathBuf>,
    },
    /// Look whether a backup is sound: every byte, every record
    Verify {
        /// The backup
        file: PathBuf,
        #[command(flatten)]
        unseal: UnsealArguments,
    },
    /// Put the office back as it was in a backup; the server must be stopped
    Restore {
        /// The backup
        file: PathBuf,
        /// Do not save what is there now first; also goes on when it cannot be opened any more
        #[arg(long)]
        without_safety_backup: bool,
        #[command(flatten)]
        unseal: UnsealArguments,
    },
    /// Make a key that only you hold: what copies elsewhere are sealed to, and what opens them again
    Key {
        /// Where the key goes, a file that is not there yet
        file: PathBuf,
    },
    /// Keep the secret key of the bucket that copies go to, sealed with the office key
    S3Secret {
        /// A file whose first line is the secret key; `-` reads it from standard input
        #[arg(long, value_name = "FILE")]
        secret_file: PathBuf,
    },
    /// Bring a backup back from a bucket, without any server; without a name, list what is there
    Fetch(elsewhere::FetchArguments),
}

/// What a sealed backup is opened with.
#[derive(Debug, Args)]
pub(crate) struct UnsealArguments {
    /// Open it with the passphrase in the first line of this file; `-` reads standard input
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
    /// Open it with this file of keys, as age-keygen writes it
    #[arg(long, value_name = "FILE", conflicts_with = "passphrase_file")]
    identity: Option<PathBuf>,
}

pub(crate) async fn run(config: &Config, command: &BackupCommand) -> Result<(), Failure> {
    match command {
        BackupCommand::Create { to, passphrase_file, recipient } => {
            let seal = sealing::seal(passphrase_file.as_deref(), recipient.as_deref())?;
            create(config, to.as_deref(), seal).await
        }
        BackupCommand::List { folder } => list(config, folder.as_deref()),
        BackupCommand::Verify { file, unseal } => {
            let opened = sealing::open(file, &std::env::temp_dir(), unseal).await?;
            verify(config, opened.path()).await
        }
        BackupCommand::Restore { file, without_safety_backup, unseal } => {
            let lock = InstanceLock::take(&config.data)?;
            let opened = sealing::open(file, &config.data, unseal).await?;
            let restored = restore(config, (file, opened.path()), *without_safety_backup).await;
            drop(lock);
            restored
        }
        BackupCommand::Key { file } => elsewhere::make_key(config, file),
        BackupCommand::S3Secret { secret_file } => {
            elsewhere::keep_secret(config, secret_file).await
        }
        BackupCommand::Fetch(arguments) => elsewhere::fetch(config, arguments).await,
    }
}

async fn create(config: &Config, to: Option<&Path>, seal: Option<Seal>) -> Result<(), Failure> {
    must_hold_an_office(config)?;
    let Ok(_lock) = InstanceLock::take(&config.data) else {
        return match to {
            None => create_online(config, seal).await,
            Some(_) => Err(Failure::usage(
                "With the server running, backups go to the folder DIR/backups. Leave out --to, and copy the file from there.",
            )),
        };
    };
    let folder = to.map_or_else(|| Backups::new(&config.data).folder(), Path::to_path_buf);
    let made = make_here(config, &folder).await?;
    tell_made(config, made.path, &made.head, seal).await
}

/// Makes one in `folder` while no server runs. The caller holds the lock.
pub(super) async fn make_here(config: &Config, folder: &Path) -> Result<Made, Failure> {
    // A server out of service stays as it is, to the byte.
    let is_stopped = Stopped::read(&config.data).map_err(Failure::failed)?.is_some();
    let door = if is_stopped { rest_door(config).await } else { open_door(config).await };
    let door = door.map_err(Failure::failed)?;
    let watch = Progress::begin().watcher();
    let made = Backups::new(&config.data).create(&door, folder, clock::now(), watch).await;
    door.close().await.map_err(Failure::failed)?;
    made.map_err(Failure::failed)
}

/// Seals what was made if that is wanted, and says where it is.
async fn tell_made(
    config: &Config,
    path: PathBuf,
    head: &Head,
    seal: Option<Seal>,
) -> Result<(), Failure> {
    let what =
        if seal.is_some() { "Backed up, verified and sealed" } else { "Backed up and verified" };
    let path = match seal {
        Some(seal) => backup::seal(path, seal).await.map_err(Failure::failed)?,
        None => path,
    };
    let bytes = std::fs::metadata(&path).map_err(Failure::failed)?.len();
    let mut answer = about(head);
    answer["file"] = json!(path.display().to_string());
    answer["name"] = json!(path.file_name().map(|name| name.to_string_lossy()));
    answer["bytes"] = json!(bytes);
    if config.json {
        print::json(&answer);
    } else {
        print::line(&format!("{what}: {} ({bytes} bytes; {}).", path.display(), holds(head)));
    }
    Ok(())
}

/// How fast a job goes, as the server tells it.
fn pace(job: &Value) -> Option<Pace> {
    let unit = if job["unit"] == Unit::Bytes.name() { Unit::Bytes } else { Unit::Rows };
    Some(Pace { per_second: job["rate"].as_u64()?, unit })
}

/// The running server makes it, while people work.
async fn create_online(config: &Config, seal: Option<Seal>) -> Result<(), Failure> {
    let (path, head) = make_online(config).await?;
    tell_made(config, path, &head, seal).await
}

/// Where the running server made it, and what it says of itself.
pub(super) async fn make_online(config: &Config) -> Result<(PathBuf, Head), Failure> {
    let mut job = call(config, Method::POST, "/api/v1/backups", None).await?;
    let id = job["id"].as_str().unwrap_or_default().to_owned();
    let mut shown = Shown::default();
    while job["state"] == "running" {
        let (step, percent) = (job["step"].as_str(), job["percent"].as_u64());
        shown.show(
            step.filter(|step| !step.is_empty()).unwrap_or("waiting"),
            percent.unwrap_or(0),
            100,
            &speed(pace(&job), job["rest_ms"].as_u64().map(|ms| ms.div_ceil(1_000))),
        );
        let path = format!("/api/v1/jobs/{}?wait=20&seen={}", part(&id), job["version"]);
        job = call(config, Method::GET, &path, None).await?;
    }
    drop(shown);
    let sentence = job["sentence"].as_str().unwrap_or("The backup was not made.").to_owned();
    if job["state"] != "done" {
        return Err(Failure::failed(sentence));
    }
    let folder = Backups::new(&config.data).folder();
    let named = |listed: &Listed| sentence.starts_with(&format!("{},", listed.name));
    let listed = Backups::list(&folder).map_err(Failure::failed)?;
    let made = listed.iter().find(|listed| named(listed));
    let made =
        made.ok_or_else(|| Failure::failed("The backup went meanwhile. Make another one."))?;
    let head = made.head.as_ref().map_err(Failure::failed)?;
    Ok((folder.join(&made.name), head.clone()))
}

fn list(config: &Config, folder: Option<&Path>) -> Result<(), Failure> {
    let folder = folder.map_or_else(|| Backups::new(&config.data).folder(), Path::to_path_buf);
    let listed = Backups::list(&folder).map_err(Failure::failed)?;
    if config.json {
        let items: Vec<Value> = listed.iter().map(item).collect();
        print::json(&json!({ "folder": folder.display().to_string(), "items": items }));
        return Ok(());
    }
    let rows: Vec<Vec<String>> = listed.iter().map(row).collect();
    let none = format!("There is no backup in {}.", folder.display());
    print::table(&["name", "made", "bytes", "by version", "holds"], &rows, &none);
    Ok(())
}

async fn verify(config: &Config, file: &Path) -> Result<(), Failure> {
    let (path, watch) = (file.to_path_buf(), Progress::begin().watcher());
    let verified = tokio::task::spawn_blocking(move || backup::verify(&path, watch)).await;
    let head = verified.map_err(Failure::failed)?.map_err(Failure::failed)?;
    if config.json {
        print::json(&about(&head));
    } else {
        print::line(&format!("Sound: {} ({}).", made(&head), holds(&head)));
    }
    Ok(())
}

/// `file` is where it lies, and where it is when it is open. The caller holds the lock.
pub(super) async fn restore(
    config: &Config,
    (file, opened): (&Path, &Path),
    without_safety: bool,
) -> Result<(), Failure> {
    let user = Peer::this_process().os_user.map_or_else(String::new, |user| user.name);
    let wish = Wish {
        data: config.data.clone(),
        file: opened.to_path_buf(),
        beside: file.parent().map(Path::to_path_buf).unwrap_or_default(),
        without_safety,
        actor: Actor::Local(ShortText::cut(&user)),
        now: clock::now(),
    };
    let progress = Progress::begin();
    let restored = backup::restore(&wish, || progress.watcher()).await.map_err(Failure::failed)?;
    let needs_key = !config.data.join(KEY_FILE).exists();
    if config.json {
        let mut answer = about(&restored.head);
        answer["server_epoch"] = json!(restored.epoch);
        answer["erased_again"] = json!(restored.erased);
        answer["safety_backup"] = json!(restored.safety.map(|path| path.display().to_string()));
        answer["needs_recovery_code"] = json!(needs_key);
        print::json(&answer);
        return Ok(());
    }
    print::line(&format!("Restored: {} ({}).", made(&restored.head), holds(&restored.head)));
    if let Some(safety) = restored.safety {
        print::line(&format!("What was there before is in {}.", safety.display()));
    }
    if restored.erased > 0 {
        let people = usize::try_from(restored.erased).unwrap_or(usize::MAX);
        print::line(&format!(
            "{} erased since, and erased again.",
            print::count(people, "person was", "people were")
        ));
    }
    print::line("Everybody signs in anew; computers send again what is missing.");
    print::line(if needs_key {
        "The office key is not here: bring it back with: timebook recover --code-file FILE"
    } else {
        "Start the server with: timebook serve"
    });
    Ok(())
}

fn made(head: &Head) -> String {
    let at = print::when(&rfc3339_of(head));
    let office = head.office_name.as_deref().unwrap_or("the office");
    format!("{office} as of {at}, made on {} by Timebook {}", head.host, head.program)
}

fn holds(head: &Head) -> String {
    let Head { people, entries, events, .. } = head;
    format!("people: {people}, time entries: {entries}, recorded events: {events}")
}

fn about(head: &Head) -> Value {
    json!({
        "made": rfc3339_of(head),
        "host": head.host,
        "version": head.program,
        "office": head.office_name,
        "people": head.people,
        "entries": head.entries,
        "events": head.events,
        "state_hash": head.state_hash,
    })
}

/// A backup of a list as JSON.
pub(super) fn item(listed: &Listed) -> Value {
    let mut item = match &listed.head {
        Ok(head) => about(head),
        Err(why) => json!({ "problem": why }),
    };
    item["name"] = json!(listed.name);
    item["bytes"] = json!(listed.bytes);
    item
}

fn row(listed: &Listed) -> Vec<String> {
    let name = listed.name.clone();
    match &listed.head {
        Ok(head) => vec![
            name,
            print::when(&rfc3339_of(head)),
            listed.bytes.to_string(),
            head.program.clone(),
            holds(head),
        ],
        Err(why) => {
            vec![name, "-".to_owned(), listed.bytes.to_string(), "-".to_owned(), why.clone()]
        }
    }
}

fn rfc3339_of(head: &Head) -> String {
    head.created().map_or_else(String::new, rfc3339)
}

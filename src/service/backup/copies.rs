//! Copies of the newest backup elsewhere: in a second folder, and in a bucket of object storage, with who was erased beside them.
//!
//! Must never send anything to a bucket unsealed, and never remove elsewhere what is not this office's.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::tz::TimeZone;
use zeroize::Zeroizing;

use super::desk::failed;
use super::schedule::{AGAIN_MS, Office, remove_old, zone};
use super::{BackupDesk, BackupFailure, Backups, Listed, Seal, copy_name, journal, known};
use crate::domain::command::Actor;
use crate::domain::keep_rule::{KeepRule, Kept};
use crate::domain::office_setting::{OfficeSetting, OfficeSettings};
use crate::domain::s3::{S3Place, s3_secret_name};
use crate::domain::time::Timestamp;
use crate::net::s3::{Bucket, Place};
use crate::service::day;
use crate::service::error::ServiceError;
use crate::store::backup::{self, SEALED_SUFFIX};
use crate::store::read;

/// What the duty remembers of what it did.
#[derive(Clone, Debug, Default)]
pub(super) struct Copied(Arc<Mutex<Memory>>);

#[derive(Clone, Debug, Default)]
struct Memory {
    done: Option<Wanted>,
    failed: Option<Failed>,
}

#[derive(Clone, Debug)]
struct Failed {
    wanted: Wanted,
    again: Timestamp,
    why: String,
}

/// What there is to do: while that is the same, it is done once.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Wanted {
    newest: String,
    erased: Vec<journal::Line>,
    folder: Option<String>,
    bucket: Option<String>,
    region: Option<String>,
    access_key: Option<String>,
    recipient: Option<String>,
}

impl Copied {
    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What failed may go now.
    pub(super) fn look_again(&self) {
        self.memory().failed = None;
    }

    /// Why the last try failed; nothing when it did not.
    pub(super) fn problem(&self) -> Option<String> {
        self.memory().failed.as_ref().map(|failed| failed.why.clone())
    }
}

impl BackupDesk {
    /// The duty: copies the newest backup to wherever the office wants copies, and removes there what the rule does not keep; what was
    /// done, as a sentence.
    ///
    /// # Errors
    /// [`ServiceError`]; whoever manages the server is told by mail, once for each that is to be copied, and it is tried again in a while.
    pub async fn keep_copies(&self) -> Result<String, ServiceError> {
        let Some(office) = self.office().await? else { return Ok(String::new()) };
        let Some(newest) = self.list().await?.into_iter().find(|listed| listed.head.is_ok()) else {
            return Ok(String::new());
        };
        let wanted = Wanted {
            newest: newest.name.clone(),
            erased: known(&self.door.read(read::erasure::all).await?),
            folder: office.settings.text(OfficeSetting::BackupFolder),
            bucket: office.settings.text(OfficeSetting::BackupS3),
            region: office.settings.text(OfficeSetting::BackupS3Region),
            access_key: office.settings.text(OfficeSetting::BackupS3AccessKey),
            recipient: office.settings.text(OfficeSetting::BackupRecipient),
        };
        let memory = self.copied.memory().clone();
        if memory.done.as_ref() == Some(&wanted) {
            return Ok(String::new());
        }
        let before = memory.failed.filter(|failed| failed.wanted == wanted);
        if before.as_ref().is_some_and(|failed| (self.now)() < failed.again) {
            return Ok(String::new());
        }
        match self.copy_everywhere(&office, &newest, &wanted).await {
            Ok(said) => {
                *self.copied.memory() = Memory { done: Some(wanted), failed: None };
                Ok(said)
            }
            Err(error) => {
                let why = error.sentence();
                let again = (self.now)().plus_ms(AGAIN_MS);
                let failed = Failed { wanted, again, why: why.clone() };
                *self.copied.memory() = Memory { done: None, failed: Some(failed) };
                if before.is_none() {
                    self.note_of(Actor::System, "backup.failed", &why).await?;
                }
                Err(error)
            }
        }
    }

    /// Copies to every place, whatever becomes of the others; the first that failed is told.
    async fn copy_everywhere(
        &self,
        office: &Office,
        newest: &Listed,
        wanted: &Wanted,
    ) -> Result<String, ServiceError> {
        let (mut said, mut problem) = (Vec::new(), None);
        if let Some(folder) = &wanted.folder {
            match self.copy_to_folder(office, newest, wanted, PathBuf::from(folder)).await {
                Ok(()) => said.push(folder.clone()),
                Err(error) => problem = Some(error),
            }
        }
        if let Some(bucket) = &wanted.bucket {
            match self.copy_to_bucket(office, newest, wanted, bucket).await {
                Ok(()) => said.push(bucket.clone()),
                Err(error) => problem = problem.or(Some(error)),
            }
        }
        match problem {
            Some(error) => Err(error),
            None if said.is_empty() => Ok(String::new()),
            None => Ok(format!("{} is copied to {}.", newest.name, said.join(" and "))),
        }
    }

    async fn copy_to_folder(
        &self,
        office: &Office,
        newest: &Listed,
        wanted: &Wanted,
        second: PathBuf,
    ) -> Result<(), ServiceError> {
        let seal = wanted.recipient.as_deref().map(seal_to).transpose()?;
        let (own, newest) = (self.backups.folder(), newest.clone());
        let (id, erased, now) = (office.id.clone(), wanted.erased.clone(), (self.now)());
        let (rule, zone) = (office.settings.keep_rule(), zone(&office.settings));
        let copy = move || {
            copy(&own, &newest, &second, &id, seal.as_ref())?;
            if !erased.is_empty() {
                journal::add(&second, &erased)?;
            }
            remove_old(&second, &id, (rule, &zone), now)
        };
        tokio::task::spawn_blocking(copy).await.map_err(failed)?.map_err(failed).map(drop)
    }

    async fn copy_to_bucket(
        &self,
        office: &Office,
        newest: &Listed,
        wanted: &Wanted,
        url: &str,
    ) -> Result<(), ServiceError> {
        let recipient = wanted.recipient.as_deref().ok_or_else(|| missing(UNSEALED))?;
        let seal = seal_to(recipient)?;
        let bucket = self.bucket(&office.settings, url).await?;
        let name = format!("{}.{SEALED_SUFFIX}", copy_name::stem(&newest.name, &office.id));
        let mut names: Vec<String> =
            bucket.list().await.map_err(failed)?.into_iter().map(|object| object.name).collect();
        if !names.contains(&name) {
            let folder = self.backups.folder();
            let from = folder.join(&newest.name);
            let sealed = move || backup::seal_for_now(&from, &folder, &seal);
            let sealed = tokio::task::spawn_blocking(sealed).await.map_err(failed)?;
            bucket.put_file(&name, &sealed.map_err(failed)?).await.map_err(failed)?;
            names.push(name);
        }
        if !wanted.erased.is_empty() {
            note_erased(&bucket, &copy_name::journal(&office.id), &wanted.erased).await?;
        }
        let (rule, zone) = (office.settings.keep_rule(), zone(&office.settings));
        for name in no_more(&names, &office.id, rule, &zone) {
            bucket.remove(&name).await.map_err(failed)?;
        }
        Ok(())
    }

    async fn bucket(&self, settings: &OfficeSettings, url: &str) -> Result<Bucket, ServiceError> {
        let place = S3Place::parse(url).map_err(|bad| failed(format!("`backup.s3` {bad}.")))?;
        let region = settings.text(OfficeSetting::BackupS3Region).unwrap_or_default();
        let access_key = settings.text(OfficeSetting::BackupS3AccessKey);
        let access_key = access_key.ok_or_else(|| missing(NO_ACCESS_KEY))?;
        let name = s3_secret_name();
        let sealed = self.door.read(move |reader| read::secret(reader, &name)).await?;
        let sealed = sealed.ok_or_else(|| missing(NO_SECRET_KEY))?;
        let opened = self.key.open(&sealed).map(Zeroizing::new).map_err(failed)?;
        let secret_key = Zeroizing::new(String::from_utf8_lossy(&opened).into_owned());
        let place = Place {
            endpoint: &place.endpoint,
            bucket: &place.bucket,
            folder: &place.folder,
            region: &region,
            access_key: &access_key,
            secret_key: &secret_key,
        };
        Bucket::at(&place).map_err(failed)
    }
}

/// Puts a copy of the newest one into `second`, unless it is there. A share that two offices write to keeps both: names are never taken twice.
fn copy(
    own: &Path,
    newest: &Listed,
    second: &Path,
    office: &str,
    seal: Option<&Seal>,
) -> Result<(), BackupFailure> {
    fs::create_dir_all(second).map_err(BackupFailure::refused(second, "cannot be written"))?;
    backup::tidy(second, None).map_err(BackupFailure::refused(second, "cannot be tidied"))?;
    let (from, stem) = (own.join(&newest.name), copy_name::stem(&newest.name, office));
    let there = Backups::list(second)?;
    match seal {
        Some(seal) => {
            let name = format!("{stem}.{SEALED_SUFFIX}");
            if !there.iter().any(|one| one.name == name) {
                backup::copy_sealed(&from, second, &stem, seal)?;
            }
        }
        None => {
            let hash =
                |listed: &Listed| listed.head.as_ref().ok().map(|head| head.state_hash.clone());
            let wanted = (hash(newest), newest.made());
            if !there.iter().any(|one| (hash(one), one.made()) == wanted) {
                backup::copy(&from, second, &stem)?;
            }
        }
    }
    Ok(())
}

/// Adds who was erased to the list in the bucket.
async fn note_erased(
    bucket: &Bucket,
    name: &str,
    erased: &[journal::Line],
) -> Result<(), ServiceError> {
    let there = bucket.get(name, journal::MOST_BYTES).await.map_err(failed)?.unwrap_or_default();
    let there = journal::parse_all(&String::from_utf8_lossy(&there)).map_err(failed)?;
    let all = journal::join(&there, erased);
    if all.len() != there.len() {
        bucket.put(name, journal::text(&all).into_bytes()).await.map_err(failed)?;
    }
    Ok(())
}

/// Which of these names the rule does not keep of the office's.
fn no_more(names: &[String], office: &str, rule: KeepRule, zone: &TimeZone) -> Vec<String> {
    let made = |name: &&String| copy_name::made(name, office);
    let mut ours: Vec<(Timestamp, &String)> =
        names.iter().filter_map(|name| Some((made(&name)?, name))).collect();
    ours.sort_by(|a, b| b.cmp(a));
    let dated = ours.into_iter().filter_map(|(at, name)| Some((name, day::of(at, zone)?.date())));
    let (ours, dates): (Vec<_>, Vec<_>) = dated.unzip();
    let judged = ours.into_iter().zip(rule.judge(&dates));
    judged.filter(|(_, kept)| *kept == Kept::NoMore).map(|(name, _)| name.clone()).collect()
}

fn seal_to(recipient: &str) -> Result<Seal, ServiceError> {
    Seal::to_recipient(recipient).ok_or_else(|| missing(NO_KEY))
}

fn missing(what: &str) -> ServiceError {
    ServiceError::Failed(what.to_owned())
}

const UNSEALED: &str = "Backups go to a bucket sealed only: make a key with `timebook backup key FILE`, and set `backup.recipient` to what it prints.";
const NO_KEY: &str = "`backup.recipient` is no key of age: `timebook backup key FILE` makes one and prints what to set it to.";
const NO_ACCESS_KEY: &str = "The bucket has no access key yet: set `backup.s3_access_key`.";
const NO_SECRET_KEY: &str =
    "The bucket has no secret key yet: give it with `timebook backup s3-secret`.";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_keeps_what_the_rule_says_and_what_is_not_ours() {
        let name = |day: u32, office: &str| {
            format!(
                "{}.tbk.age",
                copy_name::stem(&format!("timebook-202611{day:02}T023000Z.tbk"), office)
            )
        };
        let mut names: Vec<String> = (1..=6).map(|day| name(day, "ours")).collect();
        names.extend((1..=3).map(|day| name(day, "theirs")));
        names.extend(["erased-ours".to_owned(), "holiday.jpg".to_owned()]);
        let rule = KeepRule { last: 2, days: 0, weeks: 0, months: 0 };
        let gone = no_more(&names, "ours", rule, &TimeZone::UTC);
        let wanted: Vec<String> = (1..=4).rev().map(|day| name(day, "ours")).collect();
        assert_eq!(gone, wanted);
    }
}

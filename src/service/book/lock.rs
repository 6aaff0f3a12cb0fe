//! The lock, and the edits that came too late.

use super::approval::seen;
use super::{Asking, Book};
use crate::domain::command::Command;
use crate::domain::day::Day;
use crate::domain::id::UserId;
use crate::domain::lock::{HeldEdit, HeldNumber, Lock, LockCommand, LockDate};
use crate::domain::office_setting::OfficeSetting;
use crate::domain::outcome::{HoursRefusal, Refusal};
use crate::domain::right::Right;
use crate::domain::text::{ShortText, ZoneName};
use crate::domain::told::{GuardedChange, Told};
use crate::domain::user::User;
use crate::service::error::ServiceError;
use crate::service::{Change, Principal, day};
use crate::store::read;

/// An edit that came too late, and whose it is.
#[derive(Clone, Debug)]
pub struct Held {
    /// Whose.
    pub person: User,
    /// Which.
    pub number: HeldNumber,
    /// It.
    pub edit: HeldEdit,
}

impl Book {
    /// The lock, if there is one, and its version; everybody may know.
    ///
    /// # Errors
    /// [`ServiceError`], as every method here.
    pub async fn lock(&self) -> Result<(Option<Lock>, u64), ServiceError> {
        let found = self.door.read(|reader| {
            Ok((read::timesheet::lock(reader)?, read::told::version(reader, &Told::Lock)?))
        });
        Ok(found.await?)
    }

    /// Closes everything before this day, if the lock is of the version looked at; the day begins where it does in the office's zone.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn advance_lock(
        &self,
        asking: Asking<'_>,
        expect: Option<u64>,
        (first_open, reason): (Day, ShortText),
    ) -> Result<(Option<Lock>, u64), ServiceError> {
        asking.principal.must_have(Right::ApproveTime)?;
        let date = self.lock_date(first_open).await?;
        self.change_lock(asking, expect, LockCommand::Advance { date, reason }).await
    }

    /// Opens everything from this day on, or everything.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn move_lock_back(
        &self,
        asking: Asking<'_>,
        expect: Option<u64>,
        (first_open, reason): (Option<Day>, ShortText),
    ) -> Result<(Option<Lock>, u64), ServiceError> {
        asking.principal.must_have(Right::ApproveTime)?;
        let date = match first_open {
            Some(day) => Some(self.lock_date(day).await?),
            None => None,
        };
        self.change_lock(asking, expect, LockCommand::MoveBack { date, reason }).await
    }

    /// Edits that came too late: of the named person, or of everybody the principal sees.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn held(
        &self,
        principal: &Principal,
        name: Option<&str>,
    ) -> Result<Vec<Held>, ServiceError> {
        let (asker, name) = (principal.clone(), name.map(str::to_owned));
        let found = self.door.read(move |reader| {
            let people = match name {
                Some(name) => match seen(reader, &asker, &name)? {
                    Ok((person, _)) => vec![person],
                    Err(error) => return Ok(Err(error)),
                },
                None => {
                    let (reach, mut people) = (asker.reach(reader)?, Vec::new());
                    for id in read::timesheet::held_people(reader)? {
                        let is_seen = reach.sees(id) || reach.may_approve(id);
                        people.extend(read::user(reader, id)?.filter(|_| is_seen));
                    }
                    people
                }
            };
            let mut all = Vec::new();
            for person in people {
                let held = read::timesheet::held(reader, person.id)?.into_iter();
                all.extend(held.map(|(number, edit)| Held {
                    person: person.clone(),
                    number,
                    edit,
                }));
            }
            Ok(Ok(all))
        });
        found.await?
    }

    /// A held edit shall never count: for the person themselves, or for whoever approves their time.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn discard_held(
        &self,
        asking: Asking<'_>,
        person: UserId,
        number: HeldNumber,
    ) -> Result<(), ServiceError> {
        let asker = asking.principal.clone();
        let reach = self.door.read(move |reader| asker.reach(reader)).await?;
        let own = asking.principal.user().is_some_and(|user| user.id == person);
        if !own && !reach.may_approve(person) {
            return Err(ServiceError::Refused(Refusal::Hours(HoursRefusal::UnknownHeld)));
        }
        self.change_lock(asking, None, LockCommand::Discard { person, number }).await.map(|_| ())
    }

    async fn change_lock(
        &self,
        asking: Asking<'_>,
        expect: Option<u64>,
        command: LockCommand,
    ) -> Result<(Option<Lock>, u64), ServiceError> {
        let (now, actor) = (asking.now, asking.principal.actor());
        let command = Command::of_version(Told::Lock, expect, GuardedChange::Lock(command));
        let change = Change { now, actor, command };
        change.commit_once(&self.door, asking.key).await?;
        self.lock().await
    }

    async fn lock_date(&self, first_open: Day) -> Result<LockDate, ServiceError> {
        let settings = self.door.read(read::office_settings).await?;
        let name = settings.text(OfficeSetting::TimeZone).unwrap_or_default();
        let zone = ZoneName::new(name)?;
        let at = day::start(first_open, &day::zone(&zone));
        let at = at.ok_or(ServiceError::Refused(Refusal::Hours(HoursRefusal::LockInFuture)))?;
        Ok(LockDate { day: first_open, at, zone })
    }
}

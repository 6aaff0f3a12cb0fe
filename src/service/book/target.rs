//! Targets: how long people are to work, set by whoever manages people, seen by whoever sees their hours.

use super::approval::seen;
use super::{Asking, Book};
use crate::domain::command::Command;
use crate::domain::day::Day;
use crate::domain::id::UserId;
use crate::domain::outcome::{HoursRefusal, Refusal};
use crate::domain::right::Right;
use crate::domain::target::{Target, TargetCommand, WorkingDays, minutes_on};
use crate::domain::told::{GuardedChange, Told};
use crate::domain::user::User;
use crate::service::error::ServiceError;
use crate::service::{Change, Principal, day};
use crate::store::{Reader, StoreError, read};

/// A sum of targets covers at most this many days.
const MOST_DAYS: u32 = 1_100;

/// What a person is to work: their own targets, before the first of them the office's.
#[derive(Clone, Debug)]
pub struct Targets {
    own: Vec<Target>,
    /// Of each of them.
    versions: Vec<u64>,
    office: (u32, WorkingDays),
    /// Nothing is due before the account was made or after it was disabled, unless a target of their own says so.
    here: (Day, Option<Day>),
}

impl Targets {
    pub(super) fn load(
        reader: &dyn Reader,
        person: &User,
        office: (u32, WorkingDays),
    ) -> Result<Self, StoreError> {
        let zone = day::zone(&person.zone);
        let created = day::of(person.created, &zone).unwrap_or(Day::LATEST);
        let disabled = person.disabled.and_then(|at| day::of(at, &zone));
        let own = read::target::of(reader, person.id)?;
        Ok(Self { own, versions: Vec::new(), office, here: (created, disabled) })
    }

    /// Their own with their versions, the earliest first.
    pub fn own(&self) -> impl Iterator<Item = (&Target, u64)> {
        self.own.iter().zip(self.versions.iter().copied())
    }

    /// What counts where there is none of their own: minutes a week, and on which days.
    pub const fn office(&self) -> (u32, WorkingDays) {
        self.office
    }

    /// What is due on a day.
    pub fn minutes(&self, day: Day) -> u32 {
        let (created, disabled) = self.here;
        if disabled.is_some_and(|disabled| day > disabled) {
            return 0;
        }
        let own = self.own.partition_point(|target| target.from <= day).checked_sub(1);
        match own.map(|at| &self.own[at]) {
            Some(target) => minutes_on(target.week_minutes, target.days, day.weekday()),
            None if day < created => 0,
            None => minutes_on(self.office.0, self.office.1, day.weekday()),
        }
    }

    /// What is due from one day to another, both included.
    pub fn sum(&self, from: Day, to: Day) -> u64 {
        (from.number()..=to.number())
            .filter_map(Day::new)
            .map(|day| u64::from(self.minutes(day)))
            .sum()
    }
}

impl Book {
    /// A person's targets.
    ///
    /// # Errors
    /// [`ServiceError`], as every method here.
    pub async fn targets(
        &self,
        principal: &Principal,
        name: &str,
    ) -> Result<Targets, ServiceError> {
        let (asker, name) = (principal.clone(), name.to_owned());
        let found = self.door.read(move |reader| {
            let (person, _) = match seen(reader, &asker, &name)? {
                Ok(seen) => seen,
                Err(error) => return Ok(Err(error)),
            };
            let office = read::office_settings(reader)?.target();
            let mut targets = Targets::load(reader, &person, office)?;
            for Target { person, from, .. } in targets.own.clone() {
                let version = read::told::version(reader, &Told::Target { person, from })?;
                targets.versions.push(version);
            }
            Ok(Ok(targets))
        });
        found.await?
    }

    /// What is due from a person from one day to another, both included.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn target_sum(
        &self,
        principal: &Principal,
        name: &str,
        (from, to): (Day, Day),
    ) -> Result<u64, ServiceError> {
        if to < from || to.number() - from.number() >= MOST_DAYS {
            return Err(ServiceError::bad_input(
                "bad_range",
                format!("A sum covers 1 to {MOST_DAYS} days, the first before the last."),
                "Choose another range.",
            ));
        }
        Ok(self.targets(principal, name).await?.sum(from, to))
    }

    /// Sets what a person is to work from a day on, if what was set for that day is of the version looked at.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn set_target(
        &self,
        asking: Asking<'_>,
        (name, expect): (&str, Option<u64>),
        from: Day,
        (week_minutes, days): (u32, WorkingDays),
    ) -> Result<(), ServiceError> {
        let person = self.managed(asking.principal, name).await?.id;
        let target = Target { person, from, week_minutes, days };
        self.change_target(asking, (person, from, expect), TargetCommand::Set(target)).await
    }

    /// What counted before counts on.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn remove_target(
        &self,
        asking: Asking<'_>,
        (name, expect): (&str, Option<u64>),
        from: Day,
    ) -> Result<(), ServiceError> {
        let person = self.managed(asking.principal, name).await?.id;
        let remove = TargetCommand::Remove { person, from };
        self.change_target(asking, (person, from, expect), remove).await
    }

    async fn managed(&self, principal: &Principal, name: &str) -> Result<User, ServiceError> {
        principal.must_have(Right::ManagePeople)?;
        let unknown = ServiceError::Refused(Refusal::UnknownUser);
        let Ok(name) = crate::domain::text::UserName::new(name) else { return Err(unknown) };
        let user = self.door.read(move |reader| read::user_by_name(reader, &name)).await?;
        user.ok_or(unknown)
    }

    async fn change_target(
        &self,
        asking: Asking<'_>,
        (person, from, expect): (UserId, Day, Option<u64>),
        command: TargetCommand,
    ) -> Result<(), ServiceError> {
        if let TargetCommand::Set(target) = &command
            && !target.is_sound()
        {
            return Err(ServiceError::Refused(Refusal::Hours(HoursRefusal::BadTarget)));
        }
        let (now, actor) = (asking.now, asking.principal.actor());
        let told = Told::Target { person, from };
        let command = Command::of_version(told, expect, GuardedChange::Target(command));
        let change = Change { now, actor, command };
        change.commit_once(&self.door, asking.key).await.map(|_| ())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ones_own_target_counts_from_its_day_and_the_offices_before() {
        let day = |text: &str| Day::of(text.parse().unwrap()).unwrap();
        let office = (2_400, WorkingDays::new(0b001_1111).unwrap());
        let target = |from, week_minutes, days| Target {
            person: UserId::from_bytes([1; 16]),
            from: day(from),
            week_minutes,
            days: WorkingDays::new(days).unwrap(),
        };
        let own = vec![target("2026-11-11", 1_200, 0b000_0011), target("2026-11-23", 0, 0)];
        let here = (day("2026-11-03"), Some(day("2026-12-01")));
        let targets = Targets { own, versions: Vec::new(), office, here };
        let sum = |from, to| targets.sum(day(from), day(to));
        assert_eq!(sum("2026-11-02", "2026-11-02"), 0, "before the account was made");
        assert_eq!(sum("2026-11-02", "2026-11-08"), 4 * 480);
        assert_eq!(
            sum("2026-11-09", "2026-11-15"),
            2 * 480,
            "from Wednesday on it is Mondays and Tuesdays"
        );
        assert_eq!(sum("2026-11-16", "2026-11-22"), 1_200);
        assert_eq!(sum("2026-11-23", "2026-12-31"), 0);
    }
}

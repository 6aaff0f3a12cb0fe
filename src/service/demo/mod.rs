//! A believable office to look at: people in teams, a book of time with approved weeks, absences, recorded activity. The same for the
//! same seed, people, days and moment; every change goes through the one door, as the real ones do.

mod activity;
mod cast;
mod dice;
mod office;
mod weeks;
mod workday;
mod write;

use super::error::ServiceError;
use super::{Change, day};
use crate::consensus::Door;
use crate::domain::day::Day;
use crate::domain::text::{BadText, PasswordHash, ZoneName};
use crate::domain::time::{DAY_MS, Timestamp};
use crate::store::read;
use office::Office;

/// At most so many people.
pub const MOST_PEOPLE: u32 = 500;
/// At most so many days.
pub const MOST_DAYS: u32 = 1_830;

/// What the office is to be like.
#[derive(Clone, Debug)]
pub struct DemoOptions {
    /// How many work there, from 1 to [`MOST_PEOPLE`].
    pub people: u32,
    /// For how many days before today they did, from 1 to [`MOST_DAYS`].
    pub days: u32,
    /// Another seed, another office.
    pub seed: u64,
    /// Where their days begin.
    pub zone: ZoneName,
    /// Everybody's.
    pub password: PasswordHash,
    /// When it is filled: nothing happens later.
    pub now: Timestamp,
}

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DemoProgress {
    /// Weeks that are in.
    pub weeks: usize,
    /// Of so many.
    pub of: usize,
    /// Time entries so far.
    pub entries: u64,
    /// Recorded events so far.
    pub events: u64,
}

/// Fills a fresh office in which nobody is but the administrator `administrator`, whose password becomes everybody's; tells after each
/// week.
///
/// # Errors
/// [`ServiceError`], also when something of it is there already.
pub async fn fill(
    door: &Door,
    options: &DemoOptions,
    mut told: impl FnMut(DemoProgress) + Send,
) -> Result<DemoProgress, ServiceError> {
    let office = Office::made(options).map_err(impossible)?;
    let zone = day::zone(&options.zone);
    let mut write = write::Write::new(door).await?;
    write.office(options, &office).await?;
    let weeks = weeks::all(options, &zone);
    let mut progress = DemoProgress { weeks: 0, of: weeks.len(), entries: 0, events: 0 };
    for week in &weeks {
        write.week(options, &office, week, &zone, &mut progress).await?;
        progress.weeks += 1;
        told(progress);
    }
    weeks::decide(options, &office, &weeks, &write).await?;
    Ok(progress)
}

/// The password of a person of this office, to give to others.
///
/// # Errors
/// [`ServiceError`].
pub async fn password_of(door: &Door, name: &str) -> Result<Option<PasswordHash>, ServiceError> {
    let name = name.to_owned();
    let users = door.read(move |reader| read::users(reader)).await?;
    Ok(users.into_iter().find(|user| user.name.as_str() == name).map(|user| user.password))
}

impl DemoOptions {
    /// The first day anybody worked.
    fn first_day(&self) -> Day {
        self.today().minus(self.days)
    }

    fn today(&self) -> Day {
        let zone = day::zone(&self.zone);
        day::of(self.now, &zone).unwrap_or(Day::LATEST)
    }

    /// When the office was set up: some days before anybody worked, so that its policy counted by then.
    fn founded(&self) -> Timestamp {
        self.now.minus_ms((u64::from(self.days) + 15) * DAY_MS)
    }
}

fn impossible(error: BadText) -> ServiceError {
    ServiceError::Failed(error.to_string())
}

//! Erasing a person: carried out here in small steps, finished on their computers when those come next.
//!
//! What was asked for is on disk before the first step. Whoever asked waits a while for the end; what is left then, or after a crash,
//! is gone on with in the background.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use super::Accounts;
use crate::domain::command::{Actor, Command};
use crate::domain::customer::Customer;
use crate::domain::erasure::{Erasure, ErasureCommand, ROWS_A_STEP};
use crate::domain::id::UserId;
use crate::domain::outcome::Outcome;
use crate::domain::project::Project;
use crate::domain::right::Right;
use crate::domain::tag::Tag;
use crate::domain::task::Task;
use crate::domain::text::UserName;
use crate::domain::time::Timestamp;
use crate::service::error::ServiceError;
use crate::service::{Change, Principal};
use crate::store::{Reader, StoreError, read};

/// Whoever asks waits so long for the end.
const PATIENCE: Duration = Duration::from_secs(20);
/// At most this many records of the catalog are named that say the person's name.
const MOST_MENTIONS: usize = 100;

/// A record of the catalog with the person's name in it: for somebody to look at, because only people know what it means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    /// Its sort.
    pub noun: &'static str,
    /// Which.
    pub id: String,
}

impl Accounts {
    /// Erases the disabled person of this name, as far as that goes within a while; with the records that still say their name.
    ///
    /// # Errors
    /// [`ServiceError`]; [`crate::domain::outcome::Refusal::StillEnabled`] among others.
    pub async fn erase(
        &self,
        principal: &Principal,
        name: &str,
        now: fn() -> Timestamp,
    ) -> Result<(Erasure, Vec<Mention>), ServiceError> {
        let user = self.beneath(principal, name).await?;
        let (person, name) = (user.id, user.name);
        let begin = Command::Erasure(ErasureCommand::Begin { person });
        let begin = Change { now: now(), actor: principal.actor(), command: begin };
        begin.commit(&self.door).await?;
        let mentions = self.door.read(move |reader| mentions(reader, &name)).await?;
        let began = Instant::now();
        let mut more = true;
        while more && began.elapsed() < PATIENCE {
            more = self.erase_more(person, now()).await?;
        }
        if !more {
            self.forget_what_was_written().await?;
        }
        let erasure = self.door.read(move |reader| read::erasure::of(reader, person)).await?;
        let lost = || ServiceError::Failed("An erasure that was begun is not there.".to_owned());
        Ok((erasure.ok_or_else(lost)?, mentions))
    }

    /// Every erasure, under way and done.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn erasures(&self, principal: &Principal) -> Result<Vec<Erasure>, ServiceError> {
        principal.must_have(Right::ManagePeople)?;
        Ok(self.door.read(read::erasure::all).await?)
    }

    /// Goes on with what was begun and is not done, to the end, also in the log.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn go_on_erasing(&self, now: fn() -> Timestamp) -> Result<u64, ServiceError> {
        let mut ended = 0;
        for erasure in self.door.read(read::erasure::all).await? {
            if erasure.ended.is_none() {
                while self.erase_more(erasure.person, now()).await? {}
                ended += 1;
            }
        }
        self.forget_what_was_written().await?;
        Ok(ended)
    }

    /// One step; is there more to do?
    async fn erase_more(&self, person: UserId, now: Timestamp) -> Result<bool, ServiceError> {
        let command = Command::Erasure(ErasureCommand::Step { person, rows: ROWS_A_STEP });
        let change = Change { now, actor: Actor::System, command };
        Ok(matches!(change.commit(&self.door).await?, Outcome::Erased { more: true }))
    }

    /// What is erased is gone for readers only: its bytes stand in free space of the state's file, and the commands that once wrote it
    /// in the log. Each server remembers in its own log how many erasures its files are rid of: until that is all of them, this is tried
    /// again, also after a crash at any moment.
    async fn forget_what_was_written(&self) -> Result<(), ServiceError> {
        let ended = self.door.read(|reader| {
            let all = read::erasure::all(reader)?.into_iter();
            Ok(all.filter(|erasure| erasure.ended.is_some()).count() as u64)
        });
        let ended = ended.await?;
        if self.door.cleared().await? == ended {
            return Ok(());
        }
        match self.door.clear_out(ended, PATIENCE).await {
            Ok(true) => {}
            Ok(false) => tracing::warn!(
                "there is too much going on to write the data files anew without what was erased; it is tried again in a minute"
            ),
            Err(error) => tracing::warn!(
                %error,
                "the data files could not be written anew without what was erased; it is tried again in a minute"
            ),
        }
        Ok(())
    }
}

/// Records of the catalog with the name as a word of theirs.
fn mentions(reader: &dyn Reader, name: &UserName) -> Result<Vec<Mention>, StoreError> {
    let mut found = Vec::new();
    let mut look = |noun, id: String, texts: &[&str]| {
        if found.len() < MOST_MENTIONS && texts.iter().any(|text| says(text, name)) {
            found.push(Mention { noun, id });
        }
        ControlFlow::Continue(())
    };
    read::sync::each::<Customer>(reader, None, |customer| {
        let texts = [customer.body.name.as_str(), customer.body.note.as_str()];
        look("customer", customer.id.to_string(), &texts)
    })?;
    read::sync::each::<Project>(reader, None, |project| {
        look("project", project.id.to_string(), &[project.body.name.as_str()])
    })?;
    read::sync::each::<Task>(reader, None, |task| {
        look("task", task.id.to_string(), &[task.body.name.as_str()])
    })?;
    read::sync::each::<Tag>(reader, None, |tag| {
        look("tag", tag.id.to_string(), &[tag.body.name.as_str()])
    })?;
    Ok(found)
}

fn says(text: &str, name: &UserName) -> bool {
    text.split(|c: char| !c.is_alphanumeric()).any(|word| word.eq_ignore_ascii_case(name.as_str()))
}

//! The office, and its policy about recorded activity.

use super::Tracking;
use crate::domain::command::Command;
use crate::domain::id::OfficeId;
use crate::domain::office::OfficeCommand;
use crate::domain::outcome::Refusal;
use crate::domain::policy::{ActivityPolicy, PolicyChange};
use crate::domain::right::Right;
use crate::domain::text::{Label, ShortText};
use crate::domain::time::Timestamp;
use crate::service::error::ServiceError;
use crate::service::{Change, Principal};
use crate::store::read;

/// The office, as everyone in it may see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfficeView {
    /// For ever.
    pub id: OfficeId,
    /// As people read it; none before set-up.
    pub name: Option<Label>,
    /// What others than the person may see of recorded activity.
    pub policy: ActivityPolicy,
    /// A looser policy to come.
    pub announced: Option<PolicyChange>,
    /// When it was founded.
    pub founded: Timestamp,
}

impl Tracking {
    /// The office as it stands now.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn office(&self, now: Timestamp) -> Result<OfficeView, ServiceError> {
        let found = self
            .door
            .read(move |reader| Ok((read::office_at(reader, now)?, read::policy_change(reader)?)));
        let (office, change) = found.await?;
        let office = office.ok_or(ServiceError::Refused(Refusal::NotFounded))?;
        let announced = change.filter(|change| now < change.takes_effect);
        let (id, name, policy, founded) = (office.id, office.name, office.policy, office.founded);
        Ok(OfficeView { id, name, policy, announced, founded })
    }

    /// A stricter policy at once, and any before anything can be recorded. A looser one is announced: everyone reads it and why, and
    /// it counts seven days later by itself, for what is recorded from then on.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn set_policy(
        &self,
        principal: &Principal,
        policy: ActivityPolicy,
        reason: &str,
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        principal.must_have(Right::SetPolicy)?;
        if reason.trim().is_empty() {
            return Err(ServiceError::bad_input(
                "no_reason",
                "Another policy needs a reason, which everyone reads.",
                "Say why in a sentence.",
            ));
        }
        let reason = ShortText::new(reason)?;
        let found = self.door.read(move |reader| {
            Ok((read::policy(reader, now)?, read::devices(reader)?.is_empty()))
        });
        let (present, begins) = found.await?;
        let command = Command::Office(if policy > present && !begins {
            OfficeCommand::AnnouncePolicy { policy, reason }
        } else {
            OfficeCommand::SetPolicy { policy, reason }
        });
        Change { now, actor: principal.actor(), command }.commit(&self.door).await?;
        Ok(())
    }

    /// What was announced shall not come.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn withdraw_policy(
        &self,
        principal: &Principal,
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        principal.must_have(Right::SetPolicy)?;
        let command = Command::Office(OfficeCommand::WithdrawPolicy);
        Change { now, actor: principal.actor(), command }.commit(&self.door).await?;
        Ok(())
    }
}

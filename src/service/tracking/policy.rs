//! The office, and its policy about recorded activity.

use super::Tracking;
use crate::domain::command::Command;
use crate::domain::id::OfficeId;
use crate::domain::office::OfficeCommand;
use crate::domain::outcome::Refusal;
use crate::domain::policy::ActivityPolicy;
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
    /// When it was founded.
    pub founded: Timestamp,
}

impl Tracking {
    /// The office.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn office(&self) -> Result<OfficeView, ServiceError> {
        let office = self.door.read(read::office).await?;
        let office = office.ok_or(ServiceError::Refused(Refusal::NotFounded))?;
        let (id, name, policy, founded) = (office.id, office.name, office.policy, office.founded);
        Ok(OfficeView { id, name, policy, founded })
    }

    /// A stricter policy, at once. A looser one must be announced seven days ahead, and nothing announces it yet: it is refused.
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
        let present = self.office().await?.policy;
        if policy > present {
            return Err(ServiceError::bad_input(
                "looser_policy",
                "A looser policy must be announced to everyone seven days ahead, which this version cannot do yet.",
                "Keep the present policy, or choose a stricter one.",
            ));
        }
        let reason = ShortText::new(reason)?;
        let command = Command::Office(OfficeCommand::SetPolicy { policy, reason });
        Change { now, actor: principal.actor(), command }.commit(&self.door).await?;
        Ok(())
    }
}

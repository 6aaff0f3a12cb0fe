//! The office, and its policy about recorded activity.

use super::Tracking;
use crate::domain::command::Command;
use crate::domain::office::{Office, OfficeCommand};
use crate::domain::outcome::Refusal;
use crate::domain::policy::{ActivityPolicy, PolicyChange};
use crate::domain::right::Right;
use crate::domain::text::ShortText;
use crate::domain::time::Timestamp;
use crate::domain::told::{GuardedChange, Told};
use crate::service::error::ServiceError;
use crate::service::{Change, Principal};
use crate::store::read;

/// The office.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfficeView {
    /// As it is kept: its policy is the one that was set.
    pub office: Office,
    /// A looser policy to come, or one that came.
    pub change: Option<PolicyChange>,
    /// Of its last change.
    pub version: u64,
}

impl Tracking {
    /// The office.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn office(&self) -> Result<OfficeView, ServiceError> {
        let found = self.door.read(|reader| {
            let change = read::policy_change(reader)?;
            let version = read::told::version(reader, &Told::Office)?;
            Ok(read::office(reader)?.map(|office| OfficeView { office, change, version }))
        });
        found.await?.ok_or(ServiceError::Refused(Refusal::NotFounded))
    }

    /// A stricter policy at once, and any before anything can be recorded, if the office is of the version looked at. A looser one is announced: everyone reads it and why, and
    /// it counts seven days later by itself, for what is recorded from then on.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn set_policy(
        &self,
        principal: &Principal,
        (policy, expect): (ActivityPolicy, Option<u64>),
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
        let change = GuardedChange::Office(if policy > present && !begins {
            OfficeCommand::AnnouncePolicy { policy, reason }
        } else {
            OfficeCommand::SetPolicy { policy, reason }
        });
        let command = Command::of_version(Told::Office, expect, change);
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
        expect: Option<u64>,
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        principal.must_have(Right::SetPolicy)?;
        let withdraw = GuardedChange::Office(OfficeCommand::WithdrawPolicy);
        let command = Command::of_version(Told::Office, expect, withdraw);
        Change { now, actor: principal.actor(), command }.commit(&self.door).await?;
        Ok(())
    }
}

//! Who may look at whose hours, and who decides about whose week.

use super::timesheet::Step;
use crate::domain::id::UserId;
use crate::domain::outcome::Refusal;
use crate::domain::policy::Reach;
use crate::domain::right::Right;
use crate::domain::text::UserName;
use crate::domain::user::User;
use crate::service::Principal;
use crate::service::error::ServiceError;
use crate::store::{Reader, StoreError, read};

/// The person of this name, if the principal may see their hours or approve them, and whom the principal reaches.
pub(super) fn seen(
    reader: &dyn Reader,
    principal: &Principal,
    name: &str,
) -> Result<Result<(User, Reach), ServiceError>, StoreError> {
    let reach = principal.reach(reader)?;
    let person = match UserName::new(name) {
        Ok(name) => read::user_by_name(reader, &name)?,
        Err(_) => None,
    };
    Ok(match person {
        Some(person) if reach.sees(person.id) || reach.may_approve(person.id) => {
            Ok((person, reach))
        }
        None if reach.sees_others() => Err(ServiceError::Refused(Refusal::UnknownUser)),
        _ => Err(not_theirs()),
    })
}

/// May the principal do this with a week of this person?
pub(super) fn may(
    reader: &dyn Reader,
    principal: &Principal,
    reach: &Reach,
    person: UserId,
    step: &Step,
) -> Result<Result<(), ServiceError>, StoreError> {
    let own = principal.user().is_some_and(|user| user.id == person);
    let allowed = match step {
        Step::Submit | Step::Withdraw => own || reach.may_approve(person),
        Step::Approve | Step::SendBack(_) => Approvers::load(reader, principal)?.may(person),
        Step::Reopen(_) => {
            principal.may(Right::ApproveTime) && Approvers::load(reader, principal)?.may(person)
        }
    };
    Ok(match (allowed, own) {
        (true, _) => Ok(()),
        (false, true) => {
            Err(ServiceError::Forbidden("Nobody approves their own week while somebody else can."))
        }
        (false, false) => Err(ServiceError::Forbidden("You may not approve this person's time.")),
    })
}

/// Whose weeks somebody may approve: those they reach, and their own only when nobody else could.
pub(super) struct Approvers {
    own: Option<UserId>,
    reach: Reach,
    alone: bool,
}

impl Approvers {
    pub(super) fn load(reader: &dyn Reader, principal: &Principal) -> Result<Self, StoreError> {
        let (own, reach) = (principal.user().map(|user| user.id), principal.reach(reader)?);
        let alone = match own {
            Some(own) if reach.may_approve(own) => !somebody_else_approves(reader, own)?,
            _ => false,
        };
        Ok(Self { own, reach, alone })
    }

    pub(super) fn may(&self, person: UserId) -> bool {
        self.reach.may_approve(person) && (self.own != Some(person) || self.alone)
    }
}

/// Could anybody but this person approve their time?
fn somebody_else_approves(reader: &dyn Reader, person: UserId) -> Result<bool, StoreError> {
    let teams = read::people::teams(reader)?;
    for user in read::users(reader)? {
        if user.id == person || user.disabled.is_some() {
            continue;
        }
        let rights = read::people::rights(reader, &user)?;
        if Reach::new(Some(user.id), rights, &teams).may_approve(person) {
            return Ok(true);
        }
    }
    Ok(false)
}

pub(super) const fn not_theirs() -> ServiceError {
    ServiceError::Forbidden("You may see only your own hours, and those of a team you lead.")
}

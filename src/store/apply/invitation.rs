//! Invitations.

use super::{Applying, erasure, refused};
use crate::domain::audit;
use crate::domain::invitation::InvitationCommand;
use crate::domain::outcome::{Audience, Noun, Outcome, Refusal};
use crate::store::error::StoreError;
use crate::store::read;
use crate::store::tables::Invitations;
use crate::store::transaction::Write;

/// At most this many open invitations; expired ones give way first.
const MOST_INVITATIONS: usize = 1_000;

pub(super) fn apply(
    at: &mut Applying<'_>,
    command: &InvitationCommand,
) -> Result<Outcome, StoreError> {
    match command {
        InvitationCommand::Create(invitation) => {
            let person = invitation.person;
            if let Some(refusal) = erasure::fault(at, person)? {
                return refused(refusal);
            }
            let (live, expired): (Vec<_>, Vec<_>) = read::invitations(at.writer.as_reader())?
                .into_iter()
                .partition(|i| at.at < i.expires);
            if live.len() >= MOST_INVITATIONS {
                return refused(Refusal::TooMany);
            }
            for invitation in expired {
                at.writer.delete::<Invitations>(&invitation.id)?;
            }
            at.writer.put::<Invitations>(&invitation.id, invitation)?;
            at.changed(Noun::Invitation, invitation.id.bytes(), Audience::Administrators);
            at.audit("invitation.create", &audit::person(person))?;
        }
        InvitationCommand::Withdraw { invitation } => {
            if !at.writer.delete::<Invitations>(invitation)? {
                return refused(Refusal::UnknownInvitation);
            }
            at.changed(Noun::Invitation, invitation.bytes(), Audience::Administrators);
            at.audit("invitation.withdraw", &invitation.to_string())?;
        }
    }
    Ok(Outcome::Done)
}

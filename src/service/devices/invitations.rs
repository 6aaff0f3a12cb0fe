//! Invitations: one code enrolls one computer for one person, once.

use super::Devices;
use crate::clock;
use crate::codec::enrollment_code::EnrollmentCode;
use crate::domain::command::Command;
use crate::domain::id::InvitationId;
use crate::domain::invitation::{INVITATION_LIFE_MS, Invitation, InvitationCommand};
use crate::domain::outcome::Refusal;
use crate::domain::right::Right;
use crate::domain::text::UserName;
use crate::domain::time::Timestamp;
use crate::domain::user::User;
use crate::service::error::ServiceError;
use crate::service::{Change, Principal};
use crate::store::read;

/// An invitation was made.
#[derive(Debug)]
pub struct Invited {
    /// For lists and withdrawal.
    pub id: InvitationId,
    /// What is copied to the new computer; shown once.
    pub code: String,
    /// When it ends.
    pub expires: Timestamp,
    /// Where the new computer gets the program: this server's own executable.
    pub download: String,
}

impl Devices {
    /// Invites one computer of the person of this name.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn invite(
        &self,
        principal: &Principal,
        person: &str,
        now: Timestamp,
    ) -> Result<Invited, ServiceError> {
        principal.must_have(Right::ManageComputers)?;
        let unknown = ServiceError::Refused(Refusal::UnknownUser);
        let Ok(name) = UserName::new(person) else { return Err(unknown) };
        let person = self.door.read(move |reader| read::user_by_name(reader, &name)).await?;
        let person = person.ok_or(unknown)?;
        if person.disabled.is_some() {
            return Err(ServiceError::Refused(Refusal::UserDisabled));
        }
        let secret = clock::random_bytes::<16>();
        let invitation = Invitation {
            id: InvitationId(clock::ascending_id()),
            secret_hash: *blake3::hash(&secret).as_bytes(),
            person: person.id,
            created: now,
            expires: now.plus_ms(INVITATION_LIFE_MS),
        };
        let (id, expires) = (invitation.id, invitation.expires);
        let command = Command::Invitation(InvitationCommand::Create(invitation));
        Change { now, actor: principal.actor(), command }.commit(&self.door).await?;
        let (addresses, server) = ((self.addresses)(), self.server());
        let code =
            EnrollmentCode { addresses, ca_fingerprint: self.authority.fingerprint(), secret };
        Ok(Invited { id, code: code.to_text(), expires, download: format!("{server}/download") })
    }

    /// Invitations that can still be used, oldest first, with whose computer it will be.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn invitations(
        &self,
        principal: &Principal,
        now: Timestamp,
    ) -> Result<Vec<(Invitation, User)>, ServiceError> {
        principal.must_have(Right::ManageComputers)?;
        let found = self.door.read(move |reader| {
            let mut open = Vec::new();
            for invitation in read::invitations(reader)? {
                if now < invitation.expires
                    && let Some(person) = read::user(reader, invitation.person)?
                {
                    open.push((invitation, person));
                }
            }
            Ok(open)
        });
        Ok(found.await?)
    }

    /// Takes an invitation back before it is used.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn withdraw(
        &self,
        principal: &Principal,
        invitation: InvitationId,
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        principal.must_have(Right::ManageComputers)?;
        let command = Command::Invitation(InvitationCommand::Withdraw { invitation });
        Change { now, actor: principal.actor(), command }.commit(&self.door).await?;
        Ok(())
    }
}

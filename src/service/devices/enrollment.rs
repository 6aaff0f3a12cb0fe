//! Enrolment: a one-time secret and a fresh public key become a device with a certificate.

use std::net::IpAddr;
use std::sync::{MutexGuard, PoisonError};

use ed25519_dalek::VerifyingKey;

use super::{Devices, FIRST_EPOCH};
use crate::clock;
use crate::domain::command::{Actor, Command};
use crate::domain::device::{Device, DeviceCommand, DeviceKind};
use crate::domain::id::{DeviceId, OfficeId, UserId};
use crate::domain::outcome::{Outcome, Refusal};
use crate::domain::policy::ActivityPolicy;
use crate::domain::text::{Label, UserName};
use crate::domain::time::{MINUTE_MS, Timestamp};
use crate::service::error::ServiceError;
use crate::service::{Change, Limits};
use crate::store::{Reader, StoreError, read};

/// A computer whose answer got lost may ask again with the same key this long: its one-time secret is used by then.
const ASK_AGAIN_MS: u64 = 15 * MINUTE_MS;

/// A computer that wants in.
#[derive(Debug)]
pub struct NewComputer {
    /// The secret of its invitation.
    pub secret: [u8; 16],
    /// Its name.
    pub computer: String,
    /// Its fresh ed25519 key.
    pub public_key: [u8; 32],
}

/// A computer that is in.
#[derive(Debug)]
pub struct Enrolled {
    /// Which it is.
    pub device: DeviceId,
    /// The office it belongs to.
    pub office: OfficeId,
    /// Its client certificate and the CA's, PEM.
    pub certificate: String,
    /// The office CA's certificate, PEM.
    pub ca: String,
    /// Verifies receipts (ed25519).
    pub receipt_key: [u8; 32],
    /// The office's activity policy.
    pub policy: ActivityPolicy,
    /// Whose activity it records.
    pub person: UserName,
    /// Its first epoch.
    pub device_epoch: u32,
}

impl Devices {
    /// Enrolls `new`, if its secret is that of an open invitation. Asking again with the same key shortly after gives the same device.
    ///
    /// # Errors
    /// [`Refusal::InvitationClosed`]; [`ServiceError::TooManyTries`]; bad input.
    pub async fn enroll(
        &self,
        new: NewComputer,
        address: IpAddr,
        now: Timestamp,
    ) -> Result<Enrolled, ServiceError> {
        self.limits().admit("", address, now)?;
        let name = Label::new(new.computer)?;
        check_key(&new.public_key)?;
        let kind = DeviceKind::Agent { public_key: new.public_key };
        if let Some(device) = self.just_enrolled(kind.clone(), now).await? {
            return self.enrolled(device, &new.public_key, now).await;
        }
        let id = DeviceId(clock::ascending_id());
        let device = Device {
            id,
            name,
            // Overwritten by the invitation's person.
            person: UserId::from_bytes([0; 16]),
            kind,
            enrolled: now,
            last_contact: None,
            revoked: None,
        };
        let secret_hash = *blake3::hash(&new.secret).as_bytes();
        let command = Command::Device(DeviceCommand::Enroll { secret_hash, device });
        let outcome = Change { now, actor: Actor::Anyone, command }.commit(&self.door).await;
        if matches!(outcome, Err(ServiceError::Refused(Refusal::InvitationClosed))) {
            self.limits().failed("", address, now);
        }
        match outcome? {
            Outcome::Device { device, .. } => self.enrolled(device, &new.public_key, now).await,
            other => {
                Err(ServiceError::Failed(format!("An enrollment was answered with {other:?}.")))
            }
        }
    }

    fn limits(&self) -> MutexGuard<'_, Limits> {
        self.limits.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn enrolled(
        &self,
        device: DeviceId,
        public_key: &[u8; 32],
        now: Timestamp,
    ) -> Result<Enrolled, ServiceError> {
        let found = self.door.read(move |reader| office_and_person(reader, device, now)).await?;
        let Some((office, person)) = found else {
            return Err(ServiceError::Refused(Refusal::UnknownDevice));
        };
        Ok(Enrolled {
            device,
            office: office.id,
            certificate: self.issue(device, public_key, now)?,
            ca: self.ca_certificate().to_owned(),
            receipt_key: office.receipt_key,
            policy: office.policy,
            person,
            device_epoch: FIRST_EPOCH,
        })
    }

    /// Another certificate for a computer's own key, so that age never cuts off one that is used.
    ///
    /// # Errors
    /// [`Refusal::DeviceRevoked`]; [`Refusal::UnknownDevice`], also for one that only sends with a token, which has no key.
    pub async fn certificate(
        &self,
        device: DeviceId,
        now: Timestamp,
    ) -> Result<String, ServiceError> {
        let found = self.door.read(move |reader| read::device(reader, device)).await?;
        if found.as_ref().is_some_and(|found| found.revoked.is_some()) {
            return Err(ServiceError::Refused(Refusal::DeviceRevoked));
        }
        match found.map(|found| found.kind) {
            Some(DeviceKind::Agent { public_key }) => self.issue(device, &public_key, now),
            _ => Err(ServiceError::Refused(Refusal::UnknownDevice)),
        }
    }

    fn issue(
        &self,
        device: DeviceId,
        public_key: &[u8; 32],
        now: Timestamp,
    ) -> Result<String, ServiceError> {
        let seconds = now.ms().div_euclid(1_000);
        let leaf = self.authority.issue_client(public_key, &device.to_string(), seconds);
        leaf.map(|leaf| leaf.chain_pem).map_err(|error| {
            ServiceError::Failed(format!("The certificate could not be issued: {error}."))
        })
    }

    async fn just_enrolled(
        &self,
        kind: DeviceKind,
        now: Timestamp,
    ) -> Result<Option<DeviceId>, ServiceError> {
        let devices = self.door.read(read::devices).await?;
        let same = devices.into_iter().rev().find(|device| {
            device.kind == kind
                && device.revoked.is_none()
                && now.ms_since(device.enrolled) < ASK_AGAIN_MS
        });
        Ok(same.map(|device| device.id))
    }
}

fn office_and_person(
    reader: &dyn Reader,
    device: DeviceId,
    now: Timestamp,
) -> Result<Option<(crate::domain::office::Office, UserName)>, StoreError> {
    let (Some(office), Some(device)) =
        (read::office_at(reader, now)?, read::device(reader, device)?)
    else {
        return Ok(None);
    };
    Ok(read::user(reader, device.person)?.map(|person| (office, person.name)))
}

/// A weak key would verify other people's signatures too.
fn check_key(public_key: &[u8; 32]) -> Result<(), ServiceError> {
    match VerifyingKey::from_bytes(public_key) {
        Ok(key) if !key.is_weak() => Ok(()),
        _ => Err(ServiceError::bad_input(
            "bad_key",
            "This is not an ed25519 public key.",
            "Enroll with the `timebook` program of this office.",
        )),
    }
}

//! Taking batches: believed only by the key of the device that signed them, applied once, answered with a signed receipt.

use std::collections::HashSet;

use thiserror::Error;

use super::{Devices, FIRST_EPOCH};
use crate::clock;
use crate::codec::batch::{BatchError, SignedBatch};
use crate::codec::receipt;
use crate::domain::activity::{BucketAbout, Event};
use crate::domain::batch::{ACTIVITY_STREAM, Batch, BatchCommand, Operation, Receipt};
use crate::domain::command::{Actor, Command};
use crate::domain::device::{Device, DeviceKind, StreamState};
use crate::domain::id::{DeviceId, QuarantineId};
use crate::domain::office::Office;
use crate::domain::office_setting::OfficeSetting;
use crate::domain::outcome::{Outcome, Refusal};
use crate::domain::policy::ActivityPolicy;
use crate::domain::quarantine::{QuarantineCommand, Quarantined, Suspicion};
use crate::domain::text::{CanonicalJson, ShortText};
use crate::domain::time::Timestamp;
use crate::service::Change;
use crate::service::error::ServiceError;
use crate::store::{Reader, StoreError, read};
use crate::wire::json::is_canonical;
use crate::wire::v1::sheet_mark;

/// Where a stream stands, as the device gets it.
#[derive(Debug)]
pub struct Delivered {
    /// The signed receipt.
    pub receipt: Vec<u8>,
    /// The office's activity policy now: the device records under it.
    pub policy: ActivityPolicy,
    /// The mark of the office's redaction rules now, empty without any.
    pub rules: String,
    /// The mark of the categories that hold for the computer's person, empty for the usual ones.
    pub categories: String,
    /// For how many days the office keeps the detail of events, and for how many months anything.
    pub keeps: (u64, u64),
}

/// A batch was not applied.
#[derive(Debug, Error)]
pub enum DeliveryError {
    /// It starts later than the stream stands: send again from where the receipt says.
    #[error("The batch starts later than what has arrived here.")]
    Gap(Delivered),
    /// It was set aside for the administrator.
    #[error("{} What it sent was set aside.", .0.sentence())]
    SetAside(Suspicion),
    /// The computer's person is erased: the signed order to do the same there.
    #[error("What was recorded about this computer's person is erased, by the office's order.")]
    Erase(Vec<u8>),
    /// Anything else.
    #[error(transparent)]
    Service(#[from] ServiceError),
}

impl Devices {
    /// Applies the batch in `bytes`, sent by the holder of `device`'s certificate.
    ///
    /// # Errors
    /// [`DeliveryError`] says what the device can do.
    pub async fn deliver(
        &self,
        device: DeviceId,
        bytes: Vec<u8>,
        now: Timestamp,
    ) -> Result<Delivered, DeliveryError> {
        // What comes from such a computer is not even set aside.
        if let Some(order) = self.order_for(device).await? {
            return Err(DeliveryError::Erase(order));
        }
        let claimed = SignedBatch::parse(&bytes).map_err(not_a_batch)?.device;
        let (office, known) = self.office_and_device(device, now).await?;
        if claimed != device {
            // Another computer's batch reaches the office from that computer, too: there is nothing to keep. Any other name in it
            // was changed on the way.
            if self.office_and_device(claimed, now).await?.1.is_some() {
                return Err(ServiceError::Forbidden(
                    "A batch is taken only from its own computer.",
                )
                .into());
            }
            let detail = format!("It names the computer {claimed}.");
            return self.set_aside(device, Suspicion::BadSignature, &detail, bytes, now).await;
        }
        let (bytes, opened) = open(bytes, known, &office).await?;
        let (batch, hash) = match opened {
            Ok(opened) => opened,
            Err(doubt) => {
                return self.set_aside(device, doubt.why, &doubt.detail, bytes, now).await;
            }
        };
        if batch.stream != ACTIVITY_STREAM {
            return Err(unknown_stream(batch.stream).into());
        }
        let applied = self.accept(batch, hash, Actor::Device(device), now).await?;
        match applied {
            Outcome::Applied(state) => Ok(self.delivered(&office, device, state).await?),
            Outcome::Gap(state) => {
                Err(DeliveryError::Gap(self.delivered(&office, device, state).await?))
            }
            // Nothing is wrong with the batch: the computer keeps it and tries again.
            Outcome::Refused(Refusal::UserDisabled) => {
                Err(ServiceError::Refused(Refusal::UserDisabled).into())
            }
            other => {
                let why = suspicion(&other).ok_or_else(|| unexpected(&other))?;
                self.set_aside(device, why, "", bytes, now).await
            }
        }
    }

    /// Where the device's stream stands, so that it finds its place again.
    ///
    /// # Errors
    /// [`Refusal::UnknownDevice`], [`Refusal::DeviceRevoked`]; an order to erase; a stream there is not.
    pub async fn stream(
        &self,
        device: DeviceId,
        stream: u8,
        now: Timestamp,
    ) -> Result<Delivered, DeliveryError> {
        if stream != ACTIVITY_STREAM {
            return Err(unknown_stream(stream).into());
        }
        if let Some(order) = self.order_for(device).await? {
            return Err(DeliveryError::Erase(order));
        }
        let (office, known) = self.office_and_device(device, now).await?;
        let known = known.ok_or(ServiceError::Refused(Refusal::UnknownDevice))?;
        if known.revoked.is_some() {
            return Err(ServiceError::Refused(Refusal::DeviceRevoked).into());
        }
        let state = self.door.read(move |reader| read::stream(reader, device, stream)).await;
        let state = state.map_err(ServiceError::from)?;
        let state = state.unwrap_or(StreamState::start(FIRST_EPOCH));
        Ok(self.delivered(&office, device, state).await?)
    }

    pub(super) async fn office_and_device(
        &self,
        device: DeviceId,
        now: Timestamp,
    ) -> Result<(Office, Option<Device>), ServiceError> {
        let found = self
            .door
            .read(move |reader| Ok((read::office_at(reader, now)?, read::device(reader, device)?)));
        let (office, device) = found.await?;
        Ok((office.ok_or(ServiceError::Refused(Refusal::NotFounded))?, device))
    }

    /// Sends the batch through the door. Refusals come back as outcomes: what they mean depends on who asks.
    pub(super) async fn accept(
        &self,
        batch: Batch,
        hash: [u8; 32],
        actor: Actor,
        now: Timestamp,
    ) -> Result<Outcome, ServiceError> {
        let command = Command::Batch(BatchCommand::Accept { batch, hash });
        Ok(self.door.commit(Change { now, actor, command }.into_envelope()).await?)
    }

    /// Keeps the bytes for the administrator's decision. `device` is the one whose certificate was shown: a computer can fill its own
    /// share of the quarantine and nobody else's.
    async fn set_aside(
        &self,
        device: DeviceId,
        why: Suspicion,
        detail: &str,
        bytes: Vec<u8>,
        now: Timestamp,
    ) -> Result<Delivered, DeliveryError> {
        let hash = *blake3::hash(&bytes).as_bytes();
        let (id, detail) = (QuarantineId(clock::ascending_id()), ShortText::cut(detail));
        let entry = Quarantined { id, device, why, detail, at: now, hash, bytes };
        let command = Command::Quarantine(QuarantineCommand::Add(entry));
        Change { now, actor: Actor::Device(device), command }.commit(&self.door).await?;
        tracing::warn!(%device, why = why.name(), "a batch was set aside");
        Err(DeliveryError::SetAside(why))
    }

    async fn delivered(
        &self,
        office: &Office,
        device: DeviceId,
        state: StreamState,
    ) -> Result<Delivered, ServiceError> {
        let told = self.door.read(move |reader| {
            let rules = read::redaction_rules(reader)?;
            Ok((rules, tree_at(reader, device)?, read::office_settings(reader)?))
        });
        let (rules, tree, settings) = told.await?;
        let categories = tree.map_or_else(String::new, |tree| sheet_mark(tree.as_str()));
        let keeps = [OfficeSetting::DetailDays, OfficeSetting::TotalsMonths];
        let [detail_days, totals_months] = keeps.map(|setting| settings.number(setting));
        let rules = rules.map_or_else(String::new, |rules| sheet_mark(rules.sheet.as_str()));
        let receipt = Receipt {
            office: office.id,
            server_epoch: office.server_epoch,
            device,
            stream: ACTIVITY_STREAM,
            device_epoch: state.epoch,
            applied_seq: state.applied_seq,
            applied_hash: state.last_hash,
            // No backup has been verified yet: agents keep what they delivered.
            safe_seq: 0,
        };
        let receipt = receipt::sign(&receipt, &self.receipt_key);
        let keeps = (detail_days, totals_months);
        Ok(Delivered { receipt, policy: office.policy, rules, categories, keeps })
    }
}

/// The categories that hold for the computer's person, where somebody made some.
fn tree_at(reader: &dyn Reader, device: DeviceId) -> Result<Option<CanonicalJson>, StoreError> {
    let Some(device) = read::device(reader, device)? else { return Ok(None) };
    let own = read::category::own(reader, device.person)?;
    let tree = own.map_or_else(|| read::category::office(reader), |own| Ok(Some(own)))?;
    Ok(tree.map(|categories| categories.tree))
}

/// Why a batch is not believed.
pub(super) struct Doubt {
    pub(super) why: Suspicion,
    pub(super) detail: String,
}

impl Doubt {
    fn plain(why: Suspicion) -> Self {
        Self { why, detail: String::new() }
    }
}

type Opened = Result<(Batch, [u8; 32]), Doubt>;

/// Checks the signature and unpacks, on a thread that may be busy; gives the bytes back.
pub(super) async fn open(
    bytes: Vec<u8>,
    device: Option<Device>,
    office: &Office,
) -> Result<(Vec<u8>, Opened), ServiceError> {
    let office = office.id;
    let work = tokio::task::spawn_blocking(move || {
        let opened = check(&bytes, device).and_then(|(batch, hash)| {
            if batch.office == office {
                Ok((batch, hash))
            } else {
                Err(Doubt::plain(Suspicion::OtherOffice))
            }
        });
        (bytes, opened)
    });
    work.await.map_err(|error| ServiceError::Failed(format!("Reading a batch broke off: {error}.")))
}

fn check(bytes: &[u8], device: Option<Device>) -> Opened {
    let Some(device) = device else { return Err(Doubt::plain(Suspicion::UnknownDevice)) };
    let DeviceKind::Agent { public_key } = device.kind else {
        return Err(Doubt::plain(Suspicion::UnknownDevice));
    };
    if device.revoked.is_some() {
        return Err(Doubt::plain(Suspicion::RevokedDevice));
    }
    let unreadable = |error: BatchError| Doubt {
        why: if matches!(error, BatchError::BadSignature) {
            Suspicion::BadSignature
        } else {
            Suspicion::Unreadable
        },
        detail: error.to_string(),
    };
    let signed = SignedBatch::parse(bytes).map_err(unreadable)?;
    let batch = signed.open(&public_key).map_err(unreadable)?;
    if let Some(detail) = unsound(&batch) {
        return Err(Doubt { why: Suspicion::Unreadable, detail: detail.to_owned() });
    }
    Ok((batch, signed.payload_hash()))
}

/// What no agent writes: a key is good for a computer's own words, not for what the book could not keep or could not give out again.
fn unsound(batch: &Batch) -> Option<&'static str> {
    // Most events say what one before them said.
    let mut known = HashSet::new();
    let mut is_json = |json| known.contains(json) || (is_canonical(json) && known.insert(json));
    let mut sound = |json| (!is_json(json)).then_some("its data is not canonical JSON");
    batch.operations.iter().find_map(|operation| match operation {
        Operation::PutEvent { event, .. } if !event.data.fits() => {
            Some("a text parsed out of an event is too long")
        }
        Operation::PutEvent { event: Event { data, .. }, .. } => sound(&data.json),
        Operation::PutBucket { about: BucketAbout { data, .. }, .. } => sound(data),
        _ => None,
    })
}

/// What an outcome other than applied or early says about a batch; `None` for outcomes no batch has.
pub(super) const fn suspicion(outcome: &Outcome) -> Option<Suspicion> {
    match outcome {
        Outcome::Conflict(_) => Some(Suspicion::Conflict),
        Outcome::Refused(Refusal::OtherOffice) => Some(Suspicion::OtherOffice),
        Outcome::Refused(Refusal::UnknownDevice) => Some(Suspicion::UnknownDevice),
        Outcome::Refused(Refusal::DeviceRevoked) => Some(Suspicion::RevokedDevice),
        _ => None,
    }
}

pub(super) fn unexpected(outcome: &Outcome) -> ServiceError {
    if let Outcome::Refused(refusal) = outcome {
        return ServiceError::Refused(*refusal);
    }
    ServiceError::Failed(format!("A batch was answered with {outcome:?}."))
}

fn not_a_batch(error: BatchError) -> ServiceError {
    ServiceError::bad_input(
        "not_a_batch",
        format!("{}.", capital(&error.to_string())),
        "Send what the agent signed, unchanged.",
    )
}

fn unknown_stream(stream: u8) -> ServiceError {
    ServiceError::bad_input(
        "unknown_stream",
        format!("This server knows no stream {stream}."),
        "Update the server, then send again.",
    )
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|c| c.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

//! Reads of the state, noun by noun. Recorded activity has its own book ([`crate::store::activity`]).

pub mod catalog;
pub mod category;
pub mod closed;
mod computers;
pub mod entry;
pub mod erasure;
pub mod import;
pub mod looks;
pub mod people;
pub mod pieces;
pub mod policy;
pub mod retention;
pub mod sync;
pub mod target;
pub mod timesheet;
pub mod told;
pub mod worked;

pub use computers::{device, devices, devices_of, program, stream};

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use super::error::StoreError;
use super::tables::{
    self, Audit, Invitations, Jobs, Links, Mails, Offices, PolicyChanges, Quarantine,
    RedactionRules, Secrets, SessionAbouts, SessionSecrets, Sessions, Settings, Table,
    TokenSecrets, Tokens, UserNames, Users,
};
use super::transaction::{KeyRange, Order, Read, Reader};
use crate::codec::audit_follows;
use crate::domain::audit::AuditEntry;
use crate::domain::id::{DeviceId, JobId, QuarantineId, SessionId, TokenId, UserId};
use crate::domain::invitation::Invitation;
use crate::domain::job::Job;
use crate::domain::link::{Link, LinkPurpose};
use crate::domain::mail::WaitingMail;
use crate::domain::office::Office;
use crate::domain::office_setting::{OfficeSetting, OfficeSettings, SettingValue};
use crate::domain::policy::{ActivityPolicy, PolicyChange, policy_at};
use crate::domain::quarantine::Quarantined;
use crate::domain::redaction::OfficeRules;
use crate::domain::secret::Secret;
use crate::domain::session::{Session, SessionAbout};
use crate::domain::text::{CanonicalJson, Label, SettingKey, UserName};
use crate::domain::time::Timestamp;
use crate::domain::token::Token;
use crate::domain::user::User;

type Result<T> = std::result::Result<T, StoreError>;

/// The office, once founded.
///
/// # Errors
/// [`StoreError`], as every function here.
pub fn office(reader: &dyn Reader) -> Result<Option<Office>> {
    reader.get::<Offices>(&())
}

/// The office's redaction rules; none before there are any.
///
/// # Errors
/// [`StoreError`].
pub fn redaction_rules(reader: &dyn Reader) -> Result<Option<OfficeRules>> {
    reader.get::<RedactionRules>(&())
}

/// The office as it stands at `at`: with the policy that counts then.
///
/// # Errors
/// [`StoreError`].
pub fn office_at(reader: &dyn Reader, at: Timestamp) -> Result<Option<Office>> {
    let Some(office) = office(reader)? else { return Ok(None) };
    let policy = policy_at(office.policy, policy_change(reader)?.as_ref(), at);
    Ok(Some(Office { policy, ..office }))
}

/// What others may see of recorded activity at `at`; the strictest before there is an office.
///
/// # Errors
/// [`StoreError`].
pub fn policy(reader: &dyn Reader, at: Timestamp) -> Result<ActivityPolicy> {
    Ok(office_at(reader, at)?.map(|office| office.policy).unwrap_or_default())
}

/// A looser policy to come, or one that came.
///
/// # Errors
/// [`StoreError`].
pub fn policy_change(reader: &dyn Reader) -> Result<Option<PolicyChange>> {
    reader.get::<PolicyChanges>(&())
}

/// Has anybody an account?
///
/// # Errors
/// [`StoreError`].
pub fn has_users(reader: &dyn Reader) -> Result<bool> {
    Ok(reader.first::<Users>(KeyRange::all(), Order::Rising)?.is_some())
}

/// The person of this id.
///
/// # Errors
/// [`StoreError`].
pub fn user(reader: &dyn Reader, id: UserId) -> Result<Option<User>> {
    reader.get::<Users>(&id)
}

/// The person of this sign-in name.
///
/// # Errors
/// [`StoreError`].
pub fn user_by_name(reader: &dyn Reader, name: &UserName) -> Result<Option<User>> {
    match reader.get::<UserNames>(name)? {
        Some(id) => user(reader, id),
        None => Ok(None),
    }
}

/// Everyone, oldest account first.
///
/// # Errors
/// [`StoreError`].
pub fn users(reader: &dyn Reader) -> Result<Vec<User>> {
    values::<Users>(reader, KeyRange::all())
}

/// The session whose secret has this hash.
///
/// # Errors
/// [`StoreError`].
pub fn session_by_secret(reader: &dyn Reader, secret_hash: &[u8; 32]) -> Result<Option<Session>> {
    match reader.get::<SessionSecrets>(secret_hash)? {
        Some(id) => reader.get::<Sessions>(&id),
        None => Ok(None),
    }
}

/// The session of this id.
///
/// # Errors
/// [`StoreError`].
pub fn session(reader: &dyn Reader, id: SessionId) -> Result<Option<Session>> {
    reader.get::<Sessions>(&id)
}

/// What is known of a session; of one opened by an older Timebook, nothing.
///
/// # Errors
/// [`StoreError`].
pub fn session_about(reader: &dyn Reader, id: SessionId) -> Result<Option<SessionAbout>> {
    reader.get::<SessionAbouts>(&id)
}

/// Every session that was not closed, oldest first, those that ended by themselves too.
///
/// # Errors
/// [`StoreError`].
pub fn sessions(reader: &dyn Reader) -> Result<Vec<Session>> {
    values::<Sessions>(reader, KeyRange::all())
}

/// The token whose secret has this hash, revoked or not.
///
/// # Errors
/// [`StoreError`].
pub fn token_by_secret(reader: &dyn Reader, secret_hash: &[u8; 32]) -> Result<Option<Token>> {
    match reader.get::<TokenSecrets>(secret_hash)? {
        Some(id) => reader.get::<Tokens>(&id),
        None => Ok(None),
    }
}

/// The token of this id, revoked or not.
///
/// # Errors
/// [`StoreError`].
pub fn token(reader: &dyn Reader, id: TokenId) -> Result<Option<Token>> {
    reader.get::<Tokens>(&id)
}

/// Every token, oldest first, revoked ones too.
///
/// # Errors
/// [`StoreError`].
pub fn tokens(reader: &dyn Reader) -> Result<Vec<Token>> {
    values::<Tokens>(reader, KeyRange::all())
}

/// Every invitation that is neither used nor withdrawn, oldest first, expired ones too.
///
/// # Errors
/// [`StoreError`].
pub fn invitations(reader: &dyn Reader) -> Result<Vec<Invitation>> {
    values::<Invitations>(reader, KeyRange::all())
}

/// The invitation whose secret has this hash.
///
/// # Errors
/// [`StoreError`].
pub fn invitation_by_secret(
    reader: &dyn Reader,
    secret_hash: &[u8; 32],
) -> Result<Option<Invitation>> {
    Ok(invitations(reader)?.into_iter().find(|invitation| invitation.secret_hash == *secret_hash))
}

/// Every link that is neither used nor withdrawn, oldest first, expired ones too.
///
/// # Errors
/// [`StoreError`].
pub fn links(reader: &dyn Reader) -> Result<Vec<Link>> {
    values::<Links>(reader, KeyRange::all())
}

/// The link whose secret has this hash.
///
/// # Errors
/// [`StoreError`].
pub fn link_by_secret(reader: &dyn Reader, secret_hash: &[u8; 32]) -> Result<Option<Link>> {
    Ok(links(reader)?.into_iter().find(|link| link.secret_hash == *secret_hash))
}

/// The sign-in name a link is for; `None` when that person is gone.
///
/// # Errors
/// [`StoreError`].
pub fn link_name(reader: &dyn Reader, link: &Link) -> Result<Option<UserName>> {
    match &link.purpose {
        LinkPurpose::Join { name, .. } => Ok(Some(name.clone())),
        LinkPurpose::Reset { user: id } => Ok(user(reader, *id)?.map(|user| user.name)),
    }
}

/// A setting a foreign client keeps.
///
/// # Errors
/// [`StoreError`].
pub fn setting(
    reader: &dyn Reader,
    device: DeviceId,
    key: &SettingKey,
) -> Result<Option<CanonicalJson>> {
    reader.get::<Settings>(&(device, key.clone()))
}

/// All settings of a device, by key.
///
/// # Errors
/// [`StoreError`].
pub fn settings(reader: &dyn Reader, device: DeviceId) -> Result<Vec<(SettingKey, CanonicalJson)>> {
    let rows = reader.rows::<Settings>(KeyRange::prefix(&device), Order::Rising, usize::MAX)?;
    Ok(rows.into_iter().map(|((_, key), value)| (key, value)).collect())
}

/// What was set aside, oldest first.
///
/// # Errors
/// [`StoreError`].
pub fn quarantined(reader: &dyn Reader) -> Result<Vec<Quarantined>> {
    values::<Quarantine>(reader, KeyRange::all())
}

/// One entry of the quarantine.
///
/// # Errors
/// [`StoreError`].
pub fn quarantined_entry(reader: &dyn Reader, id: QuarantineId) -> Result<Option<Quarantined>> {
    reader.get::<Quarantine>(&id)
}

/// What the office set.
///
/// # Errors
/// [`StoreError`].
pub fn office_settings(reader: &dyn Reader) -> Result<OfficeSettings> {
    let rows = reader.rows::<tables::OfficeSettings>(KeyRange::all(), Order::Rising, usize::MAX)?;
    // A key that this build does not know is left to the one that does.
    let known = |(key, value): (Label, _)| Some((OfficeSetting::from_key(key.as_str())?, value));
    let mut set: BTreeMap<_, _> = rows.into_iter().filter_map(known).collect();
    if let Some(name) = office(reader)?.and_then(|office| office.name) {
        set.insert(OfficeSetting::OrganisationName, SettingValue::Text(name));
    }
    Ok(OfficeSettings::new(set))
}

/// Mail that waits, oldest first.
///
/// # Errors
/// [`StoreError`].
pub fn mails(reader: &dyn Reader) -> Result<Vec<WaitingMail>> {
    values::<Mails>(reader, KeyRange::all())
}

/// Every job that is kept, the one started first first.
///
/// # Errors
/// [`StoreError`].
pub fn jobs(reader: &dyn Reader) -> Result<Vec<Job>> {
    values::<Jobs>(reader, KeyRange::all())
}

/// The job of this id.
///
/// # Errors
/// [`StoreError`].
pub fn job(reader: &dyn Reader, id: JobId) -> Result<Option<Job>> {
    reader.get::<Jobs>(&id)
}

/// The sealed value of this name.
///
/// # Errors
/// [`StoreError`].
pub fn secret(reader: &dyn Reader, name: &Label) -> Result<Option<Secret>> {
    reader.get::<Secrets>(name)
}

/// Up to `most` audit entries after number `after`, oldest first.
///
/// # Errors
/// [`StoreError`].
pub fn audit(reader: &dyn Reader, after: u64, most: usize) -> Result<Vec<AuditEntry>> {
    let rows = reader.rows::<Audit>(KeyRange::after(&after), Order::Rising, most)?;
    Ok(rows.into_iter().map(|(_, entry)| entry).collect())
}

/// Up to `most` audit entries before number `before`, newest first.
///
/// # Errors
/// [`StoreError`].
pub fn audit_before(reader: &dyn Reader, before: u64, most: usize) -> Result<Vec<AuditEntry>> {
    let rows = reader.rows::<Audit>(KeyRange::between(&0_u64, &before), Order::Falling, most)?;
    Ok(rows.into_iter().map(|(_, entry)| entry).collect())
}

/// The number of the newest audit entry; 0 before the first.
///
/// # Errors
/// [`StoreError`].
pub fn last_audit_seq(reader: &dyn Reader) -> Result<u64> {
    Ok(reader.first::<Audit>(KeyRange::all(), Order::Falling)?.map_or(0, |(seq, _)| seq))
}

/// The number of the first audit entry that was changed, moved, or comes after one left out; `None` when the chain is whole. An entry
/// cut off the end leaves no trace here.
///
/// # Errors
/// [`StoreError`].
pub fn broken_audit_entry(reader: &dyn Reader) -> Result<Option<u64>> {
    let (mut previous, mut broken) = (None, None);
    reader.scan::<Audit>(KeyRange::all(), Order::Rising, |seq, entry| {
        if seq == entry.seq && audit_follows(previous.as_ref(), &entry) {
            previous = Some(entry);
            return ControlFlow::Continue(());
        }
        broken = Some(seq);
        ControlFlow::Break(())
    })?;
    Ok(broken)
}

fn values<T: Table>(reader: &dyn Reader, range: KeyRange) -> Result<Vec<T::Value>> {
    Ok(reader
        .rows::<T>(range, Order::Rising, usize::MAX)?
        .into_iter()
        .map(|(_, value)| value)
        .collect())
}

//! The office, its policy, and its audit log.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::rfc3339;
use crate::domain::audit;
use crate::domain::command::Actor;
use crate::domain::office;
use crate::domain::policy::{PolicyChange, policy_at};
use crate::domain::time::Timestamp;

/// The office, as everyone in it may see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Office {
    /// For ever.
    pub id: String,
    /// Of its last change; what a policy that was announced does by itself when its time comes is none.
    #[serde(default)]
    pub version: u64,
    /// As people read it; none before set-up.
    pub name: Option<String>,
    /// What others than the person may see of recorded activity: `hours_only`, `category_totals`, `app_totals`, `full_detail`.
    pub policy: String,
    /// A looser policy to come; it counts by itself from its time on, for what is recorded from then on.
    pub announced: Option<AnnouncedPolicy>,
    /// When it was founded.
    #[schema(format = DateTime)]
    pub founded: String,
}

impl Office {
    /// The office of this version, with the policy it was given and a looser one to come or that came, as it stands `now`.
    pub fn of(
        office: &office::Office,
        change: Option<&PolicyChange>,
        version: u64,
        now: Timestamp,
    ) -> Self {
        Self {
            id: office.id.to_string(),
            version,
            name: office.name.as_ref().map(ToString::to_string),
            policy: policy_at(office.policy, change, now).name().to_owned(),
            announced: change.filter(|change| now < change.takes_effect).map(Into::into),
            founded: rfc3339(office.founded),
        }
    }
}

/// A looser policy to come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AnnouncedPolicy {
    /// `hours_only`, `category_totals`, `app_totals`, `full_detail`.
    pub policy: String,
    /// Why.
    pub reason: String,
    /// When everyone was told.
    #[schema(format = DateTime)]
    pub announced: String,
    /// From when on it counts.
    #[schema(format = DateTime)]
    pub takes_effect: String,
}

impl From<&PolicyChange> for AnnouncedPolicy {
    fn from(change: &PolicyChange) -> Self {
        Self {
            policy: change.policy.name().to_owned(),
            reason: change.reason.to_string(),
            announced: rfc3339(change.announced),
            takes_effect: rfc3339(change.takes_effect),
        }
    }
}

/// A new activity policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPolicy {
    /// `hours_only`, `category_totals`, `app_totals`, `full_detail`.
    pub policy: String,
    /// Why; everyone reads it.
    pub reason: String,
}

/// What a look at all of the data found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Checkup {
    /// Entries of the audit log, in one unbroken chain unless a finding says otherwise.
    pub audit_entries: u64,
    /// Hash over every decoded record, hexadecimal: equal on every server with the same log.
    pub state_hash: String,
    /// A sentence for each thing that is not sound.
    pub findings: Vec<String>,
}

/// One entry of the audit log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditEntry {
    /// 1, 2, 3, …
    pub seq: u64,
    /// When.
    #[schema(format = DateTime)]
    pub at: String,
    /// By whom: `system`, `anyone`, `local:NAME`, `user:ID` or `device:ID`.
    pub actor: String,
    /// What, as a stable word.
    pub action: String,
    /// To whom or what, by id, as it is chained.
    pub subject: String,
    /// The same with the names there are today.
    pub about: String,
    /// The hash that chains it to the one before, hexadecimal.
    pub hash: String,
}

impl AuditEntry {
    /// The entry, told with names.
    pub fn of(entry: &audit::AuditEntry, about: String) -> Self {
        Self {
            seq: entry.seq,
            at: rfc3339(entry.at),
            actor: named(&entry.actor),
            action: entry.action.to_string(),
            subject: entry.subject.to_string(),
            about,
            hash: data_encoding::HEXLOWER.encode(&entry.hash),
        }
    }
}

/// How the office CA's certificate is known again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Certificate {
    /// As a browser's list of authorities shows it.
    pub name: String,
    /// SHA-256 of the certificate, hexadecimal.
    pub fingerprint: String,
    /// Its last valid moment.
    #[schema(format = DateTime)]
    pub until: String,
}

impl Certificate {
    /// The certificate of this name and SHA-256.
    pub fn of(name: String, fingerprint: &[u8; 32], until: Timestamp) -> Self {
        let fingerprint = data_encoding::HEXLOWER.encode(fingerprint);
        Self { name, fingerprint, until: rfc3339(until) }
    }
}

/// As JSON names who did something.
pub fn named(actor: &Actor) -> String {
    match actor {
        Actor::System => "system".to_owned(),
        Actor::Anyone => "anyone".to_owned(),
        Actor::Local(name) => format!("local:{name}"),
        Actor::User(user) => format!("user:{user}"),
        Actor::Device(device) => format!("device:{device}"),
    }
}

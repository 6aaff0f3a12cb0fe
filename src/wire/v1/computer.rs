//! Computers, invitations and the quarantine.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::rfc3339;
use crate::domain::device::{self, DeviceKind, Pausing};
use crate::domain::time::Timestamp;
use crate::domain::{invitation, quarantine, user};

/// A computer, or the pseudo-device of a token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Device {
    /// For ever.
    pub id: String,
    /// Of its last change; that it delivered something is none.
    #[serde(default)]
    pub version: u64,
    /// The computer's name.
    pub name: String,
    /// Whose, by sign-in name.
    pub person: String,
    /// `agent` or `token`.
    pub kind: String,
    /// When it was enrolled.
    #[schema(format = DateTime)]
    pub enrolled: String,
    /// When it last delivered something, to the minute: for its person alone. It says when somebody is at their computer, which is
    /// more than anybody else may know without a look that is written down.
    #[schema(format = DateTime)]
    pub last_contact: Option<String>,
    /// The day it last delivered something, where its person is.
    #[schema(format = Date)]
    pub last_contact_day: Option<String>,
    /// Since when it is refused.
    #[schema(format = DateTime)]
    pub revoked: Option<String>,
    /// The version of Timebook that its agent said it is.
    pub program: Option<String>,
    /// The system that its agent said it runs on.
    pub system: Option<String>,
    /// How many records its agent last said wait there to be sent; left out until it is heard after a start of the server.
    pub unsent: Option<u64>,
    /// Whether recording is paused there, as its agent last said.
    #[serde(default)]
    pub paused: bool,
    /// When it goes on by itself, for its person alone; left out where it is not paused, and where somebody must let it go on.
    #[schema(format = DateTime)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paused_until: Option<String>,
}

impl Device {
    /// The device of this person, as they see it themselves.
    pub fn own(device: &device::Device, person: &user::User, version: u64) -> Self {
        let last_contact = device.last_contact.map(rfc3339);
        Self { last_contact, ..Self::of_other(device, person, version) }
    }

    /// The device of this person, as others see it.
    pub fn of_other(device: &device::Device, person: &user::User, version: u64) -> Self {
        let kind = match device.kind {
            DeviceKind::Agent { .. } => "agent",
            DeviceKind::Token => "token",
        };
        Self {
            id: device.id.to_string(),
            version,
            name: device.name.to_string(),
            person: person.name.to_string(),
            kind: kind.to_owned(),
            enrolled: rfc3339(device.enrolled),
            last_contact: None,
            last_contact_day: device.last_contact.map(|at| day(at, person.zone.as_str())),
            revoked: device.revoked.map(rfc3339),
            program: None,
            system: None,
            unsent: None,
            paused: false,
            paused_until: None,
        }
    }

    /// The same, with what its agent said of itself.
    #[must_use]
    pub fn introduced(self, program: Option<&device::Program>, unsent: Option<u64>) -> Self {
        let [version, system] = match program {
            Some(program) => [&program.version, &program.system].map(|text| Some(text.to_string())),
            None => [None, None],
        };
        Self { program: version, system, unsent, ..self }
    }
}

impl Device {
    /// The same, with whether recording is paused there at `now`.
    #[must_use]
    pub fn pausing(self, pausing: Pausing, is_own: bool, now: Timestamp) -> Self {
        let paused_until = match pausing {
            Pausing::Until(until) if is_own && pausing.lasts(now) => Some(rfc3339(until)),
            _ => None,
        };
        Self { paused: pausing.lasts(now), paused_until, ..self }
    }
}

/// The day of `at` where somebody in `zone` is.
fn day(at: Timestamp, zone: &str) -> String {
    let zone = jiff::tz::TimeZone::get(zone).unwrap_or(jiff::tz::TimeZone::UTC);
    jiff::Timestamp::from_millisecond(at.ms())
        .map_or_else(|_| String::new(), |at| at.to_zoned(zone).date().to_string())
}

/// One more invitation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewInvitation {
    /// Whose computer it will be, by sign-in name.
    pub person: String,
}

/// An invitation was made.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InvitationMade {
    /// For lists and withdrawal.
    pub id: String,
    /// What is copied to the new computer; shown once.
    pub code: String,
    /// When it ends.
    #[schema(format = DateTime)]
    pub expires: String,
    /// Where the program for that computer is, on this server.
    pub download: String,
}

/// An invitation that can still be used, without its code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Invitation {
    /// For withdrawal.
    pub id: String,
    /// Whose computer it will be, by sign-in name.
    pub person: String,
    /// When it was made.
    #[schema(format = DateTime)]
    pub created: String,
    /// When it ends.
    #[schema(format = DateTime)]
    pub expires: String,
}

impl Invitation {
    /// The invitation for this person.
    pub fn of(invitation: &invitation::Invitation, person: &user::User) -> Self {
        Self {
            id: invitation.id.to_string(),
            person: person.name.to_string(),
            created: rfc3339(invitation.created),
            expires: rfc3339(invitation.expires),
        }
    }
}

/// A batch that was set aside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Quarantined {
    /// For decisions.
    pub id: String,
    /// The device it came from.
    pub device: String,
    /// Why, as a stable word.
    pub why: String,
    /// Why, for a person.
    pub sentence: String,
    /// More, for a person.
    pub detail: String,
    /// When it came.
    #[schema(format = DateTime)]
    pub at: String,
    /// How long it is.
    pub bytes: usize,
}

impl From<&quarantine::Quarantined> for Quarantined {
    fn from(entry: &quarantine::Quarantined) -> Self {
        Self {
            id: entry.id.to_string(),
            device: entry.device.to_string(),
            why: entry.why.name().to_owned(),
            sentence: entry.why.sentence().to_owned(),
            detail: entry.detail.to_string(),
            at: rfc3339(entry.at),
            bytes: entry.bytes.len(),
        }
    }
}

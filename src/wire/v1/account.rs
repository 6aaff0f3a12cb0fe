//! People, sessions, tokens and the set-up.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::rfc3339;
use crate::domain::right::{Right, Rights};
use crate::domain::token::{self, Scope};
use crate::domain::{session, user};

/// A person with an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct User {
    /// For ever.
    pub id: String,
    /// The sign-in name.
    pub name: String,
    /// `employee`, `manager` or `administrator`.
    pub role: String,
    /// What they may do, by role and by grant.
    pub rights: Vec<String>,
    /// What of it they were granted beyond their role.
    pub grants: Vec<String>,
    /// Where their days begin and end, an IANA name.
    pub time_zone: String,
    /// When the account was made.
    #[schema(format = DateTime)]
    pub created: String,
    /// Can they no longer sign in?
    pub disabled: bool,
    /// Where they are written to; told to themselves and to whoever manages people, left out for others and where none is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mail: Option<String>,
    /// Grows with each change of the account; left out where it is not looked up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u64>,
}

impl User {
    /// This person, who may do this.
    pub fn of(user: &user::User, rights: Rights) -> Self {
        let by_role = Rights::of_role(user.role);
        let names = |right: Right| right.name().to_owned();
        Self {
            id: user.id.to_string(),
            name: user.name.to_string(),
            role: user.role.name().to_owned(),
            rights: rights.each().map(names).collect(),
            grants: rights.each().filter(|right| !by_role.has(*right)).map(names).collect(),
            time_zone: user.zone.to_string(),
            created: rfc3339(user.created),
            disabled: user.disabled.is_some(),
            mail: None,
            version: None,
        }
    }
}

/// Where a person's days begin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewZone {
    /// An IANA name such as `Europe/Berlin`.
    pub time_zone: String,
}

/// Another name to sign in with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewName {
    /// It.
    pub name: String,
}

/// Another mail address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMail {
    /// It; null: none from now on.
    pub address: Option<String>,
}

/// Another role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRole {
    /// `employee`, `manager`, or `administrator` (`admin` for short).
    pub role: String,
}

/// What a person may do beyond their role, all of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewGrants {
    /// Rights by name: `manage_people`, `manage_computers`, `manage_book`, `approve_time`, `see_team_reports`, `export`,
    /// `manage_server`, `set_policy`, `read_audit`.
    pub rights: Vec<String>,
}

/// Whether the set-up link can still be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SetupState {
    /// It can.
    pub open: bool,
}

/// What the set-up page sends.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Setup {
    /// The secret of the set-up link.
    pub secret: String,
    /// The office's name.
    pub office: String,
    /// What the first administrator will sign in with.
    pub name: String,
    /// Their password.
    pub password: String,
    /// Where their days begin and end, an IANA name; the office's own zone, too.
    pub time_zone: String,
    /// What others than the person may see of recorded activity: `hours_only` when left out, `category_totals`, `app_totals`,
    /// `full_detail`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    /// What the office's mail is written in: `en` when left out, or `de`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
}

/// Asking whether a set-up link can still be used.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetupLook {
    /// The secret of the set-up link.
    pub secret: String,
}

/// The set-up link can be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SetupSeen {
    /// Where people will reach this server: `https://`, host and port.
    pub server: String,
}

/// The office is set up.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SetupDone {
    /// The first administrator, signed in.
    pub user: User,
    /// Opens the office key of a backup; shown once.
    pub recovery_code: String,
}

/// Signing in.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSession {
    /// The sign-in name.
    pub name: String,
    /// The password.
    pub password: String,
    /// Where codes from an app are asked for: the code it shows, or a one-time code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

/// Somebody is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SignedIn {
    /// Who.
    pub user: User,
    /// Where the feed of changes was before this was answered: whoever begins to listen with it (`/api/v1/events?mark=`) is told what
    /// changed since.
    pub mark: String,
}

/// Proving again who one is.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StepUp {
    /// One's password; or a code instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    /// A code from one's app, or a one-time code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

/// The session is proven.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SteppedUp {
    /// Until when that is good for dangerous changes.
    #[schema(format = DateTime)]
    pub until: String,
}

/// An open session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Session {
    /// To end it.
    pub id: String,
    /// Whose, by sign-in name.
    pub user: String,
    /// When it was opened.
    #[schema(format = DateTime)]
    pub opened: String,
    /// When it was last used, to the hour.
    #[schema(format = DateTime)]
    pub last_used: String,
    /// The network address it was opened from.
    pub address: String,
    /// What the browser or program calls itself.
    pub agent: String,
    /// Is it the one that asks?
    pub current: bool,
}

impl Session {
    /// The session of this person.
    pub fn of(
        session: &session::Session,
        about: Option<&session::SessionAbout>,
        user: &user::User,
        current: bool,
    ) -> Self {
        Self {
            id: session.id.to_string(),
            user: user.name.to_string(),
            opened: rfc3339(session.opened),
            last_used: rfc3339(session.seen),
            address: about.map(|about| about.address.to_string()).unwrap_or_default(),
            agent: about.map(|about| about.agent.to_string()).unwrap_or_default(),
            current,
        }
    }
}

/// One more person.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewUser {
    /// What they will sign in with.
    pub name: String,
    /// Their first password.
    pub password: String,
    /// `employee`, `manager`, or `administrator` (`admin` for short).
    pub role: String,
    /// Where their days begin and end, an IANA name.
    pub time_zone: String,
}

/// A person was added.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UserAdded {
    /// Who.
    pub user: User,
    /// With the very first person: opens the office key of a backup; shown once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recovery_code: Option<String>,
}

/// A new password.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Password {
    /// It.
    pub password: String,
    /// The present one; only the server's own terminal may leave it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current: Option<String>,
}

/// An API token, without its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Token {
    /// For lists and revocation.
    pub id: String,
    /// Whose, by sign-in name.
    pub user: String,
    /// The name of the pseudo-device that what it records belongs to.
    pub device: String,
    /// That pseudo-device's id.
    pub device_id: String,
    /// What a person calls it.
    pub label: String,
    /// `record`, `read`, `manage`.
    pub scopes: Vec<String>,
    /// When it was made.
    #[schema(format = DateTime)]
    pub created: String,
    /// Since when it is refused.
    #[schema(format = DateTime)]
    pub revoked: Option<String>,
}

impl Token {
    /// The token of this person, recording into the device of this name.
    pub fn of(token: &token::Token, user: &user::User, device: &str) -> Self {
        Self {
            id: token.id.to_string(),
            user: user.name.to_string(),
            device: device.to_owned(),
            device_id: token.device.to_string(),
            label: token.label.to_string(),
            scopes: token.scopes.iter().map(|scope| scope.name().to_owned()).collect(),
            created: rfc3339(token.created),
            revoked: token.revoked.map(rfc3339),
        }
    }
}

/// One more token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewToken {
    /// Whose, by sign-in name; one's own when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The name of the pseudo-device that what it records belongs to.
    pub device: String,
    /// What a person calls it; the device's name when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// `record`, `read`, `manage`; only `record` when left out.
    #[serde(default = "record_only")]
    pub scopes: Vec<String>,
}

/// A token was made.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TokenMade {
    /// For lists and revocation.
    pub id: String,
    /// The token itself; shown once.
    pub token: String,
    /// The name of the pseudo-device it records into.
    pub device: String,
    /// That pseudo-device's id.
    pub device_id: String,
}

fn record_only() -> Vec<String> {
    vec![Scope::Record.name().to_owned()]
}

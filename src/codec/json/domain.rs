//! JSON of the domain's own words: a text by its rule, an id as it is written, a time and a day by number.

use serde_json::Value;

use super::{BadJson, Json};
use crate::codec::key::Key;
use crate::domain::activity::{BucketNumber, EventId};
use crate::domain::colour::Colour;
use crate::domain::day::Day;
use crate::domain::id::{
    ClusterId, CustomerId, DeviceId, EntryId, ImportId, InvitationId, JobId, LinkId, MailId,
    OfficeId, ProjectId, QuarantineId, RecordId, ReplicaId, RequestId, SavedReportId, SessionId,
    TagId, TaskId, TeamId, TokenId, UserId,
};
use crate::domain::outcome::Noun;
use crate::domain::target::WorkingDays;
use crate::domain::text::{
    BucketName, CanonicalJson, FoldedName, Label, NoteText, PasswordHash, RuleSheet, SettingKey,
    ShortText, UserName, ZoneName,
};
use crate::domain::time::Timestamp;

macro_rules! texts {
    ($($text:ty),* $(,)?) => {$(
        impl Json for $text {
            fn to_json(&self) -> Value {
                Value::String(self.as_str().to_owned())
            }
            fn from_json(value: Value) -> Result<Self, BadJson> {
                Self::new(String::from_json(value)?).map_err(BadJson::new)
            }
        }
    )*};
}

texts!(
    BucketName,
    CanonicalJson,
    FoldedName,
    Label,
    NoteText,
    PasswordHash,
    RuleSheet,
    SettingKey,
    ShortText,
    UserName,
    ZoneName,
);

macro_rules! ids {
    ($($id:ty),* $(,)?) => {$(
        impl Json for $id {
            fn to_json(&self) -> Value {
                Value::String(self.to_string())
            }
            fn from_json(value: Value) -> Result<Self, BadJson> {
                String::from_json(value)?.parse().map_err(|_| BadJson::new("an id is wanted"))
            }
        }
    )*};
}

ids!(
    ClusterId,
    CustomerId,
    DeviceId,
    EntryId,
    ImportId,
    InvitationId,
    JobId,
    LinkId,
    MailId,
    OfficeId,
    ProjectId,
    QuarantineId,
    RecordId,
    ReplicaId,
    RequestId,
    SavedReportId,
    SessionId,
    TagId,
    TaskId,
    TeamId,
    TokenId,
    UserId,
);

/// Its number.
macro_rules! wrapped {
    ($($type:ident),*) => {$(
        impl Json for $type {
            fn to_json(&self) -> Value {
                self.0.to_json()
            }
            fn from_json(value: Value) -> Result<Self, BadJson> {
                Json::from_json(value).map($type)
            }
        }
    )*};
}

wrapped!(BucketNumber, Colour, EventId);

/// Milliseconds since 1970 began.
impl Json for Timestamp {
    fn to_json(&self) -> Value {
        self.ms().to_json()
    }
    fn from_json(value: Value) -> Result<Self, BadJson> {
        Self::new(i64::from_json(value)?)
            .ok_or_else(|| BadJson::new("a time between 1970 and 2200 is wanted"))
    }
}

/// Days since 1970-01-01.
impl Json for Day {
    fn to_json(&self) -> Value {
        self.number().to_json()
    }
    fn from_json(value: Value) -> Result<Self, BadJson> {
        Self::new(u32::from_json(value)?)
            .ok_or_else(|| BadJson::new("a day between 1970 and 2199 is wanted"))
    }
}

/// A bit a day, the lowest for Monday.
impl Json for WorkingDays {
    fn to_json(&self) -> Value {
        self.bits().to_json()
    }
    fn from_json(value: Value) -> Result<Self, BadJson> {
        Self::new(u8::from_json(value)?).ok_or_else(|| BadJson::new("a week has seven days"))
    }
}

/// A sort of record as its number in keys.
impl Json for Noun {
    fn to_json(&self) -> Value {
        Key::to_bytes(self).first().copied().unwrap_or_default().to_json()
    }
    fn from_json(value: Value) -> Result<Self, BadJson> {
        Key::from_bytes(&[u8::from_json(value)?]).map_err(BadJson::new)
    }
}

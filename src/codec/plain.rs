//! Ids, times and bounded texts: the leaves of every record. Reading one checks its rule again.

use bincode::de::Decoder;
use bincode::enc::Encoder;
use bincode::error::{DecodeError, EncodeError};
use bincode::{Decode, Encode};

use super::frame::Record;
use crate::domain::activity::{BucketNumber, EventId};
use crate::domain::colour::Colour;
use crate::domain::id::{
    ClusterId, CustomerId, DeviceId, EntryId, ImportId, InvitationId, JobId, LinkId, MailId,
    OfficeId, ProjectId, QuarantineId, RecordId, ReplicaId, RequestId, SavedReportId, SessionId,
    TagId, TaskId, TeamId, TokenId, UserId,
};
use crate::domain::text::{
    BucketName, CanonicalJson, Label, NoteText, PasswordHash, RuleSheet, SettingKey, ShortText,
    UserName, ZoneName,
};
use crate::domain::time::Timestamp;

/// Sixteen bytes as they are.
macro_rules! ids {
    ($($id:ty),* $(,)?) => {$(
        impl Encode for $id {
            fn encode<E: Encoder>(&self, to: &mut E) -> Result<(), EncodeError> {
                self.bytes().encode(to)
            }
        }
        impl<C> Decode<C> for $id {
            fn decode<D: Decoder<Context = C>>(from: &mut D) -> Result<Self, DecodeError> {
                Ok(Self::from_bytes(Decode::decode(from)?))
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
    MailId,
    LinkId,
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
    UserId
);

/// Length (varint), then UTF-8.
macro_rules! texts {
    ($($text:ty),* $(,)?) => {$(
        impl Encode for $text {
            fn encode<E: Encoder>(&self, to: &mut E) -> Result<(), EncodeError> {
                self.as_str().encode(to)
            }
        }
        impl<C> Decode<C> for $text {
            fn decode<D: Decoder<Context = C>>(from: &mut D) -> Result<Self, DecodeError> {
                let text: String = Decode::decode(from)?;
                Self::new(text).map_err(|bad| DecodeError::OtherString(bad.to_string()))
            }
        }
    )*};
}

texts!(
    BucketName,
    CanonicalJson,
    Label,
    NoteText,
    PasswordHash,
    RuleSheet,
    SettingKey,
    ShortText,
    UserName,
    ZoneName
);

/// One varint.
macro_rules! numbers {
    ($($number:ty),* $(,)?) => {$(
        impl Encode for $number {
            fn encode<E: Encoder>(&self, to: &mut E) -> Result<(), EncodeError> {
                self.0.encode(to)
            }
        }
        impl<C> Decode<C> for $number {
            fn decode<D: Decoder<Context = C>>(from: &mut D) -> Result<Self, DecodeError> {
                Ok(Self(Decode::decode(from)?))
            }
        }
    )*};
}

numbers!(BucketNumber, EventId);

/// Milliseconds since the epoch as an unsigned varint.
impl Encode for Timestamp {
    fn encode<E: Encoder>(&self, to: &mut E) -> Result<(), EncodeError> {
        self.ms().cast_unsigned().encode(to)
    }
}

impl<C> Decode<C> for Timestamp {
    fn decode<D: Decoder<Context = C>>(from: &mut D) -> Result<Self, DecodeError> {
        let ms: u64 = Decode::decode(from)?;
        i64::try_from(ms).ok().and_then(Self::new).ok_or_else(|| {
            DecodeError::OtherString(format!("{ms} ms is no time between 1970 and 2200"))
        })
    }
}

/// Red, green, blue: three bytes.
impl Encode for Colour {
    fn encode<E: Encoder>(&self, to: &mut E) -> Result<(), EncodeError> {
        self.0.encode(to)
    }
}

impl<C> Decode<C> for Colour {
    fn decode<D: Decoder<Context = C>>(from: &mut D) -> Result<Self, DecodeError> {
        Ok(Self(Decode::decode(from)?))
    }
}

/// Leaves that stand alone as values of index tables.
macro_rules! values {
    ($($value:ty: $name:literal),* $(,)?) => {$(
        impl Record for $value {
            const NAME: &'static str = $name;
        }
    )*};
}

values!(
    (): "a mark",
    BucketNumber: "a bucket number",
    DeviceId: "a device id",
    InvitationId: "an invitation id",
    RecordId: "a record id",
    RequestId: "a request id",
    SessionId: "a session id",
    Timestamp: "a time",
    TokenId: "a token id",
    UserId: "a user id",
);

//! Ordered keys: bytes that sort as the values do. Numbers are big-endian, times too; a text is last in its key.

use super::frame::CodecError;
use crate::domain::activity::{BucketNumber, EventId};
use crate::domain::day::Day;
use crate::domain::id::{
    CustomerId, DeviceId, EntryId, ImportId, InvitationId, JobId, LinkId, MailId, ProjectId,
    QuarantineId, RecordId, RequestId, SavedReportId, SessionId, TagId, TaskId, TeamId, TokenId,
    UserId,
};
use crate::domain::outcome::Noun;
use crate::domain::text::{BucketName, FoldedName, Label, SettingKey, UserName};
use crate::domain::time::Timestamp;

/// A key of a table.
pub trait Key: Sized {
    /// Appends the bytes of this key.
    fn write(&self, to: &mut Vec<u8>);

    /// Takes this key off the front.
    ///
    /// # Errors
    /// [`CodecError::Damaged`] when the bytes are no such key.
    fn read(from: &mut &[u8]) -> Result<Self, CodecError>;

    /// The bytes of this key.
    fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(40);
        self.write(&mut bytes);
        bytes
    }

    /// The key whose bytes are exactly these.
    ///
    /// # Errors
    /// [`CodecError::Damaged`].
    fn from_bytes(mut bytes: &[u8]) -> Result<Self, CodecError> {
        let key = Self::read(&mut bytes)?;
        if bytes.is_empty() { Ok(key) } else { Err(damaged("bytes are left over")) }
    }
}

fn damaged(why: &str) -> CodecError {
    CodecError::damaged("a key", why)
}

fn take<const N: usize>(from: &mut &[u8]) -> Result<[u8; N], CodecError> {
    let (head, rest) = from.split_first_chunk::<N>().ok_or_else(|| damaged("it is too short"))?;
    *from = rest;
    Ok(*head)
}

/// The only row of its table.
impl Key for () {
    fn write(&self, _to: &mut Vec<u8>) {}
    fn read(_from: &mut &[u8]) -> Result<Self, CodecError> {
        Ok(())
    }
}

impl Key for u8 {
    fn write(&self, to: &mut Vec<u8>) {
        to.push(*self);
    }
    fn read(from: &mut &[u8]) -> Result<Self, CodecError> {
        take::<1>(from).map(|[byte]| byte)
    }
}

impl Key for u32 {
    fn write(&self, to: &mut Vec<u8>) {
        to.extend_from_slice(&self.to_be_bytes());
    }
    fn read(from: &mut &[u8]) -> Result<Self, CodecError> {
        take(from).map(u32::from_be_bytes)
    }
}

impl Key for u64 {
    fn write(&self, to: &mut Vec<u8>) {
        to.extend_from_slice(&self.to_be_bytes());
    }
    fn read(from: &mut &[u8]) -> Result<Self, CodecError> {
        take(from).map(u64::from_be_bytes)
    }
}

impl Key for Day {
    fn write(&self, to: &mut Vec<u8>) {
        self.number().write(to);
    }
    fn read(from: &mut &[u8]) -> Result<Self, CodecError> {
        Self::new(u32::read(from)?).ok_or_else(|| damaged("it holds no day"))
    }
}

impl Key for [u8; 32] {
    fn write(&self, to: &mut Vec<u8>) {
        to.extend_from_slice(self);
    }
    fn read(from: &mut &[u8]) -> Result<Self, CodecError> {
        take(from)
    }
}

impl Key for Timestamp {
    fn write(&self, to: &mut Vec<u8>) {
        self.ms().cast_unsigned().write(to);
    }
    fn read(from: &mut &[u8]) -> Result<Self, CodecError> {
        let ms = u64::read(from)?;
        i64::try_from(ms).ok().and_then(Self::new).ok_or_else(|| damaged("it holds no time"))
    }
}

macro_rules! numbers {
    ($($number:ident),*) => {$(
        impl Key for $number {
            fn write(&self, to: &mut Vec<u8>) {
                self.0.write(to);
            }
            fn read(from: &mut &[u8]) -> Result<Self, CodecError> {
                u64::read(from).map($number)
            }
        }
    )*};
}

numbers!(BucketNumber, EventId);

macro_rules! ids {
    ($($id:ident),* $(,)?) => {$(
        impl Key for $id {
            fn write(&self, to: &mut Vec<u8>) {
                to.extend_from_slice(&self.bytes());
            }
            fn read(from: &mut &[u8]) -> Result<Self, CodecError> {
                take(from).map($id::from_bytes)
            }
        }
    )*};
}

ids!(
    CustomerId,
    DeviceId,
    EntryId,
    ImportId,
    InvitationId,
    JobId,
    MailId,
    LinkId,
    ProjectId,
    QuarantineId,
    RecordId,
    RequestId,
    SavedReportId,
    SessionId,
    TagId,
    TaskId,
    TeamId,
    TokenId,
    UserId
);

/// A sort of record as its number, one byte.
macro_rules! nouns {
    ($($number:literal => $noun:ident),* $(,)?) => {
        impl Key for Noun {
            fn write(&self, to: &mut Vec<u8>) {
                to.push(match self { $(Self::$noun => $number,)* });
            }
            fn read(from: &mut &[u8]) -> Result<Self, CodecError> {
                match take::<1>(from)? {
                    $([$number] => Ok(Self::$noun),)*
                    _ => Err(damaged("it names no sort of record")),
                }
            }
        }
    };
}

nouns! {
    0 => Office,
    1 => User,
    2 => Session,
    3 => Token,
    4 => Device,
    5 => Invitation,
    40 => Link,
    41 => Team,
    42 => Look,
    6 => Activity,
    7 => Setting,
    8 => Quarantine,
    9 => Customer,
    10 => Project,
    11 => Task,
    12 => Tag,
    130 => Entry,
    110 => Job,
    111 => OfficeSetting,
    112 => Mail,
    150 => Timesheet,
    151 => Lock,
    154 => HeldEdit,
    180 => Erasure,
    181 => Import,
    70 => Redaction,
    152 => Target,
    153 => SavedReport,
    80 => Category,
}
macro_rules! texts {
    ($($text:ident),* $(,)?) => {$(
        impl Key for $text {
            fn write(&self, to: &mut Vec<u8>) {
                to.extend_from_slice(self.as_str().as_bytes());
            }
            fn read(from: &mut &[u8]) -> Result<Self, CodecError> {
                let text = std::str::from_utf8(from).map_err(|_| damaged("it is not UTF-8"))?;
                *from = &[];
                $text::new(text).map_err(|bad| damaged(&bad.to_string()))
            }
        }
    )*};
}

texts!(BucketName, FoldedName, Label, SettingKey, UserName);

impl<A: Key, B: Key> Key for (A, B) {
    fn write(&self, to: &mut Vec<u8>) {
        self.0.write(to);
        self.1.write(to);
    }
    fn read(from: &mut &[u8]) -> Result<Self, CodecError> {
        Ok((A::read(from)?, B::read(from)?))
    }
}

impl<A: Key, B: Key, C: Key> Key for (A, B, C) {
    fn write(&self, to: &mut Vec<u8>) {
        self.0.write(to);
        self.1.write(to);
        self.2.write(to);
    }
    fn read(from: &mut &[u8]) -> Result<Self, CodecError> {
        Ok((A::read(from)?, B::read(from)?, C::read(from)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorts_as_the_values_do() {
        let key = |bucket, ms, event| {
            (BucketNumber(bucket), Timestamp::new(ms).unwrap(), EventId(event)).to_bytes()
        };
        let rising = [key(1, 5, 9), key(1, 6, 1), key(1, 256, 1), key(2, 0, 0), key(256, 0, 0)];
        assert!(rising.is_sorted());
    }

    #[test]
    fn comes_back_and_refuses_what_is_left_over() {
        let key = (DeviceId::from_bytes([1; 16]), BucketName::new("aw-watcher-window_pc").unwrap());
        assert_eq!(<(DeviceId, BucketName)>::from_bytes(&key.to_bytes()).unwrap(), key);
        assert!(u64::from_bytes(&[0; 9]).is_err());
        assert!(u64::from_bytes(&[0; 7]).is_err());
    }
}

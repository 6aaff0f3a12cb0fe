//! The frame around every stored record: one version byte, then the bincode body of exactly that version.
#![expect(clippy::disallowed_methods, reason = "this is the room where bincode lives")]

use bincode::config::{Configuration, Limit, LittleEndian, Varint};
use bincode::{Decode, Encode};
use thiserror::Error;

use crate::domain::activity::NewEvent;
use crate::domain::batch::Operation;

/// No record is longer than this, packed or unpacked: a length from outside never decides an allocation above it.
const RECORD_LIMIT: usize = 8 * 1024 * 1024;

const CONFIG: Configuration<LittleEndian, Varint, Limit<RECORD_LIMIT>> =
    bincode::config::standard().with_limit::<RECORD_LIMIT>();

/// The limit counts values in memory: a number counts eight bytes and an element of a list its whole size, however short both are when
/// stored. No element is larger than [`LARGEST_ELEMENT_BYTES`], so that bytes fewer than this never reach the limit.
const SURELY_READABLE_BYTES: usize = RECORD_LIMIT / (LARGEST_ELEMENT_BYTES + 8);
const LARGEST_ELEMENT_BYTES: usize = 504;
const _: () = assert!(
    size_of::<Operation>() <= LARGEST_ELEMENT_BYTES
        && size_of::<NewEvent>() <= LARGEST_ELEMENT_BYTES
);

/// Why bytes do not read as a record.
#[derive(Debug, Error)]
pub enum CodecError {
    /// The bytes end early, say something impossible, or claim more than the limit.
    #[error("{what} is damaged: {why}")]
    Damaged {
        /// Which record.
        what: &'static str,
        /// What bincode or a rule says.
        why: String,
    },
    /// Written by a newer Timebook.
    #[error(
        "{what} has version {version}, this program reads up to {newest}: a newer Timebook wrote it, update this one"
    )]
    Newer {
        /// Which record.
        what: &'static str,
        /// The version found.
        version: u8,
        /// The newest version read here.
        newest: u8,
    },
}

impl CodecError {
    pub(crate) fn damaged(what: &'static str, why: impl ToString) -> Self {
        Self::Damaged { what, why: why.to_string() }
    }
}

/// A value with a stored form. A changed layout is a new `VERSION`; the old shape stays readable in `decode_older`.
pub trait Record: Encode + Decode<()> {
    /// What a message about it says, e.g. "a user".
    const NAME: &'static str;
    /// The version written today, from 1.
    const VERSION: u8 = 1;

    /// Reads a body of an older version.
    ///
    /// # Errors
    /// [`CodecError::Damaged`]: version 0 and versions never written.
    fn decode_older(version: u8, _body: &[u8]) -> Result<Self, CodecError> {
        Err(CodecError::damaged(Self::NAME, format!("version {version} was never written")))
    }
}

/// The stored form of `record`.
pub fn encode<R: Record>(record: &R) -> Vec<u8> {
    let mut bytes = vec![R::VERSION];
    bytes.extend(encode_body(record));
    bytes
}

/// The stored form of `record`, once it is certain that it can be read again.
///
/// What goes into the log is applied from its bytes, on every start until a checkpoint covers it: a command that encodes but runs
/// into the limit when read would stop the server for good.
///
/// # Errors
/// [`TooLarge`] for a record.
pub fn encode_checked<R: Record>(record: &R) -> Result<Vec<u8>, TooLarge> {
    let bytes = encode(record);
    if bytes.len() > SURELY_READABLE_BYTES && decode::<R>(&bytes).is_err() {
        return Err(TooLarge { bytes: bytes.len() });
    }
    Ok(bytes)
}

/// A value is larger than a record may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a record of {bytes} bytes is too large to be read again")]
pub struct TooLarge {
    /// Its length when stored; what counts is its size in memory.
    pub bytes: usize,
}

/// The record whose stored form is exactly `bytes`.
///
/// # Errors
/// [`CodecError`] when a byte is missing, left over or impossible, or a newer version wrote it.
pub fn decode<R: Record>(bytes: &[u8]) -> Result<R, CodecError> {
    let Some((&version, body)) = bytes.split_first() else {
        return Err(CodecError::damaged(R::NAME, "it is empty"));
    };
    match version {
        v if v == R::VERSION => decode_body(R::NAME, body),
        v if v > R::VERSION => {
            Err(CodecError::Newer { what: R::NAME, version, newest: R::VERSION })
        }
        v => R::decode_older(v, body),
    }
}

/// A body without its version byte.
pub(super) fn encode_body<T: Encode>(value: &T) -> Vec<u8> {
    bincode::encode_to_vec(value, CONFIG)
        .expect("encoding into memory has no failure: no RefCell, no unknown lengths")
}

/// The value whose body is exactly `body`.
pub(super) fn decode_body<T: Decode<()>>(what: &'static str, body: &[u8]) -> Result<T, CodecError> {
    let (value, used) = bincode::decode_from_slice(body, CONFIG)
        .map_err(|error| CodecError::damaged(what, error))?;
    if used == body.len() {
        Ok(value)
    } else {
        Err(CodecError::damaged(what, "bytes are left over"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::outcome::{Outcome, Remembered};
    use crate::domain::time::Timestamp;

    fn remembered(inserted: usize) -> Remembered {
        Remembered { at: Timestamp::EARLIEST, outcome: Outcome::Inserted(vec![None; inserted]) }
    }

    #[test]
    fn what_encodes_but_would_not_read_again_is_found_before_it_is_logged() {
        let (short, long) = (remembered(1_000), remembered(1_000_000));
        assert!(encode(&long).len() < RECORD_LIMIT, "short as bytes");
        assert!(decode::<Remembered>(&encode(&long)).is_err(), "long in memory");
        assert_eq!(encode_checked(&long), Err(TooLarge { bytes: encode(&long).len() }));
        assert_eq!(encode_checked(&short).unwrap(), encode(&short));
    }

    #[test]
    fn a_length_from_outside_allocates_nothing() {
        let bytes = [1, 0, 3, 0xfd, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
        assert!(matches!(decode::<Remembered>(&bytes), Err(CodecError::Damaged { .. })));
    }
}

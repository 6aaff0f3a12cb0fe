//! The container of a backup (`.tbk`): what stands before the packed state, and how much room each part may take.
//!
//! ```text
//! magic 8 bytes | head length u32 BE | head, JSON | BLAKE3 of all that, 32 bytes | zstd of a dense state file | BLAKE3 of everything before, 32 bytes
//! ```
//!
//! Must never believe a length before it is within its bounds, nor a head before its check is right.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::domain::id::OfficeId;
use crate::domain::office::NEWEST_LEVEL;
use crate::domain::time::Timestamp;

/// How a backup begins. Line ends of both sorts: a transfer that converts them is noticed at once.
pub const MAGIC: [u8; 8] = *b"TBKUP\r\n\x1a";
/// The newest format this build reads, and the one it writes.
pub const FORMAT: u32 = 1;
/// A check: BLAKE3.
pub const CHECK_BYTES: usize = 32;
/// No head is longer.
pub const MOST_HEAD_BYTES: usize = 64 * 1024;
/// So many bytes from the beginning are enough to read any head.
pub const MOST_OPENING_BYTES: usize = LENGTH_END + MOST_HEAD_BYTES + CHECK_BYTES;

const LENGTH_END: usize = MAGIC.len() + 4;
/// What is small may unpack to this much ...
const FREE_CONTENT_BYTES: u64 = 64 * 1024 * 1024;
/// ... and anything else to so many times its size: a bomb is refused before it is unpacked.
const MOST_RATIO: u64 = 1_000;

/// What a backup says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// Of the container and of this head.
    pub format: u32,
    /// The version of the Timebook that made it.
    pub program: String,
    /// The state's level.
    pub level: u32,
    /// Whose it is: a UUID.
    pub office: String,
    /// As people read it.
    pub office_name: Option<String>,
    /// How often the office was restored before.
    pub server_epoch: u32,
    /// When it was made, in milliseconds since 1970.
    pub created_ms: u64,
    /// On which computer.
    pub host: String,
    /// People with an account.
    pub people: u64,
    /// Time entries, deleted ones too.
    pub entries: u64,
    /// Recorded events.
    pub events: u64,
    /// Rows of each table.
    pub counts: BTreeMap<String, u64>,
    /// The hash over everything decoded, in hexadecimal.
    pub state_hash: String,
    /// BLAKE3 of the unpacked state file, in hexadecimal.
    pub content_hash: String,
    /// Its length.
    pub content_bytes: u64,
    /// Until when its folder's rules keep it; none when nothing removes it by itself.
    pub kept_until_ms: Option<u64>,
}

/// What is wrong with the beginning of a file that was taken for a backup.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum BackupFault {
    /// Something else altogether.
    #[error("it is no backup of Timebook")]
    Strange,
    /// Its end is missing.
    #[error("it is cut off: its end is missing")]
    CutOff,
    /// Its bytes are not those that were written.
    #[error("it is damaged: {0}")]
    Damaged(&'static str),
    /// It needs a newer program.
    #[error(
        "it was made by Timebook {program} (format {format}, level {level}), and this is Timebook {} (format {FORMAT}, level {NEWEST_LEVEL})",
        env!("CARGO_PKG_VERSION")
    )]
    Newer {
        /// The program that made it.
        program: String,
        /// Its format.
        format: u32,
        /// The level of its state.
        level: u32,
    },
}

/// As much of a head as every format has.
#[derive(Deserialize)]
struct Versions {
    format: u32,
    program: String,
    level: u32,
}

impl Head {
    /// Everything that stands before the packed content.
    ///
    /// # Errors
    /// [`BackupFault::Damaged`] when it would not read again.
    pub fn to_bytes(&self) -> Result<Vec<u8>, BackupFault> {
        let json = serde_json::to_vec(self).map_err(|_| BAD_HEAD)?;
        let length = u32::try_from(json.len()).map_err(|_| BAD_HEAD)?;
        if json.len() > MOST_HEAD_BYTES {
            return Err(BAD_HEAD);
        }
        let mut bytes = MAGIC.to_vec();
        bytes.extend(length.to_be_bytes());
        bytes.extend(json);
        let check = blake3::hash(&bytes);
        bytes.extend(check.as_bytes());
        Ok(bytes)
    }

    /// The head at the beginning of a file that is `file_bytes` long, and the place where the packed content begins.
    ///
    /// # Errors
    /// [`BackupFault`].
    pub fn from_bytes(bytes: &[u8], file_bytes: u64) -> Result<(Self, usize), BackupFault> {
        let begins = bytes.iter().zip(&MAGIC).take_while(|(a, b)| a == b).count();
        if begins < MAGIC.len() {
            // A byte of the magic that flipped is damage for whoever knows that it was one.
            return Err(if begins == bytes.len() && begins > 0 {
                BackupFault::CutOff
            } else {
                BackupFault::Strange
            });
        }
        let length: [u8; 4] = bytes
            .get(MAGIC.len()..LENGTH_END)
            .and_then(|length| length.try_into().ok())
            .ok_or(BackupFault::CutOff)?;
        let length = usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX);
        if length > MOST_HEAD_BYTES {
            return Err(BAD_HEAD);
        }
        let (json_end, end) = (LENGTH_END + length, LENGTH_END + length + CHECK_BYTES);
        let check = bytes.get(json_end..end).ok_or(BackupFault::CutOff)?;
        if blake3::hash(&bytes[..json_end]).as_bytes() != check {
            return Err(BAD_HEAD);
        }
        let head = Self::from_json(&bytes[LENGTH_END..json_end])?;
        let around = (end + CHECK_BYTES) as u64;
        let packed = file_bytes.checked_sub(around).ok_or(BackupFault::CutOff)?;
        if head.content_bytes > FREE_CONTENT_BYTES.max(packed.saturating_mul(MOST_RATIO)) {
            return Err(BackupFault::Damaged("it claims to unpack to more than it can hold"));
        }
        Ok((head, end))
    }

    fn from_json(json: &[u8]) -> Result<Self, BackupFault> {
        let versions: Versions = serde_json::from_slice(json).map_err(|_| BAD_HEAD)?;
        if versions.format > FORMAT || versions.level > NEWEST_LEVEL {
            let Versions { format, program, level } = versions;
            return Err(BackupFault::Newer { program: cut(&program), format, level });
        }
        let head: Self = serde_json::from_slice(json).map_err(|_| BAD_HEAD)?;
        let hashes = [&head.state_hash, &head.content_hash];
        let is_sound = head.format > 0
            && head.office_id().is_some()
            && head.created().is_some()
            && hashes.iter().all(|hash| blake3::Hash::from_hex(hash.as_bytes()).is_ok())
            && [&head.program, &head.host].iter().all(|text| **text == cut(text));
        if is_sound { Ok(head) } else { Err(BAD_HEAD) }
    }

    /// Whose it is.
    pub fn office_id(&self) -> Option<OfficeId> {
        self.office.parse().ok()
    }

    /// When it was made.
    pub fn created(&self) -> Option<Timestamp> {
        moment(self.created_ms)
    }

    /// Until when it is kept.
    pub fn kept_until(&self) -> Option<Timestamp> {
        self.kept_until_ms.and_then(moment)
    }
}

fn moment(ms: u64) -> Option<Timestamp> {
    Timestamp::new(i64::try_from(ms).ok()?)
}

/// As it may stand in a sentence on a terminal.
fn cut(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(MOST_WORDS).collect()
}

const BAD_HEAD: BackupFault = BackupFault::Damaged("its head does not read");
const MOST_WORDS: usize = 256;

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn head() -> Head {
        Head {
            format: FORMAT,
            program: "0.1.0".to_owned(),
            level: 1,
            office: "01890000-0000-7000-8000-000000000001".to_owned(),
            office_name: Some("Smith & Co".to_owned()),
            server_epoch: 1,
            created_ms: 1_764_000_000_000,
            host: "pc-1".to_owned(),
            people: 2,
            entries: 3,
            events: 4,
            counts: BTreeMap::from([("users-1".to_owned(), 2)]),
            state_hash: "11".repeat(32),
            content_hash: "22".repeat(32),
            content_bytes: 5,
            kept_until_ms: None,
        }
    }

    fn sealed(json: &str) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend(u32::try_from(json.len()).unwrap().to_be_bytes());
        bytes.extend(json.as_bytes());
        let check = blake3::hash(&bytes);
        bytes.extend(check.as_bytes());
        bytes
    }

    #[test]
    fn a_head_comes_back() {
        let bytes = head().to_bytes().unwrap();
        let found = Head::from_bytes(&bytes, bytes.len() as u64 + 100).unwrap();
        assert_eq!(found, (head(), bytes.len()));
    }

    #[test]
    fn each_byte_of_it_counts_and_each_end_is_noticed() {
        let bytes = head().to_bytes().unwrap();
        let length = bytes.len() as u64 + 100;
        for at in 0..bytes.len() {
            let mut other = bytes.clone();
            other[at] ^= 1;
            assert!(Head::from_bytes(&other, length).is_err(), "byte {at}");
            assert!(Head::from_bytes(&bytes[..at], length).is_err(), "cut at {at}");
        }
    }

    #[test]
    fn a_newer_one_names_both_versions() {
        let newer = r#"{"format":7,"program":"9.1.0","level":3,"what":"is this"}"#;
        let bytes = sealed(newer);
        let told = Head::from_bytes(&bytes, 10_000).unwrap_err().to_string();
        assert!(told.contains("9.1.0") && told.contains(env!("CARGO_PKG_VERSION")), "{told}");
        let level = serde_json::to_string(&Head { level: 2, ..head() }).unwrap();
        assert!(matches!(
            Head::from_bytes(&sealed(&level), 10_000),
            Err(BackupFault::Newer { level: 2, .. })
        ));
    }

    #[test]
    fn a_bomb_is_refused_by_its_claim() {
        let bomb = Head { content_bytes: u64::MAX, ..head() }.to_bytes().unwrap();
        let refused = Head::from_bytes(&bomb, bomb.len() as u64 + 1_000).unwrap_err();
        assert!(refused.to_string().contains("claims"), "{refused}");
        let mut long = MAGIC.to_vec();
        long.extend(u32::MAX.to_be_bytes());
        assert_eq!(Head::from_bytes(&long, 1 << 40), Err(BAD_HEAD));
    }

    #[test]
    fn what_no_backup_says_is_refused() {
        let unsound = [
            Head { office: "nobody".to_owned(), ..head() },
            Head { state_hash: "1".to_owned(), ..head() },
            Head { created_ms: u64::MAX, ..head() },
            Head { host: "a\nb".to_owned(), ..head() },
            Head { format: 0, ..head() },
        ];
        for head in unsound {
            let bytes = head.to_bytes().unwrap();
            assert_eq!(
                Head::from_bytes(&bytes, bytes.len() as u64 + 99),
                Err(BAD_HEAD),
                "{head:?}"
            );
        }
        assert_eq!(Head::from_bytes(b"", 0), Err(BackupFault::Strange));
    }
}

//! The audit log read back, page by page, for the administrator.

use super::Principal;
use super::error::ServiceError;
use crate::consensus::Door;
use crate::domain::audit::{AuditEntry, COMPUTER, PERSON, TOKEN};
use crate::domain::right::Right;
use crate::store::{Reader, StoreError, read};

/// At most this many entries a page.
pub const MOST_ENTRIES: usize = 1_000;

/// The audit log. Cheap to clone.
#[derive(Clone)]
pub struct AuditLog {
    door: Door,
}

/// An entry for a person to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToldEntry {
    /// As it is kept and chained.
    pub entry: AuditEntry,
    /// Its subject with the names there are today; who was erased has none.
    pub about: String,
}

/// Which entries, and in which order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stretch {
    /// After this number, oldest first.
    After(u64),
    /// Before this number, newest first.
    Before(u64),
}

impl AuditLog {
    /// The log behind `door`.
    pub const fn new(door: Door) -> Self {
        Self { door }
    }

    /// Up to `most` entries of a stretch; for administrators.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn page(
        &self,
        principal: &Principal,
        stretch: Stretch,
        most: usize,
    ) -> Result<Vec<ToldEntry>, ServiceError> {
        principal.must_have(Right::ReadAudit)?;
        let most = most.min(MOST_ENTRIES);
        let told = self.door.read(move |reader| {
            let entries = match stretch {
                Stretch::After(seq) => read::audit(reader, seq, most)?,
                Stretch::Before(seq) => read::audit_before(reader, seq, most)?,
            };
            let tell = |entry: AuditEntry| {
                let about = named(reader, entry.subject.as_str())?;
                Ok(ToldEntry { entry, about })
            };
            entries.into_iter().map(tell).collect()
        });
        Ok(told.await?)
    }
}

/// The subject with names in place of ids, as far as there are any.
pub fn named(reader: &dyn Reader, subject: &str) -> Result<String, StoreError> {
    let mut words = Vec::new();
    for word in subject.split(' ') {
        words.push(name(reader, word)?.unwrap_or_else(|| word.to_owned()));
    }
    Ok(words.join(" "))
}

/// The name that one word stands for, with the mark that follows it.
fn name(reader: &dyn Reader, word: &str) -> Result<Option<String>, StoreError> {
    let bare = word.trim_end_matches([',', ':', ';']);
    let Some((sort, id)) = bare.split_once(':') else { return Ok(None) };
    let found = match (format!("{sort}:").as_str(), id) {
        (PERSON, id) => match id.parse() {
            Ok(id) => read::user(reader, id)?.map(|user| user.name.to_string()),
            Err(_) => None,
        },
        (COMPUTER, id) => match id.parse() {
            Ok(id) => read::device(reader, id)?.map(|device| device.name.to_string()),
            Err(_) => None,
        },
        (TOKEN, id) => match id.parse() {
            Ok(id) => read::token(reader, id)?.map(|token| token.label.to_string()),
            Err(_) => None,
        },
        _ => None,
    };
    Ok(found.map(|name| format!("{name}{}", &word[bare.len()..])))
}

//! The office's order to erase what was recorded here: believed only when it is signed and for this computer.
//!
//! That there is an order is on disk first, then the book is emptied, then the office hears of it, then the files go. Whatever
//! breaks off in between is begun again at the next contact, or at the next start.

use serde::{Deserialize, Serialize};

use super::AgentError;
use super::folder::Folder;
use super::identity::Identity;
use crate::codec::erasure;
use crate::domain::erasure::EraseOrder;
use crate::domain::time::Timestamp;
use crate::wire::v1::rfc3339;

const FILE: &str = "erased.json";
/// Everything that says who was recorded here, and what.
const FILES: [&str; 15] = [
    "agent.redb",
    "identity.json",
    "policy",
    "pause.json",
    "hours",
    "consent.json",
    "commands.json",
    "page-key",
    "rules",
    "office-rules",
    "categories.json",
    "keeps.json",
    "agent.toml",
    "status.json",
    "enrolling",
];

/// What stays on this computer of an erasure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Erased {
    /// By whose order.
    pub(super) office: String,
    /// When the order came here (RFC 3339).
    pub(super) at: String,
    /// Has the office heard that the copy is gone?
    pub(super) confirmed: bool,
}

impl Erased {
    /// What is known of an erasure here; nothing before one.
    pub(super) fn read(folder: &Folder) -> Result<Option<Self>, AgentError> {
        let Some(text) = folder.read(FILE)? else { return Ok(None) };
        // Written by this program alone: one that does not read was never finished, and its order comes again.
        Ok(serde_json::from_str(&text).ok())
    }

    /// The order came, at `now`.
    pub(super) fn begin(
        folder: &Folder,
        order: &EraseOrder,
        now: Timestamp,
    ) -> Result<Self, AgentError> {
        let (office, at) = (order.office.to_string(), rfc3339(now));
        let erased = Self { office, at, confirmed: false };
        erased.store(folder)?;
        Ok(erased)
    }

    /// The office has heard.
    pub(super) fn confirm(self, folder: &Folder) -> Result<(), AgentError> {
        Self { confirmed: true, ..self }.store(folder)
    }

    /// Removes the files of a copy that is gone; says whether there was such an erasure.
    pub(super) fn finish(folder: &Folder) -> Result<bool, AgentError> {
        if !Self::read(folder)?.is_some_and(|erased| erased.confirmed) {
            return Ok(false);
        }
        for file in FILES {
            folder.remove(file)?;
        }
        folder.remove_unfinished()?;
        Ok(true)
    }

    /// Somebody else is recorded here from now on.
    pub(super) fn forget(folder: &Folder) -> Result<(), AgentError> {
        folder.remove(FILE)
    }

    /// For a person.
    pub(super) fn sentence(&self) -> String {
        let at = &self.at;
        if self.confirmed {
            format!(
                "Everything recorded here was erased on {at} by the office's order, and the office knows."
            )
        } else {
            format!("Everything recorded here is being erased since {at} by the office's order.")
        }
    }

    fn store(&self, folder: &Folder) -> Result<(), AgentError> {
        folder.write(FILE, &serde_json::to_string(self).unwrap_or_default())
    }
}

/// The order in these bytes, if it is this office's and for this computer.
pub(super) fn order(bytes: &[u8], identity: &Identity) -> Option<EraseOrder> {
    let order = erasure::open(bytes, &identity.receipt_key)?;
    (order.office == identity.office && order.device == identity.device).then_some(order)
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::SigningKey;

    use super::*;
    use crate::agent::folder::tests::Data;
    use crate::agent::identity::tests::identity;
    use crate::domain::id::{DeviceId, OfficeId};

    fn signed(office: u8, device: u8, key: u8) -> Vec<u8> {
        let (office, device) =
            (OfficeId::from_bytes([office; 16]), DeviceId::from_bytes([device; 16]));
        let order = EraseOrder { office, device, asked: Timestamp::EARLIEST };
        erasure::sign(&order, &SigningKey::from_bytes(&[key; 32]))
    }

    #[test]
    fn only_the_offices_own_order_for_this_computer_counts() {
        assert!(order(&signed(1, 2, 8), &identity()).is_some());
        for (office, device, key) in [(9, 2, 8), (1, 9, 8), (1, 2, 9)] {
            assert_eq!(order(&signed(office, device, key), &identity()), None);
        }
        assert_eq!(order(b"", &identity()), None);
    }

    #[test]
    fn files_go_only_once_the_office_knows() {
        let data = Data::new();
        let folder = data.folder();
        assert!(!Erased::finish(&folder).unwrap());
        identity().store(&folder).unwrap();
        folder.write("agent.redb", "x").unwrap();
        // A write that broke off.
        folder.write("rules.new", "drop app = x").unwrap();
        let order = order(&signed(1, 2, 8), &identity()).unwrap();
        let erased = Erased::begin(&folder, &order, Timestamp::EARLIEST).unwrap();
        assert!(!Erased::finish(&folder).unwrap());
        assert!(Identity::read(&folder).unwrap().is_some());
        erased.confirm(&folder).unwrap();
        assert!(Erased::finish(&folder).unwrap());
        assert!(Identity::read(&folder).unwrap().is_none());
        assert_eq!(folder.read("agent.redb").unwrap(), None);
        assert_eq!(folder.read("rules.new").unwrap(), None);
        assert!(Erased::read(&folder).unwrap().unwrap().confirmed, "that it was erased is told");
        Erased::forget(&folder).unwrap();
        assert_eq!(Erased::read(&folder).unwrap(), None);
    }
}

//! Who this computer is to the office: one file, replaced whole, so that an enrolment happened or did not.
//!
//! It holds the device's private key and is readable by its owner only. Must never be logged.

use data_encoding::BASE64;
use ed25519_dalek::SigningKey;
use serde::{Deserialize, Serialize};

use super::AgentError;
use super::folder::Folder;
use crate::clock;
use crate::domain::id::{DeviceId, OfficeId};
use crate::domain::policy::ActivityPolicy;
use crate::domain::time::Timestamp;
use crate::net::client::Client;
use crate::net::client::ClientError;

const FILE: &str = "identity.json";
const POLICY_FILE: &str = "policy";
const NEXT: &str = "Enroll this computer again: timebook agent enroll CODE --again";

/// Who this computer is to the office.
#[derive(Clone)]
pub(super) struct Identity {
    /// Whose records it keeps.
    pub(super) office: OfficeId,
    /// What the office calls it.
    pub(super) device: DeviceId,
    /// The fresh start this enrolment begins with; higher than every one before on this computer.
    pub(super) device_epoch: u32,
    /// The sign-in name of the person whose activity it records.
    pub(super) person: String,
    /// Signs batches and proves the client certificate.
    pub(super) key: SigningKey,
    /// For `key`, by the office's CA, PEM.
    pub(super) certificate: String,
    /// The office's CA, PEM: no other is trusted.
    pub(super) ca: String,
    /// Verifies receipts.
    pub(super) receipt_key: [u8; 32],
    /// `host:port` of the office's servers, the likeliest first.
    pub(super) addresses: Vec<String>,
    /// The office did not know this computer any more when it was enrolled again: it gets the whole book.
    pub(super) send_whole_book: bool,
}

/// The file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    version: u8,
    office: String,
    device: String,
    device_epoch: u32,
    person: String,
    key: String,
    certificate: String,
    ca: String,
    receipt_key: String,
    addresses: Vec<String>,
    send_whole_book: bool,
}

impl Identity {
    /// The stored identity; `None` before the first enrolment.
    pub(super) fn read(folder: &Folder) -> Result<Option<Self>, AgentError> {
        let Some(text) = folder.read(FILE)? else { return Ok(None) };
        let unreadable =
            |why: String| AgentError::Unreadable { path: folder.path(FILE), why, next: NEXT };
        let stored: Stored =
            serde_json::from_str(&text).map_err(|error| unreadable(error.to_string()))?;
        if stored.version != 1 {
            return Err(unreadable(format!(
                "version {} is newer than this program",
                stored.version
            )));
        }
        Self::of(&stored).map(Some).ok_or_else(|| unreadable("a value in it is damaged".to_owned()))
    }

    fn of(stored: &Stored) -> Option<Self> {
        Some(Self {
            office: stored.office.parse().ok()?,
            device: stored.device.parse().ok()?,
            device_epoch: stored.device_epoch,
            person: stored.person.clone(),
            key: SigningKey::from_bytes(&bytes_of(&stored.key)?),
            certificate: stored.certificate.clone(),
            ca: stored.ca.clone(),
            receipt_key: bytes_of(&stored.receipt_key)?,
            addresses: stored.addresses.clone(),
            send_whole_book: stored.send_whole_book,
        })
    }

    /// Replaces the stored identity: the moment an enrolment counts.
    pub(super) fn store(&self, folder: &Folder) -> Result<(), AgentError> {
        let stored = Stored {
            version: 1,
            office: self.office.to_string(),
            device: self.device.to_string(),
            device_epoch: self.device_epoch,
            person: self.person.clone(),
            key: BASE64.encode(self.key.as_bytes()),
            certificate: self.certificate.clone(),
            ca: self.ca.clone(),
            receipt_key: BASE64.encode(&self.receipt_key),
            addresses: self.addresses.clone(),
            send_whole_book: self.send_whole_book,
        };
        let text = serde_json::to_string_pretty(&stored)
            .map_err(|error| AgentError::BadAnswer(error.to_string()))?;
        folder.write(FILE, &text)
    }

    /// A client that proves to be this computer, to the one server at `address`.
    pub(super) fn client(&self, address: &str) -> Result<Client, ClientError> {
        let key = key_pem(&self.key);
        Client::pinned(&self.ca, Some((&self.certificate, &key)), &[address.to_owned()])
    }
}

/// A fresh device key.
pub(super) fn fresh_key() -> SigningKey {
    SigningKey::from_bytes(&clock::random_bytes())
}

/// 32 bytes from base64.
pub(super) fn bytes_of(base64: &str) -> Option<[u8; 32]> {
    BASE64.decode(base64.as_bytes()).ok()?.try_into().ok()
}

/// The key as PKCS #8 (RFC 8410), PEM: what TLS wants for a client certificate.
fn key_pem(key: &SigningKey) -> String {
    /// SEQUENCE { version 0, AlgorithmIdentifier { id-Ed25519 }, OCTET STRING { OCTET STRING of 32 bytes } }
    const HEAD: [u8; 16] = [
        0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04,
        0x20,
    ];
    let body = BASE64.encode(&[HEAD.as_slice(), key.as_bytes()].concat());
    let lines: Vec<&str> = [body.get(..64), body.get(64..)].into_iter().flatten().collect();
    format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", lines.join("\n"))
}

/// The office's policy as it was last heard; the strictest before that.
pub(super) fn read_policy(folder: &Folder) -> Result<ActivityPolicy, AgentError> {
    Ok(policy_since(folder)?.0)
}

/// The same, and since when it holds on this computer; where that is not known, it holds for nothing that was.
pub(super) fn policy_since(folder: &Folder) -> Result<(ActivityPolicy, Timestamp), AgentError> {
    let text = folder.read(POLICY_FILE)?.unwrap_or_default();
    let mut words = text.split_whitespace();
    let policy = words.next().and_then(ActivityPolicy::from_name).unwrap_or_default();
    let since = words.next().and_then(|ms| Timestamp::new(ms.parse().ok()?));
    Ok((policy, since.unwrap_or(Timestamp::LATEST)))
}

/// Remembers the office's policy, heard at `now`.
pub(super) fn store_policy(
    folder: &Folder,
    policy: ActivityPolicy,
    now: Timestamp,
) -> Result<(), AgentError> {
    let (before, since) = policy_since(folder)?;
    let since = if before == policy { since.min(now) } else { now };
    folder.write(POLICY_FILE, &format!("{} {}\n", policy.name(), since.ms()))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::agent::folder::tests::Data;

    pub(in crate::agent) fn identity() -> Identity {
        Identity {
            office: OfficeId::from_bytes([1; 16]),
            device: DeviceId::from_bytes([2; 16]),
            device_epoch: 1,
            person: "ada".to_owned(),
            key: SigningKey::from_bytes(&[7; 32]),
            certificate: String::new(),
            ca: String::new(),
            receipt_key: SigningKey::from_bytes(&[8; 32]).verifying_key().to_bytes(),
            addresses: vec!["127.0.0.1:1".to_owned()],
            send_whole_book: false,
        }
    }

    #[test]
    fn comes_back_and_a_damaged_one_says_what_to_do() {
        let data = Data::new();
        assert!(Identity::read(&data.folder()).unwrap().is_none());
        identity().store(&data.folder()).unwrap();
        let back = Identity::read(&data.folder()).unwrap().unwrap();
        assert_eq!((back.device, back.key.to_bytes()), (identity().device, [7; 32]));
        let text = data.folder().read(FILE).unwrap().unwrap();
        for damaged in [
            text.replace("\"version\": 1", "\"version\": 2"),
            text.replace('=', ""),
            "{".to_owned(),
        ] {
            data.folder().write(FILE, &damaged).unwrap();
            let sentence = Identity::read(&data.folder()).err().unwrap().to_string();
            assert!(sentence.ends_with("--again"), "{sentence}");
        }
    }

    #[test]
    fn the_key_is_one_that_tls_takes() {
        use crate::net::ca::OfficeCa;
        let now = clock::now().ms() / 1_000;
        let ca = OfficeCa::create("office", &["office.timebook".to_owned()], now).unwrap();
        let key = SigningKey::from_bytes(&[7; 32]);
        let leaf = ca.issue_client(key.verifying_key().as_bytes(), "pc", now).unwrap();
        let identity = Identity {
            certificate: leaf.chain_pem,
            ca: ca.certificate_pem().to_owned(),
            key,
            ..identity()
        };
        assert!(identity.client("127.0.0.1:1").is_ok());
    }

    #[test]
    fn the_policy_is_the_strictest_until_heard() {
        let data = Data::new();
        assert_eq!(read_policy(&data.folder()).unwrap(), ActivityPolicy::HoursOnly);
        let at = |ms| Timestamp::new(ms).unwrap();
        store_policy(&data.folder(), ActivityPolicy::FullDetail, at(5)).unwrap();
        assert_eq!(read_policy(&data.folder()).unwrap(), ActivityPolicy::FullDetail);
        store_policy(&data.folder(), ActivityPolicy::FullDetail, at(9)).unwrap();
        assert_eq!(policy_since(&data.folder()).unwrap(), (ActivityPolicy::FullDetail, at(5)));
        store_policy(&data.folder(), ActivityPolicy::AppTotals, at(9)).unwrap();
        assert_eq!(policy_since(&data.folder()).unwrap(), (ActivityPolicy::AppTotals, at(9)));
        // As an older agent wrote it.
        data.folder().write(POLICY_FILE, "full_detail").unwrap();
        let since = (ActivityPolicy::FullDetail, Timestamp::LATEST);
        assert_eq!(policy_since(&data.folder()).unwrap(), since);
    }
}

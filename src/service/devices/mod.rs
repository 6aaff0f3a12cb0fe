//! Computers: inviting and enrolling them, taking their batches, and what was set aside.
//!
//! Nothing a device sends is decoded before its signature was checked. Must never look at what was recorded.

mod batches;
mod enrollment;
mod erasing;
mod introduction;
mod invitations;
mod list;
mod quarantine;

use std::sync::{Arc, Mutex};

use ed25519_dalek::SigningKey;

pub use batches::{Delivered, DeliveryError};
pub use enrollment::{Enrolled, NewComputer};
pub use introduction::Introduction;
use introduction::Introductions;
pub use invitations::Invited;
pub use list::KnownDevice;

use crate::consensus::Door;
use crate::domain::time::Timestamp;
use crate::net::ca::OfficeCa;
use crate::service::Limits;

/// Counts a device's fresh starts from here. Every enrolment makes a new device.
const FIRST_EPOCH: u32 = 1;

/// Where the office's servers are reached now, as `host:port`, the likeliest first.
pub type Addresses = Arc<dyn Fn() -> Vec<String> + Send + Sync>;

/// How the office CA's certificate is known again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownCa {
    /// As a browser's list of authorities shows it.
    pub name: String,
    /// SHA-256 of the certificate.
    pub fingerprint: [u8; 32],
    /// Its last valid moment.
    pub until: Timestamp,
}

/// The office's computers. Cheap to clone.
#[derive(Clone)]
pub struct Devices {
    door: Door,
    authority: Arc<OfficeCa>,
    receipt_key: Arc<SigningKey>,
    addresses: Addresses,
    limits: Arc<Mutex<Limits>>,
    introductions: Introductions,
}

impl Devices {
    /// The computers behind `door`: certificates come from `authority`, receipts are signed with `receipt_key`, invitations name
    /// `addresses`.
    pub fn new(
        door: Door,
        authority: Arc<OfficeCa>,
        receipt_key: SigningKey,
        addresses: Addresses,
    ) -> Self {
        let receipt_key = Arc::new(receipt_key);
        let (limits, introductions) = Default::default();
        Self { door, authority, receipt_key, addresses, limits, introductions }
    }

    /// Where people reach this server now: `https://`, host and port.
    pub fn server(&self) -> String {
        (self.addresses)().first().map(|address| format!("https://{address}")).unwrap_or_default()
    }

    /// The office CA's certificate, PEM: what browsers and agents trust.
    pub fn ca_certificate(&self) -> &str {
        self.authority.certificate_pem()
    }

    /// How people know that certificate again.
    pub fn known_ca(&self) -> KnownCa {
        let until = Timestamp::new(self.authority.not_after().saturating_mul(1_000));
        KnownCa {
            name: self.authority.name().to_owned(),
            fingerprint: self.authority.fingerprint(),
            until: until.unwrap_or(Timestamp::EARLIEST),
        }
    }
}

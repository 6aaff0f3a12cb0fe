//! Erasures, and the signed order to a computer: `signature: 64 | framed order`.

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};

use super::frame::{Record, decode, encode};
use super::layout::{choice, fields};
use crate::domain::erasure::{EraseOrder, ErasedComputer, ErasedCounts, Erasure, ErasureCommand};

fields!(ErasedCounts { events, buckets, entries, versions, looks, ways_in, others });
fields!(ErasedComputer { device, confirmed });
fields!(Erasure { person, asked, by, ended, looked, counts, computers });
fields!(EraseOrder { office, device, asked });
choice!(ErasureCommand {
    0 => Begin { person },
    1 => Step { person, rows },
    2 => Confirm { device },
});

impl Record for Erasure {
    const NAME: &'static str = "an erasure";
}

impl Record for EraseOrder {
    const NAME: &'static str = "an order to erase";
}

/// What the signature covers first.
pub const CONTEXT: &[u8] = b"timebook erase order v1";
const SIGNATURE: usize = 64;

/// `order`, signed by the office's receipt key.
pub fn sign(order: &EraseOrder, key: &SigningKey) -> Vec<u8> {
    let body = encode(order);
    let mut bytes = key.sign(&[CONTEXT, &body].concat()).to_bytes().to_vec();
    bytes.extend(body);
    bytes
}

/// The order, if `public_key` signed exactly these bytes; `None` otherwise. Decodes nothing before that.
pub fn open(bytes: &[u8], public_key: &[u8; 32]) -> Option<EraseOrder> {
    let (signature, body) = bytes.split_at_checked(SIGNATURE)?;
    let key = VerifyingKey::from_bytes(public_key).ok()?;
    key.verify_strict(&[CONTEXT, body].concat(), &Signature::from_slice(signature).ok()?).ok()?;
    decode(body).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::receipt;
    use crate::domain::id::{DeviceId, OfficeId};
    use crate::domain::time::Timestamp;

    #[test]
    fn comes_back_only_unchanged_and_is_no_receipt() {
        let (office, device) = (OfficeId::from_bytes([1; 16]), DeviceId::from_bytes([2; 16]));
        let order = EraseOrder { office, device, asked: Timestamp::EARLIEST };
        let key = SigningKey::from_bytes(&[7; 32]);
        let (bytes, public) = (sign(&order, &key), key.verifying_key().to_bytes());
        assert_eq!(open(&bytes, &public), Some(order));
        assert_eq!(receipt::open(&bytes, &public), None);
        for at in 0..bytes.len() {
            let mut flipped = bytes.clone();
            flipped[at] ^= 1;
            assert_eq!(open(&flipped, &public), None, "byte {at}");
        }
    }
}

//! A signed receipt on the wire: `signature: 64 | framed receipt record`.

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};

use super::frame::{Record, decode, encode};
use super::layout::fields;
use crate::domain::batch::Receipt;

fields!(Receipt {
    office,
    server_epoch,
    device,
    stream,
    device_epoch,
    applied_seq,
    applied_hash,
    safe_seq
});

impl Record for Receipt {
    const NAME: &'static str = "a receipt";
}

/// What the signature covers first.
pub const CONTEXT: &[u8] = b"timebook receipt v1";
const SIGNATURE: usize = 64;

/// `receipt`, signed by the office's receipt key.
pub fn sign(receipt: &Receipt, key: &SigningKey) -> Vec<u8> {
    let body = encode(receipt);
    let mut bytes = key.sign(&[CONTEXT, &body].concat()).to_bytes().to_vec();
    bytes.extend(body);
    bytes
}

/// The receipt, if `public_key` signed exactly these bytes; `None` otherwise. Decodes nothing before that.
pub fn open(bytes: &[u8], public_key: &[u8; 32]) -> Option<Receipt> {
    let (signature, body) = bytes.split_at_checked(SIGNATURE)?;
    let key = VerifyingKey::from_bytes(public_key).ok()?;
    key.verify_strict(&[CONTEXT, body].concat(), &Signature::from_slice(signature).ok()?).ok()?;
    decode(body).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::{DeviceId, OfficeId};

    #[test]
    fn comes_back_only_unchanged() {
        let receipt = Receipt {
            office: OfficeId::from_bytes([1; 16]),
            server_epoch: 1,
            device: DeviceId::from_bytes([2; 16]),
            stream: 1,
            device_epoch: 3,
            applied_seq: 4,
            applied_hash: [9; 32],
            safe_seq: 0,
        };
        let key = SigningKey::from_bytes(&[7; 32]);
        let bytes = sign(&receipt, &key);
        let public = key.verifying_key().to_bytes();
        assert_eq!(open(&bytes, &public), Some(receipt));
        for at in 0..bytes.len() {
            let mut flipped = bytes.clone();
            flipped[at] ^= 1;
            assert_eq!(open(&flipped, &public), None, "byte {at}");
        }
    }
}

//! Any bytes as a signed batch, and, signed as they should be, any payload and any record: opened only when it is a whole batch.

use ed25519_dalek::{Signer, SigningKey};

use super::codec::batch::{self, CONTEXT, SignedBatch};
use super::domain::batch::MOST_OPERATIONS;

const DEVICE: [u8; 16] = [0x11; 16];

/// The first byte chooses: as they came; as a payload with a good signature; as a record, packed and with a good signature.
pub(super) fn run(data: &[u8]) {
    let Some((selector, bytes)) = data.split_first() else { return };
    match selector % 3 {
        0 => open(bytes),
        1 => open(&signed(bytes)),
        _ => {
            let packed = zstd::bulk::compress(bytes, 1).expect("packs in memory");
            open(&signed(&packed));
        }
    }
}

fn key() -> SigningKey {
    SigningKey::from_bytes(&[0x41; 32])
}

fn signed(payload: &[u8]) -> Vec<u8> {
    let signature = key().sign(&[CONTEXT, &DEVICE, payload].concat()).to_bytes();
    [b"TBB1".as_slice(), &DEVICE, &signature, payload].concat()
}

fn open(bytes: &[u8]) {
    let Ok(signed) = SignedBatch::parse(bytes) else { return };
    let Ok(batch) = signed.open(&key().verifying_key().to_bytes()) else { return };
    assert_eq!(batch.device, signed.device);
    let count = batch.operations.len();
    assert!((1..=MOST_OPERATIONS).contains(&count));
    assert_eq!(batch.seq_to - batch.seq_from + 1, count as u64);
    let (again, _) = batch::sign(&batch, &key());
    // Sent again it may pack worse than it came, but never reads as something else.
    if let Ok(signed) = SignedBatch::parse(&again) {
        let read = signed.open(&key().verifying_key().to_bytes());
        assert_eq!(read.expect("our own signature over our own bytes"), batch);
    }
}

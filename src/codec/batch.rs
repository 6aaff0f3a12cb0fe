//! A signed batch on the wire: a fixed frame that can be checked before anything in it is decoded.
//!
//! ```text
//! "TBB1" | device: 16 | ed25519 signature: 64 | payload: zstd of a framed batch record
//! ```
//! The signature covers [`CONTEXT`], the device and the payload as it is on the wire.

use std::io::Read;

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use thiserror::Error;

use super::frame::{CodecError, Record, decode, encode};
use super::layout::{choice, fields};
use crate::domain::batch::{Batch, MOST_BATCH_BYTES, MOST_OPERATIONS, Operation};
use crate::domain::id::DeviceId;

choice!(Operation {
    0 => PutBucket { name, about, created },
    1 => DeleteBucket { name },
    2 => PutEvent { bucket, event },
    3 => DeleteEvent { bucket, event },
    130 => OfferEntry(offer),
});
fields!(Batch {
    office,
    device,
    stream,
    device_epoch,
    seq_from,
    seq_to,
    previous,
    created,
    operations
});

impl Record for Batch {
    const NAME: &'static str = "a batch";
}

impl Record for Operation {
    const NAME: &'static str = "an operation";
}

/// What the signature covers first: a signature made for anything else never fits.
pub const CONTEXT: &[u8] = b"timebook batch v1";
const MAGIC: &[u8; 4] = b"TBB1";
const HEAD: usize = 4 + 16 + 64;
/// No batch unpacks to more than this.
const MOST_UNPACKED_BYTES: u64 = 6 * 1024 * 1024;
/// zstd windows above 8 MiB are refused.
const LARGEST_WINDOW_LOG: u32 = 23;
/// Level 3: level 19 is 5-10 % smaller and ten times slower (measured, see the storage notes).
const ZSTD_LEVEL: i32 = 3;

/// Why bytes are no batch.
#[derive(Debug, Error)]
pub enum BatchError {
    /// Not even the frame.
    #[error("this is not a Timebook batch")]
    NotABatch,
    /// Longer than a batch may be.
    #[error("the batch is {0} bytes long; at most {MOST_BATCH_BYTES} are accepted")]
    TooLong(usize),
    /// The signature is not the device's over these bytes.
    #[error("the signature does not fit")]
    BadSignature,
    /// The signature is good, the content is not.
    #[error("the batch does not read: {0}")]
    Unreadable(#[from] CodecError),
}

/// The frame of a signed batch, taken apart and not yet believed.
#[derive(Clone, Copy, Debug)]
pub struct SignedBatch<'a> {
    /// The device it claims to come from.
    pub device: DeviceId,
    signature: &'a [u8],
    payload: &'a [u8],
}

impl<'a> SignedBatch<'a> {
    /// Takes the frame apart; decodes nothing.
    ///
    /// # Errors
    /// [`BatchError::NotABatch`], [`BatchError::TooLong`].
    pub fn parse(bytes: &'a [u8]) -> Result<Self, BatchError> {
        if bytes.len() > MOST_BATCH_BYTES {
            return Err(BatchError::TooLong(bytes.len()));
        }
        if bytes.len() <= HEAD || !bytes.starts_with(MAGIC) {
            return Err(BatchError::NotABatch);
        }
        let mut device = [0; 16];
        device.copy_from_slice(&bytes[4..20]);
        Ok(Self {
            device: DeviceId::from_bytes(device),
            signature: &bytes[20..HEAD],
            payload: &bytes[HEAD..],
        })
    }

    /// The batch, if `public_key` signed it.
    ///
    /// # Errors
    /// [`BatchError::BadSignature`] before anything was decoded; [`BatchError::Unreadable`] after.
    pub fn open(&self, public_key: &[u8; 32]) -> Result<Batch, BatchError> {
        let key = VerifyingKey::from_bytes(public_key).map_err(|_| BatchError::BadSignature)?;
        let signature =
            Signature::from_slice(self.signature).map_err(|_| BatchError::BadSignature)?;
        key.verify_strict(&signed_bytes(self.device, self.payload), &signature)
            .map_err(|_| BatchError::BadSignature)?;
        let batch: Batch = decode(&unpack(self.payload)?)?;
        if batch.device != self.device
            || batch.operations.len() > MOST_OPERATIONS
            || !counts_fit(&batch)
        {
            return Err(
                CodecError::damaged(Batch::NAME, "its numbers contradict each other").into()
            );
        }
        Ok(batch)
    }

    /// BLAKE3 of the payload: what the next batch names as the one before.
    pub fn payload_hash(&self) -> [u8; 32] {
        *blake3::hash(self.payload).as_bytes()
    }
}

/// `batch`, packed and signed by its device; with the hash of its payload.
pub fn sign(batch: &Batch, key: &SigningKey) -> (Vec<u8>, [u8; 32]) {
    let payload = zstd::bulk::compress(&encode(batch), ZSTD_LEVEL)
        .expect("compressing from memory into memory fails only for want of memory");
    let signature = key.sign(&signed_bytes(batch.device, &payload));
    let mut bytes = Vec::with_capacity(HEAD + payload.len());
    bytes.extend_from_slice(MAGIC);
    bytes.extend_from_slice(&batch.device.bytes());
    bytes.extend_from_slice(&signature.to_bytes());
    bytes.extend_from_slice(&payload);
    (bytes, *blake3::hash(&payload).as_bytes())
}

fn signed_bytes(device: DeviceId, payload: &[u8]) -> Vec<u8> {
    [CONTEXT, &device.bytes(), payload].concat()
}

fn counts_fit(batch: &Batch) -> bool {
    let count = batch.operations.len() as u64;
    count > 0 && batch.seq_from > 0 && batch.seq_from.checked_add(count - 1) == Some(batch.seq_to)
}

fn unpack(payload: &[u8]) -> Result<Vec<u8>, CodecError> {
    let damaged = |why: &dyn ToString| CodecError::damaged(Batch::NAME, why.to_string());
    let mut decoder = zstd::Decoder::new(payload).map_err(|error| damaged(&error))?;
    decoder.window_log_max(LARGEST_WINDOW_LOG).map_err(|error| damaged(&error))?;
    let mut bytes = Vec::new();
    decoder
        .take(MOST_UNPACKED_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| damaged(&error))?;
    if bytes.len() as u64 > MOST_UNPACKED_BYTES {
        return Err(damaged(&"it unpacks to more than a batch may"));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::OfficeId;
    use crate::domain::text::BucketName;
    use crate::domain::time::Timestamp;

    fn batch() -> Batch {
        Batch {
            office: OfficeId::from_bytes([1; 16]),
            device: DeviceId::from_bytes([2; 16]),
            stream: 1,
            device_epoch: 1,
            seq_from: 1,
            seq_to: 1,
            previous: [0; 32],
            created: Timestamp::new(5).unwrap(),
            operations: vec![Operation::DeleteBucket { name: BucketName::new("b").unwrap() }],
        }
    }

    #[test]
    fn comes_back_only_whole_and_only_by_its_key() {
        let key = SigningKey::from_bytes(&[7; 32]);
        let public = key.verifying_key().to_bytes();
        let (bytes, hash) = sign(&batch(), &key);
        let signed = SignedBatch::parse(&bytes).unwrap();
        assert_eq!(signed.open(&public).unwrap(), batch());
        assert_eq!(signed.payload_hash(), hash);
        let other = SigningKey::from_bytes(&[8; 32]).verifying_key().to_bytes();
        assert!(matches!(signed.open(&other), Err(BatchError::BadSignature)));
        for at in 4..bytes.len() {
            let mut flipped = bytes.clone();
            flipped[at] ^= 1;
            let error = SignedBatch::parse(&flipped).unwrap().open(&public).unwrap_err();
            assert!(matches!(error, BatchError::BadSignature), "byte {at}: {error}");
        }
        for length in 0..bytes.len() {
            if let Ok(cut) = SignedBatch::parse(&bytes[..length]) {
                assert!(cut.open(&public).is_err(), "{length} bytes");
            }
        }
    }

    #[test]
    fn contradicting_numbers_are_refused() {
        let key = SigningKey::from_bytes(&[7; 32]);
        let public = key.verifying_key().to_bytes();
        for (seq_from, seq_to) in [(0, 0), (1, 2), (2, 1), (u64::MAX, 0)] {
            let (bytes, _) = sign(&Batch { seq_from, seq_to, ..batch() }, &key);
            let error = SignedBatch::parse(&bytes).unwrap().open(&public).unwrap_err();
            assert!(matches!(error, BatchError::Unreadable(_)));
        }
    }

    #[test]
    fn a_bomb_does_not_unpack() {
        let key = SigningKey::from_bytes(&[7; 32]);
        let payload = zstd::bulk::compress(&vec![0; 64 * 1024 * 1024], 3).unwrap();
        let signature = key.sign(&signed_bytes(DeviceId::from_bytes([2; 16]), &payload));
        let bytes = [MAGIC.as_slice(), &[2; 16], &signature.to_bytes(), &payload].concat();
        let error =
            SignedBatch::parse(&bytes).unwrap().open(&key.verifying_key().to_bytes()).unwrap_err();
        assert!(error.to_string().contains("more than a batch may"), "{error}");
    }
}

//! Any bytes as an entry or a mark of the log, and any bytes with a good check value: refused, or read into a value whose own bytes
//! read as the same value.

use super::codec::consensus::{LogEntry, MembershipRecord, Pair, Position, VoteRecord};

/// The first byte chooses what it is and whether the check value is made good.
pub(super) fn run(data: &[u8]) {
    let Some((selector, bytes)) = data.split_first() else { return };
    let mut bytes = bytes.to_vec();
    if selector & 0x80 != 0 {
        let check = blake3::hash(&bytes);
        bytes.extend_from_slice(&check.as_bytes()[..8]);
    }
    match selector % 5 {
        0 => {
            if let Ok(entry) = LogEntry::from_bytes(&bytes) {
                let again = entry.to_bytes().expect("what was read fits");
                assert_eq!(LogEntry::from_bytes(&again).expect("our own bytes"), entry);
            }
        }
        1 => {
            if let Ok(vote) = VoteRecord::from_bytes(&bytes) {
                assert_eq!(vote.to_bytes(), bytes);
            }
        }
        2 => {
            if let Ok(position) = Position::from_bytes(&bytes) {
                assert_eq!(position.to_bytes(), bytes);
            }
        }
        3 => {
            if let Ok(members) = MembershipRecord::from_bytes(&bytes) {
                let again = members.to_bytes().expect("what was read fits");
                assert_eq!(MembershipRecord::from_bytes(&again).expect("our own bytes"), members);
            }
        }
        _ => {
            if let Ok(pair) = Pair::from_bytes(&bytes) {
                assert_eq!(pair.to_bytes(), bytes);
            }
        }
    }
}

//! Golden bytes of the log records, and everything that must be refused.

use super::*;

fn position() -> Position {
    Position { term: 2, node: 1, index: 7 }
}

fn membership() -> MembershipRecord {
    MembershipRecord {
        position: Some(position()),
        voters: vec![BTreeSet::from([1, 2])],
        nodes: BTreeMap::from([(1, String::new()), (2, "b:8443".to_owned())]),
    }
}

#[test]
fn golden_bytes() {
    let hex = |bytes: &[u8]| data_encoding::HEXLOWER.encode(bytes);
    let vote = VoteRecord { term: 3, node: 1, granted: true };
    assert_eq!(
        hex(&vote.to_bytes()),
        concat!("01", "0000000000000003", "0000000000000001", "01", "225152852b0f09e8")
    );
    assert_eq!(
        hex(&position().to_bytes()),
        concat!(
            "01",
            "0000000000000002",
            "0000000000000001",
            "0000000000000007",
            "e14cd0a01c769488"
        )
    );
    assert_eq!(
        hex(&commands_bytes(position(), &[b"hi".to_vec()]).unwrap()),
        concat!(
            "01",
            "03",
            "0000000000000002",
            "0000000000000001",
            "0000000000000007",
            "00000002",
            "6869",
            "09c59213becf5ef6"
        )
    );
    assert_eq!(
        hex(&membership().to_bytes().unwrap()),
        concat!(
            "01",
            "01",
            "0000000000000002",
            "0000000000000001",
            "0000000000000007",
            "01",
            "0002",
            "0000000000000001",
            "0000000000000002",
            "0002",
            "0000000000000001",
            "0000",
            "0000000000000002",
            "0006",
            "623a38343433",
            "585757a721494533"
        )
    );
}

#[test]
fn every_record_comes_back() {
    for body in [
        LogBody::Blank,
        LogBody::Commands(vec![vec![0; 300], vec![]]),
        LogBody::Membership(membership()),
    ] {
        let entry = LogEntry { position: position(), body };
        assert_eq!(LogEntry::from_bytes(&entry.to_bytes().unwrap()).unwrap(), entry);
    }
    let vote = VoteRecord { term: u64::MAX, node: 0, granted: false };
    assert_eq!(VoteRecord::from_bytes(&vote.to_bytes()).unwrap(), vote);
    assert_eq!(Position::from_bytes(&position().to_bytes()).unwrap(), position());
    assert_eq!(Pair::from_bytes(&Pair([7; 16]).to_bytes()).unwrap(), Pair([7; 16]));
    let none = MembershipRecord::default();
    assert_eq!(MembershipRecord::from_bytes(&none.to_bytes().unwrap()).unwrap(), none);
}

#[test]
fn any_flipped_bit_and_any_cut_is_refused() {
    let bytes = LogEntry { position: position(), body: LogBody::Membership(membership()) }
        .to_bytes()
        .unwrap();
    for at in 0..bytes.len() {
        let mut bad = bytes.clone();
        bad[at] ^= 1;
        assert!(LogEntry::from_bytes(&bad).is_err(), "flip at {at}");
        assert!(LogEntry::from_bytes(&bytes[..at]).is_err(), "cut at {at}");
    }
}

#[test]
fn lying_lengths_are_refused_without_large_allocations() {
    let mut out = vec![SCHEMA, KIND_MEMBERSHIP];
    put_position(&mut out, position());
    out.extend_from_slice(&[1, 0xff, 0xff]);
    assert!(matches!(LogEntry::from_bytes(&seal(out)), Err(CodecError::Damaged { .. })));
}

#[test]
fn a_newer_format_is_named() {
    let newer = VoteRecord::from_bytes(&seal(vec![9]));
    assert!(matches!(newer, Err(CodecError::Newer { version: 9, newest: 1, .. })), "{newer:?}");
}

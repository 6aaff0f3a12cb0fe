//! Batches that are sent again, in another order, changed on the way, signed by another computer, meant for another office, or come from
//! a computer that was revoked: each counted once or set aside and shown, and nothing else changed.

use crate::harness::computer::Computer;
use crate::harness::{Role, Server};
use std::collections::BTreeSet;
use timebook::domain::id::OfficeId;

fn office() -> Server {
    let server = Server::start();
    server.add_user("ada", Role::Admin);
    server
}

/// What the report and the quarantine must hold in the end.
#[track_caller]
fn expect(server: &Server, numbers: impl IntoIterator<Item = u64>, set_aside: &[&str]) {
    server.expect_report("ada", &numbers.into_iter().collect::<BTreeSet<_>>());
    let mut reasons: Vec<_> =
        server.list("quarantine").iter().map(|q| q["why"].as_str().unwrap().to_owned()).collect();
    reasons.sort();
    assert_eq!(reasons, set_aside);
}

#[test]
fn the_same_batch_again_counts_once() {
    let server = office();
    let mut computer = Computer::enroll(&server, "ada", 1);
    let (first, second) = (computer.right(1), computer.right(2));
    for batch in [&first, &second, &first, &second, &second, &first] {
        computer.send(batch).expect(200);
    }
    expect(&server, [1, 2], &[]);
}

/// A later batch waits for the one before it; nothing is applied over a gap.
#[test]
fn batches_in_the_wrong_order() {
    let server = office();
    let mut computer = Computer::enroll(&server, "ada", 1);
    let batches = [computer.right(1), computer.right(2), computer.right(3)];
    for late in [2, 1] {
        let reply = computer.send(&batches[late]);
        assert!(reply.status < 500, "{reply:?}");
        expect(&server, [], &[]);
    }
    for batch in &batches {
        computer.send(batch).expect(200);
    }
    expect(&server, [1, 2, 3], &[]);
}

/// One bit, anywhere in the batch.
#[test]
fn a_flipped_bit() {
    let server = office();
    let mut computer = Computer::enroll(&server, "ada", 1);
    let good = computer.right(1);
    for at in (0..good.len()).step_by(7) {
        let mut bad = good.clone();
        bad[at] ^= 0x10;
        refused(&computer, &bad);
    }
    server.expect_report("ada", &[].into());
    let reasons: BTreeSet<_> =
        server.list("quarantine").iter().map(|q| q["why"].as_str().unwrap().to_owned()).collect();
    assert!(reasons.contains("bad_signature"), "{reasons:?}");
    computer.send(&good).expect(200);
    server.expect_report("ada", &[1].into());
}

#[test]
fn cut_short_empty_or_something_else() {
    let server = office();
    let mut computer = Computer::enroll(&server, "ada", 1);
    let good = computer.right(1);
    for bad in [
        &[][..],
        &good[..3],
        &good[..83],
        &good[..good.len() - 1],
        b"{\"operations\":[]}",
        &[0; 2_000],
    ] {
        refused(&computer, bad);
    }
    refused(&computer, &vec![b'T'; 3 * 1024 * 1024]);
    computer.send(&good).expect(200);
    server.expect_report("ada", &[1].into());
}

#[test]
fn signed_by_another_computer() {
    let server = office();
    let mut one = Computer::enroll(&server, "ada", 1);
    let two = Computer::enroll(&server, "ada", 2);
    let forged = one.batch(1, |_| {}, &two.key);
    refused(&two, &forged);
    refused(&one, &forged);
    expect(&server, [], &["bad_signature"]);
}

/// A right batch of one computer, handed in over the connection of another.
#[test]
fn delivered_by_another_computer() {
    let server = office();
    let mut one = Computer::enroll(&server, "ada", 1);
    let two = Computer::enroll(&server, "ada", 2);
    let batch = one.right(1);
    two.send(&batch);
    one.send(&batch).expect(200);
    server.expect_report("ada", &[1].into());
}

#[test]
fn meant_for_another_office() {
    let server = office();
    let mut computer = Computer::enroll(&server, "ada", 1);
    let key = computer.key.clone();
    let foreign = computer.batch(1, |b| b.office = OfficeId::from_bytes([9; 16]), &key);
    refused(&computer, &foreign);
    expect(&server, [], &["other_office"]);
}

/// The same numbers with another content: the first one stands.
#[test]
fn two_truths_under_the_same_numbers() {
    let server = office();
    let mut one = Computer::enroll(&server, "ada", 1);
    let first = one.right(1);
    let key = one.key.clone();
    let other = one.batch(
        2,
        |b| {
            let count = b.operations.len() as u64;
            (b.seq_from, b.seq_to, b.previous) = (1, count, [0; 32]);
        },
        &key,
    );
    one.send(&first).expect(200);
    refused(&one, &other);
    expect(&server, [1], &["conflict"]);
}

#[test]
fn from_a_revoked_computer() {
    let server = office();
    let mut computer = Computer::enroll(&server, "ada", 1);
    let early = computer.right(1);
    computer.send(&early).expect(200);
    server.run(&["device", "revoke", &computer.id()]).ok();
    let late = computer.right(2);
    refused(&computer, &late);
    expect(&server, [1], &["revoked_device"]);
}

#[test]
fn without_a_certificate() {
    let server = office();
    let mut computer = Computer::enroll(&server, "ada", 1);
    let batch = computer.right(1);
    let reply = Computer::without_certificate(&server)
        .send("POST", "/api/v1/batches", "application/octet-stream", batch)
        .unwrap();
    assert_eq!(reply.status, 401, "{reply:?}");
    reply.problem();
    expect(&server, [], &[]);
}

/// A code enrolls one computer, once.
#[test]
fn a_used_or_invented_code() {
    let server = office();
    let code = server.invite("ada");
    let first = crate::harness::Agent::enroll(&code);
    drop(first);
    let folder = crate::harness::Folder::new();
    let again = crate::harness::command::run(&folder.join("data"), &["agent", "enroll", &code]);
    assert!([Some(1), Some(3)].contains(&again.code), "{again:?}");
    let invented = crate::harness::command::run(
        &folder.join("data"),
        &["agent", "enroll", "TB1-AAAAAA-AAAAAA"],
    );
    assert!([Some(1), Some(2)].contains(&invented.code), "{invented:?}");
    assert_eq!(server.list("device").len(), 1);
}

#[track_caller]
fn refused(computer: &Computer, batch: &[u8]) {
    let reply = computer.send(batch);
    assert!((400..500).contains(&reply.status), "{reply:?}");
    reply.problem();
}

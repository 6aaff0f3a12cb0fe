//! A server that answers wrongly: errors, half an answer, garbage, receipts that are forged or claim too much. The agent believes none of
//! it, keeps everything, and every event arrives once, in order, when the answers are right again.

use crate::harness::fake_office::{Answers, FakeOffice};
use crate::harness::recording::{self, create_bucket};
use crate::harness::{Agent, wait};

const BUCKET: &str = "answers";
const EACH: u64 = 10;

#[test]
fn errors_that_take_nothing() {
    for code in [500, 429, 401, 400] {
        survives(Answers::Status(code));
    }
}

#[test]
fn errors_after_taking() {
    survives(Answers::TakesButFails(500));
    survives(Answers::TakesButFails(503));
}

#[test]
fn half_an_answer() {
    survives(Answers::Half);
}

#[test]
fn no_receipt() {
    survives(Answers::Garbage);
}

#[test]
fn a_forged_receipt() {
    survives(Answers::Forged);
}

/// Rightly signed, but for more than the agent ever made: nothing may be thrown away for it.
#[test]
fn a_receipt_that_claims_too_much() {
    survives(Answers::Boasting);
}

fn survives(answers: Answers) {
    let office = FakeOffice::start();
    let mut agent = Agent::enroll(&office.code());
    agent.launch();
    let http = agent.http();
    create_bucket(&http, BUCKET);
    record(&http, 0);
    arrive(&office, EACH, "before");

    office.answer(answers);
    record(&http, EACH);
    wait::until_true(&format!("{answers:?}: two tries"), wait::LONG, || office.asked() >= 2);
    record(&http, 2 * EACH);
    office.answer(Answers::Right);
    arrive(&office, 3 * EACH, &format!("{answers:?}"));
}

fn record(http: &crate::harness::Http, from: u64) {
    for number in from..from + EACH {
        recording::send(http, BUCKET, number).unwrap();
    }
}

/// An open event may be sent again when it grows, so equal neighbours count once.
fn arrive(office: &FakeOffice, count: u64, what: &str) {
    wait::until(&format!("{what}: everything to arrive"), wait::LONG, || {
        let mut numbers = office.numbers();
        numbers.dedup();
        if numbers == (0..count).collect::<Vec<_>>() { Ok(()) } else { Err(format!("{numbers:?}")) }
    });
}

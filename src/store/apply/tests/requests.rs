//! Retries: one request is one command, however often it arrives.

use super::*;
use crate::domain::command::{KEY_MEMORY_MS, REQUEST_MEMORY_MS};
use crate::domain::session::SessionCommand;
use crate::store::tables::{KeyedRequestOrder, KeyedRequests, Requests};
use crate::store::transaction::{KeyRange, Order, Read};

fn remembered(story: &Story) -> usize {
    let scope = story.state.read().unwrap();
    scope.rows::<Requests>(KeyRange::all(), Order::Rising, usize::MAX).unwrap().len()
}

#[test]
fn the_same_envelope_twice_is_one_change() {
    let (mut story, ada) = Story::with_ada();
    let session = story.session(ada);
    let envelope = story.envelope(Command::Session(SessionCommand::Open(session.clone())));
    let first = story.apply(&envelope);
    assert!(!first.changes.is_empty());
    let before = story.hash();
    let close = SessionCommand::Close { session: session.id };
    for _ in 0..3 {
        let again = story.apply(&envelope);
        assert_eq!((again.outcome, again.changes), (first.outcome.clone(), Vec::new()));
        assert!(story.hash() == before);
    }
    story.run(Command::Session(close));
    assert_eq!(story.apply(&envelope).outcome, first.outcome);
    let known = read::session(&story.state.read().unwrap(), session.id).unwrap();
    assert_eq!(known, None, "a late retry does not sign in again");
}

#[test]
fn a_retry_of_a_refused_request_is_judged_anew() {
    let (mut story, _) = Story::with_ada();
    let bob = story.user("bob", Role::Employee);
    let open = Command::Session(SessionCommand::Open(story.session(bob.id)));
    let envelope = story.envelope(open);
    assert_eq!(story.apply(&envelope).outcome, Outcome::Refused(Refusal::UnknownUser));
    story.run(Command::User(UserCommand::Add { user: bob, wrapped_key: None }));
    assert_eq!(story.apply(&envelope).outcome, Outcome::Done);
}

#[test]
fn old_requests_are_forgotten_as_new_ones_come() {
    let (mut story, ada) = Story::with_ada();
    let session = story.sign_in(ada);
    let touch = Command::Session(SessionCommand::Touch { session: session.id });
    for _ in 0..30 {
        story.run(touch.clone());
    }
    let full = remembered(&story);
    assert_eq!(full, 33);
    story.later(REQUEST_MEMORY_MS - 1);
    story.run(touch.clone());
    assert_eq!(remembered(&story), full + 1, "none is too old yet");
    story.later(1);
    for _ in 0..12 {
        story.run(touch.clone());
    }
    assert_eq!(remembered(&story), 13, "those of the last moments");
}

#[test]
fn a_key_of_the_callers_own_is_one_request_for_a_day() {
    let (mut story, ada) = Story::with_ada();
    let keyed = |story: &mut Story, asked: u8| {
        let open = Command::Session(SessionCommand::Open(story.session(ada)));
        let request = RequestId::keyed([7; 8], [asked; 8]);
        Envelope { request, ..story.envelope(open) }
    };
    let first = keyed(&mut story, 1);
    let done = story.apply(&first);
    assert_eq!(done.outcome, Outcome::Done);
    story.later(KEY_MEMORY_MS - 1);
    let before = story.hash();
    // What is asked decides, not how: the retry carries a fresh session, and none is opened.
    let again = keyed(&mut story, 1);
    assert_eq!(story.apply(&again).outcome, Outcome::Done);
    let other = keyed(&mut story, 2);
    assert_eq!(story.apply(&other).outcome, Outcome::Refused(Refusal::KeyReused));
    assert!(story.hash() == before);
    story.later(1);
    let other = keyed(&mut story, 2);
    assert!(!story.apply(&other).changes.is_empty(), "forgotten after a day");
    let scope = story.state.read().unwrap();
    let all = KeyRange::all;
    let order = scope.rows::<KeyedRequestOrder>(all(), Order::Rising, usize::MAX).unwrap();
    assert_eq!(order, [(1, other.request)]);
    assert_eq!(scope.rows::<KeyedRequests>(all(), Order::Rising, usize::MAX).unwrap().len(), 1);
}

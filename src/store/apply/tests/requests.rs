//! Retries: one request is one command, however often it arrives.

use super::*;
use crate::domain::command::{KEY_MEMORY_MS, MOST_KEYS_EACH, REQUEST_MEMORY_MS};
use crate::domain::session::SessionCommand;
use crate::store::tables::{
    CallerKeys, KeyCounts, KeyNumbers, KeyedRequestOrder, KeyedRequests, Requests, Table,
};
use crate::store::transaction::{KeyRange, Order, Read, Write};

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
    let order = scope.rows::<KeyNumbers>(all(), Order::Rising, usize::MAX).unwrap();
    assert_eq!(order.iter().map(|row| row.1).collect::<Vec<_>>(), [other.request]);
    assert_eq!(scope.rows::<KeyedRequests>(all(), Order::Rising, usize::MAX).unwrap().len(), 1);
}

fn rows<T: Table>(story: &Story) -> usize {
    let scope = story.state.read().unwrap();
    scope.rows::<T>(KeyRange::all(), Order::Rising, usize::MAX).unwrap().len()
}

#[test]
fn a_caller_pushes_out_nothing_but_what_is_their_own() {
    let (mut story, ada) = Story::with_ada();
    let session = story.sign_in(ada);
    let touch = |story: &mut Story, actor: Actor, number: u64| {
        story.now = story.now.plus_ms(1);
        let command = Command::Session(SessionCommand::Touch { session: session.id });
        // A key's seventh byte says that it is one.
        let request = RequestId::keyed((number << 16).to_be_bytes(), [1; 8]);
        Envelope { request, actor, ..story.envelope(command) }
    };
    let others = touch(&mut story, Actor::User(ada), 0);
    story.apply(&others);
    let hog = || Actor::Local(ShortText::cut("hog"));
    let flood: Vec<_> =
        (1..=MOST_KEYS_EACH + 2).map(|number| touch(&mut story, hog(), number)).collect();
    let (state, index) = (story.state.clone(), story.index);
    let applied = state.write(|writer| {
        for (envelope, at) in flood.iter().zip(index + 1..) {
            apply(writer, at, envelope)?;
        }
        Ok(())
    });
    applied.unwrap();
    story.index += flood.len() as u64;
    let kept = usize::try_from(MOST_KEYS_EACH).unwrap() + 1;
    assert_eq!(rows::<KeyedRequests>(&story), kept);
    assert_eq!((rows::<KeyNumbers>(&story), rows::<CallerKeys>(&story)), (kept, kept));
    let counted = story.state.read().unwrap().get::<KeyCounts>(&()).unwrap().unwrap();
    assert_eq!(counted.count, kept as u64);
    let mut is_known = |envelope: &Envelope| {
        let before = story.hash();
        story.apply(envelope);
        story.hash() == before
    };
    assert!(is_known(&others), "somebody else's outcome is still there");
    assert!(is_known(&flood[2]) && is_known(flood.last().unwrap()));
    assert!(!is_known(&flood[0]), "their own oldest gave way");
}

#[test]
fn keys_from_before_callers_were_told_apart_are_known_and_go_in_time() {
    let (mut story, ada) = Story::with_ada();
    let session = story.sign_in(ada);
    let touch = |story: &mut Story, key: u8| {
        let command = Command::Session(SessionCommand::Touch { session: session.id });
        Envelope { request: RequestId::keyed([key; 8], [1; 8]), ..story.envelope(command) }
    };
    let old = touch(&mut story, 1);
    let known = crate::domain::outcome::Remembered { at: story.now, outcome: Outcome::Already };
    let put = story.state.write(|writer| {
        writer.put::<KeyedRequestOrder>(&7, &old.request)?;
        writer.put::<KeyedRequests>(&old.request, &known)
    });
    put.unwrap();
    assert_eq!(story.apply(&old).outcome, Outcome::Already, "what it was then");
    story.later(KEY_MEMORY_MS);
    let new = touch(&mut story, 2);
    story.apply(&new);
    assert_eq!((rows::<KeyedRequestOrder>(&story), rows::<KeyedRequests>(&story)), (0, 1));
}

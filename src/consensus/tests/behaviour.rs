//! Commit, read, retries, the feed, refusals, closing.

use std::time::Duration;

use super::*;
use crate::consensus::types::Logged;
use crate::domain::id::TokenId;
use crate::domain::office::OfficeCommand;
use crate::domain::outcome::Noun;
use crate::domain::secret::{Secret, SecretCommand};
use crate::domain::text::Label;
use crate::domain::token::TokenCommand;

#[test]
fn what_was_committed_is_read_at_once_and_after_a_restart() {
    run(async {
        let scratch = Scratch::new("restart");
        let door = founded(&scratch).await;
        for number in 0..50 {
            assert_eq!(door.commit(note(number)).await.unwrap(), Outcome::Done);
        }
        assert_eq!(notes(&door).await, (0..50).collect::<Vec<_>>());
        let before = hash(&door).await;
        door.close().await.unwrap();

        let door = Door::open(options(&scratch)).await.unwrap();
        assert_eq!(notes(&door).await, (0..50).collect::<Vec<_>>());
        assert_eq!(hash(&door).await, before);
        let status = door.status();
        assert_eq!((status.applied, status.queued, status.leader), (status.last, 0, Some(1)));
        door.close().await.unwrap();
    });
}

#[test]
fn a_retry_is_answered_again_and_changes_nothing() {
    run(async {
        let scratch = Scratch::new("retry");
        let door = founded(&scratch).await;
        for _ in 0..3 {
            assert_eq!(door.commit(note(7)).await.unwrap(), Outcome::Done);
        }
        assert_eq!(notes(&door).await, [7]);
        door.close().await.unwrap();
    });
}

#[test]
fn a_refused_command_is_an_outcome() {
    run(async {
        let scratch = Scratch::new("refused");
        let door = Door::open(options(&scratch)).await.unwrap();
        assert!(matches!(door.commit(note(1)).await.unwrap(), Outcome::Refused(_)));
        door.close().await.unwrap();
    });
}

#[test]
fn many_writers_share_flushes_and_each_is_applied_once() {
    run(async {
        let scratch = Scratch::new("many");
        let door = founded(&scratch).await;
        let mut writers = tokio::task::JoinSet::new();
        for writer in 0..16 {
            let door = door.clone();
            writers.spawn(async move {
                for number in 0..20 {
                    door.commit(note(writer * 1000 + number)).await.unwrap();
                }
            });
        }
        while let Some(written) = writers.join_next().await {
            written.unwrap();
        }
        let mut found = notes(&door).await;
        found.sort_unstable();
        let expected: Vec<_> = (0..16).flat_map(|w| (0..20).map(move |n| w * 1000 + n)).collect();
        assert_eq!(found, expected);
        door.close().await.unwrap();
    });
}

#[test]
fn of_many_in_one_entry_each_is_told_its_own_outcome() {
    run(async {
        let scratch = Scratch::new("own-outcome");
        let door = founded(&scratch).await;
        let mut writers = tokio::task::JoinSet::new();
        for number in 0..64 {
            let door = door.clone();
            writers.spawn(async move {
                let unknown =
                    Command::Token(TokenCommand::Revoke { token: TokenId::from_bytes([9; 16]) });
                let (asked, refused) = match number % 3 {
                    0 => (envelope(number, unknown), true),
                    _ => (note(number), false),
                };
                let outcome = door.commit(asked).await.unwrap();
                assert_eq!(
                    matches!(outcome, Outcome::Refused(_)),
                    refused,
                    "{number}: {outcome:?}"
                );
            });
        }
        while let Some(written) = writers.join_next().await {
            written.unwrap();
        }
        door.close().await.unwrap();
    });
}

#[test]
fn changes_are_numbered_on_after_a_restart() {
    run(async {
        let scratch = Scratch::new("numbers");
        let mut last = 0;
        for round in 0..3 {
            let door = match round {
                0 => founded(&scratch).await,
                _ => Door::open(options(&scratch)).await.unwrap(),
            };
            let mut changes = door.changes();
            for number in 0..3 {
                let policy = ActivityPolicy::default();
                let command = OfficeCommand::SetPolicy { policy, reason: ShortText::cut("test") };
                door.commit(envelope(100 + round * 10 + number, Command::Office(command)))
                    .await
                    .unwrap();
                let Some(News::Changed(change)) = changes.next().await else { panic!("no change") };
                assert!(change.server_seq > last, "{} after {last}", change.server_seq);
                last = change.server_seq;
            }
            door.close().await.unwrap();
        }
    });
}

#[test]
fn listeners_hear_of_changes_and_slow_ones_learn_what_they_missed() {
    run(async {
        let scratch = Scratch::new("feed");
        let door = Door::open(options(&scratch)).await.unwrap();
        let mut changes = door.changes();
        door.commit(found()).await.unwrap();
        let Some(News::Changed(change)) = changes.next().await else { panic!("no change") };
        assert_eq!(change.noun, Noun::Office);
        assert_eq!(change.server_seq, 1);

        let mut writers = tokio::task::JoinSet::new();
        for number in 0..1100 {
            let policy = ActivityPolicy::default();
            let reason = ShortText::cut("test");
            let command = Command::Office(OfficeCommand::SetPolicy { policy, reason });
            let door = door.clone();
            writers.spawn(async move { door.commit(envelope(number, command)).await.unwrap() });
        }
        writers.join_all().await;
        assert!(matches!(changes.next().await, Some(News::Missed(missed)) if missed >= 76));
        door.close().await.unwrap();
        let mut left = 0;
        while changes.next().await.is_some() {
            left += 1;
        }
        assert_eq!(left, 1024);
    });
}

#[test]
fn a_closed_door_says_so() {
    run(async {
        let scratch = Scratch::new("closed");
        let door = founded(&scratch).await;
        let other = door.clone();
        door.close().await.unwrap();
        assert!(matches!(other.commit(note(1)).await, Err(CommitError::Stopped(_))));
        let read = other.read(|reader| state_hash(reader)).await;
        assert!(matches!(read, Err(ReadError::Stopped(_))));
    });
}

#[test]
fn a_command_too_large_for_the_log_is_refused_before_it() {
    run(async {
        let scratch = Scratch::new("large");
        let door = founded(&scratch).await;
        let before = door.status().last;
        let refused = door.commit(secret(1, 9 * 1024 * 1024)).await;
        assert!(matches!(refused, Err(CommitError::TooLarge { .. })), "{refused:?}");
        assert_eq!(door.status().last, before);
        door.close().await.unwrap();
    });
}

#[test]
fn a_command_above_the_agreed_level_is_refused_before_the_log() {
    run(async {
        let scratch = Scratch::new("level");
        let door = founded(&scratch).await;
        let before = door.status().last;
        door.inner_for_tests().progress.level_is(Some(0));
        let refused = door.commit(note(1)).await;
        assert_eq!(refused, Err(CommitError::Level { needs: 1, have: 0 }));
        assert_eq!(door.status().last, before);
        door.close().await.unwrap();
    });
}

#[test]
fn an_unknown_command_stops_the_server_with_a_sentence_now_and_at_every_start() {
    run(async {
        let scratch = Scratch::new("unknown");
        let door = founded(&scratch).await;
        let raft = &door.inner_for_tests().raft;
        // Version 9 of a command, from a newer server that should not have sent it.
        raft.client_write_ff(Logged([vec![9, 9, 9]].into()), None).await.unwrap();
        let sentence = door.fatal().await.sentence;
        assert!(sentence.contains("newer Timebook wrote it"), "{sentence}");
        assert!(matches!(door.commit(note(1)).await, Err(CommitError::Stopped(_))));
        assert_eq!(door.close().await.unwrap_err().sentence, sentence);
        let Err(again) = Door::open(options(&scratch)).await else { panic!("the door opened") };
        assert!(again.to_string().contains("newer Timebook wrote it"), "{again}");
    });
}

#[test]
fn the_log_stays_within_its_bounds_and_still_opens() {
    run(async {
        let scratch = Scratch::new("bounds");
        let door = founded(&scratch).await;
        // Few large commands reach the bound in bytes soonest: 40 x 2 MB.
        for number in 0..40 {
            door.commit(secret(number, 2 * 1024 * 1024)).await.unwrap();
        }
        let purged = door.inner_for_tests().raft.wait(Some(Duration::from_secs(20)));
        purged.metrics(|now| now.purged.is_some(), "the keeper purges").await.unwrap();
        let before = hash(&door).await;
        door.close().await.unwrap();
        let door = Door::open(options(&scratch)).await.unwrap();
        assert_eq!(hash(&door).await, before);
        door.commit(note(1000)).await.unwrap();
        door.close().await.unwrap();
    });
}

/// A command of about `bytes` bytes.
fn secret(number: u64, bytes: usize) -> Envelope {
    let name = Label::new("big".to_owned()).unwrap();
    envelope(number, Command::Secret(SecretCommand::Put(Secret { name, sealed: vec![7; bytes] })))
}

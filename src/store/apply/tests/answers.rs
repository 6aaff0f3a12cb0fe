//! Answers that are kept for requests with a key: each caller's own, whatever others ask.

use super::*;
use crate::domain::answer::{Answer, AnswerCommand, MOST_ANSWERS, MOST_ANSWERS_EACH};
use crate::domain::command::KEY_MEMORY_MS;
use crate::store::tables::{AnswerNumbers, AnswerOrder, Answers, CallerAnswers};
use crate::store::transaction::{KeyRange, Order, Read, Write};

fn key(caller: u32, number: u32) -> RequestId {
    let mut first = [0; 8];
    first[..2].copy_from_slice(&caller.to_be_bytes()[2..]);
    first[2..6].copy_from_slice(&number.to_be_bytes());
    RequestId::keyed(first, [1; 8])
}

fn begin(caller: u32, number: u32) -> Command {
    let key = key(caller, number);
    Command::Answer(AnswerCommand::BeginFor { caller: caller.into(), key })
}

fn forget(caller: u32, number: u32) -> Command {
    Command::Answer(AnswerCommand::Forget { key: key(caller, number) })
}

impl Story {
    /// Rows of the three tables.
    fn answers_kept(&self) -> [usize; 3] {
        let scope = self.state.read().unwrap();
        let all = || KeyRange::all();
        [
            scope.rows::<Answers>(all(), Order::Rising, usize::MAX).unwrap().len(),
            scope.rows::<AnswerNumbers>(all(), Order::Rising, usize::MAX).unwrap().len(),
            scope.rows::<CallerAnswers>(all(), Order::Rising, usize::MAX).unwrap().len(),
        ]
    }

    fn knows(&self, caller: u32, number: u32) -> bool {
        let scope = self.state.read().unwrap();
        scope.get::<Answers>(&key(caller, number)).unwrap().is_some()
    }

    /// As after so many requests of this caller, from its number 0 on.
    fn asked(&mut self, caller: u32, many: usize) {
        let now = self.now;
        let from = self.answers_kept()[1] as u64;
        self.state
            .write(|writer| {
                for n in 0..many as u64 {
                    let (place, key) = (from + n, key(caller, u32::try_from(n).unwrap()));
                    writer.put::<AnswerNumbers>(&(place, caller.into()), &key)?;
                    writer.put::<CallerAnswers>(&(caller.into(), place), &key)?;
                    writer.put::<Answers>(&key, &Answer { at: now, given: None })?;
                }
                Ok(())
            })
            .unwrap();
    }
}

#[test]
fn what_was_refused_leaves_nothing_behind() {
    let (mut story, _) = Story::with_ada();
    assert_eq!(story.run(begin(1, 0)), Outcome::Done);
    let before = story.answers_kept();
    for n in 0..30 {
        assert_eq!(story.run(begin(2, n)), Outcome::Done);
        assert_eq!(story.run(forget(2, n)), Outcome::Done);
        assert_eq!(story.run(forget(2, n)), Outcome::Done, "again");
    }
    assert_eq!(story.answers_kept(), before);
    assert!(matches!(story.run(begin(1, 0)), Outcome::Answered(_)));
}

#[test]
fn a_caller_pushes_out_its_own_answers_and_nobody_elses() {
    let (mut story, _) = Story::with_ada();
    assert_eq!(story.run(begin(1, 0)), Outcome::Done);
    story.asked(2, MOST_ANSWERS_EACH);
    assert_eq!(story.run(begin(2, 999_999)), Outcome::Done);
    assert!(story.knows(1, 0) && story.knows(2, 999_999));
    assert!(!story.knows(2, 0) && story.knows(2, 1), "its own oldest");
    assert_eq!(story.answers_kept(), [MOST_ANSWERS_EACH + 1; 3]);
}

#[test]
fn when_all_is_full_who_keeps_more_gives_way() {
    let (mut story, _) = Story::with_ada();
    let most = usize::try_from(MOST_ANSWERS).unwrap();
    story.asked(1, 3);
    for caller in 2..12 {
        story.asked(caller, MOST_ANSWERS_EACH - 1);
    }
    let left = most - story.answers_kept()[0];
    story.asked(12, left);
    assert_eq!(story.answers_kept(), [most; 3]);
    // Of two that keep as much the one who comes gives way.
    assert_eq!(story.run(begin(12, 999_999)), Outcome::Done);
    assert!(!story.knows(12, 0), "its own");
    assert!(story.knows(1, 0), "the oldest is of somebody who keeps fewer");
    assert_eq!(story.run(begin(13, 0)), Outcome::Done);
    assert!(!story.knows(1, 0), "who keeps none yet gets a place");
    assert_eq!(story.run(begin(13, 1)), Outcome::Done);
    assert!(!story.knows(1, 1) && story.knows(1, 2));
    assert_eq!(story.run(begin(13, 2)), Outcome::Done);
    assert!(story.knows(1, 2), "but no more than they keep");
    assert!(!story.knows(13, 0));
    assert_eq!(story.answers_kept(), [most; 3]);
}

#[test]
fn old_answers_go_step_by_step() {
    let (mut story, _) = Story::with_ada();
    story.asked(1, 30);
    // As an older Timebook left it.
    let untold = key(7, 7);
    story
        .state
        .write(|writer| {
            writer.put::<AnswerOrder>(&4, &untold)?;
            writer.put::<Answers>(&untold, &Answer { at: Timestamp::EARLIEST, given: None })
        })
        .unwrap();
    story.later(KEY_MEMORY_MS - 1);
    assert_eq!(story.run(begin(2, 0)), Outcome::Done);
    let step = || Command::Answer(AnswerCommand::ForgetOld { rows: 20 });
    assert_eq!(story.run(step()), Outcome::Erased { more: false });
    assert_eq!(story.answers_kept(), [31; 3], "none is too old but the untold one");
    story.later(1);
    assert_eq!(story.run(step()), Outcome::Erased { more: true });
    assert_eq!(story.run(step()), Outcome::Erased { more: false });
    assert_eq!(story.answers_kept(), [1; 3]);
    let scope = story.state.read().unwrap();
    assert_eq!(scope.rows::<AnswerOrder>(KeyRange::all(), Order::Rising, 9).unwrap(), []);
}

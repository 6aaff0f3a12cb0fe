//! The state file gives room back to the disk while others read and write.

use super::*;
use crate::consensus::apply::Applier;
use crate::consensus::position::Place;
use crate::consensus::shrink::{copy, follow};
use crate::domain::activity::{BucketNumber, EventId};
use crate::domain::tier::BlockPart;
use crate::store::tables::BlockParts;
use crate::store::{Reader, Write};
use crate::store::{State, fresh};

/// Pieces of blocks that lie between others, of which most go again.
const PIECES: u64 = 1_200;

fn state(door: &Door) -> State {
    door.inner_for_tests().state.lock().unwrap().clone().unwrap()
}

fn applier(door: &Door) -> Applier {
    door.inner_for_tests().machine.applier()
}

/// A file of tens of megabytes with a tenth of that in use, in its front, its middle and its end.
fn spread(door: &Door) {
    let key = |n: u64| ((BucketNumber(n), Timestamp::EARLIEST, EventId(n)), 0_u32);
    let state = state(door);
    for piece in 0..PIECES {
        let bytes = vec![7; 30_000];
        state.write(|writer| writer.put::<BlockParts>(&key(piece), &BlockPart { bytes })).unwrap();
    }
    state.checkpoint().unwrap();
    let gone = (0..PIECES).filter(|piece| piece % 10 != 0);
    let delete = |piece| state.write(|writer| writer.delete::<BlockParts>(&key(piece)));
    gone.for_each(|piece| assert!(delete(piece).unwrap()));
    state.checkpoint().unwrap();
}

#[test]
fn it_is_shorter_and_says_the_same_whoever_writes_meanwhile() {
    let scratch = Scratch::new("shrinking");
    run(async {
        let door = founded(&scratch).await;
        spread(&door);
        let (old, room) = (state(&door).read().unwrap(), door.room().await.unwrap());
        assert!(room.file > 3 * room.used, "{room:?}");
        let rows = |reader: &dyn Reader| read::audit(reader, 0, usize::MAX).unwrap().len();
        let kept = rows(&old);
        let writing = {
            let door = door.clone();
            tokio::spawn(async move {
                let mut written = 0;
                while written < 3_000 {
                    assert_eq!(door.commit(note(written)).await.unwrap(), Outcome::Done);
                    written += 1;
                }
            })
        };
        let shrunk = door.shrink().await.unwrap().expect("it is possible");
        writing.await.unwrap();
        assert!(shrunk.after < shrunk.before / 2, "{shrunk:?}");
        let now = door.room().await.unwrap();
        assert!(now.file < room.file / 2 && now.file < now.used * 3 / 2 + 8_000_000, "{now:?}");
        // Whoever read on reads the old one.
        assert_eq!(rows(&old), kept);
        drop(old);
        assert_eq!(notes(&door).await, (0..3_000).collect::<Vec<_>>());
        let before = hash(&door).await;
        door.close().await.unwrap();

        // It is the file at the state's own path, and belongs to the log.
        let door = Door::open(options(&scratch)).await.unwrap();
        assert_eq!(hash(&door).await, before);
        assert_eq!(door.commit(note(9_999)).await.unwrap(), Outcome::Done);
        door.close().await.unwrap();
    });
}

#[test]
fn cleared_out_while_others_write_it_has_all_they_wrote_and_remembers() {
    let scratch = Scratch::new("clearing");
    run(async {
        let door = founded(&scratch).await;
        assert_eq!(door.cleared().await.unwrap(), 0);
        let writing = {
            let door = door.clone();
            tokio::spawn(async move {
                for number in 0..2_000 {
                    assert_eq!(door.commit(note(number)).await.unwrap(), Outcome::Done);
                }
            })
        };
        let patience = std::time::Duration::from_secs(20);
        for upto in 1..=5 {
            assert!(door.clear_out(upto, patience).await.unwrap());
            assert_eq!(door.cleared().await.unwrap(), upto);
        }
        writing.await.unwrap();
        assert_eq!(notes(&door).await, (0..2_000).collect::<Vec<_>>());
        let before = hash(&door).await;
        door.close().await.unwrap();
        let door = Door::open(options(&scratch)).await.unwrap();
        assert_eq!((hash(&door).await, door.cleared().await.unwrap()), (before, 5));
        assert_eq!(door.commit(note(9_999)).await.unwrap(), Outcome::Done);
        door.close().await.unwrap();
    });
}

#[test]
fn what_the_log_does_not_hold_any_more_ends_the_try() {
    let scratch = Scratch::new("shrinking-late");
    run(async {
        let door = founded(&scratch).await;
        let path = fresh(state(&door).path());
        let copied = State::open(&path).unwrap();
        let mut place = copy(&state(&door), &copied).unwrap();
        for number in 0..20 {
            door.commit(note(number)).await.unwrap();
        }
        let log = &door.inner_for_tests().log;
        let upto = || applier(&door).place().unwrap().applied;
        // As far as there is any, and not as far as there is none.
        let mut other = place.clone();
        assert!(follow(log, &copied, &mut other, upto()).unwrap());
        let reached = Place::read(&copied.read().unwrap()).unwrap().applied;
        assert_eq!(reached, upto());
        let content = |state: &State| state_hash(&state.read().unwrap()).unwrap();
        assert_eq!(content(&copied), content(&state(&door)));
        assert!(door.forget_log(std::time::Duration::from_secs(20)).await);
        assert!(!follow(log, &copied, &mut place, upto()).unwrap());
        let kept = content(&state(&door));
        let exchanged = applier(&door).exchange(&copied, |_| Ok(false));
        assert!(!exchanged.unwrap());
        let failed = applier(&door).exchange(&copied, |_| Err(std::io::Error::other("no")));
        assert_eq!(failed.unwrap_err().to_string(), "no");
        assert_eq!(content(&state(&door)), kept, "the old one stays");
        assert_eq!(door.commit(note(100)).await.unwrap(), Outcome::Done, "and goes on");
        drop(copied);
        door.close().await.unwrap();
        // What a try left that was broken off goes with the next start.
        assert!(path.exists());
        Door::open(options(&scratch)).await.unwrap().close().await.unwrap();
        assert!(!path.exists());
    });
}

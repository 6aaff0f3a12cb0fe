//! Power cuts: commands are written while the power goes; afterwards everything acknowledged is there, exactly once.
//!
//! Seeded: a failing seed is in the message. `TIMEBOOK_CUTS` sets how many (20 otherwise), `TIMEBOOK_SEED` where to start.
//! The same test must fail on a disk that acknowledges before it has written, or it proves nothing.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use openraft::RaftMetrics;

use super::*;
use crate::consensus::types::{LogId, Types};
use crate::store::faults::{FaultyDisk, Misbehaviour};
use crate::store::storage::Storage;

#[test]
fn nothing_acknowledged_is_lost_or_doubled_by_power_cuts() {
    let cuts = number("TIMEBOOK_CUTS").unwrap_or(20);
    let first = number("TIMEBOOK_SEED").unwrap_or(1);
    run(async move {
        for seed in first..first + cuts {
            if let Err(broken) = cut(seed, Misbehaviour::None).await {
                panic!("seed {seed}: {broken}");
            }
        }
    });
}

#[test]
fn the_same_test_catches_a_disk_that_acknowledges_before_it_has_written() {
    run(async {
        let mut caught = 0;
        for seed in 1..=5 {
            caught += u32::from(cut(seed, Misbehaviour::LyingFlush).await.is_err());
        }
        assert!(caught > 0, "acknowledging before the flush went unnoticed");
    });
}

#[test]
fn a_full_disk_stops_the_server_and_costs_nothing_acknowledged() {
    run(async {
        let disk = FaultyDisk::default();
        let door = open(&disk).await.unwrap();
        door.commit(found()).await.unwrap();
        door.commit(note(1)).await.unwrap();
        disk.misbehave(Misbehaviour::Full);
        assert!(matches!(door.commit(note(2)).await, Err(CommitError::Stopped(_))));
        let sentence = door.fatal().await.sentence;
        assert!(sentence.contains("log file could not be written"), "{sentence}");
        assert!(matches!(door.commit(note(3)).await, Err(CommitError::Stopped(_))));
        drop(door);
        // The process ends here; its successor finds room again.
        disk.misbehave(Misbehaviour::None);
        disk.cut_power(1);
        let door = open(&disk).await.unwrap();
        assert!(notes(&door).await.starts_with(&[1]));
    });
}

#[test]
fn one_commit_alone_costs_one_flush() {
    run(async {
        let disk = FaultyDisk::default();
        let door = open(&disk).await.unwrap();
        door.commit(found()).await.unwrap();
        let before = disk.flushes();
        for number in 0..200 {
            door.commit(note(number)).await.unwrap();
        }
        // The checkpoints of the state come on top: two flushes each, every second or two.
        let flushes = disk.flushes() - before;
        assert!((200..=220).contains(&flushes), "{flushes} flushes for 200 commits");
        door.close().await.unwrap();
    });
}

/// Several generations on one disk: write, cut, open, check.
async fn cut(seed: u64, misbehaviour: Misbehaviour) -> Result<(), String> {
    let disk = FaultyDisk::default();
    let mut sent = 0;
    let mut acknowledged = BTreeSet::new();
    let door = open(&disk).await?;
    door.commit(found()).await.map_err(|error| error.to_string())?;
    disk.misbehave(misbehaviour);
    let mut door = door;
    for generation in 0..GENERATIONS {
        // Where in the stream of writes the cut falls differs from seed to seed: at an acknowledgement, or in the middle of
        // whatever the database is writing.
        let chance = seed * 37 + generation * 11;
        let when = if chance.is_multiple_of(2) {
            Cut::AfterAcknowledging(5 + chance % 60)
        } else {
            Cut::AfterWriting(20 + chance * 7 % 900)
        };
        sent =
            write_until_cut(&door, &disk, sent, when, seed ^ generation, &mut acknowledged).await;
        drop(door);
        door = open(&disk).await?;
        check(&door, sent, &acknowledged).await?;
    }
    Ok(())
}

/// When the power goes.
#[derive(Clone, Copy)]
enum Cut {
    AfterAcknowledging(u64),
    AfterWriting(u64),
}

/// Several writers at once, and one who checkpoints and purges the log, until the power goes. Returns the next unused number.
async fn write_until_cut(
    door: &Door,
    disk: &FaultyDisk,
    sent: u64,
    when: Cut,
    seed: u64,
    acknowledged: &mut BTreeSet<u64>,
) -> u64 {
    let (next, done) = (Arc::new(AtomicU64::new(sent)), Arc::new(AtomicU64::new(0)));
    let cut_after = match when {
        Cut::AfterAcknowledging(acknowledged) => acknowledged,
        Cut::AfterWriting(writes) => {
            disk.cut_power_after(writes, seed);
            u64::MAX
        }
    };
    let mut writers = tokio::task::JoinSet::new();
    let for_keeper = door.clone();
    writers.spawn(async move {
        keep(&for_keeper).await;
        Vec::new()
    });
    for _ in 0..WRITERS {
        let (door, disk) = (door.clone(), disk.clone());
        let (next, done) = (Arc::clone(&next), Arc::clone(&done));
        writers.spawn(async move {
            let mut mine = Vec::new();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                match door.commit(note(number)).await {
                    Ok(_) => mine.push(number),
                    Err(_) => return mine,
                }
                if done.fetch_add(1, Ordering::Relaxed) + 1 == cut_after {
                    disk.cut_power(seed);
                }
            }
        });
    }
    while let Some(written) = writers.join_next().await {
        acknowledged.extend(written.unwrap());
    }
    next.load(Ordering::Relaxed)
}

/// Snapshots (each a checkpoint of the state) and purges, without a pause, until the door fails.
async fn keep(door: &Door) {
    let raft = &door.inner_for_tests().raft;
    let at_least = |of: fn(&RaftMetrics<Types>) -> Option<LogId>, index: u64| {
        let wait = raft.wait(Some(Duration::from_secs(30)));
        let reached = move |now: &RaftMetrics<Types>| {
            now.running_state.is_err() || of(now).is_some_and(|at| at.index >= index)
        };
        async move { wait.metrics(reached, "the keeper's step").await }
    };
    while door.inner_for_tests().alarm.reason().is_none() {
        let before = door.status().applied.unwrap_or(0);
        let triggered = raft.trigger().snapshot().await;
        if triggered.is_err() || at_least(|now| now.snapshot, before).await.is_err() {
            return;
        }
        let triggered = raft.trigger().purge_log(before.saturating_sub(5)).await;
        if triggered.is_err() || at_least(|now| now.last_applied, before + 10).await.is_err() {
            return;
        }
    }
}

async fn check(door: &Door, sent: u64, acknowledged: &BTreeSet<u64>) -> Result<(), String> {
    let found = notes(door).await;
    let distinct: BTreeSet<_> = found.iter().copied().collect();
    if distinct.len() != found.len() {
        return Err("a change was applied twice".to_owned());
    }
    let lost: Vec<_> = acknowledged.difference(&distinct).collect();
    if !lost.is_empty() {
        return Err(format!("acknowledged and lost: {lost:?}"));
    }
    if distinct.iter().any(|number| *number >= sent) {
        return Err("a change nobody sent is there".to_owned());
    }
    Ok(())
}

/// Opens, and opens once more: recovery itself must not change what is there.
async fn open(disk: &FaultyDisk) -> Result<Door, String> {
    let options =
        || DoorOptions { storage: Storage::Faulty(disk.clone()), ..DoorOptions::default() };
    let door = Door::open(options()).await.map_err(|error| format!("does not open: {error}"))?;
    let before = hash(&door).await;
    door.close().await.map_err(|error| format!("does not close: {error}"))?;
    let door =
        Door::open(options()).await.map_err(|error| format!("does not open again: {error}"))?;
    if hash(&door).await != before {
        return Err("the state differs after opening again".to_owned());
    }
    Ok(door)
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

const GENERATIONS: u64 = 3;
const WRITERS: usize = 6;

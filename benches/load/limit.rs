//! This machine's limit: durable redb commits of rows the size of a heartbeat command, with group commit, nothing else.

use std::path::Path;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use redb::{Database, TableDefinition};

use crate::spread::Spread;

const ROWS: TableDefinition<u64, &[u8]> = TableDefinition::new("rows");
/// About what a heartbeat command takes in the log.
const ROW_BYTES: usize = 220;

/// Commits for `run` with `waiters` threads that each wait for their row to be durable before they hand in the next.
pub(crate) fn commits(directory: &Path, waiters: usize, run: Duration) -> Spread {
    let path = directory.join("limit.redb");
    let database = Database::create(&path).expect("a database");
    let (hand_in, queue) = mpsc::channel::<mpsc::SyncSender<()>>();
    let started = Instant::now();
    let writer = thread::spawn(move || {
        let mut next = 0;
        while let Ok(first) = queue.recv() {
            let mut waiting = vec![first];
            waiting.extend(queue.try_iter());
            let transaction = database.begin_write().expect("a transaction");
            {
                let mut rows = transaction.open_table(ROWS).expect("a table");
                for _ in &waiting {
                    rows.insert(next, [7_u8; ROW_BYTES].as_slice()).expect("an insert");
                    next += 1;
                }
            }
            transaction.commit().expect("a commit");
            for waiter in waiting {
                // A waiter whose time is up no longer listens.
                let _gone = waiter.send(());
            }
        }
    });
    let threads: Vec<_> = (0..waiters)
        .map(|_| {
            let hand_in = hand_in.clone();
            thread::spawn(move || {
                let mut durations = Vec::new();
                while started.elapsed() < run {
                    let (done, wait) = mpsc::sync_channel(1);
                    let begun = Instant::now();
                    hand_in.send(done).expect("the writer runs");
                    wait.recv().expect("the writer answers");
                    durations.push(begun.elapsed());
                }
                durations
            })
        })
        .collect();
    drop(hand_in);
    let durations = threads.into_iter().flat_map(|t| t.join().expect("a waiter ends")).collect();
    let within = started.elapsed();
    writer.join().expect("the writer ends");
    drop(std::fs::remove_file(path));
    Spread::new(durations, within)
}

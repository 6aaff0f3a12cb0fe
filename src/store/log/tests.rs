//! The log file alone: order, durability of the marks, reading back, failing once and for good.

use std::sync::mpsc;

use super::*;
use crate::store::scratch::Scratch;

fn open(path: &std::path::Path) -> LogFile {
    LogFile::open(LogOptions {
        path: path.to_owned(),
        storage: Storage::Files,
        on_failure: Box::new(|error| panic!("{error}")),
    })
    .unwrap()
}

fn wait(act: impl FnOnce(Done)) -> Result<(), LogError> {
    let (tell, told) = mpsc::channel();
    act(Box::new(move |result| tell.send(result).unwrap()));
    told.recv().unwrap()
}

fn entries(range: Range<u64>) -> Vec<(u64, Vec<u8>)> {
    range.map(|index| (index, index.to_be_bytes().to_vec())).collect()
}

#[test]
fn everything_acknowledged_is_there_after_reopening() {
    let scratch = Scratch::new("log-reopen");
    let path = scratch.path().join("log.redb");
    let log = open(&path);
    wait(|done| log.put_vote(vec![1], done)).unwrap();
    wait(|done| log.append(entries(0..10), done)).unwrap();
    wait(|done| log.truncate(8, done)).unwrap();
    wait(|done| log.purge(2, vec![2], done)).unwrap();
    log.note_committed(vec![3]);
    wait(|done| log.flush(done)).unwrap();
    log.close();
    drop(log);

    let log = open(&path);
    assert_eq!(log.read(0..100).unwrap(), entries(3..8));
    assert_eq!(log.sizes().unwrap(), (3..8).map(|index| (index, 8)).collect::<Vec<_>>());
    let marks = log.marks().unwrap();
    assert_eq!(
        (marks.vote, marks.purged, marks.committed),
        (Some(vec![1]), Some(vec![2]), Some(vec![3]))
    );
    log.close();
}

#[test]
fn written_anew_it_has_no_byte_of_what_went_and_all_that_did_not() {
    let scratch = Scratch::new("log-renewed");
    let path = scratch.path().join("log.redb");
    let says =
        |words: &[u8]| std::fs::read(&path).unwrap().windows(words.len()).any(|w| w == words);
    let mut all = entries(0..100);
    all[3].1 = b"zebra-4711".repeat(50);
    let log = open(&path);
    wait(|done| log.put_pair(vec![9], done)).unwrap();
    wait(|done| log.put_vote(vec![1], done)).unwrap();
    wait(|done| log.append(all, done)).unwrap();
    wait(|done| log.purge(50, vec![2], done)).unwrap();
    wait(|done| log.flush(done)).unwrap();
    assert!(says(b"zebra-4711"), "what was purged stands in free pages");
    // What cannot be made leaves everything as it was.
    let fresh = scratch.path().join("log.redb.fresh");
    std::fs::create_dir(&fresh).unwrap();
    assert!(matches!(log.renew(&[7]), Err(LogError::Failed { action: "written anew", .. })));
    std::fs::remove_dir(&fresh).unwrap();
    wait(|done| log.append(entries(100..101), done)).unwrap();
    assert_eq!(log.marks().unwrap().cleared, None);

    log.renew(&[7]).unwrap();
    assert!(!says(b"zebra-4711") && !fresh.exists());
    wait(|done| log.append(entries(101..103), done)).unwrap();
    log.close();
    drop(log);
    // One that was broken off goes with the next start.
    std::fs::write(&fresh, b"half").unwrap();
    let log = open(&path);
    assert!(!fresh.exists());
    assert_eq!(log.read(0..1_000).unwrap(), entries(51..103));
    let marks = log.marks().unwrap();
    assert_eq!(
        (marks.vote, marks.pair, marks.purged),
        (Some(vec![1]), Some(vec![9]), Some(vec![2]))
    );
    assert_eq!(marks.cleared, Some(vec![7]));
    log.close();
    assert!(matches!(log.renew(&[8]), Err(LogError::Closed)));
}

#[test]
fn a_closed_log_refuses_and_says_so() {
    let scratch = Scratch::new("log-closed");
    let log = open(&scratch.path().join("log.redb"));
    log.close();
    assert!(matches!(wait(|done| log.append(entries(0..1), done)), Err(LogError::Closed)));
}

#[test]
fn damaged_files_are_refused_with_a_sentence() {
    let scratch = Scratch::new("log-damaged");
    let path = scratch.path().join("log.redb");
    let log = open(&path);
    wait(|done| log.append(entries(0..2000), done)).unwrap();
    log.close();
    drop(log);
    let whole = std::fs::read(&path).unwrap();
    let damage: [(&str, Vec<u8>); 3] = [
        ("not a database", b"hello".repeat(4000)),
        ("cut short", whole[..whole.len() / 3].to_vec()),
        (
            "pages overwritten",
            whole
                .iter()
                .enumerate()
                .map(|(at, byte)| if at < 8192 { *byte } else { 0x5a })
                .collect(),
        ),
    ];
    for (what, bytes) in damage {
        std::fs::write(&path, bytes).unwrap();
        let opened = LogFile::open(LogOptions {
            path: path.clone(),
            storage: Storage::Files,
            on_failure: Box::new(|_| {}),
        });
        let Err(error) = opened else { panic!("{what}: opened") };
        assert!(error.to_string().contains("log.redb"), "{what}: {error}");
    }
}

#[cfg(feature = "faults")]
#[test]
fn a_full_disk_fails_once_and_for_good() {
    use crate::store::faults::{FaultyDisk, Misbehaviour};

    let disk = FaultyDisk::default();
    let (tell, told) = mpsc::channel();
    let log = LogFile::open(LogOptions {
        path: "log.redb".into(),
        storage: Storage::Faulty(disk.clone()),
        on_failure: Box::new(move |error| tell.send(error).unwrap()),
    })
    .unwrap();
    wait(|done| log.append(entries(0..1), done)).unwrap();
    disk.misbehave(Misbehaviour::Full);
    assert!(matches!(wait(|done| log.append(entries(1..2), done)), Err(LogError::Failed { .. })));
    assert!(matches!(told.recv().unwrap(), LogError::Failed { .. }));
    disk.misbehave(Misbehaviour::None);
    assert!(matches!(wait(|done| log.append(entries(1..2), done)), Err(LogError::Closed)));
}

//! A backup holds what was saved, or says that it does not.

use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use proptest::prelude::*;

use super::*;
use crate::domain::id::{ClusterId, DeviceId, OfficeId};
use crate::domain::office::Office;
use crate::domain::policy::ActivityPolicy;
use crate::domain::text::{CanonicalJson, SettingKey};
use crate::domain::time::Timestamp;
use crate::store::hash::state_hash;
use crate::store::scratch::Scratch;
use crate::store::state::State;
use crate::store::tables::{LastBucket, Offices, Settings};
use crate::store::transaction::{KeyRange, Order, Read, Write};

const GO_ON: fn(Progress) -> ControlFlow<()> = |_| ControlFlow::Continue(());

fn office() -> Office {
    Office {
        id: OfficeId::from_bytes([1; 16]),
        cluster: ClusterId::from_bytes([2; 16]),
        server_epoch: 3,
        level: 1,
        name: None,
        policy: ActivityPolicy::HoursOnly,
        receipt_key: [4; 32],
        founded: Timestamp::EARLIEST,
        wrapped_key: None,
        setup: None,
    }
}

fn state(folder: &Path, settings: u16) -> State {
    let state = State::open(&folder.join("timebook.redb")).unwrap();
    state
        .write(|writer| {
            writer.put::<Offices>(&(), &office())?;
            let device = DeviceId::from_bytes([9; 16]);
            for number in 0..settings {
                let key = SettingKey::new(format!("key-{number:05}")).unwrap();
                let value = CanonicalJson::new(format!("{{\"n\":{number}}}")).unwrap();
                writer.put::<Settings>(&(device, key), &value)?;
            }
            Ok(())
        })
        .unwrap();
    state
}

fn about() -> About {
    About {
        created: Timestamp::new(1_764_000_000_000).unwrap(),
        host: "pc".to_owned(),
        name: "timebook-now".to_owned(),
        kept_until: None,
    }
}

fn make(state: &State, folder: &Path) -> Made {
    create(state.read().unwrap(), &about(), folder, &mut { GO_ON }).unwrap()
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn it_holds_the_state_of_its_moment_and_nothing_later() {
    let scratch = Scratch::new("backup");
    let state = state(scratch.path(), 20_000);
    let scope = state.read().unwrap();
    let then = state_hash(&scope).unwrap();
    state
        .write(|writer| writer.put::<LastBucket>(&(), &crate::domain::activity::BucketNumber(7)))
        .unwrap();
    let folder = scratch.path().join("backups");
    let made = create(scope, &about(), &folder, &mut { GO_ON }).unwrap();
    assert_eq!(made.head.counts["settings-1"], 20_000);
    assert_eq!(made.head.state_hash, blake3::Hash::from(then).to_hex().as_str());
    assert_eq!(verify(&made.path, &folder, &mut { GO_ON }).unwrap(), made.head);
    assert_eq!(head(&made.path).unwrap(), made.head);
    let content = scratch.path().join("content.redb");
    let mut file = fs::File::create(&content).unwrap();
    unpack(&made.path, &mut file, &content, &mut { GO_ON }).unwrap();
    let restored = State::open(&content).unwrap();
    let scope = restored.read().unwrap();
    assert_eq!(state_hash(&scope).unwrap(), then);
    let rows = scope.rows::<Settings>(KeyRange::all(), Order::Rising, usize::MAX).unwrap();
    assert_eq!(rows.len(), 20_000);
    let again = make(&state, &folder);
    assert_ne!(again.path, made.path, "nothing is written over");
    assert_eq!(names(&folder), ["timebook-now-2.tbk", "timebook-now.tbk"]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&folder), mode(&made.path)), (0o700, 0o600));
    }
}

#[test]
fn whoever_cancels_it_at_any_step_leaves_nothing() {
    let scratch = Scratch::new("backup-cancelled");
    let state = state(scratch.path(), 100);
    let folder = scratch.path().join("backups");
    for step in [Step::Copy, Step::Pack, Step::Read, Step::Unpack, Step::Compare] {
        let mut watch = |now: Progress| match now.step == step {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        };
        let ended = create(state.read().unwrap(), &about(), &folder, &mut watch);
        assert!(matches!(ended, Err(BackupError::Cancelled)), "{step:?}");
        assert_eq!(names(&folder), [""; 0], "{step:?}");
    }
}

#[test]
fn every_single_byte_counts_and_every_length() {
    let scratch = Scratch::new("backup-bytes");
    let made = make(&state(scratch.path(), 3), &scratch.path().join("backups"));
    let bytes = fs::read(&made.path).unwrap();
    let other = scratch.path().join("other.tbk");
    let refused = |bytes: &[u8], what: &dyn std::fmt::Display| {
        fs::write(&other, bytes).unwrap();
        let told = verify(&other, scratch.path(), &mut { GO_ON }).unwrap_err().to_string();
        assert!(told.contains("cannot be used"), "{what}: {told}");
    };
    for at in 0..bytes.len() {
        let mut bytes = bytes.clone();
        bytes[at] ^= 1 << (at % 8);
        refused(&bytes, &format_args!("byte {at}"));
    }
    for length in (0..bytes.len()).step_by(97).chain([bytes.len() - 1]) {
        refused(&bytes[..length], &format_args!("length {length}"));
    }
    refused(&[&bytes[..], b"x"].concat(), &"one byte more");
    fs::write(&other, &bytes).unwrap();
    verify(&other, scratch.path(), &mut { GO_ON }).unwrap();
}

/// Whoever makes up a file can make up its checks as well.
#[test]
fn right_checks_over_wrong_content_are_seen_through() {
    let scratch = Scratch::new("backup-made-up");
    let made = make(&state(scratch.path(), 3), &scratch.path().join("backups"));
    let path = scratch.path().join("made-up.tbk");
    let tell = |head: &Head, content: &[u8]| {
        let packed = zstd::encode_all(content, 1).unwrap();
        let mut bytes = head.to_bytes().unwrap();
        bytes.extend(packed);
        let check = blake3::hash(&bytes);
        bytes.extend(check.as_bytes());
        fs::write(&path, bytes).unwrap();
        verify(&path, scratch.path(), &mut { GO_ON }).map_err(|error| error.to_string())
    };
    let whole = content(&made.path, scratch.path());
    assert_eq!(tell(&made.head, &whole), Ok(made.head.clone()));
    let of = |content: &[u8]| Head {
        content_hash: blake3::hash(content).to_hex().to_string(),
        content_bytes: content.len() as u64,
        ..made.head.clone()
    };
    let mut more = made.head.clone();
    more.counts.insert("users-1".to_owned(), 5);
    let mut unknown = made.head.clone();
    unknown.counts.insert("of-tomorrow-1".to_owned(), 0);
    let hash = Head { state_hash: "00".repeat(32), ..made.head.clone() };
    let zeros = vec![0; 60 * 1024 * 1024];
    let wrong: [(&str, Result<Head, String>); 7] = [
        ("rows", tell(&more, &whole)),
        ("records", tell(&hash, &whole)),
        ("bytes", tell(&Head { content_bytes: 9, ..made.head.clone() }, &whole)),
        ("state file", tell(&of(b"hello"), b"hello")),
        ("state file", tell(&of(&zeros), &zeros)),
        ("more than it says", tell(&Head { content_bytes: 9, ..of(&zeros) }, &zeros)),
        ("Install that version", tell(&unknown, &whole)),
    ];
    for (word, told) in wrong {
        let told = told.expect_err(word);
        assert!(word == "bytes" || told.contains(word), "{word}: {told}");
    }
    // Pages that contradict each other are a sentence, whichever byte of them it is.
    for at in (0..whole.len()).step_by(1_021) {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x55;
        drop(tell(&of(&bytes), &bytes));
    }
}

fn content(path: &Path, folder: &Path) -> Vec<u8> {
    let place: PathBuf = folder.join("content");
    let mut file = fs::File::create(&place).unwrap();
    unpack(path, &mut file, &place, &mut { GO_ON }).unwrap();
    fs::read(&place).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn garbage_is_a_sentence(begin in 0_usize..20, bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let scratch = Scratch::new("backup-garbage");
        let path = scratch.path().join("garbage.tbk");
        let mut all = crate::codec::backup::MAGIC.to_vec();
        all.truncate(begin.min(8));
        if begin > 8 {
            all.extend((u32::try_from(begin).unwrap() - 9).to_be_bytes());
        }
        all.extend(bytes);
        fs::write(&path, &all).unwrap();
        let told = verify(&path, scratch.path(), &mut { GO_ON }).unwrap_err().to_string();
        prop_assert!(told.contains("cannot be used") && told.ends_with('.'), "{}", told);
        prop_assert_eq!(names(scratch.path()), ["garbage.tbk"]);
    }
}

#[test]
fn what_a_killed_process_left_goes_and_nothing_else() {
    let scratch = Scratch::new("backup-tidy");
    for name in [".timebook-x.part", ".timebook-y.part", "a.tbk", "notes.part"] {
        fs::write(scratch.path().join(name), "x").unwrap();
    }
    tidy(scratch.path(), Some(&scratch.path().join(".timebook-y.part"))).unwrap();
    assert_eq!(names(scratch.path()), [".timebook-y.part", "a.tbk", "notes.part"]);
    tidy(scratch.path(), None).unwrap();
    assert_eq!(names(scratch.path()), ["a.tbk", "notes.part"]);
    tidy(&scratch.path().join("nowhere"), None).unwrap();
}

//! Lines say all that is in a backup, and what is not as it was written is refused.

use std::fs::{self, File};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::*;
use crate::domain::activity::{BucketAbout, EventData, NewEvent, SkipKnown};
use crate::domain::device::{Device, DeviceKind};
use crate::domain::id::{ClusterId, DeviceId, OfficeId, UserId};
use crate::domain::office::Office;
use crate::domain::policy::ActivityPolicy;
use crate::domain::text::{BucketName, CanonicalJson, Label, ShortText};
use crate::domain::time::{DAY_MS, Timestamp};
use crate::store::activity::tier::{self, Work};
use crate::store::activity::{self, Pen};
use crate::store::backup::{About, Made, Progress, create};
use crate::store::scratch::Scratch;
use crate::store::state::State;
use crate::store::tables::{Blocks, CONSENSUS, Devices, Hot, Offices, Table};
use crate::store::transaction::{Write, Writer};

const GO_ON: fn(Progress) -> ControlFlow<()> = |_| ControlFlow::Continue(());

fn at(ms: u64) -> Timestamp {
    Timestamp::EARLIEST.plus_ms(1_700_000_000_000 + ms)
}

/// An office with a computer whose activity lies in rows and in blocks.
fn made(folder: &Path) -> Made {
    let state = State::open(&folder.join("timebook.redb")).unwrap();
    let device = DeviceId::from_bytes([9; 16]);
    let office = Office {
        id: OfficeId::from_bytes([1; 16]),
        cluster: ClusterId::from_bytes([2; 16]),
        server_epoch: 3,
        level: 1,
        name: Some(Label::new("Büro \"Süd\"").unwrap()),
        policy: ActivityPolicy::FullDetail,
        receipt_key: [4; 32],
        founded: Timestamp::EARLIEST,
        wrapped_key: Some(vec![0, 255, 7]),
        setup: None,
    };
    let computer = Device {
        id: device,
        name: Label::new("pc").unwrap(),
        person: UserId::from_bytes([5; 16]),
        kind: DeviceKind::Agent { public_key: [6; 32] },
        enrolled: at(0),
        last_contact: None,
        revoked: None,
    };
    let text = |text: &str| ShortText::new(text).unwrap();
    let about = BucketAbout {
        kind: text("currentwindow"),
        client: text("test"),
        hostname: text("pc"),
        data: CanonicalJson::empty(),
    };
    let fill = |writer: &mut dyn Writer| {
        writer.put::<Offices>(&(), &office)?;
        writer.put::<Devices>(&device, &computer)?;
        writer.put_bytes(CONSENSUS, b"place", &[1, 2, 254])?;
        let name = BucketName::new("w").unwrap();
        let (mut bucket, _) = activity::create_bucket(writer, device, &name, &about, at(0))?;
        let mut pen = Pen::new(writer);
        for n in 0..2_000_u64 {
            let json = format!(r#"{{"app":"a{}","title":"ü\n{n}"}}"#, n % 7);
            let data = EventData {
                json: CanonicalJson::new(json).unwrap(),
                app: Some(format!("a{}", n % 7)),
                title: Some(format!("ü\n{n}")),
                url: None,
                afk: None,
            };
            let event = NewEvent { id: None, start: at(n * 60_000), duration_ms: 50_000, data };
            pen.insert(&mut bucket, event, ActivityPolicy::FullDetail, SkipKnown::No)?;
        }
        while tier::seal(writer, bucket.number, at(DAY_MS), &mut Work::new(100_000))? {}
        Ok(())
    };
    state.write(fill).unwrap();
    let scope = state.read().unwrap();
    let rows = |table| scope.rows_of(table).unwrap();
    assert!(rows(Blocks::NAME) > 0 && rows(Hot::NAME) > 0, "some in rows, some in blocks");
    let about = About {
        created: Timestamp::new(1_764_000_000_000).unwrap(),
        host: "pc".to_owned(),
        name: "timebook-now".to_owned(),
        kept_until: None,
    };
    create(scope, &about, folder, &mut { GO_ON }).unwrap()
}

fn write(backup: &Path, folder: &Path, name: &str) -> PathBuf {
    let path = folder.join(name);
    let mut file = File::create_new(&path).unwrap();
    to_lines(backup, folder, (&path, &mut file), &mut { GO_ON }).unwrap();
    path
}

#[test]
fn what_is_taken_out_comes_back_the_same() {
    let scratch = Scratch::new("lines");
    let folder = scratch.path();
    let made = made(folder);
    let lines = write(&made.path, folder, "one.jsonl");
    let text = fs::read_to_string(&lines).unwrap();
    assert!(text.starts_with(r#"{"timebook":"office","schema":1,"#), "{}", &text[..99]);
    assert!(text.contains(r#""name":"Büro \"Süd\"""#), "read by whoever can read JSON");
    assert!(text.contains(r#"\"title\":\"ü\\n1999\""#), "events, wherever they lie");
    let back = from_lines(&lines, folder, "back", &mut { GO_ON }).unwrap();
    assert_eq!(back.head.state_hash, made.head.state_hash);
    assert_eq!((back.head.events, back.head.created_ms), (2_000, made.head.created_ms));
    assert_eq!(fs::read_to_string(write(&back.path, folder, "two.jsonl")).unwrap(), text);
}

#[test]
fn what_is_not_as_it_was_written_is_refused_with_its_line() {
    let scratch = Scratch::new("lines-wrong");
    let folder = scratch.path();
    let made = made(folder);
    let text = fs::read_to_string(write(&made.path, folder, "one.jsonl")).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let path = folder.join("wrong.jsonl");
    let before = fs::read_dir(folder).unwrap().count() + 1;
    let refused = |text: &str| {
        fs::write(&path, text).unwrap();
        let error = from_lines(&path, folder, "wrong", &mut { GO_ON }).unwrap_err();
        assert_eq!(fs::read_dir(folder).unwrap().count(), before, "nothing is left behind");
        error.to_string()
    };
    let joined = |lines: &[&str]| lines.iter().map(|line| format!("{line}\n")).collect::<String>();
    assert!(refused("").contains("line 1: it is empty"));
    assert!(refused("hello\n").contains("no lines of"));
    let newer = text.replacen(r#""schema":1"#, r#""schema":2"#, 1);
    assert!(refused(&newer).contains("install that version first"), "{}", refused(&newer));
    let all = lines.len();
    assert!(refused(&joined(&lines[..all - 1])).contains("ends before its last line"));
    assert!(refused(text.trim_end()).contains("cut off"));
    assert!(refused(&format!("{text}{{}}\n")).contains("more follows"));
    let mut fewer = lines.clone();
    fewer.remove(5);
    assert!(refused(&joined(&fewer)).contains("rows were written"));
    let other = text.replacen("\"a3\"", "\"a9\"", 1);
    assert!(refused(&other).contains("not those that were written"), "{}", refused(&other));
    let unknown = text.replacen(r#""table":"devices-1""#, r#""table":"devices-9""#, 1);
    assert!(refused(&unknown).contains("\"devices-9\" is not known"));
    let more = text.replacen(r#""server_epoch":3"#, r#""server_epoch":3,"x":1"#, 1);
    assert!(refused(&more).contains("line 2: \"x\" is not known"), "{}", refused(&more));
    let long = text.replacen(r#""server_epoch":3"#, r#""server_epoch":99999999999"#, 1);
    assert!(refused(&long).contains("line 2: server_epoch: the number is too large"));
}

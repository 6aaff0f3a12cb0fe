//! What is kept for others: foreign clients' settings, sealed values, the quarantine.

use super::*;
use crate::domain::id::QuarantineId;
use crate::domain::quarantine::{
    MOST_QUARANTINED, MOST_QUARANTINED_A_DEVICE, QuarantineCommand, Quarantined, Suspicion,
};
use crate::domain::secret::{Secret, SecretCommand};
use crate::domain::setting::SettingCommand;
use crate::domain::text::SettingKey;

#[test]
fn settings_are_kept_a_device_and_counted() {
    let (mut story, ada) = Story::with_ada();
    let (device, other) = (story.computer(ada).id, story.computer(ada).id);
    let key = |n: usize| SettingKey::new(format!("key-{n}")).unwrap();
    let put = |device, n: usize, json: &str| {
        let value = CanonicalJson::new(json).unwrap();
        Command::Setting(SettingCommand::Put { device, key: key(n), value })
    };
    for n in 0..1_000 {
        assert_eq!(story.run(put(device, n, "1")), Outcome::Done);
    }
    story.refuses(put(device, 1_000, "1"), Refusal::TooMany);
    assert_eq!(story.run(put(device, 7, "2")), Outcome::Done, "a known one may change");
    let kept = read::settings(&story.state.read().unwrap(), other).unwrap();
    assert_eq!(kept, [], "each device has its own");
    let delete = |device| Command::Setting(SettingCommand::Delete { device, key: key(7) });
    assert_eq!(story.run(delete(device)), Outcome::Done);
    assert_eq!(story.run(delete(device)), Outcome::Already);
    story.refuses(delete(DeviceId::from_bytes([0xee; 16])), Refusal::UnknownDevice);
}

#[test]
fn a_sealed_value_is_replaced_by_name() {
    let (mut story, _) = Story::with_ada();
    for sealed in [vec![1, 2], vec![3]] {
        let secret = Secret { name: label("ca-key"), sealed: sealed.clone() };
        assert_eq!(story.run(Command::Secret(SecretCommand::Put(secret))), Outcome::Done);
        let kept = read::secret(&story.state.read().unwrap(), &label("ca-key")).unwrap();
        assert_eq!(kept.unwrap().sealed, sealed);
    }
}

fn suspect(story: &mut Story, device: u8, content: u16) -> Quarantined {
    let mut hash = [0; 32];
    hash[..2].copy_from_slice(&content.to_be_bytes());
    Quarantined {
        id: QuarantineId(story.id()),
        device: DeviceId::from_bytes([device; 16]),
        why: Suspicion::BadSignature,
        detail: ShortText::new("").unwrap(),
        at: story.now,
        hash,
        bytes: vec![1, 2, 3],
    }
}

fn add(entry: Quarantined) -> Command {
    Command::Quarantine(QuarantineCommand::Add(entry))
}

fn kept(story: &Story) -> Vec<Quarantined> {
    read::quarantined(&story.state.read().unwrap()).unwrap()
}

#[test]
fn the_same_batch_is_set_aside_once() {
    let (mut story, _) = Story::with_ada();
    let (first, same) = (suspect(&mut story, 1, 1), suspect(&mut story, 1, 1));
    assert_eq!(story.run(add(first.clone())), Outcome::Done);
    assert_eq!(story.run(add(same)), Outcome::Already);
    assert_eq!(kept(&story), std::slice::from_ref(&first));
    let delete = Command::Quarantine(QuarantineCommand::Delete { entry: first.id });
    assert_eq!(story.run(delete.clone()), Outcome::Done);
    story.refuses(delete, Refusal::UnknownQuarantined);
}

#[test]
fn a_hostile_sender_pushes_out_its_own_first() {
    let (mut story, _) = Story::with_ada();
    let quiet = suspect(&mut story, 1, 0);
    story.run(add(quiet.clone()));
    for content in 0..100 {
        let entry = suspect(&mut story, 2, content);
        story.run(add(entry));
    }
    let now = kept(&story);
    assert_eq!(now.len(), 1 + MOST_QUARANTINED_A_DEVICE);
    assert!(now.contains(&quiet));
    for device in 3..30 {
        for content in 0..20 {
            let entry = suspect(&mut story, device, content);
            story.run(add(entry));
        }
    }
    assert_eq!(kept(&story).len(), MOST_QUARANTINED);
}

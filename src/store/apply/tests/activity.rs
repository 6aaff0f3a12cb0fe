//! Recorded activity through a foreign door.

use super::*;
use crate::domain::activity::{ActivityCommand, MOST_EVENTS_A_COMMAND, SkipKnown};
use crate::domain::device::DeviceCommand;
use crate::domain::policy::LOOSER_AHEAD_MS;
use crate::domain::time::MINUTE_MS;

fn with_bucket() -> (Story, DeviceId) {
    let (mut story, ada) = Story::with_ada();
    let device = story.computer(ada).id;
    assert_eq!(story.run(create(device, "window")), Outcome::Done);
    (story, device)
}

fn create(device: DeviceId, name: &str) -> Command {
    let (name, about) = (bucket_name(name), about("currentwindow"));
    Command::Activity(ActivityCommand::CreateBucket { device, name, about, created: None })
}

fn beat(device: DeviceId, start: Timestamp, data: EventData) -> Command {
    let (name, event) = (bucket_name("window"), event(start, 0, data));
    Command::Activity(ActivityCommand::Heartbeat { device, name, event, pulsetime_ms: 5_000 })
}

fn insert(device: DeviceId, events: Vec<NewEvent>, skip_known: SkipKnown) -> Command {
    let name = bucket_name("window");
    Command::Activity(ActivityCommand::InsertEvents { device, name, events, skip_known })
}

fn grown(outcome: Outcome) -> (u64, u64) {
    match outcome {
        Outcome::Event(event) => (event.id.0, event.duration_ms),
        other => panic!("{other:?}"),
    }
}

#[test]
fn heartbeats_grow_one_event_until_something_changes() {
    let (mut story, device) = with_bucket();
    let mut grown_by = Vec::new();
    for (step, name) in [(0, "a"), (5_000, "a"), (10_000, "a"), (15_001, "a"), (15_002, "b")] {
        let start = story.now.plus_ms(step);
        grown_by.push(grown(story.run(beat(device, start, app(name)))));
    }
    assert_eq!(grown_by, [(1, 0), (1, 5_000), (1, 10_000), (2, 0), (3, 0)]);
    let durations: Vec<u64> =
        story.events(device, "window").iter().map(|e| e.duration_ms).collect();
    assert_eq!(durations, [0, 0, 10_000]);
}

#[test]
fn an_event_keeps_the_policy_it_was_recorded_under() {
    let (mut story, device) = with_bucket();
    let policy = ActivityPolicy::FullDetail;
    let reason = ShortText::new("agreed").unwrap();
    story.run(Command::Office(OfficeCommand::AnnouncePolicy { policy, reason }));
    story.later(LOOSER_AHEAD_MS - 500);
    assert_eq!(grown(story.run(beat(device, story.now, app("a")))), (1, 0));
    story.later(1_000);
    assert_eq!(grown(story.run(beat(device, story.now, app("a")))), (2, 0), "no merging across");
    let policies: Vec<ActivityPolicy> =
        story.events(device, "window").iter().map(|e| e.policy).collect();
    assert_eq!(policies, [ActivityPolicy::FullDetail, ActivityPolicy::HoursOnly]);
}

#[test]
fn imports_may_be_repeated_and_posts_repeat_themselves() {
    let (mut story, device) = with_bucket();
    let events = vec![event(story.now, 5, app("a")), event(story.now, 5, app("b"))];
    let numbers = |of: &[u64]| Outcome::Inserted(of.iter().map(|n| Some(EventId(*n))).collect());
    let import = insert(device, events.clone(), SkipKnown::Yes);
    assert_eq!(story.run(import.clone()), numbers(&[1, 2]));
    assert_eq!(story.run(import), Outcome::Inserted(vec![None, None]));
    assert_eq!(story.run(insert(device, events, SkipKnown::No)), numbers(&[3, 4]));
    let replaced = NewEvent { id: Some(EventId(1)), ..event(story.now, 9, app("c")) };
    assert_eq!(story.run(insert(device, vec![replaced], SkipKnown::No)), numbers(&[1]));
    let all = story.events(device, "window");
    assert_eq!(all.iter().map(|e| e.id.0).collect::<Vec<_>>(), [4, 3, 2, 1]);
    assert_eq!(*all[3].data, app("c"));
}

#[test]
fn what_has_nowhere_to_go_is_refused_and_leaves_nothing() {
    let (mut story, device) = with_bucket();
    story.later(10 * MINUTE_MS);
    let name = bucket_name("other");
    let unknown = |command| (Command::Activity(command), Refusal::UnknownBucket);
    let beat_now = event(story.now, 0, app("a"));
    let cases = [
        unknown(ActivityCommand::DeleteBucket { device, name: name.clone() }),
        unknown(ActivityCommand::DeleteEvent { device, name: name.clone(), event: EventId(1) }),
        unknown(ActivityCommand::UpdateBucket { device, name: name.clone(), about: about("x") }),
        unknown(ActivityCommand::Heartbeat { device, name, event: beat_now, pulsetime_ms: 0 }),
        (
            insert(
                device,
                vec![event(story.now, 0, app("a")); MOST_EVENTS_A_COMMAND + 1],
                SkipKnown::No,
            ),
            Refusal::TooManyEvents,
        ),
        (beat(DeviceId::from_bytes([0xee; 16]), story.now, app("a")), Refusal::UnknownDevice),
    ];
    for (command, refusal) in cases {
        story.refuses(command, refusal);
    }
    story.run(Command::Device(DeviceCommand::Revoke { device }));
    story.refuses(beat(device, story.now, app("a")), Refusal::DeviceRevoked);
}

#[test]
fn contact_is_noted_at_most_once_a_minute() {
    let (mut story, device) = with_bucket();
    let contact = |story: &Story| {
        read::device(&story.state.read().unwrap(), device).unwrap().unwrap().last_contact.unwrap()
    };
    let first = contact(&story);
    story.later(MINUTE_MS - 1);
    story.run(beat(device, story.now, app("a")));
    assert_eq!(contact(&story), first);
    story.later(1);
    assert_eq!(story.run(create(device, "window")), Outcome::Already);
    assert_eq!(contact(&story), story.now, "also when there was nothing to do");
}

#[test]
fn a_bucket_is_its_devices_own_and_goes_with_all_it_holds() {
    let (mut story, device) = with_bucket();
    let ada = read::device(&story.state.read().unwrap(), device).unwrap().unwrap().person;
    let other = story.computer(ada).id;
    assert_eq!(story.run(create(other, "window")), Outcome::Done);
    story.run(beat(device, story.now, app("a")));
    story.run(beat(other, story.now, app("b")));
    let name = bucket_name("window");
    let update =
        ActivityCommand::UpdateBucket { device, name: name.clone(), about: about("other") };
    assert_eq!(story.run(Command::Activity(update)), Outcome::Done);
    let delete = ActivityCommand::DeleteBucket { device, name: name.clone() };
    assert_eq!(story.run(Command::Activity(delete)), Outcome::Done);
    assert_eq!(story.events(device, "window"), []);
    assert_eq!(story.events(other, "window").len(), 1);
    assert_eq!(story.run(create(device, "window")), Outcome::Done);
    assert_eq!(grown(story.run(beat(device, story.now, app("a")))), (1, 0), "it counts anew");
    let forget = |event| {
        Command::Activity(ActivityCommand::DeleteEvent { device, name: name.clone(), event })
    };
    assert_eq!(story.run(forget(EventId(1))), Outcome::Done);
    assert_eq!(story.run(forget(EventId(1))), Outcome::Already);
}

#[test]
fn a_device_has_a_thousand_buckets_at_most() {
    let (mut story, device) = with_bucket();
    for number in 1..1_000 {
        assert_eq!(story.run(create(device, &format!("b{number}"))), Outcome::Done);
    }
    story.refuses(create(device, "one more"), Refusal::TooMany);
    assert_eq!(story.run(create(device, "b1")), Outcome::Already);
}

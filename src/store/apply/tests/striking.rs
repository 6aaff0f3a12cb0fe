//! A person strikes out a stretch of their own recorded activity.

use super::*;
use crate::domain::activity::{ActivityCommand, SkipKnown};
use crate::domain::report::Stretch;
use crate::domain::strike::{EVENTS_A_STEP, Strike};
use crate::domain::tier::{BLOCK_EVENTS, TierCommand};
use crate::domain::time::{DAY_MS, MINUTE_MS};
use crate::store::activity::{self as book, totals};

/// A computer that recorded `count` minutes, one event each, from now on; then a day went by.
fn recorded(story: &mut Story, person: UserId, count: u64) -> DeviceId {
    let (device, begin) = (story.computer(person).id, story.now);
    let name = bucket_name("window");
    let create = ActivityCommand::CreateBucket {
        device,
        name: name.clone(),
        about: about("currentwindow"),
        created: None,
    };
    story.run(Command::Activity(create));
    let one = |n: u64| event(begin.plus_ms(n * MINUTE_MS), MINUTE_MS, app(&format!("app {n}")));
    for from in (0..count).step_by(100) {
        let (name, skip_known) = (name.clone(), SkipKnown::No);
        let events = (from..count.min(from + 100)).map(one).collect();
        let insert = ActivityCommand::InsertEvents { device, name, events, skip_known };
        story.run(Command::Activity(insert));
    }
    device
}

/// Start and length of what is left, in minutes after `begin`, oldest first.
fn left(story: &Story, device: DeviceId, begin: Timestamp) -> Vec<(f64, f64)> {
    let minutes = |ms: u64| ms as f64 / MINUTE_MS as f64;
    let events = story.events(device, "window").into_iter().rev();
    events.map(|e| (minutes(e.start.ms_since(begin)), minutes(e.duration_ms))).collect()
}

#[test]
fn what_reaches_beyond_the_stretch_keeps_the_rest() {
    let (mut story, ada) = Story::with_ada();
    let bob = story.person("bob", Role::Employee);
    let begin = story.now;
    let (mine, theirs) = (recorded(&mut story, bob, 5), recorded(&mut story, ada, 5));
    story.later(DAY_MS);
    let at = |tenths: u64| begin.plus_ms(tenths * MINUTE_MS / 10);
    let strike = |from, to| Command::Strike(Strike { person: bob, from: at(from), to: at(to) });
    assert_eq!(story.run(strike(15, 35)), Outcome::Erased { more: false });
    let rest = [(0.0, 1.0), (1.0, 0.5), (3.5, 0.5), (4.0, 1.0)];
    assert_eq!(left(&story, mine, begin), rest);
    assert_eq!(left(&story, theirs, begin).len(), 5, "only the person's own");
    assert_eq!(story.run(strike(15, 35)), Outcome::Already);
    // Out of the middle of one event.
    assert_eq!(story.run(strike(42, 44)), Outcome::Erased { more: false });
    assert_eq!(left(&story, mine, begin).len(), 5);
    assert_eq!(story.run(strike(0, 100)), Outcome::Erased { more: false });
    assert_eq!(left(&story, mine, begin), []);
    let nobody = UserId::from_bytes([0xee; 16]);
    let strike = Strike { person: nobody, from: at(0), to: at(1) };
    story.refuses(Command::Strike(strike), Refusal::UnknownUser);
}

#[test]
fn it_goes_in_steps_also_out_of_blocks_and_totals() {
    let (mut story, _) = Story::with_ada();
    let bob = story.person("bob", Role::Employee);
    let (begin, count) = (story.now, EVENTS_A_STEP as u64 + 20);
    let device = recorded(&mut story, bob, count);
    story.later(3 * DAY_MS);
    let (number, days) = {
        let scope = story.state.read().unwrap();
        let bucket = book::bucket(&scope, device, &bucket_name("window")).unwrap().unwrap();
        (bucket.number, vec![Stretch { from: begin, to: begin.plus_ms(DAY_MS) }])
    };
    let (before, buckets) = (story.now, vec![number]);
    let seal = TierCommand::Seal { buckets, before, work: 2_000, block_events: BLOCK_EVENTS };
    while story.run(Command::Tier(seal.clone())) == (Outcome::Stepped { more: true }) {}
    let total = TierCommand::Total { person: bob, days: days.clone() };
    story.run(Command::Tier(total));
    let active = |story: &Story| {
        let scope = story.state.read().unwrap();
        let totals = totals::of_days(&scope, bob, &days, |_| true).unwrap().unwrap();
        totals[0].active_ms
    };
    assert_eq!(active(&story), count * MINUTE_MS);
    let to = begin.plus_ms((count - 10) * MINUTE_MS);
    let strike = Command::Strike(Strike { person: bob, from: begin, to });
    assert_eq!(story.run(strike.clone()), Outcome::Erased { more: true });
    assert_eq!(story.run(strike.clone()), Outcome::Erased { more: false });
    assert_eq!(story.run(strike), Outcome::Already);
    assert_eq!(left(&story, device, begin).len(), 10);
    assert_eq!(active(&story), 10 * MINUTE_MS, "no total knows of it any more");
}

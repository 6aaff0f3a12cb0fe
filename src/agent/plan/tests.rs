//! Every turn the dealings with the servers can take, and that none of them ends in silence.

use proptest::prelude::*;

use super::*;

/// Half of all chances: no jitter.
const EVEN: u8 = 128;

fn at(ms: u64) -> Timestamp {
    Timestamp::new(1_000_000_000_000).unwrap().plus_ms(ms)
}

fn heard(plan: Plan, ms: u64) -> Plan {
    plan.after(Met::Heard { more: false }, at(ms), EVEN)
}

fn failed(plan: Plan, ms: u64) -> Plan {
    plan.after(Met::Failed { wait_ms: 0 }, at(ms), EVEN)
}

#[test]
fn asks_first_then_sends_what_waits_at_its_pace() {
    let plan = Plan::new(1);
    assert_eq!(plan.next(at(0), true), Step::Ask { server: 0 });
    let plan = heard(plan, 0);
    assert_eq!(plan.next(at(1), true), Step::Wait { until: at(PACE_MS), or_news: false });
    assert_eq!(plan.next(at(PACE_MS), true), Step::Send { server: 0 });
    let more = plan.after(Met::Heard { more: true }, at(PACE_MS), EVEN);
    assert_eq!(more.next(at(PACE_MS), true), Step::Send { server: 0 });
}

#[test]
fn with_nothing_to_send_it_waits_for_news_and_asks_now_and_then() {
    let plan = heard(Plan::new(1), 0);
    let idle = Step::Wait { until: at(ASK_EVERY_MS), or_news: true };
    assert_eq!(plan.next(at(PACE_MS), false), idle);
    assert_eq!(plan.next(at(ASK_EVERY_MS), false), Step::Ask { server: 0 });
}

#[test]
fn waits_longer_the_longer_it_fails_and_at_most_five_minutes() {
    let mut plan = heard(Plan::new(1), 0);
    let (mut now, mut waits) = (PACE_MS, Vec::new());
    for _ in 0..60 {
        plan = failed(plan, now);
        let Step::Wait { until, or_news: false } = plan.next(at(now), true) else {
            panic!("it must wait")
        };
        waits.push(until.ms_since(at(now)));
        now += until.ms_since(at(now));
    }
    assert_eq!(waits[0], SHORTEST_WAIT_MS);
    assert!(waits.is_sorted());
    assert_eq!(waits.last(), Some(&LONGEST_WAIT_MS));
    assert_eq!(plan.next(at(now), true), Step::Send { server: 0 });
    let plan = failed(heard(plan, now), now + PACE_MS);
    let short = Step::Wait { until: at(now + PACE_MS + SHORTEST_WAIT_MS), or_news: false };
    assert_eq!(plan.next(at(now + PACE_MS), true), short, "an answer forgives all failures");
}

#[test]
fn tries_every_server_before_it_waits_and_stays_with_the_good_one() {
    let plan = Plan::new(3);
    let plan = failed(plan, 0);
    assert_eq!(plan.next(at(0), true), Step::Ask { server: 1 });
    let plan = heard(plan, 0);
    assert_eq!(plan.next(at(PACE_MS), true), Step::Send { server: 1 });
    let now = PACE_MS;
    let plan = failed(plan, now);
    assert_eq!(plan.next(at(now), true), Step::Send { server: 2 });
    let plan = failed(plan, now);
    assert_eq!(plan.next(at(now), true), Step::Send { server: 0 });
    let plan = failed(plan, now);
    assert!(matches!(plan.next(at(now), true), Step::Wait { .. }));
    assert_eq!(plan.next(at(now + SHORTEST_WAIT_MS), true), Step::Send { server: 1 });
}

#[test]
fn a_doubted_answer_is_followed_by_a_question_and_no_haste() {
    let plan = heard(Plan::new(1), 0).after(Met::Doubted, at(PACE_MS), EVEN);
    let later = PACE_MS + SHORTEST_WAIT_MS;
    assert_eq!(plan.next(at(later), true), Step::Ask { server: 0 });
    let plan = plan.after(Met::Heard { more: true }, at(later), EVEN);
    assert!(matches!(plan.next(at(later), true), Step::Wait { .. }));
    assert_eq!(plan.next(at(later + SHORTEST_WAIT_MS), true), Step::Send { server: 0 });
}

#[test]
fn a_refusal_stops_sending_but_not_for_ever() {
    let plan = heard(Plan::new(1), 0).after(Met::Refused, at(10), EVEN);
    assert!(matches!(plan.next(at(HOUR_MS / 2), true), Step::Wait { or_news: false, .. }));
    assert_eq!(plan.next(at(2 * HOUR_MS), true), Step::Ask { server: 0 });
}

#[test]
fn a_server_that_asks_for_time_gets_it_within_bounds() {
    let plan = heard(Plan::new(1), 0);
    for (asked, given) in [(20_000, 20_000), (u64::MAX, LONGEST_WAIT_MS)] {
        let plan = plan.after(Met::Failed { wait_ms: asked }, at(9_000), EVEN);
        let until = at(9_000 + given);
        assert_eq!(plan.next(at(9_000), true), Step::Wait { until, or_news: false });
    }
}

#[test]
fn a_clock_set_back_does_not_silence_it() {
    let plan = heard(Plan::new(1), 30 * HOUR_MS);
    assert_eq!(plan.next(at(0), true), Step::Ask { server: 0 });
    let plan = failed(plan, 30 * HOUR_MS);
    assert_eq!(plan.next(at(0), true), Step::Ask { server: 0 });
}

fn any_met() -> impl Strategy<Value = Met> {
    prop_oneof![
        any::<bool>().prop_map(|more| Met::Heard { more }),
        any::<u64>().prop_map(|wait_ms| Met::Failed { wait_ms }),
        Just(Met::Doubted),
        Just(Met::Refused),
    ]
}

proptest! {
    /// Whatever happens, something is done within the longest wait there is, and jitter keeps within its bounds.
    #[test]
    fn is_never_silent_for_long(
        servers in 1_usize..5,
        story in prop::collection::vec((any_met(), any::<u8>(), 0_u64..HOUR_MS), 1..40),
    ) {
        let (mut plan, mut now) = (Plan::new(servers), 0);
        for (met, chance, later) in story {
            plan = plan.after(met, at(now), chance);
            now += later;
            match plan.next(at(now), true) {
                Step::Send { server } | Step::Ask { server } => prop_assert!(server < servers),
                Step::Wait { until, .. } => {
                    prop_assert!(until > at(now));
                    prop_assert!(until.ms_since(at(now)) <= ASK_REFUSER_EVERY_MS * 6 / 5);
                    let waits = matches!(plan.next(until, true), Step::Wait { .. });
                    prop_assert!(!waits, "after the wait comes a step");
                }
            }
        }
    }

    #[test]
    fn jitter_is_a_fifth_at_most(ms in 0_u64..LONGEST_WAIT_MS, chance: u8) {
        let moved = jittered(ms, chance);
        prop_assert!(moved >= ms * 8 / 10 && moved <= ms * 12 / 10 + 1);
    }
}

#[test]
fn a_computer_that_nobody_uses_asks_less_and_less() {
    let mut now = Timestamp::new(1_000_000_000).unwrap();
    let mut plan = Plan::new(1);
    let mut asked_after = Vec::new();
    for _ in 0..7 {
        assert_eq!(plan.next(now, false), Step::Ask { server: 0 });
        plan = plan.after(Met::Heard { more: false }, now, 128).with_answer(false);
        let after_pace = now.plus_ms(PACE_MS);
        let Step::Wait { until, or_news: true } = plan.next(after_pace, false) else { panic!() };
        asked_after.push(until.ms_since(now) / MINUTE_MS);
        assert_eq!(plan.next(after_pace, true), Step::Send { server: 0 }, "news go at once");
        now = until;
    }
    assert_eq!(asked_after, [5, 10, 20, 40, 60, 60, 60]);
    let lively = plan.after(Met::Heard { more: false }, now, 128).with_answer(true);
    let until = now.plus_ms(ASK_EVERY_MS);
    assert_eq!(lively.next(now.plus_ms(PACE_MS), false), Step::Wait { until, or_news: true });
}

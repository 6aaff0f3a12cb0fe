//! Blocks as they are known from outside, what days came to, and the steps that make them.

use std::sync::Arc;

use super::*;
use crate::domain::report::Stretch;
use crate::domain::tier::{
    AppTotal, BlockPart, DayHours, DayTotals, KeptTotals, MonthApps, MonthHours, Sealed,
    TierCommand,
};

pub(super) fn tiers(all: &mut Vec<Sample>) {
    let sealed = Sealed {
        count: 300,
        last_start: now(),
        last_id: EventId(70_000),
        until: now().plus_ms(5_000),
        longest_ms: 90_000,
        least_id: EventId(7),
        greatest_id: EventId(70_001),
        detailed: true,
        full: false,
    };
    put(all, "sealed", "sealed", sealed.clone());
    put(all, "sealed", "full", Sealed { detailed: false, full: true, ..sealed });
    put(all, "block-part", "part", BlockPart { bytes: vec![0x28, 0xb5, 0x2f] });
    let day = Stretch { from: now(), to: now().plus_ms(86_400_000) };
    let totals =
        |apps| KeptTotals { to: day.to, totals: Some(DayTotals { active_ms: 70_000, apps }) };
    let app = AppTotal {
        app: "Editor".to_owned(),
        recorded: ActivityPolicy::AppTotals,
        ms: 60_000,
        stretches: 3,
    };
    let days = vec![
        DayHours { to: day.to, active_ms: 70_000 },
        DayHours { to: day.to.plus_ms(90_000_000), active_ms: 0 },
    ];
    put(all, "month-hours", "two-days", MonthHours { days });
    put(all, "month-apps", "month", MonthApps { apps: Some(vec![app.clone()]) });
    put(all, "month-apps", "too-much", MonthApps { apps: None });
    put(all, "day-totals", "day", totals(vec![app]));
    put(all, "day-totals", "nothing", totals(Vec::new()));
    put(all, "day-totals", "too-much", KeptTotals { to: day.to, totals: None });
    let bucket = BucketNumber(300);
    for (name, step) in [
        (
            "tier.seal",
            TierCommand::Seal {
                buckets: vec![bucket],
                before: now(),
                work: 24_000,
                block_events: 8_192,
            },
        ),
        (
            "tier.merge",
            TierCommand::Merge { bucket, within: day, work: 24_000, block_events: 8_192 },
        ),
        (
            "tier.total",
            TierCommand::Total { person: UserId::from_bytes([0x15; 16]), days: vec![day] },
        ),
        ("tier.clear", TierCommand::Clear { rows: 500 }),
        (
            "tier.months",
            TierCommand::Months { person: UserId::from_bytes([0x15; 16]), months: vec![day] },
        ),
    ] {
        let (request, actor) = (RequestId::from_bytes([0x19; 16]), Actor::System);
        let command = Command::Tier(step);
        put(all, "command", name, Envelope { request, at: now(), actor, command });
    }
    let stepped = Remembered { at: now(), outcome: Outcome::Stepped { more: true } };
    put(all, "outcome", "stepped", stepped);
}

/// Events of every sort a block knows: texts in the JSON and beside it, every policy, numbers out of order, one within another.
pub(in crate::codec::tests) fn block() -> Vec<Event> {
    let window = |app: &str, title: &str| EventData {
        json: json(&format!(r#"{{"app":"{app}","title":"{title}"}}"#)),
        app: Some(app.to_owned()),
        title: Some(title.to_owned()),
        url: None,
        afk: None,
    };
    let address = "https://example.org/".to_owned();
    let said: [EventData; 6] = [
        window("Editor", "a.rs"),
        window("Editor", "b.rs"),
        window("Editor", "a.rs"),
        presence(true),
        EventData {
            json: json(r#"{"audible":false,"title":"a \"b\"","url":"https://example.org/"}"#),
            app: None,
            title: Some("a \"b\"".to_owned()),
            url: Some(address),
            afk: None,
        },
        EventData {
            json: json(r#"{"application":"x"}"#),
            app: Some("x".to_owned()),
            title: None,
            url: None,
            afk: Some(false),
        },
    ];
    use ActivityPolicy::{AppTotals, CategoryTotals, FullDetail, HoursOnly};
    let policies = [HoursOnly, HoursOnly, CategoryTotals, AppTotals, FullDetail, FullDetail];
    let times =
        [(0, 1_000), (2_000, 90_000), (2_001, 0), (2_001, 5), (100_000, 7), (5_000_000_000, 1)];
    let ids = [1, 2, 300, 70_000, 3, 4];
    let mut events = Vec::new();
    for (((data, policy), (after_ms, duration_ms)), id) in
        said.into_iter().zip(policies).zip(times).zip(ids)
    {
        let start = now().plus_ms(after_ms);
        events.push(Event { id: EventId(id), start, duration_ms, policy, data: Arc::new(data) });
    }
    events
}

//! Days that are over are packed and added up by themselves, and nobody sees a difference.

use super::viewing::recorded;
use super::*;
use crate::domain::time::DAY_MS;
use crate::service::retention::Retention;
use crate::service::tier::Tiers;

const DAY: &str = "/api/v1/reports/activity?person=cy&from=2026-11-20&to=2026-11-21";

async fn tidy(desk: &Desk) -> String {
    Tiers::new(desk.door.clone(), now).tidy().await.unwrap()
}

fn days_pass(days: u64) {
    let_pass(i64::try_from(days * DAY_MS).unwrap());
}

#[tokio::test]
async fn a_report_says_the_same_before_and_after() {
    let desk = recorded().await;
    days_pass(3);
    let cy = desk.sign_in("cy").await;
    let before = desk.get(&cy, DAY).await.expect(StatusCode::OK).json();
    assert_eq!(tidy(&desk).await, "Sealed 1 buckets, merged 0 months, added up 5 days.");
    assert_eq!(tidy(&desk).await, "", "nothing is left to do");
    assert_eq!(desk.get(&cy, DAY).await.expect(StatusCode::OK).json(), before);
    // Another zone has other days: they are added up anew, and kept from then on.
    let ada = desk.sign_in("ada").await;
    let others = desk.get(&ada, DAY).await.expect(StatusCode::OK).json();
    assert_eq!(others["days"][1]["active_ms"], 90_000);
    // An old event is read, changed and deleted through the watchers' door.
    let door = desk.token("cy", "laptop", &["record", "read"]).await;
    let one = desk.get(&door, "/api/0/buckets/w/events/1").await.expect(StatusCode::OK).json();
    assert_eq!((&one["id"], &one["data"]["app"]), (&json!(1), &json!("Figma")));
    let count = desk.get(&door, "/api/0/buckets/w/events/count").await.expect(StatusCode::OK);
    assert_eq!(count.json(), 2);
    let late =
        json!([{"timestamp": "2026-11-20T09:00:00Z", "duration": 60, "data": {"app": "Late"}}]);
    desk.post(&door, "/api/0/buckets/w/events", &late).await.expect(StatusCode::OK);
    let report = desk.get(&cy, DAY).await.expect(StatusCode::OK).json();
    assert_eq!(report["total_ms"], 210_000);
    assert_eq!(tidy(&desk).await, "Sealed 1 buckets, merged 0 months, added up 1 days.");
    assert_eq!(desk.get(&cy, DAY).await.expect(StatusCode::OK).json(), report);
    desk.delete(&door, "/api/0/buckets/w/events/1").await.expect(StatusCode::OK);
    assert_eq!(desk.get(&cy, DAY).await.json()["total_ms"], 90_000);
    tidy(&desk).await;
    assert_eq!(desk.get(&cy, DAY).await.json()["total_ms"], 90_000);
    let all = desk.get(&door, "/api/0/buckets/w/events").await.expect(StatusCode::OK).json();
    let ids: Vec<u64> = all.as_array().unwrap().iter().filter_map(|e| e["id"].as_u64()).collect();
    assert_eq!(ids, [2, 3], "an event keeps its number wherever it lies");
}

#[tokio::test]
async fn months_that_are_over_become_few_blocks_and_old_ones_lose_their_detail() {
    let desk = recorded().await;
    let door = desk.token("cy", "laptop", &["record", "read"]).await;
    let events: Vec<Value> = (0..600)
        .map(|n| {
            let at = jiff::Timestamp::from_second(1_788_220_800 + n * 3_600).unwrap();
            json!({"timestamp": at.to_string(), "duration": 5, "data": {"app": "a", "title": n}})
        })
        .collect();
    desk.post(&door, "/api/0/buckets/w/events", &json!(events)).await.expect(StatusCode::OK);
    days_pass(2);
    let said = tidy(&desk).await;
    assert!(said.starts_with("Sealed 1 buckets, merged 1 months, added up "), "{said}");
    assert_eq!(tidy(&desk).await, "");
    let retention = Retention::new(desk.door.clone(), now);
    days_pass(95);
    assert!(retention.sweep().await.unwrap().contains("; 602 events lost their detail."));
    assert_eq!(retention.sweep().await.unwrap(), "");
}

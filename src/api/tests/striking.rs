//! Striking out one's own recorded activity.

use super::viewing::recorded;
use super::*;

const STRETCH: &str = "/api/v1/activity?from=2026-11-20T22:59:00Z&to=2026-11-20T23:00:00Z";

#[tokio::test]
async fn everyone_strikes_out_their_own_and_nobody_elses() {
    let desk = recorded().await;
    let (cy, ada) = (desk.sign_in("cy").await, desk.sign_in("ada").await);
    let total = "/api/v1/reports/activity?person=cy&from=2026-11-20&to=2026-11-21";
    desk.delete(&terminal(), STRETCH).await.problem(422, "no_person");
    let nothing = desk.delete(&ada, STRETCH).await.expect(StatusCode::OK).json();
    assert_eq!(nothing, json!({"more": false}));
    assert_eq!(desk.get(&cy, total).await.json()["total_ms"], 150_000, "that was ada's own");
    desk.delete(&desk.token("cy", "reader", &["read"]).await, STRETCH)
        .await
        .problem(403, "forbidden");
    desk.delete(&cy, STRETCH).await.expect(StatusCode::OK);
    assert_eq!(desk.get(&cy, total).await.json()["total_ms"], 90_000, "a minute of two is left");
    assert_eq!(desk.audited("activity.strike").await, 1, "only what struck something");
    let backwards = "/api/v1/activity?from=2026-11-21T00:00:00Z&to=2026-11-20T00:00:00Z";
    desk.delete(&cy, backwards).await.problem(422, "bad_range");
    desk.delete(&cy, "/api/v1/activity?from=noon&to=night").await.problem(400, "bad_time");
}

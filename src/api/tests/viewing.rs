//! Reports, the policy, and the traces looking leaves.

use super::*;
use crate::domain::time::HOUR_MS;

const DAY: &str = "/api/v1/reports/activity?person=cy&from=2026-11-20&to=2026-11-21";

pub(super) async fn recorded() -> Desk {
    let desk = Desk::with_people().await;
    let door = desk.token("cy", "laptop", &["record"]).await;
    let about = |kind: &str| json!({"client": "c", "type": kind, "hostname": "h"});
    desk.post(&door, "/api/0/buckets/w", &about("currentwindow")).await.expect(StatusCode::OK);
    let events = json!([
        {"timestamp": "2026-11-20T22:59:00Z", "duration": 120, "data": {"app": "Figma", "title": "t"}},
        {"timestamp": "2026-11-21T10:00:00Z", "duration": 30, "data": {"app": "Mail", "title": "t"}},
    ]);
    desk.post(&door, "/api/0/buckets/w/events", &events).await.expect(StatusCode::OK);
    desk
}

#[tokio::test]
async fn each_sees_what_role_and_policy_allow() {
    let desk = recorded().await;
    let own = desk.get(&desk.sign_in("cy").await, DAY).await.expect(StatusCode::OK).json();
    assert_eq!((&own["detail"], &own["total_ms"]), (&json!("apps"), &json!(150_000)));
    assert_eq!(
        own["apps"],
        json!([{"app": "Figma", "ms": 120_000}, {"app": "Mail", "ms": 30_000}])
    );
    // Midnight in Berlin cuts the first event in two.
    assert_eq!(
        (&own["days"][0]["date"], &own["days"][0]["active_ms"]),
        (&json!("2026-11-20"), &json!(60_000))
    );
    assert_eq!(own["days"][1]["active_ms"], 90_000);
    for other in ["bo", "ada"] {
        let seen = desk.get(&desk.sign_in(other).await, DAY).await.expect(StatusCode::OK).json();
        assert_eq!((&seen["detail"], &seen["apps"]), (&json!("hours"), &json!([])));
        assert_eq!(seen["days"][1], json!({"date": "2026-11-21", "active_ms": 90_000, "apps": []}));
    }
    desk.add("di", "employee").await.expect(StatusCode::CREATED);
    let di = desk.sign_in("di").await;
    desk.get(&di, DAY).await.problem(403, "forbidden");
    let nobody = DAY.replace("cy", "nobody");
    desk.get(&di, &nobody).await.problem(403, "forbidden");
    desk.get(&desk.sign_in("bo").await, &nobody).await.problem(404, "unknown_user");
}

#[tokio::test]
async fn looking_leaves_one_trace_an_hour() {
    let desk = recorded().await;
    let (bo, cy) = (desk.sign_in("bo").await, desk.sign_in("cy").await);
    desk.get(&cy, DAY).await.expect(StatusCode::OK);
    assert_eq!(desk.audited("activity.view").await, 0, "one's own leaves none");
    for _ in 0..3 {
        desk.get(&bo, DAY).await.expect(StatusCode::OK);
    }
    assert_eq!(desk.audited("activity.view").await, 1);
    desk.get(&terminal(), DAY).await.expect(StatusCode::OK);
    assert_eq!(desk.audited("activity.view").await, 2, "another viewer");
    let_pass(i64::try_from(HOUR_MS).unwrap());
    desk.get(&bo, DAY).await.expect(StatusCode::OK);
    assert_eq!(desk.audited("activity.view").await, 3);
    assert_eq!(desk.door.read(read::broken_audit_entry).await.unwrap(), None);
}

#[tokio::test]
async fn bad_ranges_are_refused() {
    let desk = Desk::with_people().await;
    let cy = desk.sign_in("cy").await;
    for (query, status, code) in [
        ("", 400, "bad_query"),
        ("?person=cy", 400, "bad_query"),
        ("?from=2026-01-01&to=2026-01-02&extra=1", 400, "bad_query"),
        ("?from=x&to=y", 400, "bad_date"),
        ("?from=2026-02-30&to=2026-03-01", 400, "bad_date"),
        ("?from=2026-01-02&to=2026-01-01", 422, "bad_range"),
        ("?from=2025-01-01&to=2026-02-05", 422, "bad_range"),
        ("?from=0001-01-01&to=0001-01-02", 422, "bad_range"),
        ("?from=-009999-01-01&to=9999-12-31", 422, "bad_range"),
    ] {
        let reply = desk.get(&cy, &format!("/api/v1/reports/activity{query}")).await;
        reply.problem(status, code);
    }
    let most = "/api/v1/reports/activity?from=2025-01-01&to=2026-02-04";
    let days = desk.get(&cy, most).await.expect(StatusCode::OK).json();
    assert_eq!(days["days"].as_array().unwrap().len(), 400);
    let nobody = "/api/v1/reports/activity?from=2026-01-01&to=2026-01-01";
    desk.get(&terminal(), nobody).await.problem(422, "no_person");
}

#[tokio::test]
async fn a_policy_only_becomes_stricter() {
    let desk = Desk::with_people().await;
    let ada = desk.sign_in("ada").await;
    let path = "/api/v1/office/policy";
    let looser = json!({"policy": "app_totals", "reason": "we want to know"});
    desk.put(&ada, path, &looser).await.problem(422, "looser_policy");
    let same = json!({"policy": "hours_only", "reason": "as it is"});
    assert_eq!(
        desk.put(&ada, path, &same).await.expect(StatusCode::OK).json()["policy"],
        "hours_only"
    );
    let unknown = json!({"policy": "everything", "reason": "x"});
    desk.put(&ada, path, &unknown).await.problem(422, "unknown_policy");
}

#[tokio::test]
async fn the_audit_log_is_paged() {
    let desk = Desk::with_people().await;
    let ada = desk.sign_in("ada").await;
    let first = desk.get(&ada, "/api/v1/audit?limit=2").await.items();
    assert_eq!((first.len(), &first[0]["seq"]), (2, &json!(1)));
    let next = desk.get(&ada, "/api/v1/audit?after=2&limit=1").await.items();
    assert_eq!(next[0]["seq"], 3);
    desk.get(&ada, "/api/v1/audit?limit=-1").await.problem(400, "bad_query");
}

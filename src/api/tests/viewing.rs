//! Reports, the policy, and the traces looking leaves.

use super::*;
use crate::domain::time::DAY_MS;

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
async fn the_same_look_within_minutes_leaves_one_trace() {
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
    desk.get(&bo, &DAY.replace("2026-11-20", "2026-11-19")).await.expect(StatusCode::OK);
    assert_eq!(desk.audited("activity.view").await, 3, "another range");
    let_pass(i64::try_from(crate::domain::look::LOOK_AGAIN_MS).unwrap());
    desk.get(&bo, DAY).await.expect(StatusCode::OK);
    assert_eq!(desk.audited("activity.view").await, 4);
    assert_eq!(desk.door.read(read::broken_audit_entry).await.unwrap(), None);
}

#[tokio::test]
async fn everyone_reads_who_looked_at_theirs() {
    let desk = recorded().await;
    let (ada, bo, cy) =
        (desk.sign_in("ada").await, desk.sign_in("bo").await, desk.sign_in("cy").await);
    let log = "/api/v1/access-log";
    assert_eq!(desk.get(&cy, log).await.items().len(), 0);
    desk.get(&bo, DAY).await.expect(StatusCode::OK);
    let_pass(1_000);
    desk.get(&terminal(), DAY).await.expect(StatusCode::OK);
    let looks = desk.get(&cy, log).await.items();
    assert_eq!(looks.len(), 2);
    assert_eq!(
        (&looks[0]["viewer"], &looks[0]["viewer_name"]),
        (&json!("local:root"), &json!(null))
    );
    assert_eq!(looks[1]["viewer_name"], "bo");
    assert_eq!((&looks[1]["what"], &looks[1]["detail"]), (&json!("report"), &json!("hours_only")));
    // Two days of cy's, in Berlin.
    assert_eq!(
        (&looks[1]["from"], &looks[1]["to"]),
        (&json!("2026-11-19T23:00:00Z"), &json!("2026-11-21T23:00:00Z"))
    );
    let older = format!("{log}?limit=5&before={}", looks[0]["at"].as_str().unwrap());
    assert_eq!(desk.get(&cy, &older).await.items().len(), 1);
    assert_eq!(desk.get(&bo, log).await.items().len(), 0, "nobody looked at bo's");
    desk.get(&bo, &format!("{log}?user=cy")).await.problem(403, "forbidden");
    assert_eq!(desk.get(&ada, &format!("{log}?user=cy")).await.items().len(), 2);
    desk.get(&terminal(), log).await.problem(422, "no_person");
    desk.get(&ada, &format!("{log}?user=nobody")).await.problem(404, "unknown_user");
    desk.get(&cy, &format!("{log}?before=yesterday")).await.problem(400, "bad_time");
    desk.delete(&ada, log).await.problem(405, "method_not_allowed");
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
async fn a_looser_policy_is_announced_and_counts_for_what_is_recorded_from_then_on() {
    let desk = recorded().await;
    let (ada, cy) = (desk.sign_in("ada").await, desk.sign_in("cy").await);
    let (path, office) = ("/api/v1/office/policy", "/api/v1/office");
    let looser = json!({"policy": "app_totals", "reason": "we want to know"});
    let without = json!({"policy": "app_totals", "reason": " "});
    desk.put(&ada, path, &without).await.problem(422, "no_reason");
    let unknown = json!({"policy": "everything", "reason": "x"});
    desk.put(&ada, path, &unknown).await.problem(422, "unknown_policy");
    desk.put(&cy, path, &looser).await.problem(403, "forbidden");
    let told = desk.put(&ada, path, &looser).await.expect(StatusCode::OK).json();
    assert_eq!(told["policy"], "hours_only");
    let announced = desk.get(&cy, office).await.json()["announced"].clone();
    assert_eq!(announced["policy"], "app_totals", "everyone reads it");
    assert_eq!(announced["reason"], "we want to know");
    let seven_days = 7 * i64::try_from(DAY_MS).unwrap();
    let_pass(seven_days - 1);
    assert_eq!(desk.get(&terminal(), office).await.json()["policy"], "hours_only");
    let_pass(1);
    let now_it_counts = desk.get(&terminal(), office).await.json();
    assert_eq!(
        (&now_it_counts["policy"], &now_it_counts["announced"]),
        (&json!("app_totals"), &json!(null))
    );
    // What was done before stays as it was, also when it comes only now; what is done now is seen by app.
    let door = desk.token("cy", "laptop", &["record"]).await;
    let event = |at: &str, app: &str| json!({"timestamp": at, "duration": 60, "data": {"app": app, "title": "t"}});
    let events =
        json!([event("2026-11-21T11:00:00Z", "Late"), event("2026-11-29T08:00:00Z", "New")]);
    desk.post(&door, "/api/0/buckets/w/events", &events).await.expect(StatusCode::OK);
    let again = json!([{"id": 1, "timestamp": "2026-11-20T22:59:00Z", "duration": 120, "data": {"app": "Figma", "title": "t"}}]);
    desk.post(&door, "/api/0/buckets/w/events", &again).await.expect(StatusCode::OK);
    let bo = desk.sign_in("bo").await;
    let days = DAY.replace("to=2026-11-21", "to=2026-11-29");
    let seen = desk.get(&bo, &days).await.expect(StatusCode::OK).json();
    assert_eq!(seen["apps"], json!([{"app": "New", "ms": 60_000}]));
    assert_eq!(seen["total_ms"], 270_000);
    let ada = desk.sign_in("ada").await;
    desk.delete(&ada, "/api/v1/office/policy/announced").await.problem(409, "nothing_announced");
    let stricter = json!({"policy": "hours_only", "reason": "not needed"});
    let told = desk.put(&ada, path, &stricter).await.expect(StatusCode::OK).json();
    assert_eq!(told["policy"], "hours_only", "stricter at once");
    assert_eq!(desk.get(&bo, &days).await.json()["apps"], json!([]));
}

#[tokio::test]
async fn an_announced_policy_is_withdrawn() {
    let desk = recorded().await;
    let ada = desk.sign_in("ada").await;
    let looser = json!({"policy": "full_detail", "reason": "we want to know"});
    desk.put(&ada, "/api/v1/office/policy", &looser).await.expect(StatusCode::OK);
    let told = desk.delete(&ada, "/api/v1/office/policy/announced").await;
    assert_eq!(told.expect(StatusCode::OK).json()["announced"], json!(null));
    let_pass(8 * i64::try_from(DAY_MS).unwrap());
    let cy = desk.sign_in("cy").await;
    assert_eq!(desk.get(&cy, "/api/v1/office").await.json()["policy"], "hours_only");
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

    let newest = desk.get(&ada, "/api/v1/audit?before=1000000&limit=2").await.items();
    let last = newest[0]["seq"].as_u64().unwrap();
    let all = desk.get(&ada, "/api/v1/audit?limit=1000").await.items();
    assert_eq!((last, &newest[0]), (all.len() as u64, all.last().unwrap()));
    assert_eq!((newest.len(), &newest[1]["seq"]), (2, &json!(last - 1)));
    let older = desk.get(&ada, &format!("/api/v1/audit?before={}", last - 1)).await.items();
    assert_eq!((older[0]["seq"].as_u64(), older.last().unwrap()), (Some(last - 2), &all[0]));
    assert!(desk.get(&ada, "/api/v1/audit?before=0").await.items().is_empty());
    desk.get(&ada, "/api/v1/audit?before=9&after=1").await.problem(400, "bad_query");
}

#[tokio::test]
async fn no_look_is_lost_between_pages() {
    let desk = recorded().await;
    let cy = desk.sign_in("cy").await;
    // All at one moment.
    for from in 15..=19 {
        let day = format!("/api/v1/reports/activity?person=cy&from=2026-11-{from}&to=2026-11-21");
        desk.get(&terminal(), &day).await.expect(StatusCode::OK);
    }
    let log = "/api/v1/access-log?limit=2";
    let (mut seen, mut path) = (Vec::new(), log.to_owned());
    loop {
        let page = desk.get(&cy, &path).await.expect(StatusCode::OK).json();
        let items = page["items"].as_array().unwrap();
        seen.extend(items.iter().map(|look| look["from"].as_str().unwrap().to_owned()));
        let Some(next) = page["next"].as_str() else { break };
        path = format!("{log}&cursor={next}");
    }
    let expected: Vec<_> = (14..=18).rev().map(|day| format!("2026-11-{day}T23:00:00Z")).collect();
    assert_eq!(seen, expected);
    desk.get(&cy, &format!("{log}&cursor=AAAA")).await.problem(422, "bad_cursor");
}

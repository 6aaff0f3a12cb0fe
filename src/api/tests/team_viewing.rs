//! Recorded activity of everybody one sees: who is told what of whom, from events and from what months came to alike.

use super::viewing::recorded;
use super::*;
use crate::domain::time::DAY_MS;
use crate::service::tier::Tiers;

const TEAM: &str = "/api/v1/reports/activity/team?from=2026-10-30&to=2026-11-21";

/// Bo, who leads everybody, recorded an hour; cy what [`recorded`] says.
async fn both() -> Desk {
    let desk = recorded().await;
    let door = desk.token("bo", "desk", &["record"]).await;
    let about = json!({"client": "c", "type": "currentwindow", "hostname": "h"});
    desk.post(&door, "/api/0/buckets/w", &about).await.expect(StatusCode::OK);
    let events = json!([
        {"timestamp": "2026-10-31T22:30:00Z", "duration": 3_600, "data": {"app": "Mail", "title": "t"}},
    ]);
    desk.post(&door, "/api/0/buckets/w/events", &events).await.expect(StatusCode::OK);
    desk
}

fn of<'a>(team: &'a Value, name: &str) -> &'a Value {
    team["people"].as_array().unwrap().iter().find(|one| one["person"] == name).unwrap()
}

#[tokio::test]
async fn a_team_is_told_by_month_as_far_as_the_policy_goes() {
    let desk = both().await;
    let (bo, cy) = (desk.sign_in("bo").await, desk.sign_in("cy").await);
    desk.get(&cy, TEAM).await.problem(403, "forbidden");
    let by_app = format!("{TEAM}&by=app");
    let before = desk.get(&bo, &by_app).await.expect(StatusCode::OK).json();
    assert_eq!(before["periods"], json!(["2026-10-01", "2026-11-01"]));
    // Midnight in Berlin is 23:00 there: the month ends within bo's hour.
    assert_eq!(of(&before, "bo")["active_ms"], json!([1_800_000, 1_800_000]));
    assert_eq!(of(&before, "cy")["active_ms"], json!([0, 150_000]));
    assert_eq!(before["active_ms"], json!([1_800_000, 1_950_000]));
    assert_eq!(before["total_ms"], 3_750_000);
    // One's own application is told, nobody else's.
    assert_eq!(of(&before, "bo")["rows"], json!([{"name": "Mail", "ms": 3_600_000}]));
    assert_eq!(before["rows"], of(&before, "bo")["rows"]);
    assert_eq!(
        (&of(&before, "cy")["rows"], &of(&before, "cy")["tells"]),
        (&json!([]), &json!(false))
    );
    // Everybody else's look is written down, once.
    assert_eq!(desk.audited("activity.view").await, 2);
    let log = desk.get(&cy, "/api/v1/access-log").await.items();
    assert_eq!((&log[0]["what"], &log[0]["detail"]), (&json!("team"), &json!("hours_only")));
    desk.get(&bo, &by_app).await.expect(StatusCode::OK);
    assert_eq!(desk.audited("activity.view").await, 2);
    // The same from what months came to.
    let days = format!("{TEAM}&per=day&by=category");
    let by_day = desk.get(&bo, &days).await.expect(StatusCode::OK).json();
    let_pass(i64::try_from(3 * DAY_MS).unwrap());
    Tiers::new(desk.door.clone(), now).tidy().await.unwrap();
    let bo = desk.sign_in("bo").await;
    assert_eq!(desk.get(&bo, &by_app).await.json(), before);
    assert_eq!(desk.get(&bo, &days).await.json(), by_day);
    assert_eq!(by_day["periods"].as_array().unwrap().len(), 23);
    let hours = of(&by_day, "bo")["active_ms"].as_array().unwrap();
    assert_eq!(hours[1..3], [json!(1_800_000), json!(1_800_000)]);
}

#[tokio::test]
async fn a_looser_policy_tells_of_applications_from_then_on() {
    let desk = both().await;
    let ada = desk.sign_in("ada").await;
    let looser = json!({"policy": "category_totals", "reason": "we want to know"});
    desk.put(&ada, "/api/v1/office/policy", &looser).await.expect(StatusCode::OK);
    let_pass(i64::try_from(8 * DAY_MS).unwrap());
    let door = desk.token("cy", "laptop", &["record"]).await;
    let events = json!([
        {"timestamp": "2026-11-29T10:00:00Z", "duration": 60, "data": {"app": "Firefox", "title": "t"}},
    ]);
    desk.post(&door, "/api/0/buckets/w/events", &events).await.expect(StatusCode::OK);
    let_pass(i64::try_from(4 * DAY_MS).unwrap());
    let (ada, bo) = (desk.sign_in("ada").await, desk.sign_in("bo").await);
    // The office's categories never reach back: a month they were changed in goes by those that held when it began.
    let own = json!({"categories": [{"name": ["Named"], "rule": {"type": "regex", "regex": "^Firefox$"}}]});
    desk.put(&ada, "/api/v1/office/categories", &own).await.expect(StatusCode::OK);
    let team = TEAM.replace("to=2026-11-21", "to=2026-11-30");
    let asked = |by: &str| format!("{team}&by={by}");
    for round in ["from events", "from months"] {
        let apps = desk.get(&bo, &asked("app")).await.expect(StatusCode::OK).json();
        assert_eq!(of(&apps, "cy")["rows"], json!([]), "{round}");
        let categories = desk.get(&bo, &asked("category")).await.expect(StatusCode::OK).json();
        let rows = &of(&categories, "cy")["rows"];
        assert_eq!(
            (rows.as_array().unwrap().len(), &rows[0]["ms"]),
            (1, &json!(60_000)),
            "{round}"
        );
        assert_ne!(rows[0]["name"], "Named", "{round}");
        Tiers::new(desk.door.clone(), now).tidy().await.unwrap();
    }
}

#[tokio::test]
async fn teams_and_bad_questions() {
    let desk = both().await;
    let bo = desk.sign_in("bo").await;
    for (query, status, code) in [
        ("&per=week", 422, "bad_choice"),
        ("&by=site", 422, "bad_choice"),
        ("&team=x", 422, "bad_id"),
        ("&team=018f0000-0000-7000-8000-000000000000", 404, "unknown_team"),
        ("&extra=1", 400, "bad_query"),
    ] {
        desk.get(&bo, &format!("{TEAM}{query}")).await.problem(status, code);
    }
    let long = TEAM.replace("from=2026", "from=2024");
    desk.get(&bo, &long).await.problem(422, "bad_range");
    let ada = desk.sign_in("ada").await;
    let new = json!({"name": "Studio", "members": ["cy"], "leads": []});
    let made = desk.post(&ada, "/api/v1/teams", &new).await.expect(StatusCode::CREATED).json();
    let path = format!("{TEAM}&team={}", made["id"].as_str().unwrap());
    let team = desk.get(&bo, &path).await.expect(StatusCode::OK).json();
    assert_eq!((team["people"].as_array().unwrap().len(), &team["total_ms"]), (1, &json!(150_000)));
    assert_eq!(team["people"][0]["person"], "cy");
}

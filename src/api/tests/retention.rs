//! What is too old goes: detail first, then everything, then even the traces of what was deleted.

use super::computers::Agent;
use super::viewing::recorded;
use super::*;
use crate::domain::time::DAY_MS;
use crate::service::retention::Retention;
use crate::store::read;

fn days_pass(days: u64) {
    let_pass(i64::try_from(days * DAY_MS).unwrap());
}

async fn sweep(desk: &Desk) -> String {
    Retention::new(desk.door.clone(), now).sweep().await.unwrap()
}

/// What cy's bucket holds, oldest first.
async fn events(desk: &Desk) -> Vec<Value> {
    let token = desk.token("cy", "laptop", &["record", "read"]).await;
    let all = desk.get(&token, "/api/0/buckets/w/events").await.expect(StatusCode::OK).json();
    let mut all: Vec<Value> = all.as_array().unwrap().iter().map(|e| e["data"].clone()).collect();
    all.reverse();
    all
}

#[tokio::test]
async fn detail_goes_first_and_everything_later() {
    let desk = recorded().await;
    assert_eq!(sweep(&desk).await, "");
    assert_eq!(desk.audited("retention.sweep").await, 0, "nothing to tell");
    days_pass(88);
    assert_eq!(sweep(&desk).await, "");
    assert_eq!(events(&desk).await[0], json!({"app": "Figma", "title": "t"}));
    days_pass(2);
    assert!(sweep(&desk).await.contains("; 2 events lost their detail."));
    assert_eq!(events(&desk).await, [json!({"app": "Figma"}), json!({"app": "Mail"})]);
    assert_eq!(sweep(&desk).await, "", "done once");
    // The office's own choice counts, and totals last until they go, too.
    let day = "/api/v1/reports/activity?person=cy&from=2026-11-20&to=2026-11-21";
    let cy = desk.sign_in("cy").await;
    assert_eq!(desk.get(&cy, day).await.json()["total_ms"], 150_000);
    let ada = desk.sign_in("ada").await;
    let months = json!({"value": 3});
    desk.put(&ada, "/api/v1/settings/retention.totals_months", &months)
        .await
        .problem(422, "needs_preview");
    // Months go whole: nothing of November goes while its end is not three months old.
    let path = "/api/v1/retention/activity";
    let seen = desk.get(&ada, &format!("{path}?limit=3")).await.expect(StatusCode::OK).json();
    assert_eq!((&seen["goes"]["count"], &seen["limit"]), (&json!(0), &json!(3)));
    let other = json!({"limit": 2, "confirm": seen["confirm"]});
    desk.put(&ada, path, &other).await.problem(422, "other_preview");
    let limit = json!({"limit": 3, "confirm": seen["confirm"]});
    desk.put(&ada, path, &limit).await.expect(StatusCode::OK);
    assert_eq!(sweep(&desk).await, "");
    days_pass(12);
    let ada = desk.sign_in("ada").await;
    let seen = desk.get(&ada, path).await.expect(StatusCode::OK).json();
    let goes = &seen["goes"];
    assert_eq!((&goes["count"], &goes["people"]), (&json!(2), &json!(1)), "{seen}");
    assert_eq!(goes["months"], json!(["2026-11"]));
    assert!(seen["totals"].as_str().unwrap().contains("go with them"), "{seen}");
    assert!(goes["bytes"].as_u64() > Some(0), "{seen}");
    assert!(sweep(&desk).await.starts_with("Deleted 2 events,"));
    assert_eq!(events(&desk).await, Vec::<Value>::new());
    // As the preview said: their totals went with them.
    let cy = desk.sign_in("cy").await;
    assert_eq!(desk.get(&cy, day).await.json()["total_ms"], 0);
    assert_eq!(desk.get(&ada, path).await.json()["goes"]["count"], 0);
    assert_eq!(desk.audited("retention.sweep").await, 2);
    assert_eq!(desk.door.read(read::broken_audit_entry).await.unwrap(), None);
}

#[tokio::test]
async fn a_long_book_is_swept_in_bounded_steps() {
    let desk = recorded().await;
    let door = desk.token("cy", "laptop", &["record"]).await;
    let many: Vec<Value> = (0..1_300)
        .map(|n| {
            let at = jiff::Timestamp::from_second(1_790_000_000 + n * 10).unwrap();
            json!({"timestamp": at.to_string(), "duration": 1, "data": {"app": "a", "title": n}})
        })
        .collect();
    for part in many.chunks(650) {
        desk.post(&door, "/api/0/buckets/w/events", &json!(part)).await.expect(StatusCode::OK);
    }
    days_pass(200);
    assert!(sweep(&desk).await.contains("; 1302 events lost their detail."));
    days_pass(800);
    assert!(sweep(&desk).await.starts_with("Deleted 1302 events,"));
}

/// More events than a step takes, all of one instant and half of them without detail already: the sweep comes to its end.
#[tokio::test]
async fn events_of_one_instant_do_not_hold_up_the_sweep() {
    let desk = recorded().await;
    let door = desk.token("cy", "laptop", &["record"]).await;
    let at = jiff::Timestamp::from_second(1_790_000_000).unwrap().to_string();
    let many: Vec<Value> = (0..1_300)
        .map(|n| {
            let data = if n < 650 { json!({"app": "a"}) } else { json!({"app": "a", "title": n}) };
            json!({"timestamp": at, "duration": 1, "data": data})
        })
        .collect();
    for part in many.chunks(650) {
        desk.post(&door, "/api/0/buckets/w/events", &json!(part)).await.expect(StatusCode::OK);
    }
    days_pass(200);
    let sweep = tokio::time::timeout(std::time::Duration::from_secs(60), sweep(&desk));
    let said = sweep.await.expect("it ends");
    assert!(said.contains("; 652 events lost their detail."), "{said}");
    assert!(events(&desk).await.iter().all(|data| data.get("title").is_none()));
}

#[tokio::test]
async fn more_traces_than_a_step_takes_go_in_one_sweep() {
    let desk = Desk::with_people().await;
    let bo = desk.sign_in("bo").await;
    for noun in ["tags", "customers"] {
        for number in 0..260 {
            let path = format!("/api/v1/{noun}");
            let made = desk.post(&bo, &path, &json!({"name": number.to_string()})).await;
            let id = made.expect(StatusCode::CREATED).json()["id"].as_str().unwrap().to_owned();
            desk.delete(&bo, &format!("{path}/{id}")).await.expect(StatusCode::NO_CONTENT);
        }
    }
    days_pass(91);
    assert!(sweep(&desk).await.contains(" 520 traces "));
    assert_eq!(sweep(&desk).await, "");
}

#[tokio::test]
async fn a_copy_that_is_older_than_the_traces_is_fetched_anew() {
    let desk = Desk::with_people().await;
    let bo = desk.sign_in("bo").await;
    let add = async |name: &str| {
        let made = desk.post(&bo, "/api/v1/tags", &json!({"name": name})).await;
        made.expect(StatusCode::CREATED).json()["id"].as_str().unwrap().to_owned()
    };
    let (gone, _stays) = (add("gone").await, add("stays").await);
    let changes = async |bo: &Caller, since: u64| {
        desk.get(bo, &format!("/api/v1/changes?since={since}&nouns=tag")).await
    };
    let copy = changes(&bo, 0).await.json()["since"].as_u64().unwrap();
    desk.delete(&bo, &format!("/api/v1/tags/{gone}")).await.expect(StatusCode::NO_CONTENT);
    days_pass(89);
    sweep(&desk).await;
    let bo = desk.sign_in("bo").await;
    let told = changes(&bo, copy).await.expect(StatusCode::OK).json();
    assert_eq!((&told["items"][0]["id"], &told["items"][0]["gone"]), (&json!(gone), &json!(true)));
    let fresh = told["since"].as_u64().unwrap();
    days_pass(2);
    assert!(sweep(&desk).await.contains(" 1 traces "));
    let bo = desk.sign_in("bo").await;
    changes(&bo, copy).await.problem(410, "copy_too_old");
    changes(&bo, fresh).await.expect(StatusCode::OK);
    let anew = changes(&bo, 0).await.expect(StatusCode::OK).json();
    assert_eq!(anew["items"].as_array().unwrap().len(), 1, "the one that stays");
    assert_eq!(sweep(&desk).await, "");
}

#[tokio::test]
async fn looks_go_after_two_years() {
    let desk = recorded().await;
    let bo = desk.sign_in("bo").await;
    let day = "/api/v1/reports/activity?person=cy&from=2026-11-20&to=2026-11-21";
    desk.get(&bo, day).await.expect(StatusCode::OK);
    let log = "/api/v1/access-log";
    days_pass(730);
    sweep(&desk).await;
    assert_eq!(desk.get(&desk.sign_in("cy").await, log).await.items().len(), 1);
    days_pass(2);
    assert!(sweep(&desk).await.contains(" 1 looks;"));
    assert_eq!(desk.get(&desk.sign_in("cy").await, log).await.items().len(), 0);
}

#[tokio::test]
async fn answers_to_requests_with_a_key_go_after_a_day() {
    use crate::store::tables::Answers;
    use crate::store::{KeyRange, Order, Read};
    let desk = Desk::with_people().await;
    let kept = async || {
        let all = desk.door.read(|r| r.rows::<Answers>(KeyRange::all(), Order::Rising, 9));
        all.await.unwrap().len()
    };
    let cy = desk.sign_in("cy").await.with("idempotency-key", "k");
    let token = json!({"device": "laptop", "scopes": ["read"]});
    desk.post(&cy, "/api/v1/tokens", &token).await.expect(StatusCode::CREATED);
    sweep(&desk).await;
    assert_eq!(kept().await, 1);
    days_pass(1);
    assert_eq!(sweep(&desk).await, "", "nobody is told");
    assert_eq!(kept().await, 0);
}

#[tokio::test]
async fn a_copy_from_before_the_traces_went_is_told_that_it_is_too_old() {
    let desk = Desk::with_people().await;
    let agent = Agent::enroll(&desk, 1).await;
    let (ada, bo) = (desk.sign_in("ada").await, desk.sign_in("bo").await);
    let make = async |name: &str| {
        let made = desk.post(&bo, "/api/v1/projects", &json!({"name": name})).await;
        made.expect(StatusCode::CREATED).json()["id"].as_str().unwrap().to_owned()
    };
    let (ghost, _, _) = (make("Ghost").await, make("Site").await, make("Yard").await);
    let routes = [(&ada, "/api/v1/changes"), (&agent.caller, "/api/v1/timer/copy")];
    let mut copies = Vec::new();
    for (caller, path) in routes {
        let whole = desk.get(caller, path).await.expect(StatusCode::OK).json();
        assert!(whole["next"].is_null(), "{whole}");
        let begun = desk.get(caller, &format!("{path}?limit=1")).await.json();
        copies.push((whole["since"].clone(), begun["next"].as_str().unwrap().to_owned()));
    }
    desk.delete(&bo, &format!("/api/v1/projects/{ghost}")).await.expect(StatusCode::NO_CONTENT);
    days_pass(91);
    assert!(sweep(&desk).await.contains("1 traces"));
    let renewed = desk.sign_in("ada").await;
    let routes = [(&renewed, "/api/v1/changes"), (&agent.caller, "/api/v1/timer/copy")];
    for ((caller, path), (since, cursor)) in routes.into_iter().zip(copies) {
        // Both as it was asked with after the end, and as it goes on where it broke off.
        for asked in [format!("since={since}"), format!("cursor={cursor}")] {
            desk.get(caller, &format!("{path}?{asked}")).await.problem(410, "copy_too_old");
        }
        // A new one goes on to its end, however far back it begins, and is good from then on.
        let first =
            desk.get(caller, &format!("{path}?limit=1")).await.expect(StatusCode::OK).json();
        let on = format!("{path}?cursor={}", first["next"].as_str().unwrap());
        let whole = desk.get(caller, &on).await.expect(StatusCode::OK).json();
        assert!(whole["next"].is_null() && !whole.to_string().contains(&ghost), "{whole}");
        let after = format!("{path}?since={}", whole["since"]);
        desk.get(caller, &after).await.expect(StatusCode::OK);
    }
}

#[tokio::test]
async fn everybody_reads_how_long_things_are_kept_and_who_manages_the_server_what_goes() {
    let desk = recorded().await;
    let (ada, bo, cy) =
        (desk.sign_in("ada").await, desk.sign_in("bo").await, desk.sign_in("cy").await);
    let kept = desk.get(&cy, "/api/v1/retention").await.items();
    let of = |kind: &str| kept.iter().find(|kept| kept["kind"] == kind).unwrap();
    assert_eq!((&of("detail")["limit"], &of("detail")["unit"]), (&json!(90), &json!("days")));
    assert_eq!((&of("activity")["limit"], &of("activity")["least"]), (&json!(24), &json!(1)));
    assert_eq!(of("entries")["limit"], Value::Null);
    for (caller, kind) in [(&bo, "activity"), (&cy, "detail")] {
        let path = format!("/api/v1/retention/{kind}");
        desk.get(caller, &path).await.problem(403, "forbidden");
    }
    desk.get(&ada, "/api/v1/retention/entries").await.problem(422, "not_chosen");
    desk.get(&ada, "/api/v1/retention/nothing").await.problem(422, "unknown_kind");
    desk.get(&ada, "/api/v1/retention/activity?limit=0").await.problem(422, "bad_limit");
    // Longer needs nothing seen; back to the usual limit is shorter, and does.
    let setting = "/api/v1/settings/retention.detail_days";
    desk.put(&ada, setting, &json!({"value": 120})).await.expect(StatusCode::OK);
    desk.delete(&ada, setting).await.problem(422, "needs_preview");
    days_pass(3);
    let ada = desk.sign_in("ada").await;
    let detail = desk.get(&ada, "/api/v1/retention/detail?limit=1").await.json();
    assert_eq!((&detail["goes"]["count"], &detail["goes"]["people"]), (&json!(2), &json!(1)));
}

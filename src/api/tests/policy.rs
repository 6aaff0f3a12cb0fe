//! Nobody gets more of somebody's recorded activity than the policy allows, by any route: a marked event is recorded, and everyone else
//! knocks on every door with every id there is and looks for the mark.

use super::*;
use crate::api::route::Route;
use crate::api::routes;
use crate::domain::policy::ActivityPolicy;
use crate::domain::right::Right;
use crate::domain::time::DAY_MS;

const APP: &str = "Canaryapp";
const TITLE: &str = "Canarytitle";
const ADDRESS: &str = "canary.example";
/// A range around everything recorded here.
const RANGE: &str = "from=2026-11-15&to=2026-12-15";
const MOMENTS: [&str; 2] = ["2026-11-21T10:00:00Z", "2026-12-05T10:00:00Z"];

#[tokio::test]
async fn nobody_gets_more_than_the_policy_allows_by_any_route() {
    use ActivityPolicy::{AppTotals, CategoryTotals, FullDetail, HoursOnly};
    for (recorded, today) in [
        (HoursOnly, FullDetail),
        (CategoryTotals, CategoryTotals),
        (AppTotals, AppTotals),
        (FullDetail, HoursOnly),
        (FullDetail, FullDetail),
    ] {
        let desk = office(recorded, today).await;
        let allowed = recorded.min(today);
        let mut seen = Vec::new();
        for (who, caller) in others(&desk, (recorded, today) == (FullDetail, HoursOnly)).await {
            seen.push((who, all_answers(&desk, who, &caller).await));
        }
        for (who, answers) in &seen {
            let case = format!("{who}, recorded under {recorded:?}, {today:?} today");
            hides(answers, APP, allowed >= AppTotals, &case);
            hides(answers, TITLE, allowed >= FullDetail, &case);
            hides(answers, ADDRESS, allowed >= FullDetail, &case);
        }
        // The mark is there to be found: the person finds it, and so does whoever may.
        let own = all_answers(&desk, "cy", &desk.sign_in("cy").await).await;
        for mark in [APP, TITLE, ADDRESS] {
            assert!(own.iter().any(|(_, text)| text.contains(mark)), "{mark} is not in one's own");
        }
        let of_manager = &seen.iter().find(|(who, _)| *who == "bo").unwrap().1;
        assert_eq!(of_manager.iter().any(|(_, text)| text.contains(APP)), allowed >= AppTotals);
    }
}

#[track_caller]
fn hides(answers: &[(String, String)], mark: &str, allowed: bool, case: &str) {
    let shown = answers.iter().find(|(_, text)| text.contains(mark)).filter(|_| !allowed);
    assert!(shown.is_none(), "{case}: {mark} stands in {shown:.2000?}");
}

/// An office where cy recorded the mark under one policy and another counts today.
async fn office(recorded: ActivityPolicy, today: ActivityPolicy) -> Desk {
    let desk = Desk::with_people().await;
    for name in ["di", "ed"] {
        desk.add(name, "employee").await.expect(StatusCode::CREATED);
    }
    let team = json!({"name": "Studio", "members": ["cy"], "leads": ["di"]});
    desk.post(&terminal(), "/api/v1/teams", &team).await.expect(StatusCode::CREATED);
    set(&desk, recorded).await;
    let door = desk.token("cy", "laptop", &["record"]).await;
    let about = json!({"client": "c", "type": "currentwindow", "hostname": "h"});
    desk.post(&door, "/api/0/buckets/w", &about).await.expect(StatusCode::OK);
    let data = json!({"app": APP, "title": TITLE, "url": format!("https://{ADDRESS}/")});
    let events = MOMENTS.map(|at| json!({"timestamp": at, "duration": 60, "data": data}));
    desk.post(&door, "/api/0/buckets/w/events", &json!(events)).await.expect(StatusCode::OK);
    let beat = json!({"timestamp": "2026-12-06T10:00:00Z", "duration": 0, "data": data});
    let path = "/api/0/buckets/w/heartbeat?pulsetime=5";
    desk.post(&door, path, &beat).await.expect(StatusCode::OK);
    if today != recorded {
        set(&desk, today).await;
    }
    desk
}

/// Sets the policy and waits until it counts.
async fn set(desk: &Desk, policy: ActivityPolicy) {
    let new = json!({"policy": policy.name(), "reason": "for the test"});
    desk.put(&terminal(), "/api/v1/office/policy", &new).await.expect(StatusCode::OK);
    let_pass(7 * i64::try_from(DAY_MS).unwrap());
    let office = desk.get(&terminal(), "/api/v1/office").await.json();
    assert_eq!(office["policy"], policy.name());
}

/// Everyone but cy: who manages, leads, administers or only works here, by session, by token, at the terminal.
async fn others(desk: &Desk, by_right: bool) -> Vec<(&'static str, Caller)> {
    let mut callers = vec![("the terminal", terminal()), ("a stranger", browser())];
    for name in ["ada", "bo", "di", "ed"] {
        callers.push((name, desk.sign_in(name).await));
    }
    // Somebody who works here, with one right more, whichever it is: no right is a way around the policy.
    for right in Right::ALL.into_iter().filter(|_| by_right) {
        let name = format!("with-{}", right.name().replace('_', "-"));
        desk.add(&name, "employee").await.expect(StatusCode::CREATED);
        let grants = json!({"rights": [right.name()]});
        let path = format!("/api/v1/users/{name}/grants");
        desk.put(&terminal(), &path, &grants).await.expect(StatusCode::NO_CONTENT);
        callers.push((right.name(), desk.sign_in(&name).await));
    }
    callers.push(("a token that manages", desk.token("ada", "t", &["manage", "read"]).await));
    callers.push(("a token that records", desk.token("bo", "u", &["record", "read"]).await));
    callers
}

/// Path and text of every answer to every reading route, with every id the caller could know, and of every export.
async fn all_answers(desk: &Desk, who: &str, caller: &Caller) -> Vec<(String, String)> {
    let mut answers = Vec::new();
    for rows in ["apps", "events"] {
        let new = json!({"person": "cy", "from": "2026-11-15", "to": "2026-12-15", "rows": rows});
        let reply = desk.post(caller, "/api/v1/exports/activity", &new).await;
        if reply.status == StatusCode::CREATED {
            desk.ended(caller, &reply.json()).await;
        }
        answers.push(("an export".to_owned(), text(&reply)));
    }
    for path in ["users/cy/export", "exports/person", "exports/activitywatch"] {
        let reply = desk.post(caller, &format!("/api/v1/{path}"), &json!({})).await;
        if reply.status == StatusCode::CREATED {
            let job = desk.ended(caller, &reply.json()).await;
            if let Some(file) = job["result"]["path"].as_str() {
                answers.push((path.to_owned(), text(&desk.get(caller, file).await)));
            }
        }
    }
    for name in ["w", "aw-watcher-window"] {
        let query = format!("RETURN = query_bucket(\"{name}\");");
        let ask = json!({"query": [query], "timeperiods": ["2026-11-15/2026-12-15"]});
        let reply = desk.post(caller, "/api/0/query/", &ask).await;
        answers.push(("a query".to_owned(), text(&reply)));
    }
    let ids = ids(desk).await;
    let mut paths = vec!["/metrics".to_owned(), "/api/0/info".to_owned()];
    for path in ["buckets", "buckets/w", "buckets/w/events", "buckets/w/events/1", "export"] {
        paths.push(format!("/api/0/{path}"));
    }
    for by in ["app", "category", "site", "device"] {
        paths.push(format!("/api/v1/reports/activity/totals?person=cy&{RANGE}&by={by}"));
    }
    for day in MOMENTS.map(|at| &at[..10]) {
        paths.push(format!("/api/v1/activity/timeline?date={day}"));
    }
    paths.push("/api/v1/activity/search?text=canary&to=2027-01-01T00:00:00Z".to_owned());
    // The program's own file is this test too, mark and all.
    let reads = |route: &Route| route.method == Method::GET && route.path != "/download";
    for route in routes::table().into_iter().filter(reads) {
        let known = if route.path.contains('{') { &ids[..] } else { &ids[..1] };
        for id in known {
            let parts =
                route.path.split('/').map(|part| if part.starts_with('{') { id } else { part });
            let path = parts.collect::<Vec<_>>().join("/");
            paths.extend([
                path.clone(),
                format!("{path}?person=cy&{RANGE}"),
                format!("{path}?since=0"),
            ]);
        }
    }
    // As a table, too: another way out of the same room.
    let table = caller.clone().with("accept", "text/csv");
    for route in routes::table().into_iter().filter(|route| reads(route) && route.gives_csv) {
        if !route.path.contains('{') {
            for more in ["by=app", "rows=apps", "rows=events", "by=site"] {
                let path = format!("{}?person=cy&{RANGE}&{more}", route.path);
                answers.push((path.clone(), text(&desk.get(&table, &path).await)));
            }
        }
    }
    for path in paths {
        let reply = desk.get(caller, &path).await;
        assert!(reply.status.as_u16() < 500, "{path} by {who}: {reply:?}");
        answers.push((path, text(&reply)));
    }
    answers
}

/// Every id and name the office has given out.
async fn ids(desk: &Desk) -> Vec<String> {
    let mut ids = vec!["cy".to_owned(), "w".to_owned()];
    for path in [
        "users",
        "devices",
        "jobs",
        "sessions?user=cy",
        "tokens",
        "teams",
        "imports",
        "reports/saved",
    ] {
        let list = desk.get(&terminal(), &format!("/api/v1/{path}")).await;
        let list = list.expect(StatusCode::OK).items();
        ids.extend(list.iter().filter_map(|item| item["id"].as_str()).map(str::to_owned));
    }
    ids
}

fn text(reply: &Reply) -> String {
    String::from_utf8_lossy(&reply.bytes).into_owned()
}

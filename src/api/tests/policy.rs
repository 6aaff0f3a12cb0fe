//! Nobody gets more of somebody's recorded activity than the policy allows, by any route: a marked event is recorded, and everyone else
//! knocks on every door with every id there is and looks for the mark. The doors come from the table, and each must open for somebody.

use std::collections::BTreeSet;

use super::changes::Stream;
use super::computers::Agent;
use super::*;
use crate::api::route::Route;
use crate::api::routes;
use crate::domain::policy::ActivityPolicy;
use crate::domain::right::Right;
use crate::domain::time::DAY_MS;

const APP: &str = "Canaryapp";
const TITLE: &str = "Canarytitle";
const ADDRESS: &str = "canary.example";
/// Recorded while others listen, under the policy of today; what is told live never says it.
const LIVE: &str = "Livebird";
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
        let mut opened = BTreeSet::new();
        for (who, caller) in others(&desk, (recorded, today) == (FullDetail, HoursOnly)).await {
            seen.push((who, all_answers(&desk, who, &caller, &mut opened).await));
        }
        for (who, answers) in &seen {
            let case = format!("{who}, recorded under {recorded:?}, {today:?} today");
            hides(answers, APP, allowed >= AppTotals, &case);
            hides(answers, TITLE, allowed >= FullDetail, &case);
            hides(answers, ADDRESS, allowed >= FullDetail, &case);
        }
        // The mark is there to be found: the person finds it, and so does whoever may.
        let own = all_answers(&desk, "cy", &desk.sign_in("cy").await, &mut opened).await;
        for mark in [APP, TITLE, ADDRESS] {
            assert!(own.iter().any(|(_, text)| text.contains(mark)), "{mark} is not in one's own");
        }
        let of_manager = &seen.iter().find(|(who, _)| *who == "bo").unwrap().1;
        assert_eq!(of_manager.iter().any(|(_, text)| text.contains(APP)), allowed >= AppTotals);
        let shut: Vec<String> = routes::table()
            .iter()
            .filter(|route| must_open(route))
            .map(told)
            .filter(|route| !opened.contains(route))
            .collect();
        assert_eq!(shut, [""; 0], "say how they are asked, so that what they give is looked at");
    }
}

/// Must the walk have seen what this route gives: does it read, or begin a file?
fn must_open(route: &Route) -> bool {
    let begins_a_file = route.gives.is_some_and(|shape| (shape.name)() == "Job")
        && !route.path.starts_with("/api/v1/imports");
    // In a backup is everything, packed and for administrators alone: `it::backups`.
    let is_whole = route.path.starts_with("/api/v1/backups/");
    route.path != "/download" && !is_whole && (route.method == Method::GET || begins_a_file)
}

fn told(route: &Route) -> String {
    format!("{} {}", route.method, route.path)
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
    // Files of cy's own, with all of it: nobody else gets them.
    let cy = desk.sign_in("cy").await;
    let events = json!({"from": "2026-11-15", "to": "2026-12-15", "rows": "events"});
    for (path, body) in [
        ("exports/activity", &events),
        ("exports/person", &json!({})),
        ("exports/activitywatch", &json!({})),
    ] {
        let job =
            desk.post(&cy, &format!("/api/v1/{path}"), body).await.expect(StatusCode::CREATED);
        assert_eq!(desk.ended(&cy, &job.json()).await["state"], "done");
    }
    let file = "User,Email,Client,Project,Task,Description,Billable,Start date,Start time,End date,End time,Duration,Tags\n\
        Cy,cy@office.test,,,,one,No,2026-11-02,09:00:00,2026-11-02,10:30:00,01:30:00,\n";
    let path = "/api/v1/imports?source=toggl";
    let job = desk.send(&cy, Method::POST, path, "application/octet-stream", file.into()).await;
    desk.ended(&cy, &job.expect(StatusCode::CREATED).json()).await;
    let report = json!({"name": "Mine", "query": {"range": "last_month"}});
    desk.post(&cy, "/api/v1/reports/saved", &report).await.expect(StatusCode::CREATED);
    // And one of each sort, so that there is something at each door.
    let booked = json!({"start": "2026-11-10T09:00:00Z", "end": "2026-11-10T10:00:00Z"});
    desk.post(&cy, "/api/v1/entries", &booked).await.expect(StatusCode::CREATED);
    let mut project = Value::Null;
    for noun in ["customers", "tags", "projects", "tasks"] {
        let mut fields = json!({"name": "One"});
        if noun == "tasks" {
            fields["project"] = project.clone();
        }
        let made = desk.post(&terminal(), &format!("/api/v1/{noun}"), &fields).await;
        project = made.expect(StatusCode::CREATED).json()["id"].clone();
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
    callers.push(("somebody else's computer", Agent::enroll_for(desk, 3, "ed").await.caller));
    callers
}

/// Path and text of every answer to every route that gives something, with every id the caller could know; of every file it begins; of
/// what is told live; and of the foreign door. Which routes gave what they are for is added to `opened`.
async fn all_answers(
    desk: &Desk,
    who: &str,
    caller: &Caller,
    opened: &mut BTreeSet<String>,
) -> Vec<(String, String)> {
    let mut answers = live(desk, who, caller).await;
    for name in ["w", "aw-watcher-window"] {
        let query = format!("RETURN = query_bucket(\"{name}\");");
        let ask = json!({"query": [query], "timeperiods": ["2026-11-15/2026-12-15"]});
        let reply = desk.post(caller, "/api/0/query/", &ask).await;
        answers.push(("a query".to_owned(), text(&reply)));
    }
    let mut paths = vec!["/metrics".to_owned(), "/api/0/info".to_owned()];
    for path in ["buckets", "buckets/w", "buckets/w/events", "buckets/w/events/1", "export"] {
        paths.push(format!("/api/0/{path}"));
    }
    paths.push("/api/v1/activity/search?text=canary&to=2027-01-01T00:00:00Z".to_owned());
    for path in paths {
        let reply = desk.get(caller, &path).await;
        assert!(reply.status.as_u16() < 500, "{path} by {who}: {reply:?}");
        answers.push((path, text(&reply)));
    }
    let ids = ids(desk).await;
    // As a table, too: another way out of the same room. The program's own file is this test, mark and all.
    let table = caller.clone().with("accept", "text/csv");
    for route in routes::table().iter().filter(|route| gives(route)) {
        for path in paths_of(route, &ids) {
            for body in bodies(route) {
                let askers = [Some(caller), Some(&table).filter(|_| route.gives_csv)];
                for asker in askers.into_iter().flatten() {
                    let reply = ask(desk, asker, route, &path, &body).await;
                    let is_there = reply.status.as_u16() < 500;
                    assert!(is_there, "{} {path} by {who}: {reply:?}", route.method);
                    if reply.status.as_u16() == route.status {
                        opened.insert(told(route));
                        answers.extend(file_of(desk, caller, &reply).await);
                    }
                    answers.push((path.clone(), text(&reply)));
                }
            }
        }
    }
    answers
}

/// Does it answer with more than that it was done?
fn gives(route: &Route) -> bool {
    route.path != "/download" && (route.gives.is_some() || route.gives_other.is_some())
}

async fn ask(desk: &Desk, caller: &Caller, route: &Route, path: &str, body: &Value) -> Reply {
    let media_type = match (route.method == Method::GET, route.takes_bytes) {
        (true, _) => return desk.get(caller, path).await,
        (false, true) => "application/octet-stream",
        (false, false) => "application/json",
    };
    desk.send(caller, route.method.clone(), path, media_type, body.to_string().into()).await
}

/// What the job that was begun wrote.
async fn file_of(desk: &Desk, caller: &Caller, begun: &Reply) -> Option<(String, String)> {
    let job: Value = serde_json::from_slice(&begun.bytes).ok()?;
    if job["kind"].is_null() || begun.status != StatusCode::CREATED {
        return None;
    }
    let job = desk.ended(caller, &job).await;
    let path = job["result"]["path"].as_str()?;
    let file = text(&desk.get(caller, path).await);
    // So that one may begin as many as there are.
    let gone = format!("/api/v1/jobs/{}", job["id"].as_str()?);
    desk.delete(caller, &gone).await.expect(StatusCode::NO_CONTENT);
    Some((path.to_owned(), file))
}

/// The path with everything that fits into it, and each with the queries it takes.
fn paths_of(route: &Route, ids: &[String]) -> Vec<String> {
    let mut paths = vec![String::new()];
    for part in route.path.split('/').skip(1) {
        let words: Vec<&str> = match part {
            "{name}" | "{person}" => vec!["cy"],
            "{day}" | "{from}" => vec!["2026-11-21"],
            "{key}" => vec!["retention.detail_days"],
            "{kind}" => vec!["detail", "activity"],
            "{stream}" => vec!["1"],
            "{id}" => ids.iter().map(String::as_str).collect(),
            word => vec![word],
        };
        paths = paths
            .iter()
            .flat_map(|path| words.iter().map(move |word| format!("{path}/{word}")))
            .collect();
    }
    let queries = queries(route);
    paths
        .iter()
        .flat_map(|path| queries.iter().map(move |query| format!("{path}{query}")))
        .collect()
}

/// What can be asked: all it must be asked with, whose it is, and each word that changes what is shown.
fn queries(route: &Route) -> Vec<String> {
    let mut queries = vec![String::from("?")];
    for (name, required) in route.query {
        let words: &[&str] = match *name {
            "person" | "people" | "user" => &["cy"],
            "from" => &["2026-11-15"],
            "to" => &["2026-12-15"],
            "date" => &["2026-11-21", "2026-12-05"],
            "range" => &["last_month"],
            "day" => &["2026-11-21"],
            "state" => &["submitted"],
            "per" if route.path.ends_with("/team") => &["day"],
            "by" if route.path.ends_with("/hours") => &["user"],
            "by" => &["app", "category", "site", "device"],
            "rows" => &["apps", "events"],
            "text" => &["canary"],
            "since" => &["0"],
            "everyone" => &["true"],
            "source" => &["toggl"],
            "device" => &["laptop"],
            _ if !required => &[],
            name => panic!("{}: say what `{name}` is asked with", route.path),
        };
        // Instants and days both are called so; where they can be left out, they are.
        if words.is_empty() || !required && ["from", "to", "date", "text"].contains(name) {
            continue;
        }
        let with = |query: &String| {
            let query = query.clone();
            words.iter().map(move |word| format!("{query}{name}={word}&"))
        };
        let more: Vec<String> = queries.iter().flat_map(with).collect();
        match required {
            true => queries = more,
            false => queries.extend(more),
        }
    }
    queries.iter().map(|query| query.trim_end_matches(['?', '&']).to_owned()).collect()
}

/// What is sent along: a whole wish where a file begins, and nothing that would change the office elsewhere.
fn bodies(route: &Route) -> Vec<Value> {
    let range = json!({"from": "2026-11-15", "to": "2026-12-15"});
    let wish = |more: Value| {
        let mut wish = range.clone();
        wish.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        wish
    };
    match route.path {
        "/api/v1/exports/activity" => {
            let mut wishes = vec![wish(json!({"everyone": true, "rows": "events"}))];
            wishes.extend(
                ["days", "apps", "events"].map(|r| wish(json!({"person": "cy", "rows": r}))),
            );
            wishes
        }
        "/api/v1/exports/entries" => vec![range],
        _ => vec![json!({})],
    }
}

/// What is told live while cy works on.
async fn live(desk: &Desk, who: &str, caller: &Caller) -> Vec<(String, String)> {
    let path = "/api/v1/events";
    if desk.get(caller, path).await.status != StatusCode::OK {
        return Vec::new();
    }
    let mut stream = Stream::open(desk, caller, path).await;
    let door = desk.token("cy", "laptop", &["record"]).await;
    let about = json!({"client": "c", "type": "currentwindow", "hostname": "h"});
    let bucket = "/api/0/buckets/live";
    // There from the second time on.
    desk.post(&door, bucket, &about).await;
    let data = json!({"app": LIVE, "title": LIVE});
    let beat = json!({"timestamp": "2026-12-06T11:00:00Z", "duration": 0, "data": data});
    let path_of_beat = format!("{bucket}/heartbeat?pulsetime=5");
    desk.post(&door, &path_of_beat, &beat).await.expect(StatusCode::OK);
    // Everybody hears of a setting that is another than before.
    let name = json!({ "value": who });
    desk.put(&terminal(), "/api/v1/settings/organisation.name", &name).await.expect(StatusCode::OK);
    let mut heard = String::new();
    while !heard.contains("setting") {
        heard += &stream.next().await.unwrap();
    }
    assert!(!heard.contains(LIVE), "{who} hears what is recorded: {heard}");
    vec![(path.to_owned(), heard)]
}

/// Every id the office has given out.
async fn ids(desk: &Desk) -> Vec<String> {
    let mut ids = Vec::new();
    for path in [
        "customers",
        "projects",
        "tags",
        "tasks",
        "entries?person=cy&from=2026-11-01T00:00:00Z",
        "jobs",
        "teams",
        "imports",
        "reports/saved",
    ] {
        // One's saved reports are shown to oneself alone.
        let asker = if path == "reports/saved" { desk.sign_in("cy").await } else { terminal() };
        let list = desk.get(&asker, &format!("/api/v1/{path}")).await;
        let list = list.expect(StatusCode::OK).items();
        ids.extend(list.iter().filter_map(|item| item["id"].as_str()).map(str::to_owned));
    }
    ids
}

fn text(reply: &Reply) -> String {
    String::from_utf8_lossy(&reply.bytes).into_owned()
}

//! Time entries and the running timer over HTTP: from the first version to the last, lists, who may see and change whose, and what copies
//! are told when that changes.

use super::*;

/// What time it is at the desk, `minutes` later.
fn at(minutes: i64) -> String {
    let ms = NOW.get() + minutes * 60_000;
    jiff::Timestamp::from_millisecond(ms).unwrap().to_string()
}

fn worked(from: i64, until: i64) -> Value {
    json!({"start": at(-from), "end": at(-until)})
}

/// `base` with these fields, too.
fn with(base: &Value, more: &Value) -> Value {
    let mut all = base.as_object().unwrap().clone();
    all.extend(more.as_object().unwrap().clone());
    Value::Object(all)
}

impl Desk {
    async fn entered(&self, caller: &Caller, noun: &str, new: &Value) -> Value {
        let made = self.post(caller, &format!("/api/v1/{noun}"), new).await;
        made.expect(StatusCode::CREATED).json()
    }

    async fn starts(&self, caller: &Caller, query: &str) -> Vec<String> {
        let items = self.get(caller, &format!("/api/v1/entries{query}")).await;
        let items = items.expect(StatusCode::OK).items();
        items.iter().map(|entry| entry["note"].as_str().unwrap().to_owned()).collect()
    }
}

fn path(entry: &Value, rest: &str) -> String {
    format!("/api/v1/entries/{}{rest}", entry["id"].as_str().unwrap())
}

#[tokio::test]
async fn an_entry_from_the_first_to_the_last_version() {
    let desk = Desk::with_people().await;
    let (bo, cy) = (desk.sign_in("bo").await, desk.sign_in("cy").await);
    let project = desk.entered(&bo, "projects", &json!({"name": "Site"})).await;
    let task =
        desk.entered(&bo, "tasks", &json!({"name": "Design", "project": project["id"]})).await;
    let tag = desk.entered(&bo, "tags", &json!({"name": "travel"})).await;
    let new =
        with(&worked(60, 30), &json!({"task": task["id"], "note": "icons", "tags": [tag["id"]]}));
    let reply = desk.post(&cy, "/api/v1/entries", &new).await.expect(StatusCode::CREATED);
    let entry = reply.json();
    assert_eq!(entry["project"], project["id"], "as the task says");
    assert_eq!((&entry["billable"], &entry["overlaps"]), (&json!(true), &json!([])));
    let etag = reply.headers["etag"].to_str().unwrap().to_owned();
    assert_eq!(etag, format!("\"{}\"", entry["version"]));
    let shown = desk.get(&cy, &path(&entry, "")).await.expect(StatusCode::OK);
    assert_eq!(
        (&shown.headers["etag"], &shown.json()["note"]),
        (&reply.headers["etag"], &json!("icons"))
    );

    let second = desk.entered(&cy, "entries", &worked(40, 20)).await;
    assert_eq!(second["overlaps"], json!([entry["id"]]), "said, not refused");
    assert_eq!(second["billable"], false);
    let matched = cy.clone().with("if-match", &etag);
    let change = with(&worked(60, 40), &json!({"note": "arrows", "billable": false}));
    let changed = desk.put(&matched, &path(&entry, ""), &change).await.expect(StatusCode::OK);
    assert_eq!(
        (&changed.json()["project"], &changed.json()["overlaps"]),
        (&Value::Null, &json!([]))
    );
    let late = desk.put(&matched, &path(&entry, ""), &change).await;
    assert_eq!(late.problem(412, "changed_meanwhile")["version"], changed.json()["version"]);
    assert_eq!(late.headers["etag"], changed.headers["etag"]);
    desk.delete(&matched, &path(&entry, "")).await.problem(412, "changed_meanwhile");

    let undone = desk.post(&cy, &path(&entry, "/undo"), &json!({})).await.expect(StatusCode::OK);
    assert_eq!(undone.json()["note"], "icons");
    let keyed = cy.clone().with("idempotency-key", "gone-1");
    for _ in 0..2 {
        desk.delete(&keyed, &path(&entry, "")).await.expect(StatusCode::NO_CONTENT);
    }
    desk.get(&cy, &path(&entry, "")).await.problem(404, "unknown_entry");
    desk.put(&cy, &path(&entry, ""), &change).await.problem(404, "unknown_entry");
    let history = desk.get(&cy, &path(&entry, "/history")).await.items();
    let notes: Vec<_> = history.iter().map(|version| &version["entry"]["note"]).collect();
    assert_eq!(notes, ["icons", "icons", "arrows", "icons"]);
    assert!(history[0]["entry"]["deleted"].is_string());
    let back = desk.post(&cy, &path(&entry, "/undo"), &json!({})).await.expect(StatusCode::OK);
    assert_eq!(back.json()["overlaps"], json!([second["id"]]));

    let copy = desk.post(&cy, &path(&entry, "/duplicate"), &json!({"start": at(-600)})).await;
    let copy = copy.expect(StatusCode::CREATED).json();
    assert_eq!((&copy["start"], &copy["end"]), (&json!(at(-600)), &json!(at(-570))));
    assert_eq!((&copy["note"], &copy["tags"]), (&json!("icons"), &json!([tag["id"]])));
    let keyed = cy.clone().with("idempotency-key", "split-1");
    let halves = json!({"at": at(-580)});
    let split = desk.post(&keyed, &path(&copy, "/split"), &halves).await;
    let split = split.expect(StatusCode::OK).items();
    assert_eq!((&split[0]["end"], &split[1]["start"]), (&json!(at(-580)), &json!(at(-580))));
    assert_eq!((&split[0]["id"], &split[1]["end"]), (&copy["id"], &json!(at(-570))));
    let again = desk.post(&keyed, &path(&copy, "/split"), &halves).await.expect(StatusCode::OK);
    assert_eq!(again.items(), split);
    let outside = desk.post(&cy, &path(&copy, "/split"), &json!({"at": at(-500)})).await;
    assert_eq!(outside.problem(422, "split_outside")["field"], "at");
}

#[tokio::test]
async fn what_was_split_is_one_again_and_no_time_counts_twice() {
    let desk = Desk::with_people().await;
    let cy = desk.sign_in("cy").await;
    let counted = || async {
        let days = "/api/v1/reports/days?person=cy&from=2026-11-21&to=2026-11-22";
        desk.get(&cy, days).await.expect(StatusCode::OK).json()["total_ms"].as_u64().unwrap()
            / 60_000
    };
    let undo = |entry: &Value| {
        let (desk, cy, path) = (&desk, &cy, path(entry, "/undo"));
        async move { desk.post(cy, &path, &json!({})).await }
    };
    let whole = desk.entered(&cy, "entries", &worked(120, 60)).await;
    let split = desk.post(&cy, &path(&whole, "/split"), &json!({"at": at(-100)})).await;
    let second = split.expect(StatusCode::OK).items()[1].clone();
    assert_eq!(counted().await, 60);
    for _ in 0..2 {
        let back = undo(&whole).await.expect(StatusCode::OK).json();
        assert_eq!((&back["end"], &back["overlaps"]), (&json!(at(-60)), &json!([])));
        desk.get(&cy, &path(&second, "")).await.problem(404, "unknown_entry");
        assert_eq!(counted().await, 60, "once");
        // And forth again.
        let halved = undo(&whole).await.expect(StatusCode::OK).json();
        assert_eq!(halved["end"], json!(at(-100)));
        let again = desk.get(&cy, &path(&second, "")).await.expect(StatusCode::OK).json();
        assert_eq!((&again["start"], &again["end"]), (&second["start"], &second["end"]));
        assert_eq!(counted().await, 60, "all of it");
    }
    // What somebody wrote into the other half since is not thrown away.
    let other = with(&worked(100, 60), &json!({"note": "something else"}));
    desk.put(&cy, &path(&second, ""), &other).await.expect(StatusCode::OK);
    undo(&whole).await.problem(422, "half_changed");
    desk.delete(&cy, &path(&second, "")).await.expect(StatusCode::NO_CONTENT);
    undo(&whole).await.expect(StatusCode::OK);
    assert_eq!(counted().await, 60);
    // A timer runs on.
    let timer = desk.entered(&cy, "timer", &json!({"start": at(-30)})).await;
    desk.post(&cy, &path(&timer, "/split"), &json!({"at": at(-20)})).await.expect(StatusCode::OK);
    let back = undo(&timer).await.expect(StatusCode::OK).json();
    assert_eq!((&back["start"], &back["end"]), (&json!(at(-30)), &Value::Null));
    assert_eq!(counted().await, 90);
}

#[tokio::test]
async fn what_cannot_be_is_said_with_its_field() {
    let desk = Desk::with_people().await;
    let (bo, cy) = (desk.sign_in("bo").await, desk.sign_in("cy").await);
    let open = desk.entered(&bo, "projects", &json!({"name": "Open"})).await;
    let old = desk.entered(&bo, "projects", &json!({"name": "Old", "archived": true})).await;
    let secret = desk.entered(&bo, "projects", &json!({"name": "Secret", "members": []})).await;
    let task = desk.entered(&bo, "tasks", &json!({"name": "Design", "project": open["id"]})).await;
    let none = "01890000-0000-7000-8000-000000000000";
    let cases = [
        (worked(30, 60), 422, "ends_before_start", "end"),
        (worked(60 * 26, 60), 422, "too_long", "end"),
        (worked(-6, -10), 422, "in_future", "start"),
        (json!({"start": "yesterday"}), 422, "bad_instant", "start"),
        (json!({"start": "2026-11-22T09:00:00"}), 422, "bad_instant", "start"),
        (with(&worked(2, 1), &json!({"project": none})), 404, "unknown_project", "project"),
        (with(&worked(2, 1), &json!({"project": "x"})), 422, "bad_id", "project"),
        (with(&worked(2, 1), &json!({"project": old["id"]})), 409, "archived", "project"),
        (with(&worked(2, 1), &json!({"project": secret["id"]})), 409, "not_a_member", "project"),
        (
            with(&worked(2, 1), &json!({"project": old["id"], "task": task["id"]})),
            422,
            "task_elsewhere",
            "task",
        ),
        (with(&worked(2, 1), &json!({"tags": [none]})), 404, "unknown_tag", "tags"),
        (with(&worked(2, 1), &json!({"note": "a\u{7}b"})), 422, "bad_text", "note"),
    ];
    for (new, status, code, field) in cases {
        let problem = desk.post(&cy, "/api/v1/entries", &new).await.problem(status, code);
        assert_eq!(problem["field"], field, "{new}");
    }
    assert_eq!(desk.get(&cy, "/api/v1/entries").await.items().len(), 0);
    // Whoever manages the book books on any project.
    desk.entered(&bo, "entries", &with(&worked(2, 1), &json!({"project": secret["id"]}))).await;
    desk.post(&terminal(), "/api/v1/entries", &worked(2, 1)).await.problem(422, "no_person");
}

#[tokio::test]
async fn one_timer_runs_and_can_be_gone_on_with() {
    let desk = Desk::with_people().await;
    let cy = desk.sign_in("cy").await;
    let running = || async { desk.get(&cy, "/api/v1/timer").await.expect(StatusCode::OK).json() };
    assert_eq!(running().await["entry"], Value::Null);
    desk.post(&cy, "/api/v1/timer/stop", &json!({})).await.problem(409, "no_timer");
    let keyed = cy.clone().with("idempotency-key", "start-1");
    let new = json!({"note": "mail"});
    let first = desk.post(&keyed, "/api/v1/timer", &new).await.expect(StatusCode::CREATED).json();
    assert_eq!((&first["start"], &first["end"]), (&json!(at(0)), &Value::Null));
    let_pass(60_000);
    let again = desk.post(&keyed, "/api/v1/timer", &new).await.expect(StatusCode::CREATED).json();
    assert_eq!(again["id"], first["id"]);
    assert_eq!(running().await["entry"]["id"], first["id"]);
    assert_eq!(running().await["now"], json!(at(0)));
    // The next one ends it.
    let second = desk.entered(&cy, "timer", &json!({"note": "phone", "start": at(0)})).await;
    assert_eq!(desk.get(&cy, &path(&first, "")).await.json()["end"], json!(at(0)));
    let_pass(120_000);
    let keyed = cy.clone().with("idempotency-key", "stop-1");
    for _ in 0..2 {
        let stopped = desk.post(&keyed, "/api/v1/timer/stop", &json!({})).await;
        let stopped = stopped.expect(StatusCode::OK).json();
        assert_eq!((&stopped["id"], &stopped["end"]), (&second["id"], &json!(at(0))));
    }
    let_pass(60_000);
    let on = desk.post(&cy, &path(&first, "/continue"), &json!({})).await;
    let on = on.expect(StatusCode::CREATED).json();
    assert_eq!(
        (&on["note"], &on["start"], &on["end"]),
        (&json!("mail"), &json!(at(0)), &Value::Null)
    );
    let early = desk.post(&cy, "/api/v1/timer", &json!({"start": at(-2)})).await;
    assert_eq!(early.problem(409, "later_timer")["field"], "start");
    desk.delete(&cy, "/api/v1/timer").await.expect(StatusCode::NO_CONTENT);
    desk.delete(&cy, "/api/v1/timer").await.problem(409, "no_timer");
    assert_eq!(desk.starts(&cy, "").await, ["phone", "mail"]);
}

#[tokio::test]
async fn lists_are_picked_by_time_and_by_what_it_was_on() {
    let desk = Desk::with_people().await;
    let (bo, cy) = (desk.sign_in("bo").await, desk.sign_in("cy").await);
    let acme = desk.entered(&bo, "customers", &json!({"name": "Acme"})).await;
    let site = json!({"name": "Site", "customer": acme["id"], "billable": false});
    let site = desk.entered(&bo, "projects", &site).await;
    let task = desk.entered(&bo, "tasks", &json!({"name": "Design", "project": site["id"]})).await;
    let part = json!({"name": "Icons", "project": site["id"], "parent": task["id"]});
    let part = desk.entered(&bo, "tasks", &part).await;
    let tag = desk.entered(&bo, "tags", &json!({"name": "travel"})).await;
    // 2026-11-22T10:01:51Z is the desk's now; the day begins at 23:00 in Berlin.
    let entries = [
        ("evening", "2026-11-20T22:00:00Z", "2026-11-20T23:30:00Z", json!({"billable": true})),
        ("early", "2026-11-21T06:00:00Z", "2026-11-21T07:00:00Z", json!({"project": site["id"]})),
        ("design", "2026-11-21T08:00:00Z", "2026-11-21T09:00:00Z", json!({"task": task["id"]})),
        (
            "Icons and ÄPFEL",
            "2026-11-21T23:00:00Z",
            "2026-11-21T23:10:00Z",
            json!({"task": part["id"], "tags": [tag["id"]]}),
        ),
    ];
    for (note, start, end, more) in &entries {
        let new = with(&json!({"note": note, "start": start, "end": end}), more);
        desk.entered(&cy, "entries", &new).await;
    }
    desk.entered(&cy, "timer", &json!({"note": "now"})).await;
    let id = |value: &Value| value["id"].as_str().unwrap().to_owned();
    let cases = [
        (String::new(), vec!["now", "Icons and ÄPFEL", "design", "early", "evening"]),
        ("?from=2026-11-21&to=2026-11-21".to_owned(), vec!["design", "early", "evening"]),
        ("?from=2026-11-22".to_owned(), vec!["now", "Icons and ÄPFEL"]),
        ("?to=2026-11-20".to_owned(), vec!["evening"]),
        ("?from=2026-11-21T07:00:00Z&to=2026-11-21T09:00:00%2B01:00".to_owned(), vec![]),
        ("?from=2026-11-21T06:59:59Z&to=2026-11-21T09:00:00Z".to_owned(), vec!["design", "early"]),
        (format!("?project={}", id(&site)), vec!["Icons and ÄPFEL", "design", "early"]),
        (format!("?customer={}", id(&acme)), vec!["Icons and ÄPFEL", "design", "early"]),
        (format!("?task={}", id(&task)), vec!["Icons and ÄPFEL", "design"]),
        (format!("?task={}", id(&part)), vec!["Icons and ÄPFEL"]),
        (format!("?tag={}", id(&tag)), vec!["Icons and ÄPFEL"]),
        ("?billable=true".to_owned(), vec!["evening"]),
        ("?running=true".to_owned(), vec!["now"]),
        ("?running=false&text=%C3%A4pf".to_owned(), vec!["Icons and ÄPFEL"]),
    ];
    for (query, expected) in cases {
        assert_eq!(desk.starts(&cy, &query).await, expected, "{query}");
    }
    let (mut seen, mut query) = (Vec::new(), "?limit=2".to_owned());
    loop {
        let page = desk.get(&cy, &format!("/api/v1/entries{query}")).await.json();
        let items = page["items"].as_array().unwrap();
        seen.extend(items.iter().map(|entry| entry["note"].as_str().unwrap().to_owned()));
        match page["next"].as_str() {
            Some(next) => query = format!("?limit=2&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(seen, desk.starts(&cy, "").await);
    for (query, code) in [
        ("?from=2026-11-22&to=2026-11-20", "bad_range"),
        ("?from=soon", "bad_query"),
        ("?person=cy&everyone=true", "bad_query"),
        ("?project=x", "unknown_project"),
        ("?colour=red", "bad_query"),
    ] {
        let reply = desk.get(&cy, &format!("/api/v1/entries{query}")).await;
        assert_eq!(reply.json()["code"], code, "{query}");
    }
}

#[tokio::test]
async fn a_lead_sees_and_changes_the_teams_time_and_nobody_else_does() {
    let desk = Desk::with_people().await;
    for name in ["dee", "eve"] {
        desk.add(name, "employee").await.expect(StatusCode::CREATED);
    }
    let (ada, bo) = (desk.sign_in("ada").await, desk.sign_in("bo").await);
    let (cy, dee, eve) =
        (desk.sign_in("cy").await, desk.sign_in("dee").await, desk.sign_in("eve").await);
    let team = json!({"name": "Site", "members": ["dee"], "leads": ["cy"]});
    let team = desk.entered(&ada, "teams", &team).await;
    let entry =
        desk.entered(&dee, "entries", &with(&worked(60, 30), &json!({"note": "dee's"}))).await;
    desk.entered(&eve, "entries", &with(&worked(50, 30), &json!({"note": "eve's"}))).await;
    desk.entered(&cy, "entries", &with(&worked(40, 30), &json!({"note": "cy's"}))).await;

    assert_eq!(desk.starts(&cy, "").await, ["cy's"]);
    assert_eq!(desk.starts(&cy, "?person=dee").await, ["dee's"]);
    let of_team = format!("?team={}", team["id"].as_str().unwrap());
    assert_eq!(desk.starts(&cy, &of_team).await, ["dee's"]);
    assert_eq!(desk.starts(&bo, &of_team).await, ["dee's"]);
    assert_eq!(desk.starts(&cy, "?everyone=true").await, ["cy's", "dee's"]);
    assert_eq!(desk.starts(&bo, "?everyone=true").await, ["cy's", "eve's", "dee's"]);
    assert_eq!(desk.starts(&eve, "?everyone=true").await, ["eve's"]);
    for (caller, query) in
        [(&cy, "?person=eve"), (&eve, "?person=dee"), (&eve, &*of_team), (&eve, "?person=nobody")]
    {
        desk.get(caller, &format!("/api/v1/entries{query}")).await.problem(403, "forbidden");
    }
    desk.get(&bo, "/api/v1/entries?person=nobody").await.problem(404, "unknown_user");

    // Somebody else's is not even there; a lead and a manager change it, and it stays whose it was.
    let change = with(&worked(60, 40), &json!({"note": "mended"}));
    for (method, rest) in [
        (Method::GET, ""),
        (Method::GET, "/history"),
        (Method::PUT, ""),
        (Method::DELETE, ""),
        (Method::POST, "/undo"),
        (Method::POST, "/continue"),
    ] {
        let (path, body) = (path(&entry, rest), change.to_string().into_bytes());
        let reply = desk.send(&eve, method.clone(), &path, "application/json", body).await;
        reply.problem(404, "unknown_entry");
    }
    for caller in [&cy, &bo] {
        let changed = desk.put(caller, &path(&entry, ""), &change).await.expect(StatusCode::OK);
        assert_eq!(changed.json()["person"], entry["person"]);
    }
    let history = desk.get(&dee, &path(&entry, "/history")).await.items();
    assert_eq!(history.len(), 2, "dee sees who changed it");
    assert_ne!(history[0]["by"], history[1]["by"]);
    let for_dee = with(&worked(20, 10), &json!({"person": entry["person"]}));
    desk.entered(&cy, "entries", &for_dee).await;
    desk.post(&eve, "/api/v1/entries", &for_dee).await.problem(403, "forbidden");
    let stays = with(&worked(20, 10), &json!({"person": history[0]["by"].as_str().unwrap()[5..]}));
    let moved = desk.put(&bo, &path(&entry, ""), &stays).await;
    moved.problem(422, "other_person");
    // Who sees everybody's time and approves nobody's changes nothing.
    let grants = json!({"rights": ["see_team_reports"]});
    desk.put(&ada, "/api/v1/users/eve/grants", &grants).await.expect(StatusCode::NO_CONTENT);
    let eve = desk.sign_in("eve").await;
    desk.get(&eve, &path(&entry, "")).await.expect(StatusCode::OK);
    desk.put(&eve, &path(&entry, ""), &change).await.problem(403, "forbidden");
    desk.delete(&eve, &path(&entry, "")).await.problem(403, "forbidden");
}

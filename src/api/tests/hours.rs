//! Reports of hours, targets and saved reports over HTTP: what is counted, for whom, and that every total is the same.

use super::*;
use crate::domain::command::{Actor, Command, Envelope};
use crate::domain::entry::{Entry, EntryCommand};
use crate::domain::id::{EntryId, RecordId, RequestId};
use crate::domain::outcome::Outcome;
use crate::domain::sync::Edit;
use crate::domain::text::NoteText;

const HOUR_MS: u64 = 3_600_000;

/// What somebody worked, and on what.
#[derive(Default)]
struct Work<'a> {
    project: Option<&'a str>,
    task: Option<&'a str>,
    tags: Vec<&'a str>,
    billable: bool,
}

impl Desk {
    async fn works(&self, name: &str, from: &str, to: Option<&str>, on: Work<'_>) {
        let at = |text: &str| {
            let at: jiff::Timestamp = text.parse().unwrap();
            Timestamp::new(at.as_millisecond()).unwrap()
        };
        let body = Entry {
            person: self.user_id(name).await,
            project: on.project.map(|id| id.parse().unwrap()),
            task: on.task.map(|id| id.parse().unwrap()),
            start: at(from),
            end: to.map(at),
            cut: None,
            note: NoteText::empty(),
            tags: on.tags.iter().map(|id| id.parse().unwrap()).collect(),
            billable: on.billable,
        };
        let id = EntryId::from(RecordId(crate::clock::ascending_id()));
        let command = Command::Entry(EntryCommand::Edit(Edit::Add { id, body }));
        let request = RequestId(crate::clock::ascending_id());
        let envelope = Envelope { request, at: now(), actor: Actor::System, command };
        let added = self.door.commit(envelope).await.unwrap();
        assert!(matches!(added, Outcome::Booked { .. }), "{added:?}");
    }

    async fn record(&self, noun: &str, new: Value) -> String {
        let made = self.post(&terminal(), &format!("/api/v1/{noun}"), &new).await;
        made.expect(StatusCode::CREATED).json()["id"].as_str().unwrap().to_owned()
    }

    async fn hours(&self, who: &Caller, query: &str) -> Value {
        let path = format!("/api/v1/reports/hours?{query}");
        self.get(who, &path).await.expect(StatusCode::OK).json()
    }
}

/// `name: hours` of each row, names joined with slashes.
fn rows(report: &Value) -> Vec<String> {
    let rows = report["rows"].as_array().unwrap().iter();
    let told = rows.map(|row| {
        let names = row["keys"].as_array().unwrap().iter();
        let names: Vec<_> = names.map(|key| key["name"].as_str().unwrap_or("-")).collect();
        format!("{}: {}", names.join("/"), row["ms"].as_u64().unwrap() as f64 / HOUR_MS as f64)
    });
    told.collect()
}

#[tokio::test]
async fn every_way_to_tell_hours_apart_comes_to_the_same() {
    let desk = Desk::with_people().await;
    let bo = desk.sign_in("bo").await;
    let acme = desk.record("customers", json!({"name": "Acme"})).await;
    let site = desk.record("projects", json!({"name": "Site", "customer": acme})).await;
    let inner = desk.record("projects", json!({"name": "Inner"})).await;
    let design = desk.record("tasks", json!({"name": "Design", "project": site})).await;
    let logo = json!({"name": "Logo", "project": site, "parent": design});
    let logo = desk.record("tasks", logo).await;
    let tags = [
        desk.record("tags", json!({"name": "a"})).await,
        desk.record("tags", json!({"name": "b"})).await,
    ];
    for (name, members) in [("One", ["ada", "cy"]), ("Two", ["bo", "cy"])] {
        desk.record("teams", json!({"name": name, "members": members, "leads": []})).await;
    }
    let on = |project, task, tags, billable| Work { project, task, tags, billable };
    let (site, inner) = (site.as_str(), inner.as_str());
    let (a, b) = (tags[0].as_str(), tags[1].as_str());
    desk.works(
        "ada",
        "2026-10-05T08:00:00Z",
        Some("2026-10-05T10:00:00Z"),
        on(Some(site), Some(&design), vec![a], true),
    )
    .await;
    desk.works(
        "ada",
        "2026-10-06T08:00:00Z",
        Some("2026-10-06T11:00:00Z"),
        on(Some(site), Some(&logo), vec![a, b], true),
    )
    .await;
    desk.works(
        "cy",
        "2026-10-20T08:00:00Z",
        Some("2026-10-20T12:00:00Z"),
        on(Some(inner), None, vec![], false),
    )
    .await;
    desk.works("bo", "2026-10-21T08:00:00Z", Some("2026-10-21T08:30:00Z"), Work::default()).await;
    desk.works("cy", "2026-09-21T08:00:00Z", Some("2026-09-21T15:00:00Z"), Work::default()).await;
    let october = "from=2026-10-01&to=2026-10-31";
    for (by, expected) in [
        ("user", vec!["ada: 5", "bo: 0.5", "cy: 4"]),
        ("team", vec!["One: 9", "Two: 4.5"]),
        ("customer", vec!["Acme: 5", "-: 4.5"]),
        ("project", vec!["Inner: 4", "Site: 5", "-: 0.5"]),
        ("task", vec!["Design: 2", "Logo: 3", "-: 4.5"]),
        ("tag", vec!["a: 5", "b: 3", "-: 4.5"]),
        ("billable", vec!["no: 4.5", "yes: 5"]),
        ("project,user", vec!["Inner/cy: 4", "Site/ada: 5", "-/bo: 0.5"]),
    ] {
        for per in ["", "&per=day", "&per=week", "&per=month"] {
            let report = desk.hours(&bo, &format!("{october}&by={by}{per}")).await;
            assert_eq!(report["total_ms"], json!(19 * HOUR_MS / 2), "{by} {per}");
            let periods = report["periods"].as_array().unwrap().iter();
            assert_eq!(
                periods.map(|one| one["ms"].as_u64().unwrap()).sum::<u64>(),
                19 * HOUR_MS / 2
            );
            let sum: u64 = report["rows"]
                .as_array()
                .unwrap()
                .iter()
                .map(|row| row["ms"].as_u64().unwrap())
                .sum();
            let twice = report["counts_twice"] == true;
            assert_eq!(sum == 19 * HOUR_MS / 2, !twice, "{by} {per}");
        }
        // People without an hour stand there with what was due.
        let report = desk.hours(&bo, &format!("{october}&by={by}")).await;
        assert_eq!(rows(&report), expected, "{by}");
    }
    let below = desk.hours(&bo, &format!("{october}&by=task&projects={site}")).await;
    let with_below: Vec<_> = below["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["with_below_ms"].as_u64().unwrap() / HOUR_MS)
        .collect();
    assert_eq!((with_below, &below["rows"][1]["keys"][0]["parent"]), (vec![5, 3], &json!(design)));
    for (filter, hours) in [
        (format!("projects={site}"), 5.0),
        ("projects=none".to_owned(), 0.5),
        (format!("projects=none,{inner}"), 4.5),
        (format!("customers={acme}"), 5.0),
        ("customers=none".to_owned(), 4.5),
        (format!("tasks={design}"), 5.0),
        (format!("tasks={logo}"), 3.0),
        (format!("tags={b}"), 3.0),
        ("tags=none".to_owned(), 4.5),
        ("billable=false".to_owned(), 4.5),
        ("people=ada,bo".to_owned(), 5.5),
        (format!("people=ada&tags={b}&billable=false"), 0.0),
    ] {
        let report = desk.hours(&bo, &format!("{october}&{filter}")).await;
        assert_eq!(report["total_ms"].as_u64().unwrap() as f64 / HOUR_MS as f64, hours, "{filter}");
    }
    let compared = desk.hours(&bo, &format!("{october}&by=user&compare=true")).await;
    assert_eq!(
        compared["previous"],
        json!({"from": "2026-09-01", "to": "2026-09-30", "total_ms": 7 * HOUR_MS})
    );
    assert_eq!(compared["rows"][2]["previous_ms"], 7 * HOUR_MS);
    assert_eq!(compared["target_minutes"], 0, "their accounts are younger");
    // Told apart by time, each column stands beside the one at its place in the time before.
    let weeks = desk.hours(&bo, &format!("{october}&per=month&by=user&compare=true")).await;
    assert_eq!(weeks["periods"][0]["previous"], compared["previous"]);
    assert_eq!(weeks["rows"][2]["previous_ms"], 7 * HOUR_MS);
    let days = desk.hours(&bo, &format!("{october}&per=day&by=user&compare=true")).await;
    let sum = |of: &str, field: &str| {
        let all = days[of].as_array().unwrap().iter();
        all.map(|one| one.pointer(field).and_then(Value::as_u64).unwrap_or_default()).sum::<u64>()
    };
    assert_eq!(sum("periods", "/previous/total_ms"), 7 * HOUR_MS);
    assert_eq!(sum("rows", "/previous_ms"), 7 * HOUR_MS, "days on which there was nothing, too");
    assert_eq!(days["periods"][30]["previous"], json!(null), "September has thirty days");
    assert_eq!(days["periods"][4]["previous"]["from"], "2026-09-05");
    let csv = bo.clone().with("accept", "text/csv");
    let table = desk.get(&csv, &format!("/api/v1/reports/hours?{october}&by=project")).await;
    let text = String::from_utf8(table.expect(StatusCode::OK).bytes).unwrap();
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines[0], "from,to,project,project_id,ms,hours");
    assert_eq!(lines[2], format!("2026-10-01,2026-10-31,Site,{site},18000000,5.0000"));
}

#[tokio::test]
async fn days_are_as_long_as_the_clocks_make_them_and_midnight_splits() {
    let desk = Desk::with_people().await;
    let cy = desk.sign_in("cy").await;
    // From before midnight into the day of 25 hours, and all of it; Berlin is two hours ahead, then one.
    desk.works("cy", "2026-10-24T21:00:00Z", Some("2026-10-25T21:00:00Z"), Work::default()).await;
    desk.works("cy", "2026-10-25T21:00:00Z", Some("2026-10-25T23:30:00Z"), Work::default()).await;
    desk.works("cy", "2026-03-28T22:00:00Z", Some("2026-03-29T22:00:00Z"), Work::default()).await;
    let ms = |report: &Value| -> Vec<u64> {
        let periods = report["periods"].as_array().unwrap();
        periods.iter().map(|one| one["ms"].as_u64().unwrap() * 2 / HOUR_MS).collect()
    };
    let autumn = desk.hours(&cy, "from=2026-10-24&to=2026-10-26&per=day").await;
    assert_eq!(ms(&autumn), [2, 50, 1], "in halves of an hour");
    let spring = desk.hours(&cy, "from=2026-03-28&to=2026-03-30&per=day").await;
    assert_eq!(ms(&spring), [2, 46, 0]);
    assert_eq!(spring["time_zone"], "Europe/Berlin");
    // A month cuts what runs over its end.
    let october = desk.hours(&cy, "from=2026-10-01&to=2026-10-24&per=month").await;
    assert_eq!(ms(&october), [2]);
}

#[tokio::test]
async fn gaps_and_overlaps_of_a_persons_days() {
    let desk = Desk::with_people().await;
    let (bo, cy) = (desk.sign_in("bo").await, desk.sign_in("cy").await);
    for (from, to) in [("08:00", "10:00"), ("09:30", "11:00"), ("12:00", "13:00")] {
        let at = |time: &str| format!("2026-11-18T{time}:00Z");
        desk.works("cy", &at(from), Some(&at(to)), Work::default()).await;
    }
    desk.works("cy", "2026-11-19T22:30:00Z", Some("2026-11-19T23:30:00Z"), Work::default()).await;
    let path = "/api/v1/reports/days?person=cy&from=2026-11-18&to=2026-11-20";
    let report = desk.get(&bo, path).await.expect(StatusCode::OK).json();
    let days = &report["days"];
    let first = &days[0];
    assert_eq!(
        (&first["ms"], &first["covered_ms"]),
        (&json!(9 * HOUR_MS / 2), &json!(4 * HOUR_MS))
    );
    assert_eq!(
        first["gaps"],
        json!([{"from": "2026-11-18T11:00:00Z", "to": "2026-11-18T12:00:00Z"}])
    );
    let over = &first["overlaps"];
    assert_eq!(
        (&over[0]["from"], &over[0]["to"]),
        (&json!("2026-11-18T09:30:00Z"), &json!("2026-11-18T10:00:00Z"))
    );
    assert_eq!(
        (over.as_array().unwrap().len(), over[0]["entries"].as_array().unwrap().len()),
        (1, 2)
    );
    assert_eq!((&days[1]["ms"], &days[2]["ms"]), (&json!(HOUR_MS / 2), &json!(HOUR_MS / 2)));
    assert_eq!(report["total_ms"], json!(11 * HOUR_MS / 2));
    desk.get(&cy, &path.replace("cy", "bo")).await.problem(403, "forbidden");
}

#[tokio::test]
async fn a_report_shows_no_more_than_its_asker_sees() {
    let desk = Desk::with_people().await;
    desk.add("di", "employee").await.expect(StatusCode::CREATED);
    desk.record("teams", json!({"name": "Studio", "members": ["cy"], "leads": ["di"]})).await;
    let cy_id = desk.user_id("cy").await.to_string();
    let secret = json!({"name": "Secret", "members": [cy_id]});
    let secret = desk.record("projects", secret).await;
    let task = desk.record("tasks", json!({"name": "Hush", "project": secret})).await;
    let on = || Work { project: Some(&secret), task: Some(&task), ..Work::default() };
    desk.works("cy", "2026-11-18T08:00:00Z", Some("2026-11-18T09:00:00Z"), on()).await;
    desk.works("bo", "2026-11-18T08:00:00Z", Some("2026-11-18T10:00:00Z"), Work::default()).await;
    let (bo, cy, di) =
        (desk.sign_in("bo").await, desk.sign_in("cy").await, desk.sign_in("di").await);
    let day = "from=2026-11-18&to=2026-11-18";
    for (who, total, names) in
        [(&bo, 3, vec!["Secret: 1", "-: 2"]), (&cy, 1, vec!["Secret: 1"]), (&di, 1, vec!["-: 1"])]
    {
        let report = desk.hours(who, &format!("{day}&by=project")).await;
        assert_eq!(
            (&report["total_ms"], rows(&report)),
            (&json!(total * HOUR_MS), names.iter().map(|name| (*name).to_owned()).collect())
        );
    }
    let hidden = desk.hours(&di, &format!("{day}&by=task,customer")).await;
    assert_eq!(
        hidden["rows"][0]["keys"][0],
        json!({"by": "task", "id": null, "name": null, "parent": null, "project": null, "hidden": true})
    );
    assert_eq!(desk.hours(&di, &format!("{day}&projects={secret}")).await["total_ms"], 0);
    assert_eq!(desk.hours(&di, &format!("{day}&tasks={task}")).await["total_ms"], 0);
    let others = format!("/api/v1/reports/hours?{day}&people=cy,bo");
    desk.get(&di, &others).await.problem(403, "forbidden");
    desk.get(&cy, &others).await.problem(403, "forbidden");
    for (query, status, code) in [
        ("from=2026-11-18", 422, "from_to_or_range"),
        ("from=2026-11-18&to=2026-11-17", 422, "bad_range"),
        ("from=2020-01-01&to=2026-11-17", 422, "bad_range"),
        ("range=soon", 422, "bad_choice"),
        ("range=today&per=hour", 422, "bad_choice"),
        ("range=today&by=colour", 422, "bad_choice"),
        ("range=today&by=user,user", 422, "bad_by"),
        ("range=today&projects=x", 422, "bad_id"),
        ("range=today&teams=none", 422, "bad_id"),
    ] {
        desk.get(&bo, &format!("/api/v1/reports/hours?{query}")).await.problem(status, code);
    }
}

#[tokio::test]
async fn targets_count_from_their_day_and_stand_beside_hours() {
    let desk = Desk::with_people().await;
    let (ada, bo, cy) =
        (desk.sign_in("ada").await, desk.sign_in("bo").await, desk.sign_in("cy").await);
    let half = json!({"week_minutes": 1_200, "days": ["monday", "tuesday"]});
    let path = "/api/v1/targets/cy/2026-11-01";
    desk.put(&bo, path, &half).await.problem(403, "forbidden");
    desk.put(&ada, path, &json!({"week_minutes": 1, "days": []})).await.problem(422, "bad_target");
    desk.put(&ada, path, &json!({"week_minutes": 1, "days": ["mon"]}))
        .await
        .problem(422, "bad_days");
    desk.put(&ada, "/api/v1/targets/nobody/2026-11-01", &half).await.problem(404, "unknown_user");
    let set = desk.put(&ada, path, &half).await.expect(StatusCode::OK).json();
    let version = &set["items"][0]["version"];
    assert_eq!(
        set["items"],
        json!([{"person": "cy", "version": version, "from": "2026-11-01", "week_minutes": 1200, "days": ["monday", "tuesday"]}])
    );
    assert_eq!(set["office"]["week_minutes"], 2400);
    let sum = desk.get(&cy, "/api/v1/targets/cy?from=2026-11-01&to=2026-11-30").await.json();
    assert_eq!(sum["minutes"], 9 * 600);
    desk.get(&cy, "/api/v1/targets/bo?from=2026-11-01&to=2026-11-30")
        .await
        .problem(403, "forbidden");
    let report = desk.hours(&bo, "from=2026-11-01&to=2026-11-30&by=user&per=month").await;
    assert_eq!(
        (rows(&report), &report["rows"][2]["target_minutes"]),
        (vec!["ada: 0".into(), "bo: 0".into(), "cy: 0".into()], &json!(9 * 600))
    );
    // Accounts are as old as today, a Sunday: the office's target counts from then on.
    assert_eq!(report["rows"][0]["target_minutes"], 6 * 480);
    assert_eq!(report["target_minutes"], 9 * 600 + 2 * 6 * 480);
    desk.delete(&ada, path).await.expect(StatusCode::NO_CONTENT);
    desk.delete(&ada, path).await.problem(404, "unknown_target");
    assert_eq!((desk.audited("target.set").await, desk.audited("target.remove").await), (1, 1));
}

#[tokio::test]
async fn saved_reports_are_questions_and_the_answer_is_the_askers() {
    let desk = Desk::with_people().await;
    let (bo, cy) = (desk.sign_in("bo").await, desk.sign_in("cy").await);
    desk.works("bo", "2026-11-21T08:00:00Z", Some("2026-11-21T10:00:00Z"), Work::default()).await;
    let saved = "/api/v1/reports/saved";
    let week = |shared: bool| json!({"name": "This week", "shared": shared, "query": {"range": "this_week", "by": ["user"]}});
    desk.post(&cy, saved, &week(true)).await.problem(403, "forbidden");
    let unasked = json!({"name": "x", "query": {"range": "never"}});
    desk.post(&cy, saved, &unasked).await.problem(422, "bad_choice");
    desk.post(&cy, saved, &json!({"name": "x", "query": {"rnge": "today"}}))
        .await
        .problem(422, "bad_field");
    let own = desk.post(&cy, saved, &week(false)).await.expect(StatusCode::CREATED).json();
    let shared = desk.post(&bo, saved, &week(true)).await.expect(StatusCode::CREATED).json();
    let of = |report: &Value| format!("{saved}/{}", report["id"].as_str().unwrap());
    assert_eq!(
        (desk.get(&cy, saved).await.items().len(), desk.get(&bo, saved).await.items().len()),
        (2, 1)
    );
    let total = |reply: Reply| reply.expect(StatusCode::OK).json()["total_ms"].clone();
    assert_eq!(total(desk.get(&bo, &format!("{}/hours", of(&shared))).await), 2 * HOUR_MS);
    assert_eq!(
        total(desk.get(&cy, &format!("{}/hours", of(&shared))).await),
        0,
        "the answer is the asker's"
    );
    desk.get(&bo, &format!("{}/hours", of(&own))).await.problem(404, "unknown_report");
    desk.put(&cy, &of(&shared), &week(false)).await.problem(403, "forbidden");
    let renamed = json!({"name": "Week", "query": {"range": "last_week"}});
    let changed = desk.put(&cy, &of(&own), &renamed).await.expect(StatusCode::OK).json();
    assert_eq!(
        (&changed["name"], &changed["query"]),
        (&json!("Week"), &json!({"range": "last_week"}))
    );
    desk.delete(&cy, &of(&shared)).await.problem(403, "forbidden");
    desk.delete(&cy, &of(&own)).await.expect(StatusCode::NO_CONTENT);
    desk.delete(&cy, &of(&own)).await.problem(404, "unknown_report");
}

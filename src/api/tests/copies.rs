//! Copies of what is not synced by itself: people, teams, weeks, the lock, held edits, targets, saved reports, settings, the office,
//! computers, redaction rules, categories. Each sort is told
//! of by the same question, and changed on condition of a version.

use std::collections::BTreeMap;

use futures_util::StreamExt;

use super::computers::Agent;
use super::*;

/// A client's copy of everything.
#[derive(Default)]
struct Copy {
    since: u64,
    records: BTreeMap<(String, String), Value>,
    /// What went, in the last look.
    gone: Vec<String>,
}

impl Copy {
    async fn follow(&mut self, desk: &Desk, caller: &Caller, nouns: &str) -> usize {
        let mut path = format!("/api/v1/changes?since={}&limit=2{nouns}", self.since);
        let mut count = 0;
        self.gone.clear();
        loop {
            let page = desk.get(caller, &path).await.expect(StatusCode::OK).json();
            for item in page["items"].as_array().unwrap() {
                count += 1;
                let noun = item["noun"].as_str().unwrap().to_owned();
                let key = (noun.clone(), item["id"].as_str().unwrap().to_owned());
                let record = &item[noun.as_str()];
                assert_eq!(item["gone"], record.is_null(), "{item}");
                if record.is_null() {
                    self.gone.push(noun);
                    self.records.remove(&key);
                } else {
                    if noun != "held_edit" {
                        assert_eq!(record["version"], item["seq"], "{item}");
                    }
                    self.records.insert(key, record.clone());
                }
            }
            self.since = page["since"].as_u64().unwrap();
            match page["next"].as_str() {
                Some(next) => path = format!("/api/v1/changes?limit=2&cursor={next}{nouns}"),
                None => return count,
            }
        }
    }

    /// Every record of a sort by this field.
    fn of(&self, noun: &str, field: &str) -> Vec<String> {
        let records = self.records.iter().filter(|((sort, _), _)| sort == noun);
        let mut shown: Vec<_> = records.map(|(_, record)| record[field].to_string()).collect();
        shown.sort();
        shown.iter().map(|text| text.trim_matches('"').to_owned()).collect()
    }
}

fn matching(caller: &Caller, version: &Value) -> Caller {
    let mut caller = caller.clone();
    caller.headers.push(("if-match", format!("\"{version}\"")));
    caller
}

/// An office with a team, a target, a report, a submitted week, a lock and a setting.
async fn busy() -> Desk {
    let desk = Desk::with_people().await;
    let (ada, cy) = (desk.sign_in("ada").await, desk.sign_in("cy").await);
    let team = json!({"name": "Site", "members": ["cy"], "leads": []});
    desk.post(&ada, "/api/v1/teams", &team).await.expect(StatusCode::CREATED);
    let target = json!({"week_minutes": 600, "days": ["monday"]});
    desk.put(&ada, "/api/v1/targets/cy/2026-11-02", &target).await.expect(StatusCode::OK);
    let report = json!({"name": "Mine", "query": {"range": "last_month"}});
    desk.post(&cy, "/api/v1/reports/saved", &report).await.expect(StatusCode::CREATED);
    let worked = json!({"start": "2026-11-10T09:00:00Z", "end": "2026-11-10T10:00:00Z"});
    desk.post(&cy, "/api/v1/entries", &worked).await.expect(StatusCode::CREATED);
    let submit = "/api/v1/timesheets/cy/2026-11-10/submit";
    desk.post(&cy, submit, &json!(null)).await.expect(StatusCode::OK);
    let lock = json!({"before": "2026-11-01", "reason": "paid"});
    desk.put(&ada, "/api/v1/lock", &lock).await.expect(StatusCode::OK);
    let sunday = json!({"value": "sunday"});
    desk.put(&ada, "/api/v1/settings/week_start", &sunday).await.expect(StatusCode::OK);
    let port = json!({"value": 2525});
    desk.put(&ada, "/api/v1/settings/mail.port", &port).await.expect(StatusCode::OK);
    desk
}

#[tokio::test]
async fn every_sort_is_told_to_whom_it_concerns_and_each_change_once() {
    let desk = busy().await;
    let (ada, cy) = (desk.sign_in("ada").await, desk.sign_in("cy").await);
    desk.add("dee", "employee").await.expect(StatusCode::CREATED);
    let dee = desk.sign_in("dee").await;
    let (mut hers, mut his, mut others) = (Copy::default(), Copy::default(), Copy::default());
    hers.follow(&desk, &ada, "").await;
    his.follow(&desk, &cy, "").await;
    others.follow(&desk, &dee, "").await;
    assert_eq!(hers.of("user", "name"), ["ada", "bo", "cy", "dee"]);
    assert_eq!(
        (his.of("user", "name"), others.of("user", "name")),
        (vec!["cy".into()], vec!["dee".into()])
    );
    assert_eq!(
        (hers.of("team", "name"), his.of("team", "name")),
        (vec!["Site".into()], vec!["Site".into()])
    );
    for copy in [&hers, &his] {
        assert_eq!(copy.of("timesheet", "state"), ["submitted"]);
        assert_eq!(copy.of("timesheet", "first"), ["2026-11-09"]);
        assert_eq!(copy.of("target", "from"), ["2026-11-02"]);
    }
    for noun in ["team", "timesheet", "target", "saved_report", "held_edit", "entry"] {
        assert_eq!(others.of(noun, "id"), Vec::<String>::new(), "{noun}");
    }
    assert_eq!(his.of("saved_report", "name"), ["Mine"]);
    assert_eq!(hers.of("saved_report", "name"), Vec::<String>::new(), "one's own is one's own");
    for copy in [&hers, &his, &others] {
        assert_eq!(copy.of("lock", "before"), ["2026-11-01"]);
    }
    assert_eq!(his.of("office_setting", "key"), ["week_start"]);
    assert_eq!(hers.of("office_setting", "key"), ["mail.port", "week_start"]);
    assert_eq!(his.follow(&desk, &cy, "").await, 0, "nothing comes twice");
    hers.follow(&desk, &ada, "").await;

    // What goes is told as gone, and to those only who could see it.
    desk.delete(&ada, "/api/v1/targets/cy/2026-11-02").await.expect(StatusCode::NO_CONTENT);
    let back = json!({"reason": "a mistake"});
    desk.put(&ada, "/api/v1/lock/back", &back).await.expect(StatusCode::OK);
    let teams = desk.get(&ada, "/api/v1/teams").await.items();
    let path = format!("/api/v1/teams/{}", teams[0]["id"].as_str().unwrap());
    let without = json!({"name": "Site", "members": [], "leads": []});
    desk.put(&ada, &path, &without).await.expect(StatusCode::OK);
    let reset = "/api/v1/settings/week_start";
    desk.delete(&ada, reset).await.expect(StatusCode::OK);
    his.follow(&desk, &cy, "").await;
    hers.follow(&desk, &ada, "").await;
    others.follow(&desk, &dee, "").await;
    assert_eq!(his.gone, ["target", "lock", "team"], "he is in the team no more");
    assert_eq!(hers.gone, ["target", "lock"]);
    assert_eq!(others.gone, ["lock", "team"], "that there is a team everybody may know");
    assert_eq!(hers.of("team", "members"), ["[]"]);
    assert_eq!(his.of("office_setting", "is_set"), ["false"], "back at its default");
}

#[tokio::test]
async fn one_sort_alone_can_be_asked_for_and_an_unknown_one_not() {
    let desk = busy().await;
    let cy = desk.sign_in("cy").await;
    let mut copy = Copy::default();
    copy.follow(&desk, &cy, "&nouns=timesheet,target").await;
    let mut nouns: Vec<_> = copy.records.keys().map(|(noun, _)| noun.as_str()).collect();
    nouns.dedup();
    assert_eq!(nouns, ["target", "timesheet"]);
    for bad in ["session", "", "target,x"] {
        let reply = desk.get(&cy, &format!("/api/v1/changes?nouns={bad}")).await;
        reply.problem(422, "unknown_noun");
    }
}

#[tokio::test]
async fn a_shared_report_goes_from_everybodys_copy_when_it_is_shared_no_more() {
    let desk = Desk::with_people().await;
    let (bo, cy) = (desk.sign_in("bo").await, desk.sign_in("cy").await);
    let report = |shared| json!({"name": "All", "shared": shared, "query": {"range": "today"}});
    let made = desk.post(&bo, "/api/v1/reports/saved", &report(true)).await;
    let id = made.expect(StatusCode::CREATED).json()["id"].as_str().unwrap().to_owned();
    let mut copy = Copy::default();
    copy.follow(&desk, &cy, "&nouns=saved_report").await;
    assert_eq!(copy.of("saved_report", "owner"), ["bo"]);
    let path = format!("/api/v1/reports/saved/{id}");
    desk.put(&bo, &path, &report(false)).await.expect(StatusCode::OK);
    copy.follow(&desk, &cy, "&nouns=saved_report").await;
    assert_eq!((copy.records.len(), copy.gone.len()), (0, 1));
    let private = desk.post(&bo, "/api/v1/reports/saved", &report(false)).await;
    private.expect(StatusCode::CREATED);
    assert_eq!(copy.follow(&desk, &cy, "&nouns=saved_report").await, 0, "never theirs to see");
}

#[tokio::test]
async fn whoever_is_allowed_more_begins_a_new_copy() {
    let desk = Desk::with_people().await;
    let ada = desk.sign_in("ada").await;
    let view = |caller: Caller| {
        let desk = &desk;
        async move { desk.get(&caller, "/api/v1/changes").await.json()["view"].clone() }
    };
    let mut views = vec![view(desk.sign_in("cy").await).await];
    for right in ["manage_people", "approve_time", "manage_server", "manage_book"] {
        let grants = json!({"rights": [right]});
        let set = desk.put(&ada, "/api/v1/users/cy/grants", &grants).await;
        set.expect(StatusCode::NO_CONTENT);
        views.push(view(desk.sign_in("cy").await).await);
    }
    let different: std::collections::BTreeSet<_> = views.iter().map(Value::to_string).collect();
    assert_eq!(different.len(), views.len(), "{views:?}");
}

#[tokio::test]
async fn what_somebody_else_changed_meanwhile_is_not_overwritten() {
    let desk = busy().await;
    let (ada, cy) = (desk.sign_in("ada").await, desk.sign_in("cy").await);
    let teams = desk.get(&ada, "/api/v1/teams").await.items();
    let team = format!("/api/v1/teams/{}", teams[0]["id"].as_str().unwrap());
    let reports = desk.get(&cy, "/api/v1/reports/saved").await.items();
    let report = format!("/api/v1/reports/saved/{}", reports[0]["id"].as_str().unwrap());
    let users = desk.get(&ada, "/api/v1/users").await.items();
    let person = users.iter().find(|user| user["name"] == "cy").unwrap()["version"].clone();
    let targets = desk.get(&ada, "/api/v1/targets?person=cy").await.json();
    let lock = desk.get(&ada, "/api/v1/lock").await;
    let setting = desk.get(&ada, "/api/v1/settings/week_start").await;
    assert_eq!(lock.headers["etag"].to_str().unwrap(), format!("\"{}\"", lock.json()["version"]));
    let changes = [
        (&ada, team.as_str(), json!({"name": "Yard"}), teams[0]["version"].clone()),
        (
            &cy,
            report.as_str(),
            json!({"name": "M", "query": {"range": "today"}}),
            reports[0]["version"].clone(),
        ),
        (
            &ada,
            "/api/v1/targets/cy/2026-11-02",
            json!({"week_minutes": 1, "days": ["friday"]}),
            targets["items"][0]["version"].clone(),
        ),
        (
            &ada,
            "/api/v1/lock",
            json!({"before": "2026-11-02", "reason": "paid"}),
            lock.json()["version"].clone(),
        ),
        (
            &ada,
            "/api/v1/settings/week_start",
            json!({"value": "saturday"}),
            setting.json()["version"].clone(),
        ),
        (&ada, "/api/v1/users/cy/role", json!({"role": "manager"}), person),
    ];
    for (caller, path, change, version) in changes {
        assert!(version.as_u64().unwrap() > 0, "{path}");
        let old = json!(version.as_u64().unwrap() - 1);
        let refused = desk.put(&matching(caller, &old), path, &change).await;
        assert_eq!(refused.headers["etag"].to_str().unwrap(), format!("\"{version}\""), "{path}");
        refused.problem(412, "changed_meanwhile");
        let made = desk.put(&matching(caller, &version), path, &change).await;
        assert!(made.status.is_success(), "{path} {}", made.status);
        let again = desk.put(&matching(caller, &version), path, &change).await;
        again.problem(412, "changed_meanwhile");
    }
    for path in [team.as_str(), "/api/v1/targets/cy/2026-11-02", "/api/v1/users/cy"] {
        let refused = desk.delete(&matching(&ada, &json!(1)), path).await;
        refused.problem(412, "changed_meanwhile");
    }
    desk.delete(&matching(&cy, &json!(1)), &report).await.problem(412, "changed_meanwhile");
    // Nothing is closed: that is version 0.
    let fresh = Desk::with_people().await;
    let ada = fresh.sign_in("ada").await;
    assert_eq!(fresh.get(&ada, "/api/v1/lock").await.json()["version"], 0);
    let lock = json!({"before": "2026-11-01", "reason": "paid"});
    fresh
        .put(&matching(&ada, &json!(7)), "/api/v1/lock", &lock)
        .await
        .problem(412, "changed_meanwhile");
    fresh.put(&matching(&ada, &json!(0)), "/api/v1/lock", &lock).await.expect(StatusCode::OK);
}

#[tokio::test]
async fn whoever_takes_a_shared_report_back_from_the_others_is_told_that_it_was_done() {
    let desk = Desk::with_people().await;
    let (ada, bo) = (desk.sign_in("ada").await, desk.sign_in("bo").await);
    let report = |shared| json!({"name": "All", "shared": shared, "query": {"range": "today"}});
    let made = desk.post(&bo, "/api/v1/reports/saved", &report(true)).await;
    let made = made.expect(StatusCode::CREATED).json();
    let path = format!("/api/v1/reports/saved/{}", made["id"].as_str().unwrap());
    let done = desk.put(&ada, &path, &report(false)).await.expect(StatusCode::OK);
    let shown = done.json();
    assert_eq!(
        (&shown["shared"], &shown["owner"], &shown["own"]),
        (&json!(false), &json!("bo"), &json!(false))
    );
    assert_eq!(done.headers["etag"].to_str().unwrap(), format!("\"{}\"", shown["version"]));
    assert!(shown["version"].as_u64() > made["version"].as_u64());
    desk.put(&ada, &path, &report(true)).await.problem(404, "unknown_report");
}

#[tokio::test]
async fn the_office_its_computers_its_rules_and_categories_are_told_and_what_goes_of_them() {
    let desk = Desk::with_people().await;
    desk.add("dee", "employee").await.expect(StatusCode::CREATED);
    let (ada, cy, dee) =
        (desk.sign_in("ada").await, desk.sign_in("cy").await, desk.sign_in("dee").await);
    let nouns = "&nouns=office,device,redaction,category";
    let agent = Agent::enroll(&desk, 1).await;
    let tree = json!({"categories": [{"name": ["Own"], "rule": {"type": "regex", "regex": "x"}}]});
    desk.put(&cy, "/api/v1/categories", &tree).await.expect(StatusCode::OK);
    let (mut hers, mut his, mut others) = (Copy::default(), Copy::default(), Copy::default());
    hers.follow(&desk, &ada, nouns).await;
    his.follow(&desk, &cy, nouns).await;
    others.follow(&desk, &dee, nouns).await;
    for copy in [&hers, &his, &others] {
        assert_eq!(copy.of("office", "policy"), ["hours_only"]);
        assert_eq!(copy.of("redaction", "rules"), Vec::<String>::new());
    }
    assert_eq!(
        (hers.of("device", "person"), his.of("device", "person")),
        (vec!["cy".into()], vec!["cy".into()])
    );
    assert_eq!((others.of("device", "person"), others.of("category", "of")), (vec![], vec![]));
    assert_eq!((his.of("category", "of"), hers.of("category", "of")), (vec!["own".into()], vec![]));

    // What changes is told to whom it concerns; that a computer delivered something is no change.
    let name = json!({"value": "Acme"});
    desk.put(&ada, "/api/v1/settings/organisation.name", &name).await.expect(StatusCode::OK);
    let rules = json!({"rules": "drop app = KeePassXC"});
    desk.put(&ada, "/api/v1/redaction", &rules).await.expect(StatusCode::OK);
    desk.put(&ada, "/api/v1/office/categories", &tree).await.expect(StatusCode::OK);
    let (batch, _) = agent.batch(1, [0; 32], None);
    agent.send(&desk, &batch).await.expect(StatusCode::OK);
    assert_eq!(others.follow(&desk, &dee, nouns).await, 3);
    assert_eq!(others.of("office", "name"), ["Acme"]);
    assert_eq!(others.of("redaction", "rules"), ["drop app = KeePassXC"]);
    assert_eq!(others.of("category", "of"), ["office"]);
    assert_eq!(his.follow(&desk, &cy, nouns).await, 3);
    let device = his.records.iter().find(|((noun, _), _)| noun == "device").unwrap().1.clone();
    assert_eq!((&device["last_contact"], &device["revoked"]), (&json!(null), &json!(null)));

    let path = format!("/api/v1/devices/{}", agent.id("device"));
    desk.delete(&cy, &path).await.expect(StatusCode::NO_CONTENT);
    desk.delete(&cy, "/api/v1/categories").await.expect(StatusCode::NO_CONTENT);
    desk.delete(&ada, "/api/v1/office/categories").await.expect(StatusCode::NO_CONTENT);
    his.follow(&desk, &cy, nouns).await;
    hers.follow(&desk, &ada, nouns).await;
    others.follow(&desk, &dee, nouns).await;
    assert_eq!(his.gone, ["category", "category"]);
    assert_ne!(his.of("device", "revoked"), ["null"]);
    assert_eq!(
        (hers.gone.as_slice(), others.gone.as_slice()),
        (&["category".to_owned()][..], &["category".to_owned()][..])
    );

    // Erased, a person takes their computer along.
    desk.delete(&ada, "/api/v1/users/cy").await.expect(StatusCode::NO_CONTENT);
    desk.post(&ada, "/api/v1/users/cy/erase", &json!({})).await.expect(StatusCode::OK);
    hers.follow(&desk, &ada, nouns).await;
    assert_eq!(
        (hers.gone.as_slice(), hers.of("device", "id")),
        (&["device".to_owned()][..], vec![])
    );
    assert_eq!(others.follow(&desk, &dee, nouns).await, 0, "never theirs to see");
}

#[tokio::test]
async fn rules_categories_computers_and_the_policy_are_not_overwritten_unseen() {
    let desk = Desk::with_people().await;
    let (ada, cy) = (desk.sign_in("ada").await, desk.sign_in("cy").await);
    let agent = Agent::enroll(&desk, 1).await;
    let device = format!("/api/v1/devices/{}", agent.id("device"));
    let tree = json!({"categories": [{"name": ["Own"], "rule": {"type": "regex", "regex": "x"}}]});
    let policy = |policy: &str| json!({"policy": policy, "reason": "agreed"});
    let changes = [
        (&ada, "/api/v1/redaction", json!({"rules": "drop app = a"}), "/api/v1/redaction"),
        (&ada, "/api/v1/office/categories", tree.clone(), "/api/v1/office/categories"),
        (&cy, "/api/v1/categories", tree.clone(), "/api/v1/categories"),
        (&ada, "/api/v1/office", policy("full_detail"), "/api/v1/office/policy"),
    ];
    for (caller, look, change, path) in changes {
        let seen = desk.get(caller, look).await.expect(StatusCode::OK);
        let version = seen.json()["version"].clone();
        assert_eq!(seen.headers["etag"].to_str().unwrap(), format!("\"{version}\""), "{path}");
        let other = json!(version.as_u64().unwrap() + 1);
        let refused = desk.put(&matching(caller, &other), path, &change).await;
        assert_eq!(refused.problem(412, "changed_meanwhile")["version"], version, "{path}");
        let made = desk.put(&matching(caller, &version), path, &change).await;
        let made = made.expect(StatusCode::OK);
        let now = made.json()["version"].clone();
        assert!(now.as_u64() > version.as_u64(), "{path}");
        assert_eq!(made.headers["etag"].to_str().unwrap(), format!("\"{now}\""), "{path}");
        let late = desk.put(&matching(caller, &version), path, &change).await;
        assert_eq!(late.problem(412, "changed_meanwhile")["version"], now, "{path}");
    }
    for (caller, path) in [
        (&ada, "/api/v1/office/categories"),
        (&cy, "/api/v1/categories"),
        (&cy, device.as_str()),
        (&ada, "/api/v1/office/policy/announced"),
    ] {
        desk.delete(&matching(caller, &json!(0)), path).await.problem(412, "changed_meanwhile");
    }
    let list = desk.get(&cy, "/api/v1/devices").await.items();
    let looked = matching(&cy, &list[0]["version"]);
    desk.delete(&looked, &device).await.expect(StatusCode::NO_CONTENT);
}

/// The copy was made, then the office was restored: whatever route it is followed on says so.
#[tokio::test]
async fn a_copy_from_before_a_restore_is_told_to_begin_anew_wherever_it_is_followed() {
    let desk = Desk::with_people().await;
    let agent = Agent::enroll(&desk, 1).await;
    let cy = desk.sign_in("cy").await;
    let routes = super::super::routes::table();
    let takes_since = |path: &str| {
        let route = routes.iter().find(|route| route.path == path).unwrap();
        route.query.iter().any(|(name, _)| *name == "since")
    };
    let following = [(&cy, "/api/v1/changes"), (&agent.caller, "/api/v1/timer/copy")];
    let all = routes.iter().filter(|r| r.query.iter().any(|(name, _)| *name == "since"));
    assert_eq!(all.count(), following.len(), "a new route takes since: add it here");
    assert!(following.iter().all(|(_, path)| takes_since(path)));
    let mut copies = Vec::new();
    for (caller, path) in following {
        let whole = desk.get(caller, path).await.expect(StatusCode::OK).json();
        assert_eq!(whole["server_epoch"], 1);
        let begun = desk.get(caller, &format!("{path}?limit=1")).await.json();
        let next = begun["next"].as_str().map(str::to_owned);
        let since = whole["since"].clone();
        let same = format!("{path}?since={since}&epoch=1");
        desk.get(caller, &same).await.expect(StatusCode::OK);
        copies.push((since, next));
    }
    let desk = desk.restored().await;
    for ((caller, path), (since, next)) in following.into_iter().zip(copies) {
        let old = desk.get(caller, &format!("{path}?since={since}&epoch=1")).await;
        old.problem(410, "copy_too_old");
        // Who does not say of which epoch the copy is reads it in every answer.
        let untold = desk.get(caller, &format!("{path}?since={since}")).await;
        assert_eq!(untold.expect(StatusCode::OK).json()["server_epoch"], 2, "{path}");
        if let Some(next) = next {
            let untold = desk.get(caller, &format!("{path}?cursor={next}")).await;
            assert_eq!(untold.expect(StatusCode::OK).json()["server_epoch"], 2, "{path}");
            let old = desk.get(caller, &format!("{path}?cursor={next}&epoch=1")).await;
            old.problem(410, "copy_too_old");
        }
        let anew = desk.get(caller, &format!("{path}?since=0&epoch=2")).await;
        assert_eq!(anew.expect(StatusCode::OK).json()["server_epoch"], 2, "{path}");
    }
    for (query, first) in [
        ("?epoch=1", "{\"server_epoch\":2,\"refetch\":true}"),
        ("?epoch=2", "{\"server_epoch\":2}"),
        ("", "{\"server_epoch\":2}"),
    ] {
        let mut request = Request::builder().uri(format!("/api/v1/events{query}"));
        for (name, value) in &cy.headers {
            request = request.header(*name, value);
        }
        let request = request.extension(cy.peer.clone()).body(Body::empty()).unwrap();
        let response = desk.router.clone().oneshot(request).await.unwrap();
        let mut stream = response.into_body().into_data_stream();
        let began = stream.next().await.unwrap().unwrap();
        assert_eq!(began, format!("event: ready\ndata: {first}\n\n"));
    }
}

/// What a list is made of, piece by piece.
async fn in_pages(desk: &Desk, caller: &Caller, path: &str) -> Vec<Value> {
    let joint = if path.contains('?') { '&' } else { '?' };
    let (mut items, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = desk.get(caller, &format!("{path}{joint}limit=1{cursor}")).await;
        let page = page.expect(StatusCode::OK).json();
        let more = page["items"].as_array().unwrap();
        assert!(more.len() <= 1, "{path}");
        items.extend(more.iter().cloned());
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return items,
        }
    }
}

#[tokio::test]
async fn every_list_that_can_grow_comes_in_pages() {
    let desk = Desk::with_people().await;
    for name in ["dee", "eve"] {
        desk.add(name, "employee").await.expect(StatusCode::CREATED);
        let path = format!("/api/v1/users/{name}");
        desk.delete(&terminal(), &path).await.expect(StatusCode::NO_CONTENT);
        let erase = format!("{path}/erase");
        desk.post(&terminal(), &erase, &json!({})).await.expect(StatusCode::OK);
    }
    let (ada, cy) = (desk.sign_in("ada").await, desk.sign_in("cy").await);
    for number in 0..3 {
        desk.sign_in("cy").await;
        let report = json!({"name": format!("R{number}"), "query": {"range": "today"}});
        desk.post(&cy, "/api/v1/reports/saved", &report).await.expect(StatusCode::CREATED);
        let invite = json!({"person": "cy"});
        desk.post(&ada, "/api/v1/invitations", &invite).await.expect(StatusCode::CREATED);
        let link = json!({"purpose": "join", "name": format!("new{number}")});
        desk.post(&ada, "/api/v1/links", &link).await.expect(StatusCode::CREATED);
        let job = desk.post(&cy, "/api/v1/exports/person", &json!(null)).await;
        let job = job.expect(StatusCode::CREATED).json();
        let done = format!("/api/v1/jobs/{}?wait=30", job["id"].as_str().unwrap());
        while desk.get(&cy, &done).await.json()["state"] == "running" {}
    }
    for (caller, path, least) in [
        (&cy, "/api/v1/sessions", 4),
        (&ada, "/api/v1/sessions?user=cy", 4),
        (&cy, "/api/v1/reports/saved", 3),
        (&cy, "/api/v1/jobs", 3),
        (&ada, "/api/v1/invitations", 3),
        (&ada, "/api/v1/links", 3),
        (&ada, "/api/v1/erasures", 2),
        (&ada, "/api/v1/quarantine", 0),
    ] {
        let whole = desk.get(caller, path).await.expect(StatusCode::OK).items();
        assert!(whole.len() >= least, "{path}: {}", whole.len());
        assert_eq!(in_pages(&desk, caller, path).await, whole, "{path}");
        let joint = if path.contains('?') { '&' } else { '?' };
        let bad = desk.get(caller, &format!("{path}{joint}cursor=AAAA")).await;
        bad.problem(422, "bad_cursor");
    }
}

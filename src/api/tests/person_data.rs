//! Everything recorded about a person: for themselves all of it, for others what the policy shows, and a trace.

use super::viewing::recorded;
use super::*;

const OWN: &str = "/api/v1/exports/person";

impl Desk {
    async fn fetched(&self, caller: &Caller, path: &str) -> Vec<Value> {
        let job = self.post(caller, path, &json!({})).await.expect(StatusCode::CREATED).json();
        let job = self.ended(caller, &job).await;
        assert_eq!(job["state"], "done", "{job}");
        let path = job["result"]["path"].as_str().unwrap();
        let file = self.get(caller, path).await.expect(StatusCode::OK);
        assert_eq!(file.headers["content-type"], "application/x-ndjson");
        let text = String::from_utf8(file.bytes).unwrap();
        assert!(text.ends_with('\n'));
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

fn of<'a>(lines: &'a [Value], sort: &str) -> Vec<&'a Value> {
    lines.iter().filter(|line| line["record"] == sort).map(|line| &line["data"]).collect()
}

#[tokio::test]
async fn the_person_gets_all_of_it() {
    let desk = recorded().await;
    let bo = desk.sign_in("bo").await;
    let day = "/api/v1/reports/activity?person=cy&from=2026-11-20&to=2026-11-21";
    desk.get(&bo, day).await.expect(StatusCode::OK);
    let cy = desk.sign_in("cy").await;
    let lines = desk.fetched(&cy, OWN).await;
    assert_eq!(lines[0]["data"]["format"], "timebook person data 1");
    let last = lines.last().unwrap();
    assert_eq!(last["data"]["lines"], json!(lines.len() - 2));
    assert_eq!(of(&lines, "profile")[0]["name"], "cy");
    let events = of(&lines, "event");
    assert_eq!(events.len(), 2);
    assert_eq!(events[0]["data"], json!({"app": "Figma", "title": "t"}));
    assert_eq!(events[0]["start"], "2026-11-20T22:59:00Z");
    assert_eq!((of(&lines, "session").len(), of(&lines, "token").len()), (1, 1));
    assert_eq!(of(&lines, "look")[0]["viewer_name"], "bo");
    let trail = of(&lines, "audit");
    assert!(trail.iter().any(|e| e["action"] == "user.add" && e["about"] == "cy (employee)"));
    assert!(trail.iter().all(|e| e["about"] != "bo (manager)"), "nobody else's");
    assert_eq!(desk.audited("activity.view").await, 1, "one's own leaves no trace");
    // A page is a thousand: nothing is lost or told twice where one ends.
    let door = desk.token("cy", "laptop", &["record"]).await;
    let many: Vec<Value> = (0..1_500)
        .map(|n| {
            let at = jiff::Timestamp::from_second(1_790_000_000 + n * 10).unwrap();
            json!({"timestamp": at.to_string(), "duration": 1, "data": {"app": "a", "title": n}})
        })
        .collect();
    for part in many.chunks(500) {
        desk.post(&door, "/api/0/buckets/w/events", &json!(part)).await.expect(StatusCode::OK);
    }
    let lines = desk.fetched(&cy, OWN).await;
    let mut ids: Vec<u64> =
        of(&lines, "event").iter().map(|event| event["id"].as_u64().unwrap()).collect();
    assert_eq!(ids.len(), 1_502);
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 1_502);
}

#[tokio::test]
async fn targets_saved_reports_addresses_and_places_are_in_it() {
    let desk = Desk::with_people().await;
    let cy = desk.sign_in("cy").await;
    let target = json!({"week_minutes": 600, "days": ["monday"]});
    desk.put(&terminal(), "/api/v1/targets/cy/2026-11-02", &target).await.expect(StatusCode::OK);
    for caller in [&cy, &terminal()] {
        let report = json!({"name": "Mine", "query": {"range": "last_month"}});
        desk.post(caller, "/api/v1/reports/saved", &report).await.expect(StatusCode::CREATED);
    }
    let address = json!({"address": "cy@office.test"});
    desk.put(&cy, "/api/v1/users/cy/mail", &address).await.expect(StatusCode::NO_CONTENT);
    let lines = desk.fetched(&cy, OWN).await;
    assert_eq!(of(&lines, "profile")[0]["mail"], "cy@office.test");
    assert_eq!(of(&lines, "place")[0]["network"], "192.168.1");
    let target = of(&lines, "target");
    assert_eq!((target.len(), &target[0]["from"]), (1, &json!("2026-11-02")));
    let reports = of(&lines, "saved_report");
    assert_eq!((reports.len(), &reports[0]["query"]["range"]), (1, &json!("last_month")));
}

#[tokio::test]
async fn whoever_fetches_it_for_somebody_gets_no_more_than_the_policy_shows_and_leaves_a_trace() {
    let desk = recorded().await;
    let (ada, bo) = (desk.sign_in("ada").await, desk.sign_in("bo").await);
    let path = "/api/v1/users/cy/export";
    desk.post(&bo, path, &json!({})).await.problem(403, "forbidden");
    desk.post(&ada, "/api/v1/users/nobody/export", &json!({})).await.problem(404, "unknown_user");
    let lines = desk.fetched(&ada, path).await;
    assert_eq!((of(&lines, "event").len(), of(&lines, "profile").len()), (0, 1));
    assert_eq!(lines[0]["data"]["events"], "hours_only");
    assert_eq!(of(&lines, "look")[0]["what"], "person_data");
    assert_eq!(desk.audited("activity.view").await, 1);
    assert_eq!(of(&lines, "bucket").len(), 0, "which watchers somebody uses is detail");
    let_pass(6 * 60 * 1_000);
    desk.post(&ada, path, &json!({})).await.problem(403, "step_up_required");
}

#[tokio::test]
async fn what_somebody_set_up_for_themselves_is_in_it_and_theirs_alone() {
    let desk = Desk::with_people().await;
    let (ada, cy) = (desk.sign_in("ada").await, desk.sign_in("cy").await);
    let tree =
        json!({"categories": [{"name": ["Work"], "rule": {"type": "regex", "regex": "Figma"}}]});
    desk.put(&cy, "/api/v1/categories", &tree).await.expect(StatusCode::OK);
    let door = desk.token("cy", "laptop", &["record", "read"]).await;
    desk.post(&door, "/api/0/settings/theme", &json!("dark")).await.expect(StatusCode::OK);
    let project = json!({"name": "Site", "members": [desk.user_id("cy").await.to_string()]});
    desk.post(&ada, "/api/v1/projects", &project).await.expect(StatusCode::CREATED);
    let lines = desk.fetched(&cy, OWN).await;
    assert!(of(&lines, "category")[0]["tree"].to_string().contains("Figma"), "{lines:?}");
    let setting = of(&lines, "setting");
    assert_eq!((&setting[0]["key"], &setting[0]["value"]), (&json!("theme"), &json!("dark")));
    assert_eq!(of(&lines, "project")[0]["name"], "Site");
    let lines = desk.fetched(&ada, "/api/v1/users/cy/export").await;
    assert_eq!((of(&lines, "category").len(), of(&lines, "setting").len()), (0, 0));
    assert_eq!(of(&lines, "project").len(), 1);
}

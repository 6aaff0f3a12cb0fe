//! Another name to sign in with: everything that was the person's stays so, and whatever says the name says the new one.

use super::*;

const PATH: &str = "/api/v1/users/cy/name";

#[tokio::test]
async fn a_person_signs_in_with_another_name_and_keeps_all_that_is_theirs() {
    let desk = Desk::with_people().await;
    let (ada, bo, cy) =
        (desk.sign_in("ada").await, desk.sign_in("bo").await, desk.sign_in("cy").await);
    let token = desk.token("cy", "laptop", &["read"]).await;
    let team = json!({"name": "Site", "members": ["cy"], "leads": []});
    desk.post(&ada, "/api/v1/teams", &team).await.expect(StatusCode::CREATED);
    let target = json!({"week_minutes": 600, "days": ["monday"]});
    desk.put(&ada, "/api/v1/targets/cy/2026-11-02", &target).await.expect(StatusCode::OK);
    let query = json!({"range": "today", "people": ["cy"]});
    let report = json!({"name": "About", "shared": true, "query": query});
    desk.post(&ada, "/api/v1/reports/saved", &report).await.expect(StatusCode::CREATED);
    desk.worked("cy", "2026-11-10T09:00:00Z", "2026-11-10T10:00:00Z").await;
    let submit = "/api/v1/timesheets/cy/2026-11-10/submit";
    desk.post(&cy, submit, &json!(null)).await.expect(StatusCode::OK);
    let since = desk.get(&ada, "/api/v1/changes").await.json()["since"].clone();

    let new = json!({"name": "cyan"});
    for caller in [&bo, &cy] {
        desk.put(caller, PATH, &new).await.problem(403, "forbidden");
    }
    let taken = desk.put(&ada, PATH, &json!({"name": "bo"})).await;
    assert_eq!(taken.problem(409, "name_taken")["field"], "name");
    let bad = desk.put(&ada, PATH, &json!({"name": ""})).await;
    assert_eq!(bad.problem(422, "bad_text")["field"], "name");
    desk.put(&ada, "/api/v1/users/nobody/name", &new).await.problem(404, "unknown_user");
    let users = desk.get(&ada, "/api/v1/users").await.items();
    let version = users.iter().find(|user| user["name"] == "cy").unwrap()["version"].clone();
    let looked = |version: &Value| ada.clone().with("if-match", &format!("\"{version}\""));
    desk.put(&looked(&json!(1)), PATH, &new).await.problem(412, "changed_meanwhile");
    desk.put(&looked(&version), PATH, &new).await.expect(StatusCode::NO_CONTENT);

    // Whoever is signed in stays so, and programs go on.
    let session = desk.get(&cy, "/api/v1/session").await.expect(StatusCode::OK).json();
    assert_eq!(session["user"]["name"], "cyan");
    desk.get(&token, "/api/v1/entries").await.expect(StatusCode::OK);
    let old = json!({"name": "cy", "password": PASSWORD});
    desk.post(&browser(), "/api/v1/session", &old).await.problem(401, "wrong_password");
    desk.sign_in("cyan").await;

    // Copies hear of all that says the name.
    let page = desk.get(&ada, &format!("/api/v1/changes?since={since}")).await.json();
    let items = page["items"].as_array().unwrap();
    let mut nouns: Vec<_> = items.iter().map(|item| item["noun"].as_str().unwrap()).collect();
    nouns.sort_unstable();
    assert_eq!(nouns, ["device", "saved_report", "target", "team", "timesheet", "user"]);
    for item in items {
        let text = item.to_string();
        assert!(text.contains("\"cyan\"") && !text.contains("\"cy\""), "{text}");
    }
    let report = items.iter().find(|item| item["noun"] == "saved_report").unwrap();
    assert_eq!(report["saved_report"]["query"]["people"], json!(["cyan"]), "it asks on");
    desk.get(&ada, "/api/v1/timesheets/cyan/2026-11-10").await.expect(StatusCode::OK);
    desk.get(&ada, "/api/v1/timesheets/cy/2026-11-10").await.problem(404, "unknown_user");

    // The log says who by id; the name is free for somebody else; the same name again is nothing.
    assert_eq!(desk.audited("user.rename").await, 1);
    let again = desk.put(&ada, "/api/v1/users/cyan/name", &new).await;
    again.expect(StatusCode::NO_CONTENT);
    assert_eq!(desk.audited("user.rename").await, 1);
    desk.add("cy", "employee").await.expect(StatusCode::CREATED);
    desk.sign_in("cy").await;
}

#[tokio::test]
async fn who_manages_people_renames_nobody_who_may_do_more() {
    let desk = Desk::with_people().await;
    let grants = json!({"rights": ["manage_people"]});
    desk.put(&terminal(), "/api/v1/users/bo/grants", &grants).await.expect(StatusCode::NO_CONTENT);
    let bo = desk.sign_in("bo").await;
    let new = json!({"name": "root"});
    desk.put(&bo, "/api/v1/users/ada/name", &new).await.problem(403, "forbidden");
    desk.put(&bo, PATH, &new).await.expect(StatusCode::NO_CONTENT);
    let_pass(6 * 60 * 1_000);
    let late = desk.put(&bo, "/api/v1/users/root/name", &new).await;
    late.problem(403, "step_up_required");
}

#[tokio::test]
async fn what_failed_of_late_goes_along() {
    let desk = Desk::with_people().await;
    let from = |address: &str| {
        let mut caller = browser();
        caller.peer.address = address.parse().unwrap();
        caller
    };
    let guess = |name: &str| json!({"name": name, "password": "a wrong password"});
    for _ in 0..8 {
        desk.post(&from("192.168.8.8:5000"), "/api/v1/session", &guess("cy")).await;
    }
    let elsewhere = from("192.168.9.9:5000");
    desk.post(&elsewhere, "/api/v1/session", &guess("cy")).await.problem(429, "too_many_tries");
    let new = json!({"name": "cyan"});
    desk.put(&terminal(), PATH, &new).await.expect(StatusCode::NO_CONTENT);
    desk.post(&elsewhere, "/api/v1/session", &guess("cyan")).await.problem(429, "too_many_tries");
    desk.post(&elsewhere, "/api/v1/session", &guess("cy")).await.problem(401, "wrong_password");
}

//! The office's redaction rules: read by everyone, set by few, tried by anyone, and held over what comes to the server directly.

use super::*;

const PATH: &str = "/api/v1/redaction";

#[tokio::test]
async fn everyone_reads_them_and_few_set_them() {
    let desk = Desk::with_people().await;
    let rules = desk.get(&desk.sign_in("cy").await, PATH).await.expect(StatusCode::OK).json();
    assert_eq!(rules, json!({"version": 0, "rules": "", "changed": null}));
    let new = json!({"rules": "drop app = KeePassXC\n"});
    desk.put(&desk.sign_in("cy").await, PATH, &new).await.expect(StatusCode::FORBIDDEN);
    let set = desk.put(&terminal(), PATH, &new).await.expect(StatusCode::OK).json();
    assert_eq!(set["rules"], new["rules"]);
    assert!(set["changed"].is_string());
    let bad = json!({"rules": "drop app = KeePassXC\ndrop app ~ (\n"});
    let refused = desk.put(&terminal(), PATH, &bad).await;
    let problem = refused.expect(StatusCode::UNPROCESSABLE_ENTITY).json();
    assert!(problem["detail"].as_str().unwrap().starts_with("Line 2:"), "{problem}");
    assert_eq!(desk.get(&terminal(), PATH).await.json()["rules"], new["rules"], "all or nothing");
    let log = desk.get(&terminal(), "/api/v1/audit?limit=1000").await.json().to_string();
    assert!(log.contains("redaction.set") && !log.contains("KeePassXC"), "{log}");
}

#[tokio::test]
async fn anyone_tries_rules_and_nothing_is_kept_of_it() {
    let desk = Desk::with_people().await;
    desk.put(&terminal(), PATH, &json!({"rules": "mask title ~ salary"})).await;
    let cy = desk.sign_in("cy").await;
    let path = "/api/v1/redaction/test";
    let tested = desk.post(&cy, path, &json!({"app": "Mail", "title": "Salaries"})).await;
    let tested = tested.expect(StatusCode::OK).json();
    assert_eq!(
        tested,
        json!({"outcome": "kept", "app": "Mail", "title": "Salaries", "url": null, "because": []})
    );
    let sample = json!({"rules": "cut title ~ salar\nmask title ~ nothing", "title": "Salaries"});
    let tested = desk.post(&cy, path, &sample).await.json();
    assert_eq!(
        (&tested["outcome"], &tested["title"], &tested["because"]),
        (&json!("changed"), &json!("***ies"), &json!(["cut title ~ salar"]))
    );
    let long = json!({"title": "x".repeat(70_000)});
    desk.post(&cy, path, &long).await.expect(StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn they_hold_over_what_comes_to_the_server_directly() {
    let desk = Desk::with_people().await;
    let sheet = "drop app = KeePassXC\ncut title ~ secret";
    desk.put(&terminal(), PATH, &json!({"rules": sheet})).await.expect(StatusCode::OK);
    let door = desk.token("cy", "laptop", &["record"]).await;
    let about = json!({"client": "c", "type": "currentwindow", "hostname": "h"});
    desk.post(&door, "/api/0/buckets/w", &about).await.expect(StatusCode::OK);
    let event = |app: &str, minute: u8| {
        json!({"timestamp": format!("2026-11-21T10:{minute:02}:00Z"), "duration": 1,
               "data": {"app": app, "title": "a secret"}})
    };
    for (minute, app) in [(1, "KeePassXC"), (2, "Mail")] {
        let path = "/api/0/buckets/w/heartbeat?pulsetime=5";
        let beat = desk.post(&door, path, &event(app, minute)).await.expect(StatusCode::OK).json();
        assert_eq!(beat["data"]["app"], app);
    }
    let list = json!([event("KeePassXC", 3), event("Files", 4)]);
    desk.post(&door, "/api/0/buckets/w/events", &list).await.expect(StatusCode::OK);
    let events = desk.get(&door, "/api/0/buckets/w/events").await.json();
    let told: Vec<_> = events
        .as_array()
        .unwrap()
        .iter()
        .map(|e| (&e["data"]["app"], &e["data"]["title"]))
        .collect();
    assert_eq!(told, [(&json!("Files"), &json!("a ***")), (&json!("Mail"), &json!("a ***"))]);
}

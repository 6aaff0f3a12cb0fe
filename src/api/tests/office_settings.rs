//! The office's settings: who reads, who sets, what is refused.

use super::*;
use crate::domain::office_setting::OfficeSetting;
use crate::domain::time::HOUR_MS;

const SETTINGS: &str = "/api/v1/settings";

fn one(key: &str) -> String {
    format!("{SETTINGS}/{key}")
}

#[tokio::test]
async fn settings_are_set_and_go_back_to_the_default() {
    let desk = Desk::with_people().await;
    let ada = desk.sign_in("ada").await;
    let port = desk.get(&ada, &one("mail.port")).await.expect(StatusCode::OK).json();
    assert_eq!(
        (&port["value"], &port["is_set"], &port["least"], &port["most"]),
        (&json!(587), &json!(false), &json!(1), &json!(65_535))
    );
    let set = desk.put(&ada, &one("mail.port"), &json!({"value": 25})).await.expect(StatusCode::OK);
    assert_eq!((&set.json()["value"], &set.json()["is_set"]), (&json!(25), &json!(true)));
    let reset = desk.delete(&ada, &one("mail.port")).await.expect(StatusCode::OK).json();
    assert_eq!((&reset["value"], &reset["is_set"]), (&json!(587), &json!(false)));
    assert_eq!(desk.audited("setting.set").await, 2);
    desk.put(&ada, &one("organisation.name"), &json!({"value": "Ärzte"}))
        .await
        .expect(StatusCode::OK);
    assert_eq!(desk.get(&ada, "/api/v1/office").await.json()["name"], "Ärzte");
}

#[tokio::test]
async fn bad_settings_name_the_key_and_change_nothing() {
    let desk = Desk::with_people().await;
    let ada = desk.sign_in("ada").await;
    for (key, value) in [
        ("mail.port", json!(0)),
        ("mail.port", json!("25")),
        ("mail.port", json!(-1)),
        ("mail.port", json!(2.5)),
        ("mail.host", json!(25)),
        ("mail.host", json!("a b")),
        ("mail.host", json!("")),
        ("mail.host", json!("x".repeat(101))),
        ("mail.host", json!(null)),
        ("mail.host", json!(["a"])),
        ("language", json!("fr")),
        ("time_zone", json!("Mars/Olympus")),
    ] {
        let reply = desk.put(&ada, &one(key), &json!({ "value": value })).await;
        let problem = reply.problem(422, "bad_setting");
        assert!(problem["detail"].as_str().unwrap().contains(key), "{problem}");
    }
    let unknown = desk.put(&ada, &one("mail.password"), &json!({"value": "x"})).await;
    let problem = unknown.problem(422, "unknown_setting");
    assert!(problem["detail"].as_str().unwrap().contains("mail.password"), "{problem}");
    desk.put(&ada, &one("mail.port"), &json!({"value": 25, "more": 1}))
        .await
        .problem(422, "bad_field");
    desk.get(&ada, &one("nothing")).await.problem(422, "unknown_setting");
    assert_eq!(desk.audited("setting.set").await, 0);
}

#[tokio::test]
async fn everybody_reads_what_is_for_everybody() {
    let desk = Desk::with_people().await;
    let cy = desk.sign_in("cy").await;
    let seen = desk.get(&cy, SETTINGS).await.items();
    let keys: Vec<&str> = seen.iter().map(|setting| setting["key"].as_str().unwrap()).collect();
    assert!(
        keys.contains(&"week_start") && !keys.iter().any(|key| key.starts_with("mail.")),
        "{keys:?}"
    );
    desk.get(&cy, &one("mail.host")).await.problem(403, "forbidden");
    desk.put(&cy, &one("week_start"), &json!({"value": "sunday"})).await.problem(403, "forbidden");
    assert_eq!(desk.get(&terminal(), SETTINGS).await.items().len(), OfficeSetting::ALL.len());
}

#[tokio::test]
async fn a_shorter_session_holds_for_those_that_are_open() {
    let desk = Desk::with_people().await;
    let cy = desk.sign_in("cy").await;
    let_pass(i64::try_from(2 * HOUR_MS).unwrap());
    desk.get(&cy, SETTINGS).await.expect(StatusCode::OK);
    let_pass(i64::try_from(2 * HOUR_MS).unwrap());
    let hours = json!({"value": 2});
    desk.put(&terminal(), &one("session.idle_hours"), &hours).await.expect(StatusCode::OK);
    desk.get(&cy, SETTINGS).await.problem(401, "unauthenticated");
}

#[tokio::test]
async fn the_mail_password_is_for_the_mail_server_it_was_given_for() {
    let desk = Desk::with_people().await;
    let ada = desk.sign_in("ada").await;
    let has_password = async || desk.get(&ada, "/api/v1/mail").await.json()["has_password"].clone();
    for (key, value) in [
        ("mail.host", json!("evil.example")),
        ("mail.port", json!(2525)),
        ("mail.user", json!("time")),
        ("mail.encryption", json!("none")),
    ] {
        let password = json!({"password": "open sesame"});
        desk.put(&ada, "/api/v1/mail/password", &password).await.expect(StatusCode::NO_CONTENT);
        let set = desk.put(&ada, &one(key), &json!({ "value": value })).await;
        let note = set.expect(StatusCode::OK).json()["note"].clone();
        assert!(note.as_str().unwrap().contains("password was forgotten"), "{key}: {note}");
        assert_eq!(has_password().await, false, "{key}");
        let same = desk.put(&ada, &one(key), &json!({ "value": value })).await.json();
        assert_eq!(same["note"], json!(null));
        desk.put(&ada, "/api/v1/mail/password", &password).await.expect(StatusCode::NO_CONTENT);
        desk.delete(&ada, &one(key)).await.expect(StatusCode::OK);
        assert_eq!(has_password().await, false, "{key} back to its default");
    }
    let password = json!({"password": "open sesame"});
    desk.put(&ada, "/api/v1/mail/password", &password).await.expect(StatusCode::NO_CONTENT);
    let from = json!({"value": "time@office.test"});
    desk.put(&ada, &one("mail.from"), &from).await.expect(StatusCode::OK);
    assert_eq!(has_password().await, true);
    assert_eq!(desk.audited("secret.forget").await, 8);
}

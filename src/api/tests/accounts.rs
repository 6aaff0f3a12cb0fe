//! The set-up, people, sessions and tokens.

use super::*;
use crate::domain::time::{DAY_MS, MINUTE_MS};
use crate::service::control::setup_link;

pub(super) async fn setup_secret(desk: &Desk) -> String {
    let at = "127.0.0.1:8080".parse().unwrap();
    let link = setup_link::open(&desk.door, desk._folder.path(), at, now()).await.unwrap().unwrap();
    link.split_once('#').unwrap().1.to_owned()
}

pub(super) fn setup(secret: &str) -> Value {
    json!({"secret": secret, "office": "Atelier", "name": "ada", "password": PASSWORD, "time_zone": "Europe/Berlin"})
}

#[tokio::test]
async fn the_set_up_works_once_and_signs_in() {
    let desk = Desk::open().await;
    let secret = setup_secret(&desk).await;
    assert_eq!(desk.get(&loopback(), "/api/v1/setup").await.json(), json!({"open": true}));
    desk.post(&loopback(), "/api/v1/setup", &setup("wrong")).await.problem(410, "setup_closed");
    let done = desk.post(&loopback(), "/api/v1/setup", &setup(&secret)).await;
    let done = done.expect(StatusCode::CREATED);
    assert_eq!(done.json()["user"]["role"], "administrator");
    assert_eq!(done.json()["recovery_code"].as_str().unwrap().len(), 47);
    let cookie = done.headers["set-cookie"].to_str().unwrap();
    assert!(cookie.contains("HttpOnly; SameSite=Strict; Path=/") && !cookie.contains("Secure"));
    let ada = loopback().with("cookie", cookie.split(';').next().unwrap());
    assert_eq!(desk.get(&ada, "/api/v1/session").await.json()["user"]["name"], "ada");
    assert_eq!(desk.get(&ada, "/api/v1/office").await.json()["name"], "Atelier");
    assert_eq!(desk.get(&browser(), "/api/v1/setup").await.json(), json!({"open": false}));
    let_pass(i64::try_from(10 * MINUTE_MS).unwrap());
    desk.post(&loopback(), "/api/v1/setup", &setup(&secret)).await.problem(410, "setup_closed");
}

#[tokio::test]
async fn a_set_up_whose_answer_was_lost_is_answered_again_for_who_sent_it() {
    let desk = Desk::open().await;
    let secret = setup_secret(&desk).await;
    let again = async |wish: &Value| desk.post(&loopback(), "/api/v1/setup", wish).await;
    let done = again(&setup(&secret)).await.expect(StatusCode::CREATED).json();
    let_pass(i64::try_from(9 * MINUTE_MS).unwrap());
    let repeated = again(&setup(&secret)).await.expect(StatusCode::CREATED);
    assert_eq!(repeated.json(), done);
    let cookie = repeated.headers["set-cookie"].to_str().unwrap().split(';').next().unwrap();
    let ada = loopback().with("cookie", cookie);
    assert_eq!(desk.get(&ada, "/api/v1/users").await.items().len(), 1, "nobody was made twice");
    for (key, other) in [("secret", "another"), ("name", "bob"), ("password", "not the one of ada")]
    {
        let mut wish = setup(&secret);
        wish[key] = json!(other);
        again(&wish).await.problem(410, "setup_closed");
    }
    desk.add("bob", "employee").await.expect(StatusCode::CREATED);
    let mut wish = setup(&secret);
    wish["name"] = json!("bob");
    again(&wish).await.problem(410, "setup_closed");
}

#[tokio::test]
async fn the_office_chooses_its_policy_at_set_up() {
    let desk = Desk::open().await;
    let mut wish = setup(&setup_secret(&desk).await);
    wish["policy"] = json!("everything");
    desk.post(&loopback(), "/api/v1/setup", &wish).await.problem(422, "unknown_policy");
    wish["policy"] = json!("app_totals");
    desk.post(&loopback(), "/api/v1/setup", &wish).await.expect(StatusCode::CREATED);
    assert_eq!(desk.get(&terminal(), "/api/v1/office").await.json()["policy"], "app_totals");
}

#[tokio::test]
async fn what_is_chosen_at_set_up_holds_for_the_office() {
    let desk = Desk::open().await;
    let mut wish = setup(&setup_secret(&desk).await);
    wish["language"] = json!("fr");
    desk.post(&loopback(), "/api/v1/setup", &wish).await.problem(422, "bad_setting");
    wish["language"] = json!("de");
    desk.post(&loopback(), "/api/v1/setup", &wish).await.expect(StatusCode::CREATED);
    let settings = desk.get(&terminal(), "/api/v1/settings").await.items();
    let value = |key: &str| {
        let found = settings.iter().find(|setting| setting["key"] == json!(key));
        found.unwrap_or_else(|| panic!("no {key}"))["value"].clone()
    };
    assert_eq!((value("time_zone"), value("language")), (json!("Europe/Berlin"), json!("de")));
    assert_eq!(value("organisation.name"), json!("Atelier"));
}

#[tokio::test]
async fn a_set_up_link_is_looked_at_before_it_is_used() {
    let desk = Desk::open().await;
    let secret = setup_secret(&desk).await;
    let look = async |secret: &str| {
        desk.post(&loopback(), "/api/v1/setup/look", &json!({ "secret": secret })).await
    };
    let seen = look(&secret).await.expect(StatusCode::OK).json();
    assert!(seen["server"].as_str().unwrap().starts_with("https://"), "{seen}");
    look("another").await.problem(410, "setup_closed");
    desk.post(&loopback(), "/api/v1/setup", &setup(&secret)).await.expect(StatusCode::CREATED);
    // Its answer may have been lost: while it can be sent again, the page may be loaded anew.
    look(&secret).await.expect(StatusCode::OK);
    look("another").await.problem(410, "setup_closed");
    let_pass(10 * 60_000);
    look(&secret).await.problem(410, "setup_closed");
}

#[tokio::test]
async fn a_set_up_link_ends_after_a_day() {
    let desk = Desk::open().await;
    let secret = setup_secret(&desk).await;
    let_pass(i64::try_from(DAY_MS).unwrap());
    assert_eq!(desk.get(&browser(), "/api/v1/setup").await.json(), json!({"open": false}));
    desk.post(&browser(), "/api/v1/setup", &setup(&secret)).await.problem(410, "setup_closed");
}

#[tokio::test]
async fn the_first_person_at_the_terminal_gets_the_recovery_code() {
    let desk = Desk::open().await;
    desk.add("bo", "manager").await.problem(422, "first_is_administrator");
    let ada = desk.add("ada", "admin").await.expect(StatusCode::CREATED).json();
    assert!(ada["recovery_code"].is_string());
    let bo = desk.add("bo", "manager").await.expect(StatusCode::CREATED).json();
    assert!(bo.get("recovery_code").is_none());
    desk.add("bo", "manager").await.problem(409, "name_taken");
    desk.add("Bo", "manager").await.problem(422, "bad_text");
    desk.add("cy", "emperor").await.problem(422, "unknown_role");
    let nowhere =
        json!({"name": "cy", "password": PASSWORD, "role": "employee", "time_zone": "Mars/Base"});
    desk.post(&terminal(), "/api/v1/users", &nowhere).await.problem(422, "unknown_time_zone");
    let short = json!({"name": "cy", "password": "short", "role": "employee", "time_zone": "UTC"});
    desk.post(&terminal(), "/api/v1/users", &short).await.problem(422, "bad_password");
    assert_eq!(desk.get(&terminal(), "/api/v1/users").await.items().len(), 2);
}

#[tokio::test]
async fn guessing_slows_down_and_tells_nothing() {
    let desk = Desk::with_people().await;
    let guess = |name: &'static str| {
        let body = json!({"name": name, "password": "a wrong password"});
        let desk = &desk;
        async move { desk.post(&browser(), "/api/v1/session", &body).await }
    };
    let (known, unknown) = (guess("cy").await, guess("nobody").await);
    assert_eq!(known.problem(401, "wrong_password"), unknown.problem(401, "wrong_password"));
    for _ in 0..3 {
        guess("cy").await.problem(401, "wrong_password");
    }
    let slowed = guess("cy").await;
    slowed.problem(429, "too_many_tries");
    assert_eq!(slowed.headers["retry-after"], "1");
    assert_eq!(desk.audited("session.refused").await, 1);
    let_pass(1_000);
    desk.sign_in("cy").await;
    guess("cy").await.problem(401, "wrong_password");
}

#[tokio::test]
async fn sessions_end_when_they_should() {
    let desk = Desk::with_people().await;
    let (one, two) = (desk.sign_in("cy").await, desk.sign_in("cy").await);
    desk.delete(&one, "/api/v1/session").await.expect(StatusCode::NO_CONTENT);
    desk.get(&one, "/api/v1/session").await.problem(401, "unauthenticated");
    let new = json!({"password": "another good password"});
    desk.put(&terminal(), "/api/v1/users/cy/password", &new).await.expect(StatusCode::NO_CONTENT);
    desk.get(&two, "/api/v1/session").await.problem(401, "unauthenticated");
    let bo = desk.sign_in("bo").await;
    desk.put(&bo, "/api/v1/users/ada/password", &new).await.problem(403, "forbidden");
    for _ in 0..3 {
        let_pass(2 * i64::try_from(DAY_MS).unwrap());
        desk.get(&bo, "/api/v1/session").await.expect(StatusCode::OK);
    }
    let_pass(3 * i64::try_from(DAY_MS).unwrap());
    desk.get(&bo, "/api/v1/session").await.problem(401, "unauthenticated");
}

#[tokio::test]
async fn a_disabled_person_is_out_at_once() {
    let desk = Desk::with_people().await;
    let cy = desk.sign_in("cy").await;
    let token = desk.token("cy", "laptop", &["read"]).await;
    let ada = desk.sign_in("ada").await;
    desk.delete(&ada, "/api/v1/users/ada").await.problem(409, "last_administrator");
    desk.delete(&ada, "/api/v1/users/cy").await.expect(StatusCode::NO_CONTENT);
    desk.get(&cy, "/api/v1/session").await.problem(401, "unauthenticated");
    desk.get(&token, "/api/v1/session").await.problem(401, "unauthenticated");
    let who = json!({"name": "cy", "password": PASSWORD});
    desk.post(&browser(), "/api/v1/session", &who).await.problem(401, "wrong_password");
}

#[tokio::test]
async fn tokens_are_made_listed_and_revoked() {
    let desk = Desk::with_people().await;
    let cy = desk.sign_in("cy").await;
    let own = json!({"device": "laptop", "scopes": ["manage", "read", "manage"]});
    let made = desk.post(&cy, "/api/v1/tokens", &own).await.expect(StatusCode::CREATED).json();
    let list = desk.get(&cy, "/api/v1/tokens").await.items();
    assert_eq!(
        (&list[0]["device"], &list[0]["scopes"]),
        (&json!("laptop"), &json!(["read", "manage"]))
    );
    assert!(!list[0].to_string().contains(made["token"].as_str().unwrap()));
    // Whatever it is for: it would join the device of that name, and read back what that recorded.
    for (asker, of) in [("ada", "cy"), ("bo", "cy"), ("cy", "ada")] {
        let asker = desk.sign_in(asker).await;
        for scope in ["read", "record"] {
            let new = json!({"user": of, "device": "laptop", "scopes": [scope]});
            desk.post(&asker, "/api/v1/tokens", &new).await.problem(403, "forbidden");
        }
    }
    let secret = made["token"].as_str().unwrap();
    let token = browser().with("authorization", &format!("Bearer {secret}"));
    for _ in 0..2 {
        desk.get(&token, "/api/v1/session").await.expect(StatusCode::OK);
    }
    let bo = desk.sign_in("bo").await;
    let path = format!("/api/v1/tokens/{}", made["id"].as_str().unwrap());
    desk.delete(&bo, &path).await.problem(404, "unknown_token");
    desk.delete(&cy, &path).await.expect(StatusCode::NO_CONTENT);
    desk.get(&token, "/api/v1/session").await.problem(401, "unauthenticated");
    assert!(desk.get(&cy, "/api/v1/tokens").await.items()[0]["revoked"].is_string());
}

#[tokio::test]
async fn a_new_password_from_outside_ends_tokens_that_read() {
    let desk = Desk::with_people().await;
    let reads = desk.token("cy", "phone", &["read"]).await;
    let records = desk.token("cy", "laptop", &["record"]).await;
    let new = json!({"password": "another long password"});
    desk.put(&terminal(), "/api/v1/users/cy/password", &new).await.expect(StatusCode::NO_CONTENT);
    desk.get(&reads, "/api/v1/session").await.problem(401, "unauthenticated");
    desk.get(&records, "/api/0/info").await.expect(StatusCode::OK);
}

#[tokio::test]
async fn of_revoked_tokens_only_the_latest_stay() {
    let desk = Desk::with_people().await;
    let cy = desk.sign_in("cy").await;
    let new = json!({"device": "laptop", "scopes": ["read"]});
    let mut first = None;
    for _ in 0..103 {
        let made = desk.post(&cy, "/api/v1/tokens", &new).await.expect(StatusCode::CREATED).json();
        let id = made["id"].as_str().unwrap().to_owned();
        desk.delete(&cy, &format!("/api/v1/tokens/{id}")).await.expect(StatusCode::NO_CONTENT);
        first.get_or_insert(id);
        let_pass(1);
    }
    let tokens = desk.get(&cy, "/api/v1/tokens").await.items();
    assert_eq!(tokens.len(), 100);
    assert!(tokens.iter().all(|token| token["id"] != *first.as_ref().unwrap()), "the oldest went");
}

//! One-time links: a new password that no administrator learns, and people who join by themselves.

use super::*;
use crate::domain::command::{Actor, Command, Envelope};
use crate::domain::id::{MailId, RequestId};
use crate::domain::mail::{MailCommand, MailKind, WaitingMail};
use crate::domain::outcome::Outcome;
use crate::domain::text::{Label, ShortText};
use crate::domain::time::DAY_MS;

const USE: &str = "/api/v1/links/use";
const NEW: &str = "another good password";

async fn make(desk: &Desk, asker: &Caller, wish: Value) -> String {
    let made = desk.post(asker, "/api/v1/links", &wish).await.expect(StatusCode::CREATED).json();
    let link = made["link"].as_str().unwrap();
    let page = format!("https://office.lan:8443/{}#", wish["purpose"].as_str().unwrap());
    link.strip_prefix(&page).unwrap_or_else(|| panic!("{link}")).to_owned()
}

fn used(secret: &str) -> Value {
    json!({"secret": secret, "password": NEW})
}

#[tokio::test]
async fn a_reset_link_sets_a_password_once() {
    let desk = Desk::with_people().await;
    let (ada, cy) = (desk.sign_in("ada").await, desk.sign_in("cy").await);
    let secret = make(&desk, &ada, json!({"purpose": "reset", "name": "cy"})).await;
    let seen = desk.post(&browser(), "/api/v1/links/look", &json!({"secret": secret})).await;
    let seen = seen.expect(StatusCode::OK).json();
    assert_eq!((&seen["purpose"], &seen["name"]), (&json!("reset"), &json!("cy")));
    let short = json!({"secret": secret, "password": "short"});
    desk.post(&browser(), USE, &short).await.problem(422, "bad_password");
    desk.get(&cy, "/api/v1/session").await.expect(StatusCode::OK);
    let done = desk.post(&browser(), USE, &used(&secret)).await.expect(StatusCode::OK);
    assert_eq!(done.json(), json!({"name": "cy"}));
    desk.get(&cy, "/api/v1/session").await.problem(401, "unauthenticated");
    let new = json!({"name": "cy", "password": NEW});
    desk.post(&browser(), "/api/v1/session", &new).await.expect(StatusCode::OK);
    desk.post(&browser(), USE, &used(&secret)).await.problem(410, "link_closed");
    assert_eq!(desk.audited("link.make").await, 1);
    assert_eq!(desk.audited("link.reset_password").await, 1);
}

#[tokio::test]
async fn a_reset_link_ends_after_a_day() {
    let desk = Desk::with_people().await;
    let secret = make(&desk, &terminal(), json!({"purpose": "reset", "name": "cy"})).await;
    let_pass(i64::try_from(DAY_MS).unwrap());
    desk.post(&browser(), USE, &used(&secret)).await.problem(410, "link_closed");
    assert_eq!(desk.get(&terminal(), "/api/v1/links").await.items().len(), 0);
}

#[tokio::test]
async fn a_new_person_joins_with_the_role_of_their_link() {
    let desk = Desk::with_people().await;
    let ada = desk.sign_in("ada").await;
    let wish = json!({"purpose": "join", "name": "di", "role": "manager"});
    let secret = make(&desk, &ada, wish).await;
    let list = desk.get(&ada, "/api/v1/links").await.items();
    assert_eq!((list.len(), &list[0]["name"]), (1, &json!("di")));
    assert!(!list[0].to_string().contains(&secret));
    let nowhere = json!({"secret": secret, "password": NEW, "time_zone": "Mars/Base"});
    desk.post(&browser(), USE, &nowhere).await.problem(422, "unknown_time_zone");
    let here = json!({"secret": secret, "password": NEW, "time_zone": "Europe/Berlin"});
    desk.post(&browser(), USE, &here).await.expect(StatusCode::OK);
    let who = json!({"name": "di", "password": NEW});
    let di = desk.post(&browser(), "/api/v1/session", &who).await.expect(StatusCode::OK).json();
    assert_eq!(di["user"]["role"], "manager");
    assert_eq!(di["user"]["time_zone"], "Europe/Berlin");
    desk.post(&browser(), USE, &here).await.problem(410, "link_closed");
}

#[tokio::test]
async fn what_cannot_be_a_link() {
    let desk = Desk::with_people().await;
    let (ada, bo) = (desk.sign_in("ada").await, desk.sign_in("bo").await);
    let path = "/api/v1/links";
    for (wish, status, code) in [
        (json!({"purpose": "reset", "name": "nobody"}), 404, "unknown_user"),
        (json!({"purpose": "join", "name": "cy"}), 409, "name_taken"),
        (json!({"purpose": "join", "name": "Di"}), 422, "bad_text"),
        (json!({"purpose": "join", "name": "di", "role": "emperor"}), 422, "unknown_role"),
        (json!({"purpose": "else", "name": "cy"}), 422, "unknown_purpose"),
    ] {
        desk.post(&ada, path, &wish).await.problem(status, code);
    }
    let reset = json!({"purpose": "reset", "name": "cy"});
    desk.post(&bo, path, &reset).await.problem(403, "forbidden");
    let made = desk.post(&ada, path, &reset).await.expect(StatusCode::CREATED).json();
    let one = format!("{path}/{}", made["id"].as_str().unwrap());
    desk.delete(&ada, &one).await.expect(StatusCode::NO_CONTENT);
    desk.delete(&ada, &one).await.problem(404, "unknown_link");
    desk.delete(&ada, "/api/v1/users/cy").await.expect(StatusCode::NO_CONTENT);
    desk.post(&ada, path, &reset).await.problem(403, "user_disabled");
    for _ in 0..5 {
        desk.post(&browser(), USE, &used("guess")).await.problem(410, "link_closed");
    }
    desk.post(&browser(), USE, &used("guess")).await.problem(429, "too_many_tries");
    let empty = Desk::open().await;
    let first = json!({"purpose": "join", "name": "ada", "role": "admin"});
    empty.post(&terminal(), path, &first).await.problem(422, "first_is_administrator");
}

#[tokio::test]
async fn a_mailed_link_is_shown_to_nobody_else() {
    let desk = Desk::with_people().await;
    let ada = desk.sign_in("ada").await;
    let wish = |to: &str| json!({"purpose": "reset", "name": "cy", "mail_to": to});
    let made = desk.post(&ada, "/api/v1/links", &wish("cy@office.test")).await;
    let made = made.expect(StatusCode::CREATED).json();
    assert_eq!((&made["mailed"], made["link"].is_string()), (&json!(false), true), "not set up");
    desk.post(&ada, "/api/v1/links", &wish("cy")).await.problem(422, "mail_address");
    for (key, value) in [("mail.host", "127.0.0.1"), ("mail.from", "time@office.test")] {
        let set = json!({ "value": value });
        desk.put(&ada, &format!("/api/v1/settings/{key}"), &set).await.expect(StatusCode::OK);
    }
    let made = desk.post(&ada, "/api/v1/links", &wish("cy@office.test")).await;
    let made = made.expect(StatusCode::CREATED).json();
    assert_eq!((&made["mailed"], &made["link"]), (&json!(true), &Value::Null));
    let waiting = desk.get(&ada, "/api/v1/mail").await.expect(StatusCode::OK).json();
    assert_eq!(
        (&waiting["waiting"][0]["kind"], &waiting["waiting"][0]["to"]),
        (&json!("reset"), &json!("cy@office.test"))
    );
    desk.get(&desk.sign_in("cy").await, "/api/v1/mail").await.problem(403, "forbidden");
}

#[tokio::test]
async fn a_link_is_not_lost_when_its_mail_is_refused() {
    let desk = Desk::with_people().await;
    let ada = desk.sign_in("ada").await;
    for (key, value) in [("mail.host", "127.0.0.1"), ("mail.from", "time@office.test")] {
        let path = format!("/api/v1/settings/{key}");
        desk.put(&ada, &path, &json!({"value": value})).await.expect(StatusCode::OK);
    }
    let full = (0..1_000).map(|_| {
        let mail = WaitingMail {
            id: MailId(crate::clock::ascending_id()),
            kind: MailKind::Warning,
            to: Label::new("ada@office.test").unwrap(),
            sealed: vec![1],
            queued: now(),
            tries: 0,
            next_try: now(),
            why: ShortText::cut(""),
        };
        let request = RequestId(crate::clock::ascending_id());
        let command = Command::Mail(MailCommand::Queue(mail));
        desk.door.commit(Envelope { request, at: now(), actor: Actor::System, command })
    });
    for outcome in futures_util::future::join_all(full).await {
        assert_eq!(outcome.unwrap(), Outcome::Done);
    }
    let wish = json!({"purpose": "reset", "name": "cy", "mail_to": "cy@office.test"});
    let made = desk.post(&ada, "/api/v1/links", &wish).await.expect(StatusCode::CREATED).json();
    assert_eq!(made["mailed"], false);
    assert!(made["mail_error"].as_str().unwrap().ends_with('.'), "{made}");
    let secret = made["link"].as_str().unwrap().split_once('#').unwrap().1.to_owned();
    desk.post(&browser(), USE, &used(&secret)).await.expect(StatusCode::OK);
}

#[tokio::test]
async fn whoever_joins_is_written_to_where_the_invitation_went() {
    let desk = Desk::with_people().await;
    let ada = desk.sign_in("ada").await;
    let wish = json!({"purpose": "join", "name": "di", "mail_to": "di@office.test"});
    let secret = make(&desk, &ada, wish).await;
    let joined = desk.post(&browser(), USE, &used(&secret)).await;
    joined.expect(StatusCode::OK);
    // One without an address, and one to somebody's new password, say nothing of where they are.
    let secret = make(&desk, &ada, json!({"purpose": "join", "name": "ed"})).await;
    desk.post(&browser(), USE, &used(&secret)).await.expect(StatusCode::OK);
    let wish = json!({"purpose": "reset", "name": "cy", "mail_to": "cy@office.test"});
    let secret = make(&desk, &ada, wish).await;
    desk.post(&browser(), USE, &used(&secret)).await.expect(StatusCode::OK);
    let people = desk.get(&ada, "/api/v1/users").await.items();
    for (name, mail) in [("di", json!("di@office.test")), ("ed", json!(null)), ("cy", json!(null))]
    {
        let person = people.iter().find(|person| person["name"] == name).unwrap();
        assert_eq!(person["mail"], mail, "{name}");
    }
    let left = desk.door.read(|reader| {
        use crate::store::tables::LinkContacts;
        use crate::store::{KeyRange, Order, Read};
        Ok(reader.rows::<LinkContacts>(KeyRange::all(), Order::Rising, 10)?.len())
    });
    assert_eq!(left.await.unwrap(), 0, "the link and its address went together");
}

//! What a person can rely on: a code that only their app shows, who looked at what was recorded about them, and a looser policy that is
//! announced before it counts.

use crate::harness::recording::{self, create_bucket, yesterday};
use crate::harness::report::{seen_by, sign_in};
use crate::harness::server::PASSWORD;
use crate::harness::{Http, Role, Server};
use data_encoding::BASE32_NOPAD;
use ring::hmac;
use serde_json::{Value, json};

const TOTP: &str = "/api/v1/session/totp";

#[test]
fn a_code_from_an_app_is_asked_for_at_sign_in() {
    let mut server = Server::start();
    server.add_user("ada", Role::Admin);
    server.add_user("cy", Role::Employee);
    let cy = sign_in(&server, "cy");
    let begun = cy.post(TOTP, &json!({})).expect(201).json();
    let app = App::of(begun["secret"].as_str().unwrap());
    let step = this_step();
    let confirm = json!({"code": app.code(step)}).to_string().into_bytes();
    let confirmed = cy.send("PUT", TOTP, "application/json", confirm).unwrap().expect(200).json();
    let spare = confirmed["recovery_codes"][0].as_str().unwrap();
    // Asked for from now on, after a restart, too, and each code counts once.
    server.restart();
    let http = server.http();
    assert_eq!(told(&http, None), (401, "code_required".to_owned()));
    assert_eq!(told(&http, Some(&app.code(step))), (422, "wrong_code".to_owned()));
    let next = app.code(step + 1);
    assert_eq!(told(&http, Some(&next)).0, 200);
    assert_eq!(told(&http, Some(&next)), (422, "wrong_code".to_owned()));
    assert_eq!(told(&http, Some(spare)).0, 200, "a one-time code stands in");
    assert_eq!(told(&http, Some(spare)), (422, "wrong_code".to_owned()));
    // A lost app.
    server.run(&["user", "remove-totp", "--name", "cy"]).ok();
    assert_eq!(told(&http, None).0, 200);
}

#[test]
fn a_person_reads_who_looked_at_their_recorded_activity() {
    let mut server = Server::start();
    for (name, role) in [("ada", Role::Admin), ("bo", Role::Manager), ("cy", Role::Employee)] {
        server.add_user(name, role);
    }
    let door = server.with_token(&server.token("cy", "laptop"));
    create_bucket(&door, "b");
    recording::send(&door, "b", 1).unwrap();
    let (day, log) = (yesterday(), "/api/v1/access-log");
    let cy = sign_in(&server, "cy");
    seen_by(&cy, "cy", &day, &day);
    let looks = |cy: &Http| cy.get(log).expect(200).json()["items"].as_array().unwrap().clone();
    assert_eq!(looks(&cy), Vec::<Value>::new(), "to look at one's own is nobody's business");
    let bo = sign_in(&server, "bo");
    seen_by(&bo, "cy", &day, &day);
    server.restart();
    let cy = sign_in(&server, "cy");
    let seen = looks(&cy);
    assert_eq!(seen.len(), 1, "{seen:?}");
    let look = &seen[0];
    assert_eq!((&look["viewer_name"], &look["what"]), (&json!("bo"), &json!("report")));
    assert_eq!(look["detail"], "hours_only");
    assert!(look["from"].as_str().unwrap() < look["to"].as_str().unwrap());
    let shown = server.run(&["user", "access-log", "--name", "cy"]).ok();
    assert!(shown.contains("bo") && shown.contains("report"), "{shown}");
    // Others do not read it.
    let theirs = sign_in(&server, "bo").get("/api/v1/access-log?user=cy");
    assert!([403, 404].contains(&theirs.status), "{theirs:?}");
}

#[test]
fn a_looser_policy_is_announced_to_everyone_and_does_not_count_yet() {
    let mut server = Server::start();
    for (name, role) in [("ada", Role::Admin), ("bo", Role::Manager), ("cy", Role::Employee)] {
        server.add_user(name, role);
    }
    let token = server.token("cy", "laptop");
    create_bucket(&server.with_token(&token), "b");
    let policy =
        |word: &str| server.run(&["office", "policy", word, "--reason", "Invoices need it."]);
    let told = policy("full_detail").ok();
    assert!(told.contains("Announced:       full detail from"), "{told}");
    assert!(told.contains("Others may see:  hours only"), "{told}");
    server.restart();
    recording::send(&server.with_token(&token), "b", 1).unwrap();
    let office = sign_in(&server, "cy").get("/api/v1/office").expect(200).json();
    let announced = &office["announced"];
    assert_eq!(office["policy"], "hours_only");
    assert_eq!(
        (&announced["policy"], &announced["reason"]),
        (&json!("full_detail"), &json!("Invoices need it."))
    );
    let time = |key: &str| announced[key].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
    let ahead = time("takes_effect").duration_since(time("announced"));
    assert_eq!(ahead, jiff::SignedDuration::from_hours(7 * 24));
    let day = yesterday();
    let seen = seen_by(&sign_in(&server, "bo"), "cy", &day, &day);
    assert!(seen.active_ms > 0 && seen.apps.is_empty(), "hours only, as before: {seen:?}");
    let told = server.run(&["office", "withdraw-policy"]).ok();
    assert!(!told.contains("Announced:"), "{told}");
    let office = server.run(&["office", "show", "--json"]).json();
    assert_eq!(office["announced"], Value::Null);
}

/// What an app was given, and what it shows (RFC 6238).
struct App(hmac::Key);

impl App {
    fn of(secret: &str) -> Self {
        let seed = BASE32_NOPAD.decode(secret.as_bytes()).unwrap();
        Self(hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &seed))
    }

    fn code(&self, step: u64) -> String {
        let tag = hmac::sign(&self.0, &step.to_be_bytes());
        let digest = tag.as_ref();
        let four = &digest[usize::from(digest[19] & 0x0f)..][..4];
        let number = u32::from_be_bytes(four.try_into().unwrap()) & 0x7fff_ffff;
        format!("{:06}", number % 1_000_000)
    }
}

#[expect(clippy::disallowed_methods, reason = "an app goes by the real time")]
fn this_step() -> u64 {
    jiff::Timestamp::now().as_second().cast_unsigned() / 30
}

/// How the server answers cy's sign-in with this code.
fn told(http: &Http, code: Option<&str>) -> (u16, String) {
    let body = json!({"name": "cy", "password": PASSWORD, "code": code});
    let reply = http.post("/api/v1/session", &body);
    (reply.status, reply.json()["code"].as_str().unwrap_or_default().to_owned())
}

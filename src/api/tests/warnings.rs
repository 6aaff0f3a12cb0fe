//! Mail addresses of people, and whom the office warns of what.

use super::*;

impl Desk {
    /// With mail set up, and an address for everybody.
    async fn with_mail() -> Self {
        let desk = Self::with_people().await;
        for (key, value) in [("mail.from", "time@office.test"), ("mail.host", "localhost")] {
            let path = format!("/api/v1/settings/{key}");
            let set = desk.put(&terminal(), &path, &json!({"value": value})).await;
            set.expect(StatusCode::OK);
        }
        for name in ["ada", "bo", "cy"] {
            let address = json!({"address": format!("{name}@office.test")});
            let path = format!("/api/v1/users/{name}/mail");
            desk.put(&terminal(), &path, &address).await.expect(StatusCode::NO_CONTENT);
        }
        desk.mail.warn().await.unwrap();
        assert_eq!(desk.mail.read_waiting().await, [], "what was before the first look is no news");
        desk
    }

    /// Whom is written to since the last look, and the subjects.
    async fn warned(&self) -> Vec<String> {
        let before = self.mail.read_waiting().await.len();
        self.mail.warn().await.unwrap();
        let after = self.mail.read_waiting().await;
        self.mail.warn().await.unwrap();
        assert_eq!(after.len(), self.mail.read_waiting().await.len(), "nothing twice");
        let letters = after[before..].iter();
        let line = |text: &str| text.lines().next().unwrap_or_default().to_owned();
        letters.map(|(to, text)| format!("{to} {}", line(text))).collect()
    }
}

#[tokio::test]
async fn a_person_has_an_address_that_only_they_and_who_manages_people_see() {
    let desk = Desk::with_people().await;
    let (ada, bo, cy) =
        (desk.sign_in("ada").await, desk.sign_in("bo").await, desk.sign_in("cy").await);
    let (path, address) = ("/api/v1/users/cy/mail", json!({"address": "cy@office.test"}));
    desk.put(&bo, path, &address).await.problem(403, "forbidden");
    desk.put(&cy, "/api/v1/users/bo/mail", &address).await.problem(403, "forbidden");
    for bad in ["cy", "cy@", "a b@c.d", "<cy@office.test>", ""] {
        let refused = desk.put(&cy, path, &json!({"address": bad})).await;
        assert_eq!(refused.problem(422, "mail_address")["field"], "address", "{bad}");
    }
    desk.put(&cy, path, &address).await.expect(StatusCode::NO_CONTENT);
    let seen = |users: Vec<Value>| {
        users.into_iter().find(|user| user["name"] == "cy").unwrap()["mail"].clone()
    };
    for (caller, known) in
        [(&ada, json!("cy@office.test")), (&cy, json!("cy@office.test")), (&bo, json!(null))]
    {
        assert_eq!(seen(desk.get(caller, "/api/v1/users").await.items()), known);
        let changes = desk.get(caller, "/api/v1/changes?nouns=user").await.items();
        let users = changes.iter().map(|change| change["user"].clone()).collect();
        assert_eq!(seen(users), known);
    }
    let trail = desk.get(&terminal(), "/api/v1/audit?limit=1000").await;
    let trail = String::from_utf8(trail.bytes).unwrap();
    assert!(trail.contains("user.set_mail") && !trail.contains("office.test"), "no address in it");
    // A session must have proven lately who it is.
    let_pass(6 * 60 * 1_000);
    desk.put(&cy, path, &json!({"address": null})).await.problem(403, "step_up_required");
    desk.put(&terminal(), path, &json!({"address": null})).await.expect(StatusCode::NO_CONTENT);
    assert_eq!(seen(desk.get(&cy, "/api/v1/users").await.items()), json!(null));
}

#[tokio::test]
async fn a_link_to_a_new_password_goes_to_the_address_in_the_account() {
    let desk = Desk::with_mail().await;
    let ada = desk.sign_in("ada").await;
    let wish = json!({"purpose": "reset", "name": "cy", "mail_to": "account"});
    let made = desk.post(&ada, "/api/v1/links", &wish).await.expect(StatusCode::CREATED).json();
    assert_eq!((&made["mailed"], &made["link"]), (&json!(true), &json!(null)));
    let (to, text) = desk.mail.read_waiting().await.remove(0);
    assert!(to == "cy@office.test" && text.contains("/reset#"), "{to} {text}");
    desk.put(&terminal(), "/api/v1/users/cy/mail", &json!({"address": null})).await;
    desk.post(&ada, "/api/v1/links", &wish).await.problem(422, "no_mail_address");
    let join = json!({"purpose": "join", "name": "new", "mail_to": "account"});
    desk.post(&ada, "/api/v1/links", &join).await.problem(422, "mail_address");
}

#[tokio::test]
async fn people_hear_what_was_done_to_their_accounts() {
    let desk = Desk::with_mail().await;
    // The first place is none that is new, nor is the same again.
    desk.sign_in("cy").await;
    desk.sign_in("cy").await;
    assert_eq!(desk.warned().await, Vec::<String>::new());
    let mut elsewhere = browser();
    elsewhere.peer.address = "203.0.113.9:50000".parse().unwrap();
    let who = json!({"name": "cy", "password": PASSWORD});
    desk.post(&elsewhere, "/api/v1/session", &who).await.expect(StatusCode::OK);
    assert_eq!(desk.warned().await, ["cy@office.test Timebook: a sign-in from a new place"]);
    let (_, text) = desk.mail.read_waiting().await.remove(0);
    assert!(text.contains("203.0.113.9") && text.contains("Hello cy,"), "{text}");
    desk.post(&elsewhere, "/api/v1/session", &who).await.expect(StatusCode::OK);
    assert_eq!(desk.warned().await, Vec::<String>::new(), "it is known by now");

    let cy = desk.sign_in("cy").await;
    let password = json!({"password": "another good one", "current": PASSWORD});
    desk.put(&cy, "/api/v1/users/cy/password", &password).await.expect(StatusCode::NO_CONTENT);
    let token = json!({"user": "cy", "device": "laptop", "scopes": ["record"]});
    desk.post(&terminal(), "/api/v1/tokens", &token).await.expect(StatusCode::CREATED);
    assert_eq!(
        desk.warned().await,
        [
            "cy@office.test Timebook: your password was changed",
            "cy@office.test Timebook: a new API token"
        ]
    );
    let (_, text) = desk.mail.read_waiting().await.pop().unwrap();
    assert!(text.contains("root at the server"), "{text}");

    let role = json!({"role": "manager"});
    desk.put(&terminal(), "/api/v1/users/cy/role", &role).await.expect(StatusCode::NO_CONTENT);
    let grants = json!({"rights": ["read_audit"]});
    desk.put(&terminal(), "/api/v1/users/cy/grants", &grants).await.expect(StatusCode::NO_CONTENT);
    desk.delete(&terminal(), "/api/v1/users/bo").await.expect(StatusCode::NO_CONTENT);
    assert_eq!(
        desk.warned().await,
        [
            "cy@office.test Timebook: your rights were changed",
            "cy@office.test Timebook: your rights were changed",
            "bo@office.test Timebook: your account was disabled"
        ]
    );
    desk.post(&terminal(), "/api/v1/users/bo/enable", &json!({})).await;

    // Off is off, in German it is German, and nobody without an address is written to.
    for (key, value) in [("warn.token", "off"), ("language", "de")] {
        let path = format!("/api/v1/settings/{key}");
        desk.put(&terminal(), &path, &json!({"value": value})).await.expect(StatusCode::OK);
    }
    desk.post(&terminal(), "/api/v1/tokens", &token).await.expect(StatusCode::CREATED);
    let password = json!({"password": "yet another one"});
    desk.put(&terminal(), "/api/v1/users/cy/password", &password).await;
    desk.put(&terminal(), "/api/v1/users/bo/mail", &json!({"address": null})).await;
    desk.put(&terminal(), "/api/v1/users/bo/password", &password).await;
    let told = desk.warned().await;
    assert_eq!(told, ["cy@office.test Timebook: Ihr Passwort wurde geändert"]);
    // The old address hears that there is another.
    let waiting = desk.mail.read_waiting().await;
    let moved = waiting.iter().filter(|(to, _)| to == "bo@office.test");
    let said = moved.map(|(_, text)| text.as_str()).collect::<String>();
    assert!(said.contains("Ihre Adresse wurde geändert"), "{said}");
}

#[tokio::test]
async fn whoever_signs_in_with_another_name_is_told_which() {
    let desk = Desk::with_mail().await;
    let ada = desk.sign_in("ada").await;
    desk.warned().await;
    let name = json!({"name": "cyan"});
    desk.put(&ada, "/api/v1/users/cy/name", &name).await.expect(StatusCode::NO_CONTENT);
    let told = desk.warned().await;
    assert_eq!(told, ["cy@office.test Timebook: your sign-in name was changed"]);
    let (_, text) = desk.mail.read_waiting().await.pop().unwrap();
    assert!(text.contains("by ada") && text.contains("you sign in as \"cyan\""), "{text}");
}

#[tokio::test]
async fn weeks_are_told_to_leads_and_to_their_people_and_trouble_to_administrators() {
    let desk = Desk::with_mail().await;
    desk.add("dee", "employee").await.expect(StatusCode::CREATED);
    let address = json!({"address": "dee@office.test"});
    desk.put(&terminal(), "/api/v1/users/dee/mail", &address).await;
    let (ada, cy, dee) =
        (desk.sign_in("ada").await, desk.sign_in("cy").await, desk.sign_in("dee").await);
    let team = json!({"name": "Site", "members": ["cy"], "leads": ["dee"]});
    desk.post(&ada, "/api/v1/teams", &team).await.expect(StatusCode::CREATED);
    desk.warned().await;
    let week = |step: &str| format!("/api/v1/timesheets/cy/2026-11-10/{step}");
    desk.post(&cy, &week("submit"), &json!(null)).await.expect(StatusCode::OK);
    let told = desk.warned().await;
    assert_eq!(told, ["dee@office.test Timebook: the week of cy waits"], "not to every manager");
    let back = json!({"note": "Friday is missing."});
    desk.post(&dee, &week("send-back"), &back).await.expect(StatusCode::OK);
    assert_eq!(desk.warned().await, ["cy@office.test Timebook: your week came back"]);
    let (_, text) = desk.mail.read_waiting().await.pop().unwrap();
    let about = ["2026-11-09 to 2026-11-15", "Friday is missing.", ", by dee:"];
    assert!(about.iter().all(|words| text.contains(words)), "{text}");
    desk.post(&cy, &week("submit"), &json!(null)).await.expect(StatusCode::OK);
    desk.post(&dee, &week("approve"), &json!(null)).await.expect(StatusCode::OK);
    assert_eq!(desk.warned().await.len(), 2);
    // Whoever did it knows.
    let lock = |day: &str| json!({"before": day, "reason": "paid"});
    desk.put(&ada, "/api/v1/lock", &lock("2026-10-01")).await.expect(StatusCode::OK);
    assert_eq!(desk.warned().await, Vec::<String>::new());
    let bo = desk.sign_in("bo").await;
    desk.put(&bo, "/api/v1/lock", &lock("2026-11-01")).await.expect(StatusCode::OK);
    assert_eq!(desk.warned().await, ["ada@office.test Timebook: more time is locked"]);
}

#[tokio::test]
async fn nobody_is_warned_of_what_happened_before_mail_was_set_up_or_long_ago() {
    let desk = Desk::with_mail().await;
    let host = "/api/v1/settings/mail.host";
    desk.delete(&terminal(), host).await.expect(StatusCode::OK);
    let password = json!({"password": "another good one"});
    let path = "/api/v1/users/cy/password";
    desk.put(&terminal(), path, &password).await.expect(StatusCode::NO_CONTENT);
    assert_eq!(desk.warned().await, Vec::<String>::new());
    let_pass(7 * 60 * 60 * 1_000);
    desk.put(&terminal(), host, &json!({"value": "localhost"})).await.expect(StatusCode::OK);
    assert_eq!(desk.warned().await, Vec::<String>::new());
    desk.put(&terminal(), path, &password).await.expect(StatusCode::NO_CONTENT);
    assert_eq!(desk.warned().await.len(), 1);
}

#[tokio::test]
async fn letters_about_an_erased_person_do_not_go_to_others_either() {
    let desk = Desk::with_mail().await;
    let (ada, cy) = (desk.sign_in("ada").await, desk.sign_in("cy").await);
    let team = json!({"name": "Site", "members": ["cy"], "leads": ["bo"]});
    desk.post(&ada, "/api/v1/teams", &team).await.expect(StatusCode::CREATED);
    let worked = json!({"start": "2026-11-10T09:00:00Z", "end": "2026-11-10T10:00:00Z"});
    desk.post(&cy, "/api/v1/entries", &worked).await.expect(StatusCode::CREATED);
    let submit = "/api/v1/timesheets/cy/2026-11-10/submit";
    desk.post(&cy, submit, &json!(null)).await.expect(StatusCode::OK);
    desk.mail.warn().await.unwrap();
    let names_cy = async || {
        let waiting = desk.mail.read_waiting().await;
        waiting.iter().filter(|(_, text)| text.contains("cy")).count()
    };
    let before = desk.mail.read_waiting().await;
    assert!(before.iter().any(|(to, text)| to == "bo@office.test" && text.contains("cy")));
    desk.delete(&ada, "/api/v1/users/cy").await.expect(StatusCode::NO_CONTENT);
    desk.post(&ada, "/api/v1/users/cy/erase", &json!({})).await.expect(StatusCode::OK);
    assert_eq!(names_cy().await, 0, "{:?}", desk.mail.read_waiting().await);
}

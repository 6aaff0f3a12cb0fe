//! Every route against everyone who may knock.

use super::*;
use crate::api::route::Access;
use crate::api::routes;
use crate::domain::right::Rights;
use crate::domain::user::Role;

const SOME_ID: &str = "0190b6a0-0000-7000-8000-000000000000";

/// The routes that ask whoever is signed in to prove it again.
const MARKED: &[&str] = &[
    "DELETE /api/v1/backups/{name}",
    "DELETE /api/v1/devices/{id}",
    "DELETE /api/v1/office/categories",
    "DELETE /api/v1/office/policy/announced",
    "DELETE /api/v1/quarantine/{id}",
    "DELETE /api/v1/session/totp",
    "DELETE /api/v1/settings/{key}",
    "DELETE /api/v1/teams/{id}",
    "DELETE /api/v1/users/{name}",
    "DELETE /api/v1/users/{name}/totp",
    "GET /api/v1/backups/{name}",
    "POST /api/v1/backups/upload",
    "POST /api/v1/backups/{name}/restore",
    "POST /api/v1/invitations",
    "POST /api/v1/links",
    "POST /api/v1/quarantine/{id}/accept",
    "POST /api/v1/session/totp",
    "POST /api/v1/teams",
    "POST /api/v1/users",
    "POST /api/v1/users/{name}/enable",
    "POST /api/v1/users/{name}/erase",
    "POST /api/v1/users/{name}/export",
    "PUT /api/v1/backups/s3/secret",
    "PUT /api/v1/lock/back",
    "PUT /api/v1/mail/password",
    "PUT /api/v1/office/categories",
    "PUT /api/v1/office/policy",
    "PUT /api/v1/redaction",
    "PUT /api/v1/retention/{kind}",
    "PUT /api/v1/session/totp",
    "PUT /api/v1/settings/{key}",
    "PUT /api/v1/teams/{id}",
    "PUT /api/v1/users/{name}/grants",
    "PUT /api/v1/users/{name}/mail",
    "PUT /api/v1/users/{name}/name",
    "PUT /api/v1/users/{name}/role",
];

/// 401, 403, or let in.
fn verdict(status: StatusCode) -> u16 {
    match status.as_u16() {
        refused @ (401 | 403) => refused,
        _ => 200,
    }
}

async fn knock(desk: &Desk, caller: &Caller, route: &crate::api::route::Route) -> Reply {
    let path = route.path.split('/').map(|part| if part.starts_with('{') { SOME_ID } else { part });
    let path = path.collect::<Vec<_>>().join("/");
    let (media_type, body) = if route.takes_bytes {
        ("application/octet-stream", b"nothing".to_vec())
    } else {
        ("application/json", b"{}".to_vec())
    };
    desk.send(caller, route.method.clone(), &path, media_type, body).await
}

#[tokio::test]
async fn the_table_holds_for_everyone() {
    let desk = Desk::with_people().await;
    let employee = desk.sign_in("cy").await;
    let manager = desk.sign_in("bo").await;
    let administrator = desk.sign_in("ada").await;
    let records = desk.token("ada", "t", &["record"]).await;
    let reads = desk.token("ada", "t", &["read"]).await;
    let manages = desk.token("ada", "t", &["manage"]).await;
    for route in routes::table() {
        let told = format!("{} {}", route.method, route.path);
        let is_own_session = route.path == "/api/v1/session" && route.method == Method::DELETE;
        let (public, device) = (route.access == Access::Public, route.access == Access::Device);
        let reading = route.method == Method::GET;
        let from = |role: Role| match route.access {
            Access::Public | Access::SignedIn => true,
            Access::Right(right) => Rights::of_role(role).has(right),
            Access::Device => false,
        };
        let allowed = |yes: bool| {
            if yes {
                200
            } else if device {
                401
            } else {
                403
            }
        };
        for (who, caller, expected) in [
            ("nobody", &browser(), if public { 200 } else { 401 }),
            ("an employee", &employee, allowed(from(Role::Employee))),
            ("a manager", &manager, allowed(from(Role::Manager))),
            ("an administrator", &administrator, allowed(from(Role::Administrator))),
            ("a token that records", &records, allowed(public)),
            ("a token that reads", &reads, allowed(public || (reading && !device))),
            ("a token that manages", &manages, allowed(!device)),
            ("a computer", &computer(SOME_ID), if public || device { 200 } else { 401 }),
        ] {
            if is_own_session && expected == 200 {
                continue;
            }
            let reply = knock(&desk, caller, &route).await;
            let unknown_device = device && reply.status == StatusCode::FORBIDDEN;
            let got = if unknown_device { 200 } else { verdict(reply.status) };
            // Naming somebody else is refused to an employee only behind the guard.
            let behind = expected == 200 && got == 403 && route.path.contains('{');
            assert!(got == expected || behind, "{told} by {who}: {reply:?}");
            assert!(reply.status.as_u16() != 500, "{told} by {who}: {reply:?}");
            if got != 200 {
                reply.json();
                assert_eq!(reply.headers["content-type"], "application/problem+json", "{told}");
            }
        }
    }
}

#[tokio::test]
async fn marked_routes_refuse_a_session_that_was_not_proven_lately() {
    let desk = Desk::with_people().await;
    let administrator = desk.sign_in("ada").await;
    let_pass(i64::try_from(crate::domain::session::PROOF_LIFE_MS).unwrap());
    let mut marked = Vec::new();
    for route in routes::table() {
        if route.path == "/api/v1/session" || route.access == Access::Device {
            continue;
        }
        let reply = knock(&desk, &administrator, &route).await;
        let asked =
            reply.status == StatusCode::FORBIDDEN && reply.json()["code"] == "step_up_required";
        let told = format!("{} {}", route.method, route.path);
        assert_eq!(asked, route.steps_up, "{told}: {reply:?}");
        if asked {
            marked.push(told);
        }
    }
    marked.sort_unstable();
    assert_eq!(marked, MARKED, "a mark is put on or taken off on purpose, here and in the table");
}

#[tokio::test]
async fn the_description_lists_every_route() {
    let desk = Desk::open().await;
    let api = desk.get(&browser(), "/api/v1/openapi.json").await.expect(StatusCode::OK).json();
    assert!(api["openapi"].as_str().unwrap().starts_with("3.1"));
    for route in routes::table().iter().filter(|route| route.path.starts_with("/api/v1/")) {
        let method = route.method.as_str().to_lowercase();
        let operation = &api["paths"][route.path][&method];
        assert!(operation["summary"].is_string(), "{method} {}", route.path);
        let public = operation["security"].as_array().is_some_and(Vec::is_empty);
        assert_eq!(public, route.access == Access::Public, "{method} {}", route.path);
        assert_eq!(operation["responses"].get("401").is_some(), !public);
    }
    let text = api.to_string();
    for name in text.split("#/components/schemas/").skip(1).map(|t| t.split('"').next().unwrap()) {
        assert!(api["components"]["schemas"][name].is_object(), "{name} is not described");
    }
}

#[tokio::test]
async fn a_foreign_page_cannot_write_with_the_cookie() {
    let desk = Desk::with_people().await;
    let ada = desk.sign_in("ada").await;
    let new = json!({"person": "cy"});
    let foreign = ada.clone().with("origin", "https://evil.example");
    desk.post(&foreign, "/api/v1/invitations", &new).await.problem(403, "foreign_page");
    let form = desk.send(&ada, Method::POST, "/api/v1/invitations", "text/plain", b"{}".to_vec());
    form.await.problem(415, "wrong_type");
    let own = ada.with("origin", "https://office.lan:8443");
    desk.post(&own, "/api/v1/invitations", &new).await.expect(StatusCode::CREATED);
}

#[tokio::test]
async fn the_loopback_door_answers_to_its_own_name_only() {
    let desk = Desk::open().await;
    desk.get(&loopback(), "/api/v1/setup").await.expect(StatusCode::OK);
    let mut rebound = loopback();
    rebound.headers = vec![("host", "evil.example".to_owned())];
    desk.get(&rebound, "/api/v1/setup").await.problem(421, "wrong_host");
}

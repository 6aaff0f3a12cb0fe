//! The published description of the API against the API: every route answers 401 without a session unless it is marked public, and no
//! answer is anything but JSON or a problem.

use crate::harness::Server;
use serde_json::Value;

#[test]
fn every_route_asks_who_is_there() {
    let server = Server::start();
    let http = server.http();
    let api = http.get("/api/v1/openapi.json").expect(200).json();
    assert!(
        api["openapi"].as_str().is_some_and(|v| v.starts_with("3.1")),
        "OpenAPI 3.1, not {}",
        api["openapi"]
    );
    let (mut guarded, mut public) = (0, 0);
    for (path, methods) in api["paths"].as_object().unwrap() {
        for (method, operation) in
            methods.as_object().unwrap().iter().filter(|(m, _)| METHODS.contains(&m.as_str()))
        {
            let told = format!("{method} {path}");
            if is_public(&api, operation) {
                public += 1;
                continue;
            }
            guarded += 1;
            let reply = http
                .send(&method.to_uppercase(), &filled(path), "application/json", b"{}".to_vec())
                .unwrap();
            assert_eq!(reply.status, 401, "{told}: {reply:?}");
            reply.problem();
            assert!(
                operation["responses"].get("401").is_some(),
                "{told} does not say that it answers 401"
            );
        }
    }
    assert!(
        guarded >= 10 && public >= 1,
        "{guarded} guarded and {public} public routes: the description is not whole"
    );
}

#[test]
fn an_unknown_route_is_a_problem() {
    let server = Server::start();
    let reply = server.http().get("/api/v1/nothing-here");
    assert_eq!(reply.status, 404);
    reply.problem();
}

const METHODS: [&str; 5] = ["get", "put", "post", "delete", "patch"];

/// `security: []` marks a public operation; otherwise the document's own `security` counts.
fn is_public(api: &Value, operation: &Value) -> bool {
    let needs =
        if operation["security"].is_array() { &operation["security"] } else { &api["security"] };
    needs.as_array().is_none_or(Vec::is_empty)
}

/// Any id will do: who is there is asked before what is there.
fn filled(path: &str) -> String {
    let parts = path.split('/').map(|part| {
        if part.starts_with('{') { "0190b6a0-0000-7000-8000-000000000000" } else { part }
    });
    parts.collect::<Vec<_>>().join("/")
}

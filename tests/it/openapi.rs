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

/// The page's types are made from the committed copy: a copy that is behind would let the page ask for what is not there.
#[test]
fn the_page_knows_the_api_as_it_is() {
    let server = Server::start();
    let served = server.http().get("/api/v1/openapi.json").expect(200).json();
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("web/openapi.json");
    if std::env::var_os("TIMEBOOK_WRITE_OPENAPI").is_some() {
        let text = serde_json::to_string_pretty(&served).unwrap();
        std::fs::write(&path, text + "\n").unwrap();
    }
    let kept: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    assert!(
        kept == served,
        "web/openapi.json is not what the server serves. Write it anew with: TIMEBOOK_WRITE_OPENAPI=1 cargo test --test it the_page_knows\n\
         Differences: {:?}",
        differences(&kept, &served)
    );
}

/// Where two descriptions part, by path and by shape.
fn differences(kept: &Value, served: &Value) -> Vec<String> {
    let parts = ["/paths", "/components/schemas"];
    let names = |part: &str| {
        let both = [kept, served].map(|all| all.pointer(part).and_then(Value::as_object));
        let all = both.into_iter().flatten().flat_map(|one| one.keys().cloned());
        all.collect::<std::collections::BTreeSet<String>>()
    };
    let differs = |part: &str, name: &str| {
        let [one, other] =
            [kept, served].map(|all| all.pointer(part).and_then(|all| all.get(name)));
        one != other
    };
    let of = |part: &'static str| {
        names(part).into_iter().filter(move |name| differs(part, name)).collect::<Vec<String>>()
    };
    parts.into_iter().flat_map(of).collect()
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

//! Every route against its own description: schemathesis sends what the OpenAPI document allows, and what it does not, as an
//! administrator. No answer may be a failure of the server, nor of a status, a media type or a shape that is not written there.

use crate::harness::{Role, Server, command::Done, python};

/// Routes that are not asked, and why.
const LEFT_OUT: [&str; 3] = [
    // A stream has no end: each request would wait for its timeout. `api::tests::changes` reads it.
    "/api/v1/events",
    // It waits for a mail server that does not answer. `it::mail` has one.
    "/api/v1/mail/test",
    // The run takes ids from answers, finds its own token among them, and revokes it. `it::accounts` does that.
    "/api/v1/tokens/{id}",
];
/// So many generated requests a route and sort; the whole run takes about a minute.
const EXAMPLES: &str = "5";

#[test]
fn every_answer_is_as_the_description_says() {
    let server = Server::start();
    server.add_user("ada", Role::Admin);
    let scopes = ["--scope", "read", "--scope", "manage"];
    let token = server.run(&[&["token", "create", "--user", "ada"][..], &scopes[..]].concat()).ok();
    let program = python::schema().join("schemathesis");
    let home = crate::harness::Folder::new();
    let mut command = python::command(&program, &home, "127.0.0.1", server.address().port());
    command
        .current_dir(home.path())
        .arg("run")
        .arg(format!("{}/api/v1/openapi.json", server.url()))
        .args(["--header", &format!("Authorization: Bearer {token}")])
        .arg("--tls-verify")
        .arg(server.ca())
        .args(["--checks", CHECKS, "--phases", "coverage,fuzzing", "--max-examples", EXAMPLES])
        .args(["--generation-deterministic", "--no-shrink", "--continue-on-failure"])
        .args(["--suppress-health-check", "all", "--request-timeout", "20"])
        // Two workers trip over a fault of CPython 3.11: its parser's depth count is shared by threads (bpo-106905).
        .args(["--no-color", "--workers", "1", "--warnings", "off"]);
    for path in LEFT_OUT {
        command.args(["--exclude-path", path]);
    }
    let done = Done::of(command);
    assert_eq!(done.code, Some(0), "{}\n{}", done.out, done.err);
    // That it asked at all, and as somebody who is known.
    assert!(done.out.contains("Test cases:"), "{}", done.out);
    let known = server.with_token(&token).get("/api/v1/session").expect(200).json();
    assert_eq!(known["user"]["name"], "ada", "the run ended its own administrator");
}

const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance";

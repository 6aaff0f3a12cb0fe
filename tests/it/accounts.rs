//! People and tokens from the command line, with the server running and stopped, and what a lost token or a changed password ends.

use crate::harness::command::Done;
use crate::harness::server::PASSWORD;
use crate::harness::{Http, Role, Server, wait};
use serde_json::{Value, json};
use std::io::Write;
use std::net::TcpStream;

#[test]
fn users_with_the_server_up_and_down() {
    let mut server = Server::start();
    server.add_user("ada", Role::Admin);
    server.stop();
    server.add_user("bo", Role::Manager);
    server.launch();
    server.add_user("cy", Role::Employee);
    assert_eq!(names(&server), ["ada", "bo", "cy"]);
    server.stop();
    assert_eq!(names(&server), ["ada", "bo", "cy"]);
    server.launch();
}

#[test]
fn a_lost_office_key_comes_back_with_the_recovery_code() {
    let mut server = Server::start();
    let file = server.password_file();
    let added = server.run(&[
        "user",
        "add",
        "--name",
        "ada",
        "--role",
        "admin",
        "--password-file",
        &file,
        "--json",
    ]);
    let added: Value = serde_json::from_str(&added.ok()).unwrap();
    server.stop();
    let key = server.data().join("office.key");
    let before = std::fs::read(&key).unwrap();
    let code = server.folder().join("code");
    let code_file = code.to_string_lossy().into_owned();
    let recover = || server.run(&["recover", "--code-file", &code_file]);
    std::fs::write(&code, added["recovery_code"].as_str().unwrap().to_lowercase()).unwrap();
    recover().refused(1); // The key is there: nothing to recover.
    std::fs::remove_file(&key).unwrap();
    server.run(&["doctor"]).refused(1);
    std::fs::write(&code, "AAAAA-".repeat(7) + "AAAAA").unwrap();
    recover().refused(1);
    assert!(!key.exists(), "a wrong code writes nothing");
    std::fs::write(&code, added["recovery_code"].as_str().unwrap().to_lowercase()).unwrap();
    recover().ok();
    assert_eq!(std::fs::read(&key).unwrap(), before);
    server.launch();
}

#[test]
fn a_set_up_whose_answer_never_came_is_sent_again_and_gives_the_code_that_counts() {
    let mut server = Server::start();
    let link = std::fs::read_to_string(server.data().join("setup-link")).unwrap();
    let (_, secret) = link.trim().split_once('#').unwrap();
    let wish = json!({"secret": secret, "office": "Atelier", "name": "ada", "password": PASSWORD,
                      "time_zone": "Asia/Tokyo", "language": "de"});
    let body = wish.to_string();
    let host = server.loopback().strip_prefix("http://").unwrap().to_owned();
    let head = format!(
        "POST /api/v1/setup HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    let mut broken = TcpStream::connect(&host).unwrap();
    broken.write_all((head + &body).as_bytes()).unwrap();
    let is_open = |server: &Server| {
        Http::new(server.loopback()).get("/api/v1/setup").expect(200).json()["open"] == true
    };
    wait::until_true("the administrator", wait::LONG, || !is_open(&server));
    drop(broken);
    wait::until_true("what was chosen, though nobody waits", wait::LONG, || {
        server.run(&["settings", "get", "language"]).ok() == "de"
    });
    assert_eq!(server.run(&["settings", "get", "time_zone"]).ok(), "Asia/Tokyo");

    let send = |server: &Server| Http::new(server.loopback()).post("/api/v1/setup", &wish);
    let code_of = |server: &Server| send(server).expect(201).json()["recovery_code"].clone();
    let again = code_of(&server);
    server.restart();
    assert_eq!(code_of(&server), again, "also by a server that was started anew");
    server.stop();
    let key = server.data().join("office.key");
    let before = std::fs::read(&key).unwrap();
    std::fs::remove_file(&key).unwrap();
    let code = server.folder().join("code");
    std::fs::write(&code, again.as_str().unwrap()).unwrap();
    server.run(&["recover", "--code-file", &code.to_string_lossy()]).ok();
    assert_eq!(std::fs::read(&key).unwrap(), before);
    server.launch();
}

#[test]
fn a_reset_link_outlives_a_restart_and_works_once() {
    let mut server = Server::start();
    server.add_user("ada", Role::Admin);
    let made = server.run(&["user", "reset-link", "--name", "ada", "--json"]);
    let made: Value = serde_json::from_str(&made.ok()).unwrap();
    let (page, secret) = made["link"].as_str().unwrap().split_once('#').unwrap();
    assert!(page.starts_with("https://") && page.ends_with("/reset"), "{page}");
    server.restart();
    let new = "another good password";
    let body = serde_json::json!({"secret": secret, "password": new});
    let http = server.http();
    http.post("/api/v1/links/use", &body).expect(200);
    assert_eq!(sign_in(&http, "ada", new).0, 200);
    assert_eq!(sign_in(&http, "ada", crate::harness::server::PASSWORD).0, 401);
    assert_eq!(http.post("/api/v1/links/use", &body).status, 410);
    let sessions = server.list("session");
    assert_eq!((sessions.len(), &sessions[0]["user"]), (1, &serde_json::json!("ada")));
    server.run(&["session", "revoke", sessions[0]["id"].as_str().unwrap()]).ok();
    assert!(server.list("session").is_empty());
}

#[test]
fn roles_grants_and_teams_from_the_terminal() {
    let mut server = Server::start();
    server.add_user("ada", Role::Admin);
    server.add_user("cy", Role::Employee);
    server.run(&["user", "role", "--name", "ada", "--role", "employee"]).refused(1);
    server.run(&["user", "role", "--name", "cy", "--role", "manager"]).ok();
    server.run(&["user", "grants", "--name", "cy", "--right", "read_audit"]).ok();
    server.run(&["user", "grants", "--name", "cy", "--right", "everything"]).refused(2);
    server.run(&["team", "set", "--name", "Studio", "--member", "ada", "--lead", "cy"]).ok();
    server.stop();
    let users = server.list("user");
    let cy = users.iter().find(|user| user["name"] == "cy").unwrap();
    assert_eq!(
        (&cy["role"], &cy["grants"]),
        (&"manager".into(), &serde_json::json!(["read_audit"]))
    );
    assert_eq!(server.list("team")[0]["leads"], serde_json::json!(["cy"]));
    server.run(&["user", "disable", "--name", "cy"]).ok();
    server.run(&["user", "enable", "--name", "cy"]).ok();
    server.launch();
}

#[test]
fn what_cannot_be_a_user() {
    let server = Server::start();
    server.add_user("ada", Role::Admin);
    let file = server.password_file();
    let add = |name: &str, role: &str, file: &str| {
        server.run(&["user", "add", "--name", name, "--role", role, "--password-file", file])
    };
    add("ada", "employee", &file).refused(1);
    add("", "employee", &file).refused(1);
    add(&"x".repeat(5_000), "employee", &file).refused(1);
    // The command line knows the roles: one that does not exist is wrong usage.
    add("bo", "emperor", &file).refused(2);
    let short = server.folder().join("short");
    std::fs::write(&short, "1234\n").unwrap();
    add("bo", "employee", &short.to_string_lossy()).refused(1);
    add("bo", "employee", "/no/such/file").refused(2);
    assert_eq!(names(&server), ["ada"], "nothing half-done stays behind");
}

#[test]
fn a_token_works_until_it_is_revoked() {
    let mut server = Server::start();
    server.add_user("ada", Role::Admin);
    let token = server.token("ada", "laptop");
    let buckets = |server: &Server| server.with_token(&token).get("/api/0/buckets/").status;
    assert_eq!(buckets(&server), 200);
    server.restart();
    assert_eq!(buckets(&server), 200, "a restart keeps it");
    revoke(&server, "laptop").ok();
    assert_eq!(buckets(&server), 401);
}

/// A new token for the same device finds what the old one recorded.
#[test]
fn a_new_token_orphans_nothing() {
    let server = Server::start();
    server.add_user("ada", Role::Admin);
    let first = server.with_token(&server.token("ada", "laptop"));
    crate::harness::recording::create_bucket(&first, "kept");
    revoke(&server, "laptop").ok();
    let second = server.with_token(&server.token("ada", "laptop"));
    assert!(second.get("/api/0/buckets/").expect(200).json().get("kept").is_some());
    let other = server.with_token(&server.token("ada", "phone"));
    assert!(
        other.get("/api/0/buckets/").expect(200).json().get("kept").is_none(),
        "buckets are per device"
    );
}

#[test]
fn signing_in_and_guessing() {
    let server = Server::start();
    server.add_user("ada", Role::Admin);
    let http = server.http();
    let good = crate::harness::server::PASSWORD;
    assert_eq!(sign_in(&http, "ada", good).0, 200);
    assert_eq!(sign_in(&http, "nobody", good).0, 401);
    let mut seen = Vec::new();
    for guess in 0..40 {
        seen.push(sign_in(&http, "ada", &format!("guess {guess}")).0);
    }
    assert!(seen.iter().all(|s| [401, 429].contains(s)), "{seen:?}");
    assert!(seen.contains(&429), "guessing is slowed down: {seen:?}");
}

/// With the server up and down: sessions and tokens go on, and the old name is nobody's.
#[test]
fn a_person_gets_another_name_to_sign_in_with() {
    let mut server = Server::start();
    server.add_user("ada", Role::Admin);
    server.add_user("cy", Role::Employee);
    let token = server.run(&["token", "create", "--user", "cy", "--scope", "read"]).ok();
    let rename = |server: &Server, from: &str, to: &str| {
        server.run(&["user", "rename", "--name", from, "--to", to])
    };
    rename(&server, "cy", "ada").refused(1);
    rename(&server, "nobody", "x").refused(1);
    rename(&server, "cy", "cyan").ok();
    let good = crate::harness::server::PASSWORD;
    assert_eq!(sign_in(&server.http(), "cy", good).0, 401);
    let (status, signed) = sign_in(&server.http(), "cyan", good);
    assert_eq!((status, &signed["user"]["name"]), (200, &serde_json::json!("cyan")));
    let own = server.with_token(&token).get("/api/v1/session").expect(200).json();
    assert_eq!(own["user"]["name"], "cyan", "the token is theirs still");
    server.stop();
    rename(&server, "cyan", "c.yan").ok();
    server.launch();
    assert_eq!(names(&server), ["ada", "c.yan"]);
    assert_eq!(sign_in(&server.http(), "c.yan", good).0, 200);
}

fn sign_in(http: &Http, name: &str, password: &str) -> (u16, Value) {
    let reply =
        http.post("/api/v1/session", &serde_json::json!({"name": name, "password": password}));
    if reply.status >= 400 {
        reply.problem();
    }
    (reply.status, serde_json::from_str(&reply.text).unwrap_or_default())
}

fn revoke(server: &Server, device: &str) -> Done {
    let list = server.list("token");
    let live = |t: &&Value| t["device"] == device && t["revoked"].is_null();
    let token = list.iter().find(live).unwrap_or_else(|| panic!("{device} in {list:?}"));
    let id = token["id"].as_str().unwrap().to_owned();
    server.run(&["token", "revoke", &id])
}

fn names(server: &Server) -> Vec<String> {
    let mut names: Vec<_> =
        server.list("user").iter().map(|u| u["name"].as_str().unwrap().to_owned()).collect();
    names.sort();
    names
}

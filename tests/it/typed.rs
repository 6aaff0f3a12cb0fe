//! Commands that no other story types: each does what its help says, and what cannot be done says so.

use serde_json::json;

use crate::harness::command::{Done, timebook};
use crate::harness::computer::Computer;
use crate::harness::recording::{create_bucket, yesterday};
use crate::harness::{Agent, Folder, Role, Server, report, wait};

#[test]
fn the_catalog_is_changed_archived_and_deleted() {
    let server = Server::start();
    server.add_user("ada", Role::Admin);
    server.run(&["customer", "add", "--name", "Acme"]).ok();
    server.run(&["project", "add", "--name", "Site", "--customer", "Acme"]).ok();
    server.run(&["task", "add", "--project", "Site", "--name", "Design"]).ok();
    server.run(&["tag", "add", "--name", "travel"]).ok();
    let edit = ["customer", "edit", "acme", "--name", "Acme & Sons", "--colour", "#102030"];
    server.run(&edit).ok();
    let customer = &server.list("customer")[0];
    assert_eq!(
        (&customer["name"], &customer["colour"]),
        (&json!("Acme & Sons"), &json!("#102030"))
    );
    server.run(&["tag", "edit", "travel", "--name", "by train"]).ok();
    assert_eq!(server.list("tag")[0]["name"], "by train");
    server.run(&["tag", "edit", "by train", "--colour", "red"]).refused(1);
    for (noun, which) in [("customer", "Acme & Sons"), ("project", "Site"), ("task", "Design")] {
        server.run(&[noun, "archive", which]).ok();
        let listed = |server: &Server| match noun {
            "task" => server.run(&["task", "list", "--project", "Site", "--json"]).json()["items"]
                .as_array()
                .map_or(0, Vec::len),
            _ => server.list(noun).len(),
        };
        assert_eq!(listed(&server), 0, "{noun}");
        server.run(&[noun, "archive", which, "--undo"]).ok();
        assert_eq!(listed(&server), 1, "{noun}");
    }
    server.run(&["tag", "delete", "by train"]).ok();
    assert!(server.list("tag").is_empty());
}

#[test]
fn people_teams_and_what_was_set_aside() {
    let server = Server::start();
    server.add_user("ada", Role::Admin);
    server.add_user("cy", Role::Employee);
    let cy = report::sign_in(&server, "cy");
    cy.get("/api/v1/session").expect(200);
    let file = server.folder().join("new-password");
    std::fs::write(&file, "quite another passphrase\n").unwrap();
    let file = file.to_string_lossy().into_owned();
    server.run(&["user", "passwd", "--name", "cy", "--password-file", &file]).ok();
    cy.get("/api/v1/session").expect(401);
    let body = json!({"name": "cy", "password": "quite another passphrase"});
    server.http().post("/api/v1/session", &body).expect(200);
    server.run(&["user", "passwd", "--name", "nobody", "--password-file", &file]).refused(1);

    server.run(&["team", "set", "--name", "Studio", "--member", "cy"]).ok();
    server.run(&["team", "delete", "--name", "Studio"]).ok();
    assert!(server.list("team").is_empty());
    server.run(&["team", "delete", "--name", "Studio"]).refused(1);
    assert_eq!(server.list("user").len(), 2, "its people stay");

    let mut computer = Computer::enroll(&server, "ada", 1);
    let mut flipped = computer.right(1);
    flipped[30] ^= 1;
    assert_eq!(computer.send(&flipped).status, 422);
    let id = server.list("quarantine")[0]["id"].as_str().unwrap().to_owned();
    let told = server.run(&["quarantine", "accept", &id]).refused(1);
    assert!(!told.is_empty(), "why not");
    server.run(&["quarantine", "delete", &id]).ok();
    assert!(server.list("quarantine").is_empty());
    server.run(&["quarantine", "delete", &id]).refused(1);
}

#[test]
fn what_holds_for_recorded_activity() {
    let server = Server::start();
    server.add_user("ada", Role::Admin);
    let kept = server.run(&["retention", "show"]).ok();
    for kind in ["detail", "activity", "deleted", "looks", "jobs", "entries", "audit"] {
        assert!(kept.contains(kind), "{kind}: {kept}");
    }
    assert_eq!(server.run(&["redaction", "show"]).ok(), "The office has no rules.");
    let sheet = server.folder().join("sheet");
    std::fs::write(&sheet, "drop app = KeePassXC\n").unwrap();
    let sheet = sheet.to_string_lossy().into_owned();
    let test = ["redaction", "test", "--app", "KeePassXC"];
    assert_eq!(server.run(&test).ok(), "It is stored as it is.");
    let told = server.run(&[&test[..], &["--rules", &sheet]].concat()).ok();
    assert_eq!(told, "Nothing of it is stored.\nRule: drop app = KeePassXC");
    server.run(&["redaction", "set", &sheet]).ok();
    assert_eq!(server.run(&["redaction", "show"]).ok(), "drop app = KeePassXC");

    let categories = server.run(&["category", "export"]).ok();
    let file = server.folder().join("categories.json");
    std::fs::write(&file, &categories).unwrap();
    server.run(&["category", "import", &file.to_string_lossy()]).ok();
    assert_eq!(server.run(&["category", "export"]).ok(), categories, "out, in and out again");

    let (day, door) = (yesterday(), server.with_token(&server.token("ada", "laptop")));
    create_bucket(&door, "b");
    let event = json!([{"timestamp": format!("{day}T09:00:00Z"), "duration": 600, "data": {"app": "Editor", "title": "x"}}]);
    door.post("/api/0/buckets/b/events", &event).expect(200);
    let team = ["report", "team", "--from", &day, "--to", &day];
    let told = server.run(&[&team[..], &["--by", "app"]].concat()).ok();
    assert!(
        told.contains("Total 0:10") && told.contains("Nothing that the office's policy"),
        "{told}"
    );
    server.run(&[&team[..], &["--team", "Nobody"]].concat()).refused(1);
}

#[test]
fn ones_own_computer() {
    let server = Server::start();
    server.add_user("ada", Role::Admin);
    let agent = Agent::start(&server, "ada");
    agent.run(&["agent", "rules", "add", "drop app = Secret"]).ok();
    assert!(agent.run(&["agent", "rules", "list"]).ok().contains("drop app = Secret"));
    let paused = || agent.run(&["agent", "status", "--json"]).json()["paused_until"].clone();
    agent.run(&["agent", "pause", "15m"]).ok();
    let before = paused();
    agent.run(&["agent", "resume"]).ok();
    assert_ne!(paused(), before);
    agent.run(&["track", "log", "09:00-09:30", "--date", &yesterday(), "--note", "a call"]).ok();
    wait::until_true("the entry in the list", wait::LONG, || {
        agent.run(&["track", "list", "--days", "3"]).ok().contains("a call")
    });
}

#[test]
fn help_tells_of_commands_and_of_what_people_do() {
    let folder = Folder::new();
    let told = help(&folder, &[]).ok();
    assert!(told.contains("serve") && told.contains("restoring"), "{told}");
    let told = help(&folder, &["backup", "fetch"]).ok();
    assert!(told.contains("--access-key"), "{told}");
    let told = help(&folder, &["recovery", "code", "empty"]).ok();
    assert!(told.starts_with("Putting a backup back\n"), "{told}");
    assert!(help(&folder, &["rhinoceros"]).refused(2).contains("Neither a command"));
}

fn help(folder: &Folder, words: &[&str]) -> Done {
    let mut command = timebook();
    command.current_dir(folder.path()).arg("help").args(words);
    Done::of(command)
}

//! The office's settings from the server's own terminal, with the server up and down.

use crate::harness::report::sign_in;
use crate::harness::{Role, Server};

#[test]
fn settings_with_the_server_up_and_down() {
    let mut server = Server::start();
    server.add_user("ada", Role::Admin);
    assert_eq!(server.run(&["settings", "get", "mail.port"]).ok(), "587");
    assert_eq!(server.run(&["settings", "set", "mail.port", "2525"]).ok(), "2525");
    server.run(&["settings", "set", "organisation.name", "Ärzte & Co"]).ok();
    server.stop();
    assert_eq!(server.run(&["settings", "get", "mail.port"]).ok(), "2525");
    assert_eq!(server.run(&["settings", "reset", "mail.port"]).ok(), "587");
    let told = server.run(&["settings", "set", "mail.port", "many"]).refused(1);
    assert!(told.contains("`mail.port` is a whole number from 1 to 65535"), "{told}");
    server.run(&["settings", "set", "mail.password", "secret"]).refused(1);
    server.launch();
    let office = server.run(&["office", "show", "--json"]).json();
    assert_eq!(office["name"], "Ärzte & Co");
    let listed = server.run(&["settings", "list"]).ok();
    assert!(listed.contains("mail.port") && listed.contains("587 (default)"), "{listed}");
    let entries = sign_in(&server, "ada").get("/api/v1/audit?limit=1000").expect(200).text;
    for words in ["mail.port: (default) -> 2525", "mail.port: 2525 -> (default)"] {
        assert!(entries.contains(words), "{words} is not in {entries}");
    }
}

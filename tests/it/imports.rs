//! A file of another product from the terminal: looked at, brought in, once, and out again; and what a person is given of theirs.

use crate::harness::{Role, Server};

const KIMAI: &str = "\"Date\",\"From\",\"To\",\"Duration\",\"Rate\",\"User\",\"Customer\",\"Project\",\"Activity\",\"Description\",\"Exported\",\"Tags\"\n\
    \"2026-05-04\",\"15:50\",\"17:51\",\"7260\",\"231.92\",\"cy\",\"Customer LLC\",\"My project\",\"Testing\",\"some work\",\"0\",\"foo,bar\"\n\
    \"2026-05-05\",\"09:00\",\"10:00\",\"3600\",\"100\",\"cy\",\"Customer LLC\",\"My project\",\"Testing\",\"more work\",\"0\",\"\"\n";

#[test]
fn kimai_in_and_out_again() {
    let mut server = Server::start();
    server.add_user("ada", Role::Admin);
    server.add_user("cy", Role::Employee);
    let file = server.folder().join("kimai.csv");
    std::fs::write(&file, KIMAI).unwrap();
    let file = file.to_string_lossy().into_owned();
    let seen = server.run(&["import", "kimai", &file]).ok();
    assert!(seen.contains("new time entries  2") && seen.contains("3:01 h"), "{seen}");
    assert!(seen.contains("add --yes"), "{seen}");
    assert_eq!(server.list("project").len(), 0);
    let told = server.run(&["import", "kimai", &file, "--yes"]).ok();
    assert!(told.starts_with("2 time entries came in"), "{told}");
    // Down, the same.
    server.stop();
    let told = server.run(&["import", "kimai", &file, "--yes"]).ok();
    assert!(told.starts_with("0 time entries came in, 2 were there"), "{told}");
    server.launch();
    std::fs::write(server.folder().join("bad.csv"), KIMAI.replace("09:00", "9 o'clock")).unwrap();
    let bad = server.folder().join("bad.csv").to_string_lossy().into_owned();
    let told = server.run(&["import", "kimai", &bad, "--yes"]).refused(1);
    assert!(told.contains("Line 3"), "{told}");
    let out = server.folder().join("cy.jsonl");
    let out = out.to_string_lossy().into_owned();
    server.run(&["user", "export", "--name", "cy", "--out", &out]).ok();
    let text = std::fs::read_to_string(&out).unwrap();
    assert_eq!(text.matches("\"record\":\"entry\"").count(), 2, "{text}");
    server.run(&["user", "export", "--name", "cy", "--out", &out]).refused(1);
    let imports = server.list("import");
    let first = imports.last().unwrap()["id"].as_str().unwrap();
    let told = server.run(&["import", "undo", first]).ok();
    assert!(told.starts_with("7 records are gone."), "{told}");
    assert_eq!(server.list("project").len(), 0);
}

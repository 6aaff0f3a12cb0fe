//! A server that is killed at each step of a backup, of its copy in the second folder and of a restore: another process takes its place and
//! finds the old state or the new one, and nothing half done stays. `backups` does the same to the commands without a server.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::json;

use crate::harness::report::sign_in;
use crate::harness::{Folder, Role, Server, wait};

#[test]
fn a_server_killed_at_each_step_of_a_backup_its_copy_and_a_restore() {
    let folder = Folder::new();
    let (switch, second) = (folder.join("switch"), folder.join("second"));
    let asked = format!("@{}", switch.display());
    let server = Server::start_in(&[("TIMEBOOK_FAULT_POINT", Path::new(&asked))], &[]);
    server.add_user("ada", Role::Admin);
    let killed_at = |point: &str, act: &dyn Fn()| {
        let before = starts(&server);
        fs::write(&switch, point).unwrap();
        act();
        wait::until_true(&format!("{point} to be reached"), wait::LONG, || !switch.exists());
        wait::until_true("another process", wait::LONG, || {
            starts(&server) > before && server.run(&["status"]).code == Some(0)
        });
    };
    let make = || drop(server.run(&["backup", "create"]));
    for point in ["backup.copied", "backup.packed", "backup.verified", "backup.named"] {
        killed_at(point, &make);
    }
    server.run(&["settings", "set", "backup.folder", second.to_str().unwrap()]).ok();
    killed_at("backup.second-copied", &make);
    let here = server.data().join("backups");
    wait::until("the copy after all", wait::LONG, || {
        let there = names(&second);
        let is_whole = there.iter().any(|name| name.ends_with(".tbk"));
        if is_whole { Ok(()) } else { Err(format!("{there:?}")) }
    });

    let made = server.run(&["backup", "create", "--json"]).json();
    let restore = format!("/api/v1/backups/{}/restore", made["name"].as_str().unwrap());
    for (number, point) in RESTORING.into_iter().enumerate() {
        if !people(&server).contains("later") {
            server.add_user("later", Role::Employee);
        }
        let ada = sign_in(&server, "ada");
        killed_at(point, &|| drop(ada.post(&restore, &json!({}))));
        let is_new = number >= DECIDED;
        assert_eq!(people(&server).contains("later"), !is_new, "{point}");
        server.run(&["doctor"]).ok();
    }
    for folder in [&here, &second] {
        for name in names(folder) {
            assert!(name.ends_with(".tbk"), "{name} is half done");
            server.run(&["backup", "verify", folder.join(name).to_str().unwrap()]).ok();
        }
    }
}

/// In their order.
const RESTORING: [&str; 9] = [
    "backup.verified",
    "backup.named",
    "restore.unpacked",
    "restore.state-prepared",
    "restore.prepared",
    "restore.decided",
    "restore.moved.timebook.redb",
    "restore.moved.log.redb",
    "restore.done",
];
/// From this one on the new state counts.
const DECIDED: usize = 5;

fn starts(server: &Server) -> usize {
    server.log().matches("serving https://").count()
}

fn names(folder: &Path) -> BTreeSet<String> {
    let Ok(entries) = fs::read_dir(folder) else { return BTreeSet::new() };
    entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect()
}

fn people(server: &Server) -> BTreeSet<String> {
    server.list("user").iter().map(|user| user["name"].as_str().unwrap().to_owned()).collect()
}

//! The whole office in one file: made, verified, put back in its own folder and in an empty one, and cut off at every step.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

use serde_json::Value;

use crate::harness::command::{Done, run, timebook};
use crate::harness::seed::{Chance, rounds, seeds};
use crate::harness::{Agent, Role, Server, recording};

#[test]
fn what_was_lost_comes_back_and_what_came_later_is_sent_again() {
    let mut server = Server::start();
    server.add_user("ada", Role::Admin);
    server.add_user("cy", Role::Employee);
    let agent = Agent::start(&server, "cy");
    recording::create_bucket(&agent.http(), "b");
    recording::send(&agent.http(), "b", 1).unwrap();
    server.expect_report("cy", &[1].into());
    let token = ["token", "create", "--user", "ada", "--device", "page", "--scope", "manage"];
    let token = server.run(&token).ok();
    let epoch = epoch_of(&server, &token);
    server.stop();
    let made = server.run(&["backup", "create", "--json"]).json();
    assert_eq!((&made["people"], &made["events"]), (&2.into(), &1.into()), "{made}");
    let file = made["file"].as_str().unwrap().to_owned();
    let listed = server.run(&["backup", "list", "--json"]).json();
    assert_eq!(listed["items"][0]["made"], made["made"], "{listed}");
    assert!(server.run(&["backup", "list"]).ok().contains("people: 2"));
    assert!(server.run(&["backup", "verify", &file]).ok().starts_with("Sound: "));

    server.launch();
    server.add_user("late", Role::Employee);
    recording::send(&agent.http(), "b", 2).unwrap();
    server.expect_report("cy", &[1, 2].into());
    server.run(&["backup", "restore", &file]).refused(1);
    server.stop();
    let told = server.run(&["backup", "restore", &file]).ok();
    assert!(told.starts_with("Restored: ") && told.contains("What was there before"), "{told}");
    server.launch();
    assert_eq!(names(&server), BTreeSet::from(["ada".to_owned(), "cy".to_owned()]));
    assert!(epoch_of(&server, &token) > epoch, "copies are to be made anew");
    // The computer finds out by itself that its office knows less.
    recording::send(&agent.http(), "b", 3).unwrap();
    server.expect_report("cy", &[1, 2, 3].into());
    let audit = server.run(&["audit", "list", "--json"]).ok();
    assert!(audit.contains("backup.restored"), "{audit}");
    // What was there before the restore is a backup as well.
    server.stop();
    let listed = server.run(&["backup", "list", "--json"]).json();
    let newest = listed["items"][0]["name"].as_str().unwrap();
    let newest = server.data().join("backups").join(newest);
    server.run(&["backup", "restore", newest.to_str().unwrap()]).ok();
    server.launch();
    assert!(names(&server).contains("late"));
}

#[test]
fn the_computer_is_gone_and_one_file_is_left() {
    let mut server = Server::start();
    let add = ["user", "add", "--name", "ada", "--role", "admin", "--json", "--password-file"];
    let added = server.run(&[&add[..], &[&server.password_file()]].concat()).json();
    let code = added["recovery_code"].as_str().unwrap();
    server.stop();
    let made = server.run(&["backup", "create", "--json"]).json();
    let file = made["file"].as_str().unwrap().to_owned();
    let elsewhere = server.folder().join("elsewhere");
    let told = run(&elsewhere, &["backup", "restore", &file]).ok();
    assert!(told.contains("timebook recover"), "{told}");
    let code_file = server.folder().join("code");
    fs::write(&code_file, code).unwrap();
    run(&elsewhere, &["recover", "--code-file", code_file.to_str().unwrap()]).ok();
    run(&elsewhere, &["doctor"]).ok();
    let people = run(&elsewhere, &["user", "list", "--json"]).json();
    assert_eq!(people["items"][0]["name"], "ada", "{people}");
    // Another office's folder is no place for it.
    let other = server.folder().join("other");
    run(
        &other,
        &[
            "user",
            "add",
            "--name",
            "zoe",
            "--role",
            "admin",
            "--password-file",
            &server.password_file(),
        ],
    )
    .ok();
    let refused = run(&other, &["backup", "restore", &file]).refused(1);
    assert!(refused.contains("another office"), "{refused}");
    run(&other, &["backup", "restore", &file, "--without-safety-backup"]).refused(1);
    assert_eq!(run(&other, &["user", "list", "--json"]).json()["items"][0]["name"], "zoe");
    server.launch();
}

/// Nobody is locked in: all of it is lines that anything reads, and they are an office again elsewhere.
#[test]
fn an_office_leaves_as_lines_and_comes_back() {
    let mut server = Server::start();
    let add = ["user", "add", "--name", "ada", "--role", "admin", "--json", "--password-file"];
    let added = server.run(&[&add[..], &[&server.password_file()]].concat()).json();
    let code_file = server.folder().join("code");
    fs::write(&code_file, added["recovery_code"].as_str().unwrap()).unwrap();
    server.add_user("cy", Role::Employee);
    let agent = Agent::start(&server, "cy");
    recording::create_bucket(&agent.http(), "b");
    recording::send(&agent.http(), "b", 1).unwrap();
    server.expect_report("cy", &[1].into());
    // While people work.
    let online = server.folder().join("online.jsonl");
    let told = server.run(&["export", "office", "--out", online.to_str().unwrap()]).ok();
    assert!(told.contains("All of the office is in"), "{told}");
    server.run(&["export", "office", "--out", online.to_str().unwrap()]).refused(1);
    server.stop();
    let lines = server.folder().join("office.jsonl");
    let lines = lines.to_str().unwrap();
    let hash =
        server.run(&["export", "office", "--out", lines, "--json"]).json()["state_hash"].clone();
    let text = fs::read_to_string(lines).unwrap();
    let rows: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let names: Vec<&str> = rows
        .iter()
        .filter(|row| row["table"] == "users-1")
        .map(|row| row["value"]["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["ada", "cy"], "whoever reads JSON reads it");
    assert_eq!(rows[0]["state_hash"], hash);
    let elsewhere = server.folder().join("elsewhere");
    let told = run(&elsewhere, &["import", "office", lines]).ok();
    assert!(told.starts_with("Restored: ") && told.contains("timebook recover"), "{told}");
    run(&elsewhere, &["recover", "--code-file", code_file.to_str().unwrap()]).ok();
    let people = run(&elsewhere, &["user", "list", "--json"]).json();
    assert_eq!(people["items"][1]["name"], "cy", "{people}");
    let again = server.folder().join("again.jsonl");
    run(&elsewhere, &["export", "office", "--out", again.to_str().unwrap()]).ok();
    let events = |text: &str| {
        text.lines()
            .filter(|line| line.contains(r#""duration_ms""#))
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let again = fs::read_to_string(again).unwrap();
    assert_eq!(events(&again), events(&text));
    // A line that was changed is found, and what is there stays.
    fs::write(lines, text.replacen("\"cy\"", "\"cx\"", 1)).unwrap();
    let told = run(&elsewhere, &["import", "office", lines]).refused(1);
    assert!(told.contains("not those that were written"), "{told}");
    run(&elsewhere, &["doctor"]).ok();
    let unfinished = |folder: &Path| {
        let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
        names.filter(|name| name.to_string_lossy().starts_with(".timebook-")).count()
    };
    assert_eq!((unfinished(&elsewhere), unfinished(&server.data())), (0, 0));
}

#[test]
fn a_damaged_office_is_replaced_only_when_that_is_said() {
    let mut server = Server::start();
    server.add_user("ada", Role::Admin);
    server.stop();
    let file = create(&server.data());
    let state = server.data().join("timebook.redb");
    fs::write(&state, b"nothing of it is left").unwrap();
    let refused = server.run(&["backup", "restore", &file]).refused(1);
    assert!(refused.contains("--without-safety-backup"), "{refused}");
    assert_eq!(fs::read(&state).unwrap(), b"nothing of it is left");
    let told = ["backup", "restore", &file, "--without-safety-backup", "--json"];
    let restored = server.run(&told).json();
    // Which epoch went with it nobody knows: the new one is none that a counter reached.
    assert!(restored["server_epoch"].as_u64().unwrap() > 1_000_000, "{restored}");
    server.launch();
    assert_eq!(names(&server), BTreeSet::from(["ada".to_owned()]));
}

#[test]
fn who_was_erased_since_stays_erased() {
    let mut server = Server::start();
    server.add_user("ada", Role::Admin);
    server.add_user("zebra-4711", Role::Employee);
    server.stop();
    let file = create(&server.data());
    server.run(&["user", "disable", "--name", "zebra-4711"]).ok();
    let erase = ["user", "erase", "--name", "zebra-4711", "--confirm", "zebra-4711"];
    let told = server.run(&erase);
    let name = Path::new(&file).file_name().unwrap().to_string_lossy().into_owned();
    assert!(told.err.contains(&name), "the certificate names the backup: {told:?}");
    told.ok();
    let all = server.run(&["user", "erasures", "--json"]).json();
    assert_eq!(all["items"][0]["backups"][0]["name"], name.as_str(), "{all}");
    // The state that knows of it is gone too: the journal is not.
    fs::write(server.data().join("timebook.redb"), b"gone").unwrap();
    let restore = ["backup", "restore", &file, "--without-safety-backup"];
    let told = server.run(&restore).ok();
    assert!(told.contains("1 person was erased since"), "{told}");
    for file in ["timebook.redb", "log.redb"] {
        let bytes = fs::read(server.data().join(file)).unwrap();
        assert!(!bytes.windows(10).any(|at| at == b"zebra-4711"), "{file}");
    }
    server.launch();
    assert_eq!(names(&server), BTreeSet::from(["ada".to_owned()]));
    // Nothing older than the erasure is left: the certificate says so.
    fs::remove_file(&file).unwrap();
    let all = server.run(&["user", "erasures", "--json"]).json();
    assert_eq!(all["items"][0]["backups"], serde_json::json!([]), "{all}");
}

/// The process ends at a point between two steps as kill -9 would end it: whatever was there before counts, or the restored state does.
#[test]
fn cut_off_at_every_step_there_is_the_old_state_or_the_new_one() {
    for seed in seeds("backups::cut_off") {
        let mut chance = Chance::new(seed);
        let mut server = Server::start();
        server.add_user("ada", Role::Admin);
        server.stop();
        let file = create(&server.data());
        server.run(&add(&server, "later")).ok();
        for round in 0..rounds() {
            let at = format!("seed {seed}, round {round}");
            let making = MAKING[usize::try_from(chance.below(4)).unwrap()];
            cut(&server, making, &["backup", "create"]);
            if round % 4 == 0 {
                // Cut off while it is sealed, the open one is still there, and nothing half sealed has a name.
                cut(&server, "backup.sealed", &["backup", "create", "--recipient", RECIPIENT]);
            }
            let point = if round < 9 { round } else { chance.below(9) };
            let point = RESTORING[usize::try_from(point).unwrap()];
            cut(&server, point, &["backup", "restore", &file]);
            if chance.below(2) == 0 && point.starts_with("restore.") {
                // The next command goes on with what was decided, and is cut off as well.
                drop(cut_off(&server, "restore.moved.log.redb", &["user", "list"]));
            }
            let people = run(&server.data(), &["user", "list", "--json"]).json();
            let people = people["items"].as_array().unwrap().len();
            let is_decided = RESTORING[5..].contains(&point);
            assert_eq!(people, if is_decided { 1 } else { 2 }, "{at}, {point}");
            run(&server.data(), &["doctor"]).ok();
            if is_decided {
                server.run(&add(&server, "later")).ok();
            }
            // Nothing half done stays once the next one was made; whatever has the name of a backup is one.
            create(&server.data());
            let folder = server.data().join("backups");
            for entry in fs::read_dir(&folder).unwrap() {
                let path = entry.unwrap().path();
                assert!(path.extension().is_some_and(|suffix| suffix == "tbk"), "{at}: {path:?}");
                server.run(&["backup", "verify", path.to_str().unwrap()]).ok();
                if path != Path::new(&file) {
                    fs::remove_file(path).unwrap();
                }
            }
        }
        server.launch();
    }
}

/// Nobody has its key: nothing is opened here.
const RECIPIENT: &str = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";
const MAKING: [&str; 4] = ["backup.copied", "backup.packed", "backup.verified", "backup.named"];
/// In their order; from the sixth on the new state counts.
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

#[track_caller]
fn cut(server: &Server, point: &str, args: &[&str]) {
    let done = cut_off(server, point, args);
    assert_eq!(done.code, None, "{point} was never reached: {done:?}");
}

fn cut_off(server: &Server, point: &str, args: &[&str]) -> Done {
    let mut command = timebook();
    command.args(args).arg("--data").arg(server.data()).env("TIMEBOOK_FAULT_POINT", point);
    Done::of(command)
}

fn add(server: &Server, name: &'static str) -> [&'static str; 8] {
    let file: &'static str = server.password_file().leak();
    ["user", "add", "--name", name, "--role", "employee", "--password-file", file]
}

#[track_caller]
fn create(data: &Path) -> String {
    let made = run(data, &["backup", "create", "--json"]).json();
    made["file"].as_str().unwrap().to_owned()
}

fn names(server: &Server) -> BTreeSet<String> {
    let name = |user: &Value| user["name"].as_str().unwrap().to_owned();
    server.list("user").iter().map(name).collect()
}

fn epoch_of(server: &Server, token: &str) -> u64 {
    let changes = server.with_token(token).get("/api/v1/changes").json();
    changes["server_epoch"].as_u64().unwrap_or_else(|| panic!("{changes}"))
}

#[test]
fn made_while_people_work_it_holds_a_moment_of_it() {
    let mut server = Server::start();
    server.add_user("ada", Role::Admin);
    let token = ["token", "create", "--user", "ada", "--device", "page"];
    let scopes = ["--scope", "manage", "--scope", "read", "--scope", "record"];
    let token = server.run(&[&token[..], &scopes].concat()).ok();
    let http = server.with_token(&token);
    recording::create_bucket(&http, "b");
    for number in 1..=20 {
        recording::send(&http, "b", number).unwrap();
    }
    let (stop, sent) = (AtomicBool::new(false), AtomicU64::new(20));
    let made = thread::scope(|scope| {
        scope.spawn(|| {
            let http = server.with_token(&token);
            while !stop.load(Ordering::Relaxed) {
                recording::send(&http, "b", sent.load(Ordering::Relaxed) + 1).unwrap();
                sent.fetch_add(1, Ordering::Relaxed);
            }
        });
        let made = server.run(&["backup", "create", "--json"]);
        stop.store(true, Ordering::Relaxed);
        made.json()
    });
    let (sent, file) = (sent.into_inner(), made["file"].as_str().unwrap());
    assert!(sent > 20, "nobody worked meanwhile");
    server.run(&["backup", "verify", file]).ok();
    let elsewhere = server.folder().join("elsewhere").display().to_string();
    server.run(&["backup", "create", "--to", &elsewhere]).refused(2);

    // The same file over the network, whole, and not for everybody.
    let name = made["name"].as_str().unwrap();
    let path = format!("/api/v1/backups/{name}");
    let reply = http.get(&path).expect(200);
    let bytes = fs::read(file).unwrap();
    assert_eq!(reply.header("content-length"), Some(bytes.len().to_string().as_str()));
    assert!(reply.text == String::from_utf8_lossy(&bytes), "not the bytes of the file");
    server.add_user("cy", Role::Manager);
    let scopes = ["token", "create", "--user", "cy", "--device", "page", "--scope", "manage"];
    let other = server.with_token(&server.run(&scopes).ok());
    other.get(&path).expect(403);
    other.get("/api/v1/backups").expect(403);
    for bad in ["..%2Ftimebook.redb", "nothing.tbk", "a.tbk"] {
        http.get(&format!("/api/v1/backups/{bad}")).expect(404);
    }
    let audit = server.run(&["audit", "list", "--json"]).ok();
    assert!(audit.contains("backup.created") && audit.contains("backup.downloaded"), "{audit}");

    server.stop();
    server.run(&["backup", "restore", file]).ok();
    server.launch();
    let held = recording::numbers(&server.with_token(&token), "b");
    let held: Vec<u64> = held.into_keys().collect();
    let last = *held.last().unwrap();
    assert!(last >= 20 && last <= sent, "{last} of {sent}");
    assert_eq!(held, (1..=last).collect::<Vec<u64>>(), "a moment has no holes");
    let gone = server.with_token(&token).send("DELETE", &path, "", Vec::new()).unwrap();
    gone.expect(204);
    assert!(!Path::new(file).exists());
}

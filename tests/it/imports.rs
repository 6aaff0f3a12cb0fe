//! A file of another product from the terminal: looked at, brought in, once, and out again; and what a person is given of theirs.

use serde_json::{Value, json};

use crate::harness::recording::yesterday;
use crate::harness::{Role, Server};

const KIMAI: &str = "\"Date\",\"From\",\"To\",\"Duration\",\"Rate\",\"User\",\"Customer\",\"Project\",\"Activity\",\"Description\",\"Exported\",\"Tags\"\n\
    \"2026-05-04\",\"15:50\",\"17:51\",\"7260\",\"231.92\",\"cy\",\"Customer LLC\",\"My project\",\"Testing\",\"some work\",\"0\",\"foo,bar\"\n\
    \"2026-05-05\",\"09:00\",\"10:00\",\"3600\",\"100\",\"cy\",\"Customer LLC\",\"My project\",\"Testing\",\"more work\",\"0\",\"\"\n";
const TOGGL: &str = "User,Email,Client,Project,Task,Description,Billable,Start date,Start time,End date,End time,Duration,Tags\n\
    Cy,cy@office.test,Customer LLC,My project,Testing,some work,Yes,2026-05-04,15:50:00,2026-05-04,17:51:00,02:01:00,\"foo, bar\"\n\
    Cy,cy@office.test,Customer LLC,My project,Testing,more work,No,2026-05-05,09:00:00,2026-05-05,10:00:00,01:00:00,\n";
const CLOCKIFY: &str = "\"Project\",\"Client\",\"Description\",\"Task\",\"User\",\"Group\",\"Email\",\"Tags\",\"Billable\",\"Start Date\",\"Start Time\",\"End Date\",\"End Time\",\"Duration (h)\",\"Duration (decimal)\"\n\
    \"My project\",\"Customer LLC\",\"some work\",\"Testing\",\"Cy\",\"\",\"cy@office.test\",\"foo, bar\",\"Yes\",\"05/14/2026\",\"03:50 PM\",\"05/14/2026\",\"5:51:00 PM\",\"02:01:00\",\"2.02\"\n\
    \"My project\",\"Customer LLC\",\"more work\",\"Testing\",\"Cy\",\"\",\"cy@office.test\",\"\",\"No\",\"05/15/2026\",\"09:00 AM\",\"05/15/2026\",\"10:00:00 AM\",\"01:00:00\",\"1.00\"\n";
const TIMETAGGER: &str = "key\tstart\tstop\ttags\tdescription\n\
    abc\t2026-05-04T15:50:00Z\t2026-05-04T17:51:00Z\t#foo #bar\tsome work #foo #bar\n\
    def\t2026-05-05T09:00:00Z\t2026-05-05T10:00:00Z\t\tmore work\n";

/// Each product's file, all its own way: the same two entries, and so many customers, projects, tasks and tags.
#[test]
fn every_products_file_comes_in_once_and_goes_out_again() {
    let mut server = Server::start();
    server.add_user("ada", Role::Admin);
    server.add_user("cy", Role::Employee);
    for (product, text, more, records) in [
        ("kimai", KIMAI, &[][..], 7),
        ("toggl", TOGGL, &[][..], 7),
        ("clockify", CLOCKIFY, &[][..], 7),
        // It names nobody.
        ("timetagger", TIMETAGGER, &["--as", "cy"][..], 4),
    ] {
        let file = written(&server, product, text);
        let import =
            |rest: &'static [&'static str]| [&["import", product, &file][..], more, rest].concat();
        let seen = server.run(&import(&[])).ok();
        assert!(seen.contains("new time entries  2") && seen.contains("3:01 h"), "{seen}");
        assert!(seen.contains("add --yes"), "{seen}");
        assert_eq!(server.list("tag").len(), 0, "{product}: nothing was changed");
        let told = server.run(&import(&["--yes"])).ok();
        assert!(told.starts_with("2 time entries came in"), "{told}");
        assert_eq!(server.list("tag").len(), 2, "{product}");
        let undo = told.rsplit(' ').next().unwrap().to_owned();
        // Down, the same; and nothing is offered to be undone where nothing came in.
        server.stop();
        let told = server.run(&import(&["--yes"])).ok();
        assert_eq!(told, "0 time entries came in, 2 were there already.", "{product}");
        server.launch();
        let told = server.run(&["import", "undo", &undo]).ok();
        assert!(told.starts_with(&format!("{records} records are gone.")), "{product}: {told}");
        assert_eq!((server.list("project").len(), server.list("tag").len()), (0, 0), "{product}");
    }
}

/// Whoever the file knows and the office does not is named with what to do, for each product.
#[test]
fn somebody_unknown_is_named_with_a_next_step() {
    let server = Server::start();
    server.add_user("ada", Role::Admin);
    server.add_user("bo", Role::Employee);
    for (product, text, called) in [
        ("kimai", KIMAI, "cy"),
        ("toggl", TOGGL, "cy@office.test"),
        ("clockify", CLOCKIFY, "cy@office.test"),
        ("timetagger", TIMETAGGER, ""),
    ] {
        let file = written(&server, product, text);
        let seen = server.run(&["import", product, &file]).ok();
        if called.is_empty() {
            assert!(seen.contains("2 rows: say whose they are with --as NAME."), "{seen}");
            continue;
        }
        let who = format!("{called} (2 rows) is nobody here");
        assert!(seen.contains(&who) && seen.contains("timebook user add --name cy"), "{seen}");
        let map = format!("{called}=bo");
        assert!(seen.contains(&format!("--map \"{called}=NAME\"")), "{seen}");
        let seen = server.run(&["import", product, &file, "--map", &map]).ok();
        assert!(seen.contains("new time entries  2") && seen.contains("-> bo"), "{seen}");
        let refused = server.run(&["import", product, &file, "--yes"]).refused(1);
        assert!(refused.contains("Nothing was brought in."), "{refused}");
    }
    assert_eq!(server.list("import").len(), 0);
}

#[test]
fn what_came_in_is_in_a_persons_data_and_a_bad_row_brings_in_nothing() {
    let server = Server::start();
    server.add_user("ada", Role::Admin);
    server.add_user("cy", Role::Employee);
    let file = written(&server, "kimai", KIMAI);
    server.run(&["import", "kimai", &file, "--yes"]).ok();
    let bad = written(&server, "bad", &KIMAI.replace("09:00", "9 o'clock"));
    let told = server.run(&["import", "kimai", &bad, "--yes"]).refused(1);
    assert!(told.contains("Line 3"), "{told}");
    let out = server.folder().join("cy.jsonl");
    let out = out.to_string_lossy().into_owned();
    server.run(&["user", "export", "--name", "cy", "--out", &out]).ok();
    let text = std::fs::read_to_string(&out).unwrap();
    assert_eq!(text.matches("\"record\":\"entry\"").count(), 2, "{text}");
    server.run(&["user", "export", "--name", "cy", "--out", &out]).refused(1);
}

/// ActivityWatch's own export, from the terminal into what a token of one's own records into: once, with the server down, too.
#[test]
fn activitywatchs_export_comes_into_ones_own_book() {
    let mut server = Server::start();
    server.add_user("ada", Role::Admin);
    server.add_user("cy", Role::Employee);
    server.token("cy", "old laptop");
    let manage = ["token", "create", "--user", "cy", "--device", "terminal", "--scope", "manage"];
    let token = server.folder().join("cy.token");
    std::fs::write(&token, server.run(&manage).ok()).unwrap();
    let day = yesterday();
    let event = |n: u32| json!({"timestamp": format!("{day}T09:{n:02}:00Z"), "duration": 60, "data": {"app": "Editor", "title": n.to_string()}});
    let events: Vec<Value> = (0..50).map(event).collect();
    let bucket = json!({"id": "w", "created": format!("{day}T00:00:00Z"), "type": "currentwindow", "client": "c", "hostname": "h", "events": events});
    let export = json!({"buckets": {"w": bucket}}).to_string();
    let file = written(&server, "activitywatch", &export);
    let token = token.to_string_lossy().into_owned();
    let import = |server: &Server, file: &str, device: &str| {
        let begin = ["import", "activitywatch", file, "--device", device];
        server.run(&[&begin[..], &["--token-file", &token]].concat())
    };
    let told = import(&server, &file, "old laptop").ok();
    assert_eq!(told, "50 events are new, 0 were known, 0 were left out by rules.");
    let seen = server.run(&["activity", "day", &day, "--token-file", &token]).ok();
    assert!(seen.contains("Total 0:50"), "{seen}");
    server.stop();
    let told = import(&server, &file, "old laptop").ok();
    assert_eq!(told, "0 events are new, 50 were known, 0 were left out by rules.");
    server.launch();
    let cut = written(&server, "cut", &export[..export.len() / 2]);
    let told = import(&server, &cut, "old laptop").refused(1);
    assert!(told.contains("Export it again"), "{told}");
    let told = import(&server, &file, "another").refused(1);
    assert!(told.contains("Create a token with the scope `record`"), "{told}");
    import(&server, "/no/such/file", "old laptop").refused(2);
}

fn written(server: &Server, name: &str, text: &str) -> String {
    let file = server.folder().join(&format!("{name}.csv"));
    std::fs::write(&file, text).unwrap();
    file.to_string_lossy().into_owned()
}

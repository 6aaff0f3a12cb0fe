//! Backups that are made by themselves: when they are due, after a time that was missed, kept by the rule, copied, and told of when they fail.

use std::fs;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::http::JSON;
use crate::harness::report::sign_in;
use crate::harness::{Clock, Http, Role, Server, wait};

const DAY: Duration = Duration::from_hours(24);

#[test]
fn a_backup_is_made_when_it_is_due_and_old_ones_go() {
    let clock = Clock::at_noon();
    let mut server = Server::start_in(&[("TIMEBOOK_FAULT_CLOCK", clock.path())], &[]);
    server.add_user("ada", Role::Admin);
    let token = ["token", "create", "--user", "ada", "--device", "page", "--scope", "manage"];
    let token = server.run(&token).ok();
    let second = server.folder().join("second");
    for (key, value) in [
        ("time_zone", json!("Europe/Berlin")),
        ("backup.keep_last", json!(2)),
        ("backup.keep_days", json!(0)),
        ("backup.keep_weeks", json!(0)),
        ("backup.keep_months", json!(0)),
        ("backup.folder", json!(second.to_str().unwrap())),
    ] {
        set(&server.with_token(&token), key, value).expect(200);
    }
    let told = set(&server.with_token(&token), "backup.schedule", json!("25 61 * * *")).expect(422);
    assert!(told.text.contains("outside of its field"), "{told:?}");
    set(&server.with_token(&token), "backup.schedule", json!("30 2 * * *")).expect(200);
    let status = standing(&server);
    assert_eq!(status["last"], Value::Null, "nothing is due in an office that began today");
    let next = status["next"].as_array().unwrap();
    assert_eq!(next.len(), 3, "{status}");
    assert!(next.iter().all(|at| at.as_str().unwrap().contains(":30:00")), "{status}");

    // The server was away for a time that was due: the backup is made after the start, and once only.
    let folder = server.data().join("backups");
    let mut last = Value::Null;
    for day in 1..=4 {
        server.stop();
        clock.set_ahead(DAY * day);
        server.launch();
        let wanted = usize::try_from(day.min(2)).unwrap();
        last = wait::until("the backup that was due", wait::LONG, || {
            let (here, there) = (backups(&folder), backups(&second));
            let now = standing(&server)["last"].clone();
            if now.is_string() && now != last && here == wanted && there == wanted {
                return Ok(now);
            }
            Err(format!("{here} here, {there} there, of {wanted}; {now}, not {last}"))
        });
    }
    let status = standing(&server);
    assert_eq!((&status["overdue"], &status["problem"]), (&Value::Null, &Value::Null));
    assert!(server.run(&["status"]).ok().contains("Last backup:"));
    for entry in fs::read_dir(&second).unwrap() {
        let path = entry.unwrap().path();
        server.run(&["backup", "verify", path.to_str().unwrap()]).ok();
    }
    let log = server.run(&["audit", "list", "--json"]).json();
    let made = |action: &str| {
        log["items"].as_array().unwrap().iter().filter(|entry| entry["action"] == action).count()
    };
    assert_eq!((made("backup.created"), made("backup.failed")), (4, 0), "{log}");
}

#[test]
fn a_backup_that_cannot_be_made_is_told_of() {
    let clock = Clock::at_noon();
    let mut server = Server::start_in(&[("TIMEBOOK_FAULT_CLOCK", clock.path())], &[]);
    server.add_user("ada", Role::Admin);
    // No folder can be made where a file is.
    fs::write(server.data().join("backups"), "in the way").unwrap();
    server.stop();
    clock.set_ahead(DAY * 2);
    server.launch();
    wait::until("the failure to be told", wait::LONG, || {
        let log = server.run(&["audit", "list", "--json"]).ok();
        if log.contains("backup.failed") { Ok(()) } else { Err(log) }
    });
    fs::remove_file(server.data().join("backups")).unwrap();
    let status = standing(&server);
    assert!(status["overdue"].is_string() && status["problem"].is_string(), "{status}");
    let told = server.run(&["status"]).ok();
    assert!(told.contains("OVERDUE"), "{told}");
    assert!(told.contains("See to:         A backup is missing since "), "{told}");
    assert!(told.contains("See to:         The last backup or copy failed: "), "{told}");
    let figures = Http::new(server.loopback()).get("/metrics").expect(200).text;
    assert!(figures.contains("timebook_backup_overdue 1\n"), "{figures}");
    assert!(figures.contains("timebook_backup_failed 1\n"), "{figures}");
    // A quarter of an hour later it is tried again by itself.
    clock.set_ahead(DAY * 2 + Duration::from_mins(15));
    wait::until("the backup after all", wait::LONG, || {
        let status = standing(&server);
        if status["overdue"].is_null() && status["problem"].is_null() {
            Ok(())
        } else {
            Err(status)
        }
    });
    let figures = Http::new(server.loopback()).get("/metrics").expect(200).text;
    assert!(figures.contains("timebook_backup_overdue 0\n"), "{figures}");
    assert!(figures.contains("timebook_backup_failed 0\n"), "{figures}");
    sign_in(&server, "ada").get("/api/v1/duties").expect(200);
}

fn standing(server: &Server) -> Value {
    server.run(&["status", "--json"]).json()["backups"].clone()
}

fn backups(folder: &Path) -> usize {
    let Ok(entries) = fs::read_dir(folder) else { return 0 };
    let names = entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned());
    names.filter(|name| name.ends_with(".tbk")).count()
}

fn set(http: &Http, key: &str, value: Value) -> crate::harness::http::Reply {
    let body = json!({ "value": value }).to_string().into_bytes();
    http.send("PUT", &format!("/api/v1/settings/{key}"), JSON, body).unwrap()
}

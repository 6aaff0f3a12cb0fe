//! A newcomer's first minutes in a real browser: the one-time link, the first administrator, sign-in, an invitation; then a computer
//! enrolled with the code from the page, and its activity on the page; and the agent's own page on that computer.

use crate::harness::command::{self, Done};
use crate::harness::recording::{self, create_bucket};
use crate::harness::{Agent, Role, Server, server::PASSWORD, wait};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

#[test]
fn from_the_set_up_link_to_todays_totals() {
    let server = Server::start();
    let link = std::fs::read_to_string(server.data().join("setup-link")).unwrap().trim().to_owned();
    assert!(
        link.starts_with(server.loopback()) && link.contains('#'),
        "loopback, secret in the fragment: {link}"
    );
    let out = server.folder().join("page");

    node("run.mjs", &[&server.url(), &link, &out.to_string_lossy()]);
    assert!(!server.data().join("setup-link").exists(), "a used link is not kept");

    let result: Value =
        serde_json::from_slice(&std::fs::read(out.join("result.json")).unwrap()).unwrap();
    let text = |key: &str| {
        result[key].as_str().unwrap_or_else(|| panic!("no {key} in {result}")).to_owned()
    };
    let mut agent = Agent::enroll(&text("enrollment_code"));
    agent.launch();
    let http = agent.http();
    create_bucket(&http, "today");
    recording::send_now(&http, "today", "Figma");

    let browser = crate::harness::report::sign_in_as(&server, &text("name"), &text("password"));
    wait::until("the computer's activity", wait::LONG, || {
        let devices = browser.get("/api/v1/devices").expect(200).json();
        let device = &devices["items"][0];
        if device["last_contact_day"].is_string() {
            assert_eq!(device["program"], env!("CARGO_PKG_VERSION"), "it said what runs there");
            assert_eq!(device["system"], std::env::consts::OS);
            Ok(())
        } else {
            Err(format!("{devices}"))
        }
    });
    // The office hears of a pause within seconds, and of its end.
    let is_paused = |wanted: bool| {
        wait::until("the pause, at the office", wait::LONG, || {
            let devices = browser.get("/api/v1/devices").expect(200).json();
            if devices["items"][0]["paused"] == wanted { Ok(()) } else { Err(devices) }
        });
    };
    agent.run(&["agent", "pause", "15m"]).ok();
    is_paused(true);
    node(
        "look.mjs",
        &[&server.url(), &text("name"), &text("password"), &out.to_string_lossy(), "Figma"],
    );
    agent.run(&["agent", "pause", "off"]).ok();
    is_paused(false);
}

#[test]
fn from_the_set_up_to_the_first_entry() {
    let server = Server::start();
    let link = std::fs::read_to_string(server.data().join("setup-link")).unwrap().trim().to_owned();
    let out = server.folder().join("page");
    let fingerprint = server.run(&["ca", "fingerprint"]).ok();
    let (_, digest) = fingerprint.split_once("SHA-256: ").unwrap();
    node("setup.mjs", &[&link, digest.trim(), &out.to_string_lossy()]);
    let zone = server.run(&["settings", "get", "time_zone"]).ok();
    assert_eq!(zone, "Asia/Tokyo", "what was chosen holds for the office");
}

#[test]
fn one_time_links_set_passwords_in_a_browser() {
    let server = Server::start();
    server.add_user("ada", Role::Admin);
    let link = |command: &str, name: &str| {
        let made = server.run(&["user", command, "--name", name, "--json"]).json();
        made["link"].as_str().unwrap_or_else(|| panic!("no link in {made}")).to_owned()
    };
    let (join, reset) = (link("invite", "grace"), link("reset-link", "ada"));
    let out = server.folder().join("page");
    let args = [&server.url(), &join, "grace", &reset, "ada", PASSWORD, &out.to_string_lossy()];
    node("links.mjs", &args);
}

#[test]
fn a_persons_own_time_in_a_browser() {
    let server = Server::start();
    server.add_user("root", Role::Admin);
    server.add_user("ada", Role::Manager);
    let own = crate::harness::report::sign_in_as(&server, "ada", PASSWORD);
    let zone = serde_json::json!({ "time_zone": where_it_is_evening() }).to_string().into_bytes();
    own.send("PUT", "/api/v1/users/ada/time-zone", "application/json", zone).unwrap().expect(204);
    server.run(&["project", "add", "--name", "Website"]).ok();
    let out = server.folder().join("page");
    node("time.mjs", &[&server.url(), "ada", PASSWORD, &out.to_string_lossy()]);
}

#[test]
fn an_administrators_work_in_a_browser() {
    let server = Server::start();
    server.add_user("root", Role::Admin);
    let out = server.folder().join("page");
    node("office.mjs", &[&server.url(), "root", PASSWORD, &out.to_string_lossy()]);
}

#[test]
fn people_and_their_rights_in_a_browser() {
    let server = Server::start();
    server.add_user("root", Role::Admin);
    server.add_user("ada", Role::Employee);
    let out = server.folder().join("page");
    node("people.mjs", &[&server.url(), "root", PASSWORD, "ada", &out.to_string_lossy()]);
}

#[test]
fn a_managers_work_in_a_browser() {
    let server = Server::start();
    server.add_user("root", Role::Admin);
    server.add_user("ada", Role::Manager);
    server.add_user("grace", Role::Employee);
    let agent = Agent::start(&server, "grace");
    create_bucket(&agent.http(), "today");
    recording::send_now(&agent.http(), "today", "KeePassXC");
    let manager = crate::harness::report::sign_in_as(&server, "ada", PASSWORD);
    wait::until("what was recorded, at the server", wait::LONG, || {
        let devices = manager.get("/api/v1/devices").expect(200).json();
        if devices["items"][0]["last_contact_day"].is_string() {
            Ok(())
        } else {
            Err(format!("{devices}"))
        }
    });
    let out = server.folder().join("page");
    let args = [&server.url(), "ada", "grace", PASSWORD, &out.to_string_lossy(), "KeePassXC"];
    node("team.mjs", &args);
}

#[test]
fn what_is_ones_own_in_a_browser() {
    let server = Server::start();
    server.add_user("root", Role::Admin);
    server.add_user("bo", Role::Manager);
    server.add_user("cy", Role::Employee);
    let own = crate::harness::report::sign_in_as(&server, "cy", PASSWORD);
    let zone = serde_json::json!({ "time_zone": "UTC" }).to_string().into_bytes();
    own.send("PUT", "/api/v1/users/cy/time-zone", "application/json", zone).unwrap().expect(204);
    let door = server.with_token(&server.token("cy", "laptop"));
    create_bucket(&door, "b");
    let day = recording::yesterday();
    let event = |time: &str, seconds: u32, app: &str, title: &str| serde_json::json!({"timestamp": format!("{day}T{time}:00Z"), "duration": seconds, "data": {"app": app, "title": title}});
    let events = serde_json::json!([
        event("09:00", 3_600, "Editor", "Letter"),
        event("10:00", 1_800, "Mail", "Invoice 7"),
        event("10:30", 1_800, "Shop", "Basket"),
    ]);
    door.post("/api/0/buckets/b/events", &events).expect(200);
    let out = server.folder().join("page");
    node("mine.mjs", &[&server.url(), "cy", PASSWORD, &out.to_string_lossy(), &day]);
}

#[test]
fn what_holds_for_the_office_in_a_browser() {
    let server = Server::start();
    server.add_user("root", Role::Admin);
    // Before a computer is there, an office chooses its policy freely: nothing would be announced.
    server.token("root", "laptop");
    let out = server.folder().join("page");
    node("settings.mjs", &[&server.url(), "root", PASSWORD, &out.to_string_lossy()]);
}

#[test]
fn a_timer_runs_across_a_restart_of_the_server() {
    let mut server = Server::start();
    server.add_user("ada", Role::Admin);
    let (url, out) = (server.url(), server.folder().join("page"));
    std::thread::scope(|scope| {
        let story =
            scope.spawn(|| node("restart.mjs", &[&url, "ada", PASSWORD, &out.to_string_lossy()]));
        for (wish, fulfil) in
            [("stop", Server::stop as fn(&mut Server)), ("start", Server::restart)]
        {
            wait::until("the page's wish", wait::LONG, || {
                let there = out.join(wish).exists() || story.is_finished();
                if there { Ok(()) } else { Err(wish) }
            });
            fulfil(&mut server);
        }
        story.join().unwrap();
    });
}

#[test]
fn a_stop_and_a_start_in_a_browser() {
    let server = Server::start();
    server.add_user("root", Role::Admin);
    server.add_user("cy", Role::Employee);
    let out = server.folder().join("page");
    node("stop.mjs", &[&server.url(), "root", "cy", PASSWORD, &out.to_string_lossy()]);
}

#[test]
fn backups_in_a_browser() {
    let server = Server::start();
    server.add_user("root", Role::Admin);
    let out = server.folder().join("page");
    node("backups.mjs", &[&server.url(), "root", PASSWORD, &out.to_string_lossy()]);
}

#[test]
fn every_page_in_every_state() {
    let mut made = Value::Null;
    let wish = ["demo", "--people", "3", "--days", "10", "--only-fill", "--json"];
    let full = Server::start_filled(|data| made = command::run(data, &wish).json());
    let empty = Server::start();
    empty.add_user("root", Role::Admin);
    let (password, out) = (made["password"].as_str().unwrap(), full.folder().join("page"));
    let office = [&full.url(), "admin", "anna", password];
    let other = [&empty.url(), "root", PASSWORD, &out.to_string_lossy()];
    node("states.mjs", &[office, other].concat());
}

#[test]
fn the_agents_own_page() {
    let server = Server::start();
    server.add_user("ada", Role::Admin);
    let agent = Agent::start(&server, "ada");
    agent.run(&["track", "start", "--note", "a first task"]).ok();
    let link = agent.run(&["agent", "page"]).ok();
    let door = format!("http://{}", agent.door());
    let key = link.strip_prefix(&format!("{door}/timebook/#")).unwrap_or_else(|| panic!("{link}"));

    // Another program's page on this computer: it gets neither the key nor an answer, and makes nothing happen.
    let page = agent.http().header("origin", "http://localhost:3000").get("/timebook/");
    assert!(page.text.contains(key), "the system tells that it is the person's own browser");
    assert_eq!(page.header("access-control-allow-origin"), None, "and no other page may read it");
    let pause = serde_json::json!({"wish": "on"});
    for http in [
        agent.http(),
        agent.http().header("x-timebook-key", "0"),
        agent.http().header("x-timebook-key", key).header("origin", "http://localhost:3000"),
        agent.http().header("x-timebook-key", key).header("origin", "null"),
    ] {
        http.post("/timebook/api/pause", &pause).expect(403);
        http.get("/timebook/api/state").expect(403);
    }
    let rebound = agent.http().header("x-timebook-key", key).header("host", "evil.example");
    rebound.get("/timebook/api/state").expect(400);
    assert_eq!(agent.run(&["agent", "status", "--json"]).json()["paused_until"], Value::Null);
    let own = agent.http().header("x-timebook-key", key).header("origin", &door);
    own.post("/timebook/api/pause", &pause).expect(200);
    own.post("/timebook/api/pause", &serde_json::json!({"wish": "never"})).expect(422);
    own.post("/timebook/api/pause", &serde_json::json!({"wish": "off"})).expect(200);

    let sheet = server.folder().join("sheet");
    std::fs::write(&sheet, "cut title ~ OFFICEWORD\n").unwrap();
    server.run(&["redaction", "set", &sheet.to_string_lossy()]).ok();
    // The computer hears of it with its next delivery.
    create_bucket(&agent.http(), "today");
    recording::send_now(&agent.http(), "today", "Figma");
    wait::until("what the office told", wait::LONG, || {
        let state = own.get("/timebook/api/state").expect(200).json();
        let told = state["commands"].as_array().unwrap().iter().any(|one| one["what"] == "rules");
        if told { Ok(()) } else { Err(state) }
    });
    let out = server.folder().join("page");
    node("agent.mjs", &[&link, &out.to_string_lossy()]);
    let rules = agent.run(&["agent", "rules", "--json"]).json();
    assert_eq!(rules["own"][0], "drop app = KeePassXC");
    let made_private = "drop app = Key & Safe+1";
    assert!(rules["own"].as_array().unwrap().contains(&made_private.into()), "{rules}");
    let more = serde_json::json!({"app": "a\ndrop app ~ ."});
    own.post("/timebook/api/private", &more).expect(422);
    agent.http().post("/timebook/api/private", &more).expect(403);
}

/// A zone where it is between six and seven in the evening now: the story books today's hours, and those to come are refused.
#[expect(clippy::disallowed_methods, reason = "the server books on the machine's clock")]
fn where_it_is_evening() -> String {
    let hour = i32::from(jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).hour());
    let ahead = if hour <= 5 { -6 - hour } else { 18 - hour };
    // These names count the hours behind.
    format!("Etc/GMT{:+}", -ahead)
}

/// Without a web client's own helper files: what the page's tests need is installed once, from the lock file.
fn node(script: &str, args: &[&str]) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("web/e2e");
    install(&folder);
    let mut command = Command::new("node");
    command.arg(folder.join(script)).args(args).current_dir(&folder);
    if let Some(browser) = browser() {
        command.env("CHROMIUM", browser);
    }
    let done = Done::of(command);
    assert_eq!(done.code, Some(0), "{script}:\n{}\n{}", done.out, done.err);
}

fn install(folder: &Path) {
    let lock =
        std::fs::File::create(Path::new(env!("CARGO_TARGET_TMPDIR")).join("e2e.lock")).unwrap();
    lock.lock().unwrap();
    let stamp = folder.join("node_modules/.stamp");
    let wanted = std::fs::read(folder.join("package-lock.json")).unwrap();
    if std::fs::read(&stamp).is_ok_and(|had| had == wanted) {
        return;
    }
    let mut command = Command::new("npm");
    command.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(folder);
    Done::of(command).ok();
    std::fs::write(stamp, wanted).unwrap();
}

fn browser() -> Option<PathBuf> {
    let places = std::env::var_os("PATH").unwrap_or_default();
    let names = ["chromium", "chromium-browser", "google-chrome"];
    std::env::split_paths(&places).flat_map(|p| names.map(|n| p.join(n))).find(|p| p.is_file())
}

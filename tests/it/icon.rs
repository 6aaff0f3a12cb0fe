//! The icons in the notification area of a desktop, over a real session bus: the agent's with its menu of pauses, and the server's.

use crate::harness::bus::Bus;
use crate::harness::process::Process;
use crate::harness::{Agent, Folder, Role, Server, command, wait};
use serde_json::Value;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

#[test]
fn the_agents_icon_shows_how_things_stand_and_pauses() {
    let server = Server::start();
    server.add_user("ada", Role::Admin);
    let mut bus = Bus::start();
    let mut agent = Agent::enroll(&server.invite("ada"));
    agent.set("DBUS_SESSION_BUS_ADDRESS", bus.address());
    agent.set("LC_ALL", "C");
    agent.launch();
    until_title(&bus, "Recording");
    let recording = bus.picture().unwrap();
    let menu = bus.menu().unwrap();
    let lines: Vec<&str> = menu.iter().map(|line| line.1.as_str()).collect();
    assert_eq!(
        lines,
        [
            "Recording",
            "No timer runs",
            "Not sent yet: 0",
            "No rules",
            "Open…",
            "Pause for 15 minutes",
            "Pause for an hour",
            "Pause for today",
            "Pause until I say"
        ]
    );
    bus.press("Pause until I say");
    until_title(&bus, "Paused until you say");
    let status = agent.run(&["agent", "status", "--json"]).json();
    assert_eq!(status["paused_until"], "until resumed");
    assert_ne!(bus.picture().unwrap(), recording, "a pause has a shape of its own");
    bus.press("Record again");
    until_title(&bus, "Recording");
    // A pause from elsewhere is shown, too.
    agent.run(&["agent", "pause", "1h"]).ok();
    wait::until("the pause on the icon", wait::LONG, || {
        let title = bus.title()?;
        if title.starts_with("Paused until 2") { Ok(()) } else { Err(title) }
    });
    bus.press("Record again");
    until_title(&bus, "Recording");
    assert_eq!(agent.run(&["agent", "status", "--json"]).json()["paused_until"], Value::Null);
    // The session's bus is started again: so is the icon.
    bus.stop();
    wait::until("the agent to miss its icon", wait::LONG, || {
        let log = agent.process().log();
        if log.contains("no icon any more") { Ok(()) } else { Err(log) }
    });
    bus.restart();
    until_title(&bus, "Recording");
}

#[test]
fn the_agents_icon_shows_what_its_page_shows() {
    let server = Server::start();
    server.add_user("ada", Role::Admin);
    let bus = Bus::start();
    let mut agent = Agent::enroll(&server.invite("ada"));
    agent.set("DBUS_SESSION_BUS_ADDRESS", bus.address());
    agent.set("LC_ALL", "C");
    agent.set("TZ", "Asia/Tokyo");
    agent.run(&["agent", "rules", "add", "drop app = OWNAPP"]).ok();
    agent.launch();
    until_offered(&bus, "Rules: 1 of yours, 0 of the office");
    agent.run(&["track", "start", "--note", "Quarterly figures"]).ok();
    until(&bus, "the timer", |line| {
        line.starts_with("Timer since 2") && line.ends_with("JST: Quarterly figures")
    });
    let sheet = server.folder().join("sheet");
    std::fs::write(&sheet, "drop app = GAME\n").unwrap();
    server.run(&["redaction", "set", &sheet.to_string_lossy()]).ok();
    // The computer hears of the office's rules with its next delivery.
    bus.press("Stop the timer");
    until_offered(&bus, "No timer runs");
    assert_eq!(agent.run(&["track", "status", "--json"]).json()["entry"], Value::Null);
    until_offered(&bus, "Rules: 1 of yours, 1 of the office");
    until(&bus, "the command", |line| {
        line.starts_with("Office, 2") && line.ends_with(": other rules")
    });
    // A pause for today ends at this computer's midnight, and outlives the agent.
    bus.press("Pause for today");
    wait::until("the pause for today", wait::LONG, || {
        let title = bus.title()?;
        let is_it = title.starts_with("Paused until 2") && title.ends_with(" 00:00 JST");
        if is_it { Ok(()) } else { Err(title) }
    });
    let title = bus.title().unwrap();
    agent.stop();
    agent.launch();
    until_title(&bus, &title);
    assert_eq!(agent.run(&["agent", "status", "--json"]).json()["recording"], false);
}

#[test]
fn without_a_bus_there_is_no_icon_and_all_else_goes_on() {
    let server = Server::start();
    server.add_user("ada", Role::Admin);
    let mut agent = Agent::enroll(&server.invite("ada"));
    agent.set("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent");
    agent.launch();
    wait::until("the one line in the log", wait::LONG, || {
        let log = agent.process().log();
        match log.lines().filter(|line| line.contains("no icon")).count() {
            1 => Ok(()),
            _ => Err(log),
        }
    });
    agent.http().get("/api/0/info").expect(200);
}

#[test]
fn the_servers_icon_shows_started_and_stopped() {
    let mut server = Server::start();
    let mut bus = Bus::start();
    let mut icon = command::timebook();
    icon.args(["icon", "--data"]).arg(server.data());
    icon.env("DBUS_SESSION_BUS_ADDRESS", bus.address()).env("LC_ALL", "de_DE.UTF-8");
    let opened = server.folder().join("opened");
    icon.env("PATH", desktop(server.folder(), &opened));
    let mut icon = Process::start(icon, &server.folder().join("icon.log"));
    until_title(&bus, "Timebook-Server: Gestartet");
    let started = bus.picture().unwrap();
    let menu: Vec<String> = bus.menu().unwrap().into_iter().map(|line| line.1).collect();
    let expected = [
        "Timebook-Server: Gestartet",
        "Angemeldet: 0",
        "Computer in Verbindung: 0/0",
        "Serverstatus öffnen",
        "In einer Minute anhalten",
    ];
    assert_eq!(menu, expected);
    bus.press("Serverstatus öffnen");
    wait::until("the page to be opened", wait::LONG, || {
        let address = std::fs::read_to_string(&opened).unwrap_or_default();
        if address.trim() == format!("{}/server", server.url()) { Ok(()) } else { Err(address) }
    });
    // A stop from the menu is announced, and called off there.
    bus.press("In einer Minute anhalten");
    until_offered(&bus, "Das Anhalten absagen");
    assert_eq!(server.run(&["status", "--json"]).json()["state"], "warned");
    bus.press("Das Anhalten absagen");
    until_offered(&bus, "In einer Minute anhalten");
    server.run(&["stop"]).ok();
    until_title(&bus, "Timebook-Server: Angehalten");
    until_offered(&bus, "Starten");
    bus.press("Starten");
    until_title(&bus, "Timebook-Server: Gestartet");
    server.stop();
    until_title(&bus, "Timebook-Server: Angehalten");
    assert_ne!(bus.picture().unwrap(), started);
    let menu: Vec<String> = bus.menu().unwrap().into_iter().map(|line| line.1).collect();
    assert_eq!(menu, ["Timebook-Server: Angehalten", "Serverstatus öffnen"]);
    server.launch();
    until_title(&bus, "Timebook-Server: Gestartet");
    assert!(icon.ended().is_none(), "{}", icon.tail());
    bus.stop();
    assert!(icon.wait().success(), "{}", icon.tail());
}

/// Where programs are found, with one first that opens pages by writing down which.
fn desktop(folder: &Folder, opened: &Path) -> String {
    let programs = folder.join("programs");
    std::fs::create_dir(&programs).unwrap();
    let opener = programs.join("xdg-open");
    std::fs::write(&opener, format!("#!/bin/sh\nprintf %s \"$1\" > '{}'\n", opened.display()))
        .unwrap();
    std::fs::set_permissions(&opener, PermissionsExt::from_mode(0o755)).unwrap();
    format!("{}:{}", programs.display(), std::env::var("PATH").unwrap())
}

#[track_caller]
fn until_offered(bus: &Bus, label: &str) {
    until(bus, label, |line| line == label);
}

/// Until the menu has such a line.
#[track_caller]
fn until(bus: &Bus, what: &str, is_it: impl Fn(&str) -> bool) {
    wait::until(what, wait::LONG, || {
        let menu = bus.menu()?;
        if menu.iter().any(|line| is_it(&line.1)) { Ok(()) } else { Err(format!("{menu:?}")) }
    });
}

#[track_caller]
fn until_title(bus: &Bus, title: &str) {
    wait::until(title, wait::LONG, || {
        let shown = bus.title()?;
        if shown == title { Ok(()) } else { Err(shown) }
    });
}

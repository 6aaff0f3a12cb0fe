//! The Server Manager in a real terminal window: looks, ends a session, adds an administrator, starts a server that is down.

use crate::harness::command::timebook;
use crate::harness::process::send;
use crate::harness::report::{sign_in, sign_in_as};
use crate::harness::terminal::Terminal;
use crate::harness::{Http, Role, Server, wait};
use rustix::process::Signal;
use std::path::Path;

const NEW_PASSWORD: &str = "a word nobody sees 42";

#[test]
fn the_server_is_looked_after_from_a_terminal_window() {
    let mut server = Server::start();
    server.add_user("ada", Role::Admin);
    let ada = sign_in(&server, "ada");
    let mut manage = timebook();
    manage.arg("manage").arg("--data").arg(server.data());
    manage.args(["--listen", "127.0.0.1:0", "--loopback", "127.0.0.1:0"]);
    let window = Terminal::open(&manage);
    let screen = window.shows("Started since");
    assert!(screen.contains("Maximum memory") && screen.contains("q  Leave"), "{screen}");

    // A session is ended, after a question.
    window.press(&["2"]);
    window.shows("127.0.0.1");
    window.press(&["e"]);
    window.shows("End this session of ada?");
    window.press(&["n", "e", "y"]);
    window.shows("The session has ended.");
    window.shows("Nobody is signed in.");
    ada.get("/api/v1/session").expect(401);
    window.press(&["3"]);
    window.shows("No computer is enrolled.");
    window.press(&["4"]);
    window.shows("Nothing runs.");
    // A backup is made and verified; the server goes out of service and back.
    window.press(&["5"]);
    window.shows("There is no backup yet.");
    window.press(&["b"]);
    window.shows("Backed up and verified");
    window.shows("people 1, entries 0");
    window.press(&["v"]);
    window.shows("Sound: ");
    window.press(&["x"]);
    window.shows("Take the server out of service?");
    window.press(&["y"]);
    window.shows("Stopped since");
    assert!(server.data().join("stopped").exists());
    window.press(&["s"]);
    window.shows("The server is in service.");
    window.shows("Started since");
    window.press(&["6"]);
    let log = window.shows("session.");
    assert!(log.contains("user.add") && log.contains("ada"), "{log}");

    // An administrator for when nobody can sign in.
    window.press(&["1", "a"]);
    window.type_in("grace");
    for _ in 0..2 {
        window.press(&["Enter"]);
        window.type_in(NEW_PASSWORD);
    }
    let form = window.shows("••••");
    assert!(!form.contains(NEW_PASSWORD), "{form}");
    window.press(&["Enter"]);
    window.shows("Added grace as administrator.");
    sign_in_as(&server, "grace", NEW_PASSWORD);

    // Down and up again, as a process that goes on without the window.
    server.stop();
    window.shows("Not running");
    window.press(&["5"]);
    window.shows("people 1, entries 0");
    window.press(&["r"]);
    window.shows("Put everything back as it was at");
    window.press(&["y"]);
    window.shows("Restored: ");
    window.press(&["s"]);
    window.shows("The server has started");
    window.shows("Started since");
    window.press(&["q"]);
    window.is_left();
    let listen = std::fs::read_to_string(server.data().join("listen")).unwrap();
    let loopback = listen.lines().nth(1).unwrap();
    Http::new(loopback).get("/readyz").expect(200);
    let started = serving(&server.data());
    send(started, Signal::TERM);
    wait::until_true("the server to end", wait::LONG, || !server.data().join("listen").exists());
    wait::until_true("its process to be gone", wait::LONG, || find(&server.data()).is_empty());
    server.launch();
}

/// Without a terminal it says what to use instead.
#[test]
fn without_a_terminal_the_manager_says_what_scripts_use() {
    let server = Server::start();
    let why = server.run(&["manage"]).refused(2);
    assert!(why.contains("timebook status --json"), "{why}");
}

/// The launcher that serves this folder, and whose parent is gone.
#[track_caller]
fn serving(data: &Path) -> u32 {
    let found = find(data);
    let [id] = found[..] else { panic!("one server over {}: {found:?}", data.display()) };
    id
}

fn find(data: &Path) -> Vec<u32> {
    let serves = |words: &[String]| {
        words.iter().any(|word| word == "serve")
            && words.iter().any(|word| Path::new(word) == data)
            && !words.iter().any(|word| word == "--child")
    };
    let all = procfs::process::all_processes().unwrap().flatten();
    let found = all.filter(|process| process.cmdline().is_ok_and(|words| serves(&words)));
    found.filter_map(|process| u32::try_from(process.pid).ok()).collect()
}

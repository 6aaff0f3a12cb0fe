//! `timebook service` in a real session of systemd: the server starts, says when it is ready, starts again when it hangs, and goes.

use crate::harness::command::{Done, run, timebook};
use crate::harness::folder::Folder;
use crate::harness::process::{children_of, send};
use crate::harness::{Http, session::Session, wait};
use rustix::process::Signal;
use std::path::Path;
use std::process::Command;

const UNIT: &str = "timebook.service";

#[test]
fn a_server_as_a_service_is_ready_when_it_says_so_and_starts_anew_when_it_hangs() {
    let home = Folder::new();
    let data = home.join("data");
    let data_text = data.to_str().unwrap();
    let session = Session::start();
    let service =
        |words: &[&str]| session.timebook(&[&["service"], words, &["--session"]].concat());
    let none = service(&["status"]);
    assert!(none.code == Some(4) && none.out.contains("timebook service install"), "{none:?}");
    service(&["start"]).refused(1);
    // An installation that fails leaves nothing: the port is somebody else's.
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken_at = taken.local_addr().unwrap().to_string();
    session.write_unit("timebook.service.d/once.conf", "[Service]\nRestart=no\n");
    let why = service(&["install", "--data", data_text, "--listen", &taken_at]).refused(1);
    assert!(why.contains("Nothing was installed"), "{why}");
    assert!(!is_there(&session));
    session.write_unit("timebook.service.d/once.conf", "");

    let install =
        ["install", "--data", data_text, "--listen", "127.0.0.1:0", "--loopback", "127.0.0.1:0"];
    let said = service(&install).ok();
    assert!(said.starts_with("Installed and started: ") && said.contains(data_text), "{said}");
    let link = std::fs::read_to_string(data.join("setup-link")).unwrap();
    assert!(said.contains(link.trim()), "{said}");
    assert!(answers(&data), "installed is started, and started is ready");
    let status = service(&["status", "--json"]).json();
    assert_eq!((&status["runs"], &status["starts_by_itself"]), (&true.into(), &true.into()));
    run(&data, &["user", "list"]).ok();

    // Again, with a watchdog that need not be waited for as long.
    session.write_unit("timebook.service.d/soon.conf", "[Service]\nWatchdogSec=11\n");
    service(&install).ok();
    let before = session.main_process(UNIT).unwrap();
    let last_sign = || {
        session.systemctl(&["show", "--property=WatchdogTimestampMonotonic", "--value", UNIT]).out
    };
    let first = last_sign();
    wait::until_true("the next sign of life", wait::LONG, || last_sign() != first);
    assert_eq!(session.main_process(UNIT), Some(before), "what lives is left alone");
    let hangs = children_of(before)[0];
    send(hangs, Signal::STOP);
    wait::until("the watchdog to end what hangs", wait::LONG, || {
        match session.main_process(UNIT) {
            Some(id) if id != before => Ok(()),
            same => Err(format!("{same:?}\n{}", session.systemctl(&["status", UNIT]).out)),
        }
    });
    // With a system of its own, systemd ends every process of the service; here it knows only the first.
    send(hangs, Signal::CONT);
    wait::until_true("the server to answer again", wait::LONG, || answers(&data));

    service(&["stop"]).ok();
    assert!(!answers(&data));
    assert_eq!(service(&["status"]).code, Some(4));
    service(&["start"]).ok();
    assert!(answers(&data));
    assert!(service(&["uninstall"]).ok().contains("The data is where it was"));
    assert!(!answers(&data) && !is_there(&session) && data.join("timebook.redb").exists());
    assert!(service(&["uninstall"]).ok().contains("no such service"));
}

/// What is written for the computer's own service is understood by systemd, word for word.
#[test]
fn a_service_of_the_computer_is_understood_by_systemd() {
    let home = Folder::new();
    // Where no service looks into a home.
    let program = home.join("timebook");
    std::fs::copy(timebook().get_program(), &program).unwrap();
    let install = |words: &[&str]| {
        let mut command = Command::new(&program);
        command.env("HOME", home.path()).args(["service", "install", "--print"]).args(words);
        Done::of(command)
    };
    let understood = |text: &str| {
        let file = home.join(UNIT);
        std::fs::write(&file, text).unwrap();
        let mut command = Command::new("systemd-analyze");
        command.arg("verify").arg("--man=no").arg(&file);
        let said = Done::of(command);
        assert!(!said.err.contains(UNIT), "{}\n{text}", said.err);
    };
    understood(&install(&["--session", "--name", "100% $HOME"]).ok());
    // The settings file says where the data is, as it does for every other command.
    let (settings, elsewhere) = (home.join("timebook.toml"), home.join("else where"));
    std::fs::write(&settings, format!("data = '{}'\n", elsewhere.display())).unwrap();
    let text = install(&["--session", "--config", settings.to_str().unwrap()]).ok();
    assert!(text.contains(&format!("\"--data\" \"{}\"", elsewhere.display())), "{text}");
    if rustix::process::geteuid().is_root() {
        let text = install(&[]).ok();
        assert!(text.contains("DynamicUser=yes") && text.contains("/var/lib/timebook"), "{text}");
        understood(&text);
        let own = home.join("o'wn 100% \"$of\" \\it");
        std::fs::create_dir(&own).unwrap();
        let roots = install(&["--data", own.to_str().unwrap()]).refused(1);
        assert!(roots.contains("belongs to root"), "{roots}");
        std::os::unix::fs::chown(&own, Some(12_345), None).unwrap();
        let text = install(&["--data", own.to_str().unwrap()]).ok();
        assert!(text.contains("User=12345"), "{text}");
        understood(&text);
        install(&["--data", home.join("none").to_str().unwrap()]).refused(1);
    }
}

fn is_there(session: &Session) -> bool {
    session.systemctl(&["cat", UNIT]).out.contains("ExecStart=")
}

/// Does the server over this folder answer now?
fn answers(data: &Path) -> bool {
    let Ok(listen) = std::fs::read_to_string(data.join("listen")) else { return false };
    let Some(loopback) = listen.lines().nth(1) else { return false };
    Http::new(loopback)
        .send("GET", "/readyz", "", Vec::new())
        .is_ok_and(|reply| reply.status == 200)
}

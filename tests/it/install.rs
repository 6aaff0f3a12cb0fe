//! `timebook agent install` in a real session of systemd: the agent starts now, after a crash, and with every sign-in.

use crate::harness::desktop::Desktop;
use crate::harness::{Agent, Http, Role, Server, session::Session, wait};
use rustix::process::{Pid, Signal, kill_process};

const UNIT: &str = "timebook-agent.service";

#[test]
fn an_installed_agent_starts_with_the_session_and_after_a_crash() {
    let server = Server::start();
    server.add_user("ada", Role::Admin);
    let agent = Agent::enroll(&server.invite("ada"));
    let data = agent.data();
    let mut session = Session::start();

    let data_text = data.to_str().unwrap();
    let install = ["agent", "install", "--door", "127.0.0.1:0", "--data", data_text];
    let said = session.timebook(&install).ok();
    assert!(said.starts_with("Installed and started: "), "{said}");
    let first = records(&session, &agent, None);

    // Again: the service is renewed, not doubled.
    session.timebook(&install).ok();
    let second = records(&session, &agent, Some(first));

    let launcher = Pid::from_raw(i32::try_from(second).unwrap()).unwrap();
    kill_process(launcher, Signal::KILL).unwrap();
    let third = records(&session, &agent, Some(second));

    session.sign_out();
    assert!(!answers(&agent), "the agent outlived the session");
    session.sign_in();
    records(&session, &agent, Some(third));
}

/// After a restart of the computer the session of systemd is there before the desktop is.
#[test]
fn an_installed_agent_sees_the_desktop_that_comes_after_the_session() {
    let server = Server::start();
    server.add_user("ada", Role::Admin);
    let agent = Agent::enroll(&server.invite("ada"));
    agent.run(&["agent", "record", "on", "--yes"]).ok();
    let desktop = Desktop::start();
    let mut session = Session::start();
    let begin = |session: &Session| {
        session.systemctl(&["unset-environment", "DISPLAY", "WAYLAND_DISPLAY"]).ok();
        session.systemctl(&["set-environment", &format!("DISPLAY={}", desktop.display())]).ok();
        session.systemctl(&["start", "desktop.target"]).ok();
    };
    session.write_unit(
        "desktop.target",
        "[Unit]\nBindsTo=graphical-session.target\nBefore=graphical-session.target\n",
    );
    begin(&session);
    let data = agent.data();
    let install = ["agent", "install", "--door", "127.0.0.1:0", "--data", data.to_str().unwrap()];
    session.timebook(&install).ok();
    let first = records(&session, &agent, None);
    until_looking(&agent);

    session.sign_out();
    session.sign_in();
    begin(&session);
    records(&session, &agent, Some(first));
    until_looking(&agent);

    // It goes with its desktop: nobody is there to be recorded.
    session.systemctl(&["stop", "desktop.target"]).ok();
    wait::until("the agent to end", wait::LONG, || match session.main_process(UNIT) {
        None => Ok(()),
        id => Err(format!("{id:?}")),
    });
}

#[track_caller]
fn until_looking(agent: &Agent) {
    wait::until("the recorder to look", wait::LONG, || {
        let status = agent.run(&["agent", "status", "--json"]).json();
        if status["recorder"] == "looking" { Ok(()) } else { Err(status) }
    });
}

/// Waits until the service runs as another process than `before`, and takes a watcher's requests.
#[track_caller]
fn records(session: &Session, agent: &Agent, before: Option<u32>) -> u32 {
    wait::until("the installed agent to record", wait::LONG, || {
        let now = session.main_process(UNIT).filter(|id| Some(*id) != before);
        match now {
            Some(id) if answers(agent) => Ok(id),
            _ => Err(session.systemctl(&["status", UNIT]).out),
        }
    })
}

fn answers(agent: &Agent) -> bool {
    let Ok(listen) = std::fs::read_to_string(agent.data().join("agent/listen")) else {
        return false;
    };
    let door = listen.lines().next().unwrap_or_default().trim().trim_end_matches('/');
    Http::new(door)
        .send("GET", "/api/0/info", "", Vec::new())
        .is_ok_and(|reply| reply.status == 200)
}

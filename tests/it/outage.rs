//! The server unreachable, slow, answering half, or not the server at all: the agent takes every heartbeat meanwhile, keeps it, and
//! delivers it once when the server is back. A stock client beside it notices nothing.

use crate::harness::command::Done;
use crate::harness::recording::{self, create_bucket, yesterday};
use crate::harness::report::{seen_by, sign_in};
use crate::harness::{Agent, Folder, Mood, Proxy, Role, Server, python, wait};
use std::collections::BTreeSet;

const BUCKET: &str = "outage";
const EACH: u64 = 20;

/// An agent whose way to its server leads through a proxy.
struct Office {
    agent: Agent,
    proxy: Proxy,
    server: Server,
    recorded: u64,
}

impl Office {
    fn new() -> Self {
        let mut server = Server::start();
        server.add_user("ada", Role::Admin);
        let mut agent = Agent::enroll(&server.invite("ada"));
        let known = server.address();
        server.restart_elsewhere();
        let proxy = Proxy::start(known.port(), server.address());
        agent.launch();
        create_bucket(&agent.http(), BUCKET);
        let mut office = Self { agent, proxy, server, recorded: 0 };
        office.record();
        office.expect_all();
        assert!(office.proxy.taken() > 0, "the agent's way leads through the proxy");
        office
    }

    /// More events at the agent's door, each acknowledged.
    fn record(&mut self) {
        let http = self.agent.http();
        for number in self.recorded..self.recorded + EACH {
            recording::send(&http, BUCKET, number).unwrap();
        }
        self.recorded += EACH;
    }

    fn expect_all(&self) {
        let all: BTreeSet<u64> = (0..self.recorded).collect();
        self.server.expect_report("ada", &all);
    }

    /// The agent has met the proxy's mood `times` times.
    fn wait_for_tries(&self, times: u64) {
        let what = format!("the agent to try {times} times");
        wait::until_true(&what, wait::LONG, || self.proxy.taken() >= times);
    }

    /// Nothing recorded since is on the server yet.
    fn expect_only(&self, before: u64) {
        assert_eq!(self.arrived(), before, "it cannot have arrived yet");
    }

    /// How many events the report shows: each lasts the same.
    fn arrived(&self) -> u64 {
        let viewer = sign_in(&self.server, "ada");
        seen_by(&viewer, "ada", &yesterday(), &yesterday()).active_ms / recording::LASTS_MS
    }
}

#[test]
fn unreachable() {
    blocked_by(Mood::Cut, 2);
}

#[test]
fn silent() {
    blocked_by(Mood::Hang, 1);
}

/// Some bytes of TLS and nothing more.
#[test]
fn half_a_greeting() {
    // Less than any server's greeting, a resumed session's short one too.
    blocked_by(Mood::Half(90), 2);
}

fn blocked_by(mood: Mood, tries: u64) {
    let mut office = Office::new();
    let before = office.recorded;
    office.proxy.set(mood);
    office.record();
    office.wait_for_tries(tries);
    office.expect_only(before);
    office.proxy.set(Mood::Pass);
    office.expect_all();
}

/// The batch arrives, the answer does not: the agent must send it again and the server must know it. Where exactly the answer is cut
/// differs from try to try; at least one cut must have hurt.
#[test]
fn half_an_answer() {
    let mut office = Office::new();
    let viewer = sign_in(&office.server, "ada");
    let mut hurt = 0;
    for bytes in [200, 350, 500, 650, 800, 1_000] {
        office.proxy.set(Mood::Half(bytes));
        office.record();
        let wanted = office.recorded * recording::LASTS_MS;
        hurt += wait::until("the agent to try again, or not to need it", wait::LONG, || {
            let there = seen_by(&viewer, "ada", &yesterday(), &yesterday()).active_ms == wanted;
            match (office.proxy.taken(), there) {
                (2.., _) => Ok(1),
                (_, true) => Ok(0),
                (taken, _) => Err(format!("{taken} tries")),
            }
        });
    }
    assert!(hurt > 0, "no answer was cut");
    office.proxy.set(Mood::Pass);
    office.expect_all();
}

#[test]
fn slow() {
    let mut office = Office::new();
    office.proxy.set(Mood::Slow(200));
    office.record();
    office.expect_all();
}

/// Another office answers at the server's address: the agent tells it nothing and waits for its own.
#[test]
fn another_servers_certificate() {
    let mut office = Office::new();
    let before = office.recorded;
    let stranger = Server::start();
    office.proxy.point_at(stranger.address());
    office.record();
    office.wait_for_tries(2);
    office.expect_only(before);
    assert!(stranger.list("quarantine").is_empty(), "a stranger was told nothing");
    office.proxy.point_at(office.server.address());
    office.expect_all();
}

/// The server restarts on another address of its own and so with a new leaf; the office CA is the same.
#[test]
fn a_new_certificate_of_the_same_office() {
    let mut office = Office::new();
    office.record();
    office.server.stop();
    office.record();
    office.server.restart_elsewhere();
    office.proxy.point_at(office.server.address());
    office.expect_all();
}

/// aw-client drops its queue on any error: beside our agent it never sees one.
#[test]
fn a_stock_client_beside_the_agent() {
    let mut office = Office::new();
    office.proxy.set(Mood::Cut);
    let home = Folder::new();
    for (part, mood) in [Mood::Cut, Mood::Hang, Mood::Half(1_000)].into_iter().enumerate() {
        office.proxy.set(mood);
        if part == 1 {
            office.agent.kill_child();
        }
        let mut command = python::command(
            &python::client().join("python"),
            &home,
            "127.0.0.1",
            office.agent.door().port(),
        );
        command.arg(python::script("stream.py")).arg(office.agent.door().port().to_string());
        command.args([BUCKET, &yesterday(), &office.recorded.to_string(), &EACH.to_string()]);
        Done::of(command).ok();
        office.recorded += EACH;
    }
    office.proxy.set(Mood::Pass);
    office.expect_all();
}

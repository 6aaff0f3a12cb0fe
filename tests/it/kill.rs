//! kill -9 at random moments under load, of the server's child, the whole server, the agent's child and the whole agent: nothing
//! acknowledged is lost, nothing is there twice, and no connection is refused when only a child died.

use crate::harness::http::Failure;
use crate::harness::recording::{self, check, create_bucket, numbers};
use crate::harness::seed::{Chance, rounds, seeds};
use crate::harness::{Agent, Http, Role, Server, wait};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

const WRITERS: u64 = 3;

#[test]
fn the_server_killed_at_any_moment() {
    for seed in seeds("kill::server") {
        let mut server = Server::start();
        server.add_user("ada", Role::Admin);
        let token = server.token("ada", "load");
        let load = Load::start(|| server.with_token(&token));
        let mut chance = Chance::new(seed);
        for round in 0..rounds() {
            let until = format!("seed {seed}, round {round}: progress of the load");
            load.let_pass(&until, chance.below(60));
            if chance.below(3) == 0 {
                load.while_away(|| {
                    server.kill_all();
                    server.launch();
                });
            } else {
                server.kill_child();
            }
        }
        let done = load.finish(&format!("seed {seed}"));
        server.wait_ready();
        let http = server.with_token(&token);
        for (bucket, acknowledged) in &done {
            check(acknowledged, &numbers(&http, bucket))
                .unwrap_or_else(|e| panic!("seed {seed}, {bucket}: {e}"));
        }
    }
}

#[test]
fn the_agent_killed_at_any_moment() {
    for seed in seeds("kill::agent") {
        let server = Server::start();
        server.add_user("ada", Role::Admin);
        let mut agent = Agent::start(&server, "ada");
        let load = Load::start(|| agent.http());
        let mut chance = Chance::new(seed);
        for round in 0..rounds() {
            let until = format!("seed {seed}, round {round}: progress of the load");
            load.let_pass(&until, chance.below(60));
            if chance.below(3) == 0 {
                load.while_away(|| {
                    agent.kill_all();
                    agent.launch();
                });
            } else {
                agent.kill_child();
            }
        }
        let done = load.finish(&format!("seed {seed}"));
        let http = agent.http();
        let mut all = BTreeSet::new();
        for (bucket, acknowledged) in &done {
            let found = numbers(&http, bucket);
            check(acknowledged, &found).unwrap_or_else(|e| panic!("seed {seed}, {bucket}: {e}"));
            all.extend(found.into_keys());
        }
        server.expect_report("ada", &all);
    }
}

/// A command given while the working child is being replaced waits for the new one.
#[test]
fn a_command_right_after_a_kill() {
    let mut server = Server::start();
    server.add_user("ada", Role::Admin);
    for _ in 0..3 {
        let killed = server.kill_child();
        assert_eq!(server.list("user").len(), 1);
        assert_ne!(server.process().children(), [killed]);
    }
}

/// The launcher alone is killed: its child notices, lets go of everything, and the next start needs no human.
#[test]
fn the_launcher_killed_alone() {
    let mut server = Server::start();
    server.add_user("ada", Role::Admin);
    let token = server.token("ada", "load");
    let load = Load::start(|| server.with_token(&token));
    for _ in 0..3 {
        load.let_pass("progress of the load", 10);
        load.while_away(|| {
            server.process().kill_alone();
            server.launch();
        });
    }
    let done = load.finish("launcher alone");
    let http = server.with_token(&token);
    for (bucket, acknowledged) in &done {
        check(acknowledged, &numbers(&http, bucket)).unwrap_or_else(|e| panic!("{bucket}: {e}"));
    }
}

/// The same for the agent: stock clients must find its door again on the same port.
#[test]
fn the_agents_launcher_killed_alone() {
    let server = Server::start();
    server.add_user("ada", Role::Admin);
    let mut agent = Agent::start(&server, "ada");
    let load = Load::start(|| agent.http());
    for _ in 0..3 {
        load.let_pass("progress of the load", 10);
        load.while_away(|| {
            agent.process().kill_alone();
            agent.launch();
        });
    }
    let done = load.finish("launcher alone");
    let mut all = BTreeSet::new();
    for (bucket, acknowledged) in &done {
        let found = numbers(&agent.http(), bucket);
        check(acknowledged, &found).unwrap_or_else(|e| panic!("{bucket}: {e}"));
        all.extend(found.into_keys());
    }
    server.expect_report("ada", &all);
}

/// Writers that send numbered events and keep what was acknowledged.
struct Load {
    shared: Arc<Shared>,
    writers: Vec<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    next: AtomicU64,
    acknowledged: Mutex<BTreeMap<String, BTreeSet<u64>>>,
    stop: AtomicBool,
    /// Raised while everything is killed: only then may a connection be refused.
    away: AtomicBool,
    /// Counts the times everything was killed.
    times_away: AtomicU64,
    refused: Mutex<Vec<String>>,
}

impl Load {
    fn start(client: impl Fn() -> Http) -> Self {
        let shared = Arc::new(Shared::default());
        let writers = (0..WRITERS).map(|writer| {
            let (shared, http) = (shared.clone(), client());
            let bucket = format!("load-{writer}");
            create_bucket(&http, &bucket);
            std::thread::spawn(move || shared.write(&http, &bucket))
        });
        Self { writers: writers.collect(), shared }
    }

    /// Waits until `more` further events were acknowledged: a moment that chance chooses, without a clock.
    #[track_caller]
    fn let_pass(&self, what: &str, more: u64) {
        let goal = self.shared.count() + more;
        wait::until(what, wait::LONG, || {
            let count = self.shared.count();
            if count >= goal { Ok(()) } else { Err(format!("{count} of {goal} acknowledged")) }
        });
    }

    fn while_away(&self, act: impl FnOnce()) {
        self.shared.times_away.fetch_add(1, Ordering::SeqCst);
        self.shared.away.store(true, Ordering::SeqCst);
        act();
        self.shared.away.store(false, Ordering::SeqCst);
    }

    #[track_caller]
    fn finish(self, what: &str) -> BTreeMap<String, BTreeSet<u64>> {
        self.let_pass(&format!("{what}: life after the last kill"), 30);
        self.shared.stop.store(true, Ordering::SeqCst);
        for writer in self.writers {
            writer.join().unwrap();
        }
        let refused = self.shared.refused.lock().unwrap();
        assert!(refused.is_empty(), "{what}: refused although only a child had died: {refused:?}");
        self.shared.acknowledged.lock().unwrap().clone()
    }
}

impl Shared {
    fn count(&self) -> u64 {
        self.acknowledged.lock().unwrap().values().map(|s| s.len() as u64).sum()
    }

    fn write(&self, http: &Http, bucket: &str) {
        while !self.stop.load(Ordering::SeqCst) {
            let number = self.next.fetch_add(1, Ordering::SeqCst);
            let before = self.times_away.load(Ordering::SeqCst);
            let away = self.away.load(Ordering::SeqCst);
            match recording::send(http, bucket, number) {
                Ok(()) => {
                    _ = self
                        .acknowledged
                        .lock()
                        .unwrap()
                        .entry(bucket.into())
                        .or_default()
                        .insert(number)
                }
                Err(Failure::Broken(_)) => {}
                Err(Failure::Refused(why)) => {
                    if !away && before == self.times_away.load(Ordering::SeqCst) {
                        self.refused.lock().unwrap().push(why);
                    }
                    wait::until_true("the end of the time away", wait::LONG, || {
                        !self.away.load(Ordering::SeqCst)
                    });
                }
            }
        }
    }
}

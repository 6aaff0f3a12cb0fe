//! A computer's certificate is issued anew before it ends: age never cuts off one that is used.

use std::fs;

use serde_json::Value;

use crate::harness::recording::{create_bucket, send};
use crate::harness::{Agent, Role, Server, wait};

/// More than two thirds of the 825 days.
const LATER_MS: u64 = 600 * 24 * 60 * 60 * 1_000;

#[test]
fn a_certificate_is_issued_anew_before_it_ends() {
    let server = Server::start();
    server.add_user("ada", Role::Admin);
    let shift = tempfile::NamedTempFile::new().unwrap();
    let mut agent = Agent::enroll(&server.invite("ada"));
    agent.set("TIMEBOOK_FAULT_CLOCK", shift.path().to_str().unwrap());
    let first = certificate(&agent);
    agent.launch();
    create_bucket(&agent.http(), "certified");
    send(&agent.http(), "certified", 0).unwrap();
    server.expect_report("ada", &[0].into());
    assert_eq!(certificate(&agent), first, "a young one stays");

    fs::write(shift.path(), LATER_MS.to_string()).unwrap();
    agent.stop();
    agent.launch();
    let next = wait::until("another certificate", wait::LONG, || {
        let now = certificate(&agent);
        if now == first { Err(agent.log()) } else { Ok(now) }
    });
    // It is the one that the server is shown from then on, also after a restart.
    fs::write(shift.path(), "0").unwrap();
    agent.stop();
    agent.launch();
    send(&agent.http(), "certified", 1).unwrap();
    server.expect_report("ada", &[0, 1].into());
    assert_eq!(certificate(&agent), next);
}

fn certificate(agent: &Agent) -> String {
    let text = fs::read_to_string(agent.data().join("agent/identity.json")).unwrap();
    let identity: Value = serde_json::from_str(&text).unwrap();
    identity["certificate"].as_str().unwrap().to_owned()
}

//! The server gets another address: the computers of its office find it by themselves, in a network of the story's own.

use timebook::net::mdns::Announcement;

use crate::harness::recording::{create_bucket, send};
use crate::harness::{Agent, Role, Server, namespace, wait};

const HERE: [u8; 4] = [10, 77, 0, 1];

#[test]
fn a_server_that_moved_is_found_by_its_computers() {
    // A network card that leads nowhere, and that the system shows as its only one.
    let furnish = "mount -t sysfs none /sys; ip link set lo up; ip link add office0 type veth peer name nobody; \
                   ip addr add 10.77.0.1/24 dev office0; ip link set office0 up; ip link set nobody up";
    let story = "moved::a_server_that_moved_is_found_by_its_computers";
    if namespace::inside(story, &["--net", "--mount"], furnish).is_none() {
        return;
    }
    let mut server = Server::start_at(HERE);
    server.add_user("ada", Role::Admin);
    let mut agent = Agent::start(&server, "ada");
    let before = server.address();
    create_bucket(&agent.http(), BUCKET);
    send(&agent.http(), BUCKET, 0).unwrap();
    expect(&server, 1);

    // The server is away, and another office's says that it is this one's.
    server.stop();
    let other = Server::start_at(HERE);
    let identity = std::fs::read(agent.data().join("agent/identity.json")).unwrap();
    let identity: serde_json::Value = serde_json::from_slice(&identity).unwrap();
    let office = identity["office"].as_str().unwrap();
    let lie = Announcement::of(office, other.address()).unwrap().unwrap();
    send(&agent.http(), BUCKET, 1).unwrap();
    wait::until("the other server not to be believed", wait::LONG, || {
        let log = agent.log();
        if log.contains("is not believed") { Ok(()) } else { Err(log) }
    });
    assert!(!agent.log().contains(FOUND));

    server.start_elsewhere();
    assert_ne!(server.address(), before);
    agent.stop();
    agent.launch();
    expect(&server, 2);
    drop(lie);
    let times = agent.log().matches(FOUND).count();
    assert_eq!(times, 1, "{}", agent.log());
    // Where it is now is remembered: no look around is needed.
    agent.stop();
    agent.launch();
    send(&agent.http(), BUCKET, 2).unwrap();
    expect(&server, 3);
    assert_eq!(agent.log().matches(FOUND).count(), times);
}

#[track_caller]
fn expect(server: &Server, events: u64) {
    server.expect_report("ada", &(0..events).collect());
}

const FOUND: &str = "was found at another address";
const BUCKET: &str = "moved";

//! The server gets another address: the computers of its office find it by themselves, in a network of the story's own.

use std::fs;

use timebook::net::mdns::Announcement;

use crate::harness::command::run;
use crate::harness::recording::{create_bucket, send};
use crate::harness::{Agent, Role, Server, namespace, wait};

const HERE: [u8; 4] = [10, 77, 0, 1];
const THERE: [u8; 4] = [10, 77, 0, 2];

/// A network card that leads nowhere, and that the system shows as its only one.
const FURNISH: &str = "mount -t sysfs none /sys; ip link set lo up; ip link add office0 type veth peer name nobody; \
                       ip addr add 10.77.0.1/24 dev office0; ip addr add 10.77.0.2/24 dev office0; \
                       ip link set office0 up; ip link set nobody up";

#[test]
fn a_server_that_moved_is_found_by_its_computers() {
    let story = "moved::a_server_that_moved_is_found_by_its_computers";
    if namespace::inside(story, &["--net", "--mount"], FURNISH).is_none() {
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
    let identity = fs::read(agent.data().join("agent/identity.json")).unwrap();
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

/// One file is left, and the slip with the recovery code: on another computer, at another address, the office goes on, and its computers find
/// it without a visit and bring what came after the backup.
#[test]
fn the_servers_computer_is_gone_and_the_others_find_the_new_one() {
    let story = "moved::the_servers_computer_is_gone_and_the_others_find_the_new_one";
    let Some(place) = namespace::inside(story, &["--net", "--mount"], FURNISH) else { return };
    let mut server = Server::start_at(HERE);
    let password = server.password_file();
    let add =
        ["user", "add", "--name", "ada", "--role", "admin", "--json", "--password-file", &password];
    let added = server.run(&add).json();
    let code_file = place.join("code").display().to_string();
    fs::write(&code_file, added["recovery_code"].as_str().unwrap()).unwrap();
    let agent = Agent::start(&server, "ada");
    create_bucket(&agent.http(), BUCKET);
    send(&agent.http(), BUCKET, 0).unwrap();
    expect(&server, 1);
    let made = server.run(&["backup", "create", "--json"]).json();
    let file = place.join("left.tbk").display().to_string();
    fs::copy(made["file"].as_str().unwrap(), &file).unwrap();
    send(&agent.http(), BUCKET, 1).unwrap();
    expect(&server, 2);
    server.stop();
    drop(server);

    let other = Server::start_filled_at(THERE, |data| {
        run(data, &["backup", "restore", &file]).ok();
        run(data, &["recover", "--code-file", &code_file]).ok();
    });
    send(&agent.http(), BUCKET, 2).unwrap();
    expect(&other, 3);
    assert!(agent.log().contains(FOUND));
}

#[track_caller]
fn expect(server: &Server, events: u64) {
    server.expect_report("ada", &(0..events).collect());
}

const FOUND: &str = "was found at another address";
const BUCKET: &str = "moved";

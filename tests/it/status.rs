//! Server Status in a terminal, with the server up and down.

use crate::harness::report::sign_in;
use crate::harness::{Role, Server};

#[test]
fn the_status_is_told_started_and_stopped() {
    let mut server = Server::start();
    server.add_user("ada", Role::Admin);
    let told = server.run(&["status"]).ok();
    assert!(told.starts_with("Status:         Started since 20"), "{told}");
    assert!(told.contains("Current users:  0, sessions 0"), "{told}");
    let ada = sign_in(&server, "ada");
    let told = server.run(&["status"]).ok();
    assert!(told.contains("Current users:  1, sessions 1"), "{told}");
    let status = ada.get("/api/v1/server/status").expect(200).json();
    assert!(status["connections"].as_u64().unwrap() >= 1, "{status}");
    assert!(status["disk_free_bytes"].as_u64().unwrap() > 0, "{status}");
    server.stop();
    let told = server.run(&["status"]).refused(4);
    assert!(told.contains("Start the server with: timebook serve"), "{told}");
}

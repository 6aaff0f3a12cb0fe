//! What is kept on a computer: as long as the office says, seen by its person with the agent running and not.

use crate::harness::recording::create_bucket;
use crate::harness::{Agent, Role, Server, wait};
use serde_json::json;

#[test]
fn a_person_sees_how_long_things_stay_on_their_computer() {
    let server = Server::start();
    server.add_user("ada", Role::Admin);
    // Shorter than it was: for whoever saw that nothing goes.
    let words = ["--confirm", "detail-30-0-0-0"];
    server.run(&[&["retention", "set", "detail", "30"], &words[..]].concat()).ok();
    let mut agent = Agent::start(&server, "ada");
    let http = agent.http();
    create_bucket(&http, "w");
    let event = json!([{"timestamp": "2026-03-10T09:00:00Z", "duration": 60, "data": {"app": "Mail", "title": "t"}}]);
    http.post("/api/0/buckets/w/events", &event).expect(200);
    wait::until("what the office keeps", wait::LONG, || {
        let told = agent.run(&["agent", "retention", "--json"]).json();
        if told["detail_days"] == 30 { Ok(()) } else { Err(told) }
    });
    // The office's next word counts.
    server.run(&["settings", "set", "retention.detail_days", "60"]).ok();
    http.post("/api/0/buckets/w/events", &event).expect(200);
    wait::until("what the office keeps now", wait::LONG, || {
        let told = agent.run(&["agent", "retention"]).ok();
        let said = told.contains("titles and addresses for 60 days, anything for 24 months");
        if said { Ok(()) } else { Err(told) }
    });
    let status = agent.run(&["agent", "status"]).ok();
    assert!(status.contains("Kept here:      titles and addresses for 60 days"), "{status}");
    agent.kill_all();
    let told = agent.run(&["agent", "retention", "--json"]).json();
    assert_eq!(told["held"], "unsafe", "no backup has been verified");
    let month = json!({
        "month": "2026-03", "events": 2,
        "detail_goes": "2026-05-31T00:00:00Z", "goes": told["months"][0]["goes"],
    });
    assert_eq!(told["months"], json!([month]));
    let text = agent.run(&["agent", "retention"]).ok();
    assert!(text.contains("2026-03") && text.contains("no verified backup"), "{text}");
}

//! What is too old goes from the server: in whole months, seen beforehand, with the totals that were made of it.

use crate::harness::recording::{create_bucket, yesterday};
use crate::harness::report::{seen_by, sign_in};
use crate::harness::{Http, Role, Server, wait};
use jiff::ToSpan;
use jiff::civil::Date;
use serde_json::{Value, json};

/// The titles of what is there, the newest first.
fn titles(http: &Http) -> Vec<Value> {
    let events = http.get("/api/0/buckets/w/events").expect(200).json();
    events.as_array().unwrap().iter().map(|event| event["data"]["title"].clone()).collect()
}

#[test]
fn months_go_whole_with_their_totals_once_somebody_has_seen_it() {
    let mut server = Server::start();
    server.add_user("ada", Role::Admin);
    let http = server.with_token(&server.token("ada", "laptop"));
    create_bucket(&http, "w");
    let yesterday: Date = yesterday().parse().unwrap();
    let (old, thin) = (yesterday - 30.months(), yesterday - 40.days());
    let day = |date: Date| date.to_string();
    let event = |date: Date, hour: u8, title: &str| {
        let at = format!("{date}T{hour:02}:00:00Z");
        json!({"timestamp": at, "duration": 60, "data": {"app": "Mail", "title": title}})
    };
    let events = json!([
        event(old, 9, "long ago"),
        event(old, 10, "long ago"),
        event(thin, 9, "a while ago"),
        event(yesterday, 9, "yesterday"),
    ]);
    http.post("/api/0/buckets/w/events", &events).expect(200);
    let total = |date: Date| seen_by(&sign_in(&server, "ada"), "ada", &day(date), &day(date));
    assert_eq!((total(old).active_ms, total(thin).active_ms), (120_000, 60_000));

    // What goes next with the limit that holds, and what becomes of its totals.
    let seen = server.run(&["retention", "preview", "activity", "--json"]).json();
    assert_eq!((&seen["goes"]["count"], &seen["goes"]["people"]), (&json!(2), &json!(1)));
    assert_eq!(seen["goes"]["months"], json!([&day(old)[..7]]));
    let told = server.run(&["retention", "preview", "activity"]).ok();
    assert!(told.contains("Their totals go with them"), "{told}");

    // A shorter limit is for whoever has seen what it removes.
    let refused = server.run(&["retention", "set", "detail", "30"]).refused(1);
    let words = refused.split("--confirm ").nth(1).unwrap_or_default().trim();
    assert!(words.starts_with("detail-30-3-1-"), "{refused}");
    server.run(&["settings", "set", "retention.detail_days", "30"]).refused(1);
    server.run(&["retention", "set", "detail", "30", "--confirm", "detail-30-9-9-9"]).refused(1);
    server.run(&["retention", "set", "detail", "30", "--confirm", words]).ok();

    // The daily round comes with the start.
    server.restart();
    let http = server.with_token(&server.token("ada", "laptop"));
    wait::until("what is too old to be gone", wait::LONG, || {
        let left = titles(&http);
        if left == [json!("yesterday"), Value::Null] { Ok(()) } else { Err(json!(left)) }
    });
    let total = |date: Date| seen_by(&sign_in(&server, "ada"), "ada", &day(date), &day(date));
    assert_eq!((total(old).active_ms, total(thin).active_ms), (0, 60_000));
    assert_eq!(total(thin).apps["Mail"], 60_000, "totals of days and applications stay");
    let seen = server.run(&["retention", "preview", "activity", "--json"]).json();
    assert_eq!(seen["goes"]["count"], 0);
    let audit = server.run(&["audit", "list", "--json"]).json().to_string();
    assert!(audit.contains("2 events deleted, 1 without detail"), "{audit}");
}

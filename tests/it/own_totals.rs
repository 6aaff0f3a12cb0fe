//! A person's time by the office's categories on their own computer: titles that never leave it count there, with the office away, too.

use crate::harness::recording::yesterday;
use crate::harness::{Agent, Role, Server, wait};
use serde_json::{Value, json};

fn rules(server: &Server, name: &str, regex: &str) -> String {
    let file = server.data().join(format!("{name}.json"));
    let rule = json!({"type": "regex", "regex": regex});
    let all = json!({"categories": [{"name": [name], "rule": rule}]});
    std::fs::write(&file, all.to_string()).unwrap();
    file.to_string_lossy().into_owned()
}

#[test]
fn the_offices_categories_sort_ones_own_day_at_ones_own_computer() {
    let mut server = Server::start();
    server.add_user("ada", Role::Admin);
    let mut agent = Agent::start(&server, "ada");
    server.run(&["category", "import", &rules(&server, "Clients", "Acme")]).ok();
    let (http, day) = (agent.http(), yesterday());
    http.post(
        "/api/0/buckets/w",
        &json!({"client": "c", "type": "currentwindow", "hostname": "h"}),
    )
    .expect(200);
    let window = |hour: u32, minutes: u32, app: &str, title: &str| json!({"timestamp": format!("{day}T{hour:02}:00:00Z"), "duration": minutes * 60, "data": {"app": app, "title": title}});
    let events = json!([window(9, 40, "Editor", "Letter to Acme"), window(10, 20, "Games", "x")]);
    http.post("/api/0/buckets/w/events", &events).expect(200);
    // Wherever this computer is, the whole of it is in these three days.
    let date: jiff::civil::Date = day.parse().unwrap();
    let (from, to) = (date.yesterday().unwrap().to_string(), date.tomorrow().unwrap().to_string());
    let totals = |agent: &Agent, by: &str| -> Value {
        agent.run(&["agent", "totals", "--by", by, "--from", &from, "--to", &to, "--json"]).json()
    };
    http.post("/api/0/buckets/x", &json!({"client": "c", "type": "x", "hostname": "h"}))
        .expect(200);
    let until = |agent: &Agent, of: &str| {
        wait::until("the categories", wait::LONG, || {
            // The computer hears of them with its next delivery.
            let event =
                json!([{"timestamp": format!("{day}T12:00:00Z"), "duration": 1, "data": {}}]);
            http.post("/api/0/buckets/x/events", &event).expect(200);
            let told = totals(agent, "category");
            if told["of"] == of { Ok(told) } else { Err(told) }
        })
    };
    let told = until(&agent, "office");
    let (clients, rest) = (json!({"name": "Clients", "ms": 2_400_000}), 1_200_000);
    let others = json!({"name": "Uncategorized", "ms": rest});
    assert_eq!(told["items"], json!([clients, others]), "by a title that never leaves");
    assert_eq!(told["active_ms"], 3_600_000);

    let token = server
        .run(&["token", "create", "--user", "ada", "--scope", "read", "--scope", "manage"])
        .ok();
    let file = server.data().join("token");
    std::fs::write(&file, token).unwrap();
    let own = rules(&server, "Play", "Games");
    server.run(&["category", "import", &own, "--own", &file.to_string_lossy()]).ok();
    let own = until(&agent, "own");
    assert_eq!(own["items"][1], json!({"name": "Play", "ms": rest}));
    server.stop();
    assert_eq!(totals(&agent, "app")["items"][0], json!({"name": "Editor", "ms": 2_400_000}));
    agent.kill_all();
    assert_eq!(totals(&agent, "category"), own, "without the agent, too");
    agent.run(&["agent", "totals", "--by", "colour"]).refused(2);
    agent.run(&["agent", "totals", "--from", "soon"]).refused(2);
    let text = agent.run(&["agent", "totals", "--from", &from, "--to", &to]).ok();
    assert!(
        text.contains("Play") && text.contains("0:20") && text.contains("Active 1:00"),
        "{text}"
    );
}

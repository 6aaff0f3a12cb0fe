//! Time entries over HTTPS: who sees and changes whose, live, with a version that nobody overwrites unseen, and through a crash.

use crate::harness::http::{JSON, Reply};
use crate::harness::{Http, Role, Server};
use serde_json::{Value, json};

struct Office {
    server: Server,
    tokens: Vec<(&'static str, String)>,
}

impl Office {
    /// Bo leads cy; dee is in no team.
    fn new() -> Self {
        let server = Server::start();
        server.add_user("ada", Role::Admin);
        let mut tokens = Vec::new();
        for name in ["ada", "bo", "cy", "dee"] {
            if name != "ada" {
                server.add_user(name, Role::Employee);
            }
            let token = ["token", "create", "--user", name, "--scope", "manage"];
            tokens.push((name, server.run(&token).ok()));
        }
        server.run(&["team", "set", "--name", "Site", "--member", "cy", "--lead", "bo"]).ok();
        Self { server, tokens }
    }

    fn as_of(&self, name: &str) -> Http {
        let (_, token) = self.tokens.iter().find(|(of, _)| *of == name).unwrap();
        self.server.with_token(token)
    }
}

fn put(client: &Http, path: &str, body: &Value) -> Reply {
    client.send("PUT", path, JSON, body.to_string().into_bytes()).unwrap()
}

fn worked(note: &str, from: &str, until: &str) -> Value {
    let at = |time: &str| format!("2026-03-02T{time}:00+01:00");
    json!({"note": note, "start": at(from), "end": at(until)})
}

#[test]
fn a_lead_sees_and_mends_the_teams_time_and_hears_of_it() {
    let mut office = Office::new();
    let (bo, cy, dee) = (office.as_of("bo"), office.as_of("cy"), office.as_of("dee"));
    let mut heard = bo.open("/api/v1/events?nouns=entry");
    heard.until("event: ready");
    dee.post("/api/v1/entries", &worked("dee's", "09:00", "10:00")).expect(201);
    let made = cy.post("/api/v1/entries", &worked("cy's", "09:00", "12:30")).expect(201);
    let entry = made.json();
    let id = entry["id"].as_str().unwrap();
    let told = heard.until(id);
    assert_eq!(told.matches("event: changed").count(), 1, "of dee's time bo hears nothing: {told}");
    drop(heard);
    let path = format!("/api/v1/entries/{id}");
    assert_eq!(bo.get("/api/v1/entries?person=cy").expect(200).json()["items"][0]["id"], id);
    bo.get("/api/v1/entries?person=dee").expect(403).problem();
    dee.get(&path).expect(404).problem();
    put(&dee, &path, &worked("mine", "09:00", "10:00")).expect(404).problem();

    let old = made.header("etag").unwrap().to_owned();
    let careful = |name: &str| office.as_of(name).header("if-match", &old);
    let mended = put(&careful("bo"), &path, &worked("cy's", "09:00", "12:00")).expect(200);
    assert_eq!(mended.json()["person"], entry["person"]);
    let late = put(&careful("cy"), &path, &worked("late", "09:00", "13:00")).expect(412);
    assert_eq!(late.problem()["version"], mended.json()["version"]);
    let split = |client: &Http| {
        let at = json!({"at": "2026-03-02T10:00:00+01:00"});
        client.post(&format!("{path}/split"), &at).expect(200).json()["items"].clone()
    };
    let halves = split(&office.as_of("cy").header("idempotency-key", "split-2026"));
    assert_eq!(halves[0]["end"], halves[1]["start"]);

    office.server.kill_all();
    office.server.launch();
    let again = split(&office.as_of("cy").header("idempotency-key", "split-2026"));
    assert_eq!(again, halves, "done once");
    let cy = office.as_of("cy");
    let day = "/api/v1/entries?from=2026-03-02&to=2026-03-02";
    let items = cy.get(day).expect(200).json()["items"].clone();
    assert_eq!(items, json!([halves[1], halves[0]]));
    let history = cy.get(&format!("{path}/history")).expect(200).json()["items"].clone();
    assert_eq!(history.as_array().unwrap().len(), 3, "written, mended by bo, split");
    let everyone = office.as_of("ada").get("/api/v1/entries?everyone=true").expect(200).json();
    assert_eq!(everyone["items"].as_array().unwrap().len(), 3);
}

//! Copies of what a client keeps: of everything that has `since`, over a restart, with what goes, and over a restore.

use crate::harness::computer::Computer;
use crate::harness::http::JSON;
use crate::harness::{Http, Role, Server};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use timebook::domain::office::Office;
use timebook::store::tables::Offices;
use timebook::store::{State, Write as _, read};

#[test]
fn a_copy_of_the_office_its_computers_rules_and_categories_stays_whole() {
    let mut server = Server::start();
    server.add_user("ada", Role::Admin);
    server.add_user("cy", Role::Employee);
    let (ada, cy) = (manage(&server, "ada"), manage(&server, "cy"));
    let nouns = "office,device,redaction,category";
    let mut copy = Copy::default();
    copy.follow(&server.with_token(&cy), nouns);
    assert_eq!(copy.sorts(), ["device", "office"], "the token's own computer, and the office");
    let computer = Computer::enroll(&server, "cy", 7);
    let rules = server.folder().join("rules");
    std::fs::write(&rules, "drop app = KeePassXC\n").unwrap();
    server.run(&["redaction", "set", &rules.to_string_lossy()]).ok();
    let tree = json!({"categories": [{"name": ["Own"], "rule": {"type": "regex", "regex": "x"}}]});
    put(&server.with_token(&cy), "/api/v1/categories", &tree);
    server.run(&["settings", "set", "organisation.name", "Acme"]).ok();
    server.restart();
    copy.follow(&server.with_token(&cy), nouns);
    assert_eq!(copy.sorts(), ["category", "device", "device", "office", "redaction"]);
    assert_eq!(copy.record("office", "office")["name"], "Acme");
    assert_eq!(copy.record("device", &computer.id())["revoked"], Value::Null);
    let mut others = Copy::default();
    others.follow(&server.with_token(&ada), nouns);
    assert!(!others.sorts().contains(&"category"), "his own tree is his own");

    server.run(&["device", "revoke", &computer.id()]).ok();
    server
        .with_token(&cy)
        .send("DELETE", "/api/v1/categories", "", Vec::new())
        .unwrap()
        .expect(204);
    server.run(&["user", "disable", "--name", "cy"]).ok();
    others.follow(&server.with_token(&ada), nouns);
    assert!(others.record("device", &computer.id())["revoked"].is_string());
    server.run(&["user", "erase", "--name", "cy", "--confirm", "cy"]).ok();
    others.follow(&server.with_token(&ada), nouns);
    assert_eq!(others.sorts(), ["device", "office", "redaction"], "only the token of who looks");
}

#[test]
fn two_who_set_the_rules_at_once_do_not_overwrite_each_other() {
    let server = Server::start();
    server.add_user("ada", Role::Admin);
    let ada = manage(&server, "ada");
    for (path, change) in [
        ("/api/v1/redaction", json!({"rules": "drop app = a"})),
        ("/api/v1/office/categories", json!({"categories": []})),
    ] {
        let seen = server.with_token(&ada).get(path).expect(200);
        let etag = seen.header("etag").unwrap();
        assert_eq!(etag, "\"0\"", "nobody made any yet");
        let careful = || server.with_token(&ada).header("if-match", etag);
        let body = || change.to_string().into_bytes();
        let made = careful().send("PUT", path, JSON, body()).unwrap().expect(200);
        let late = careful().send("PUT", path, JSON, body()).unwrap().expect(412);
        assert_eq!(late.header("etag"), made.header("etag"));
        assert_eq!(late.problem()["version"], made.json()["version"]);
    }
}

#[test]
fn after_a_restore_every_copy_begins_anew() {
    let mut server = Server::start();
    server.add_user("ada", Role::Admin);
    let token = manage(&server, "ada");
    let (mut copy, nouns) = (Copy::default(), "");
    copy.follow(&server.with_token(&token), nouns);
    server.stop();
    next_epoch(&server);
    server.launch();
    let client = server.with_token(&token);
    let path = format!("/api/v1/changes?since={}&epoch=1", copy.since);
    let refused = client.get(&path).expect(410).problem();
    assert_eq!(refused["code"], "copy_too_old");
    let told = client.get(&format!("/api/v1/changes?since={}", copy.since)).expect(200).json();
    assert_eq!((&told["server_epoch"], copy.epoch), (&json!(2), 1));
    client.open("/api/v1/events?epoch=1").until("{\"server_epoch\":2,\"refetch\":true}");
    client.open("/api/v1/events?epoch=2").until("{\"server_epoch\":2}\n");
    let mut anew = Copy::default();
    anew.follow(&client, nouns);
    assert_eq!(anew.epoch, 2);
    assert!(anew.records.keys().eq(copy.records.keys()), "{:?}", anew.records);
}

/// What a restore does to the office's record; there is no `timebook backup restore` yet.
fn next_epoch(server: &Server) {
    let state = State::open(&server.data().join("timebook.redb")).unwrap();
    let next = state.write_durably(|writer| {
        let office = read::office(writer.as_reader())?.unwrap();
        let server_epoch = office.server_epoch + 1;
        writer.put::<Offices>(&(), &Office { server_epoch, ..office })
    });
    next.unwrap();
}

/// A client's copy.
#[derive(Default)]
struct Copy {
    since: u64,
    epoch: u64,
    records: BTreeMap<(String, String), Value>,
}

impl Copy {
    fn follow(&mut self, client: &Http, nouns: &str) {
        let asked = match nouns {
            "" => "/api/v1/changes?limit=2".to_owned(),
            nouns => format!("/api/v1/changes?limit=2&nouns={nouns}"),
        };
        let mut path = format!("{asked}&since={}", self.since);
        loop {
            let page = client.get(&path).expect(200).json();
            for item in page["items"].as_array().unwrap() {
                let noun = item["noun"].as_str().unwrap().to_owned();
                let key = (noun.clone(), item["id"].as_str().unwrap().to_owned());
                if item["gone"] == true {
                    self.records.remove(&key);
                } else {
                    self.records.insert(key, item[&noun].clone());
                }
            }
            self.since = page["since"].as_u64().unwrap();
            self.epoch = page["server_epoch"].as_u64().unwrap();
            match page["next"].as_str() {
                Some(next) => path = format!("{asked}&cursor={next}"),
                None => return,
            }
        }
    }

    fn sorts(&self) -> Vec<&str> {
        self.records.keys().map(|(noun, _)| noun.as_str()).collect()
    }

    fn record(&self, noun: &str, id: &str) -> &Value {
        let found = self.records.get(&(noun.to_owned(), id.to_owned()));
        found.unwrap_or_else(|| panic!("no {noun} {id} in {:?}", self.records))
    }
}

fn put(client: &Http, path: &str, body: &Value) {
    client.send("PUT", path, JSON, body.to_string().into_bytes()).unwrap().expect(200);
}

fn manage(server: &Server, user: &str) -> String {
    server.run(&["token", "create", "--user", user, "--scope", "manage"]).ok()
}

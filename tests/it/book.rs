//! The office's book from the command line and over HTTP: what is added is found, an old version is told the present one, a repeated
//! request is done once, a copy misses nothing, and a page hears of changes as they happen.

use crate::harness::http::{JSON, Reply};
use crate::harness::{Http, Role, Server};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

#[test]
fn a_catalog_from_the_command_line_with_the_server_up_and_down() {
    let mut server = Server::start();
    server.add_user("ada", Role::Admin);
    server.add_user("cy", Role::Employee);
    server.run(&["customer", "add", "--name", "Acme", "--colour", "#3366cc"]).ok();
    server.run(&["project", "add", "--name", "Website", "--customer", "acme"]).ok();
    server.run(&["task", "add", "--project", "website", "--name", "Design"]).ok();
    let task = ["task", "add", "--project", "Website", "--name", "Logo", "--parent", "design"];
    server.run(&[&task[..], &["--budget", "1:30"]].concat()).ok();
    server.run(&["tag", "add", "--name", "travel"]).ok();
    let table = server.run(&["project", "list"]).ok();
    assert!(table.contains("Website") && table.contains("Acme"), "{table}");
    server.stop();
    let edit = ["project", "edit", "website", "--budget", "40", "--member", "cy"];
    server.run(&[&edit[..], &["--billable", "no"]].concat()).ok();
    server.launch();
    let project = &server.list("project")[0];
    assert_eq!((&project["budget_minutes"], &project["billable"]), (&json!(2_400), &json!(false)));
    assert_eq!(project["members"], json!([id_of(&server, "user", "cy")]));
    let tasks = server.run(&["task", "list", "--project", "Website", "--json"]).json();
    let tasks = tasks["items"].as_array().unwrap();
    assert_eq!((tasks.len(), &tasks[1]["parent"]), (2, &tasks[0]["id"]));
    assert_eq!(tasks[1]["budget_minutes"], 90);

    // What is stood upon stays; what is archived is out of the list and comes back.
    server.run(&["customer", "delete", "Acme"]).refused(1);
    server.run(&["customer", "add", "--name", "ACME"]).refused(1);
    server.run(&["project", "edit", "Nowhere", "--name", "x"]).refused(1);
    server.run(&["project", "edit", "Website", "--budget", "many"]).refused(2);
    server.run(&["tag", "archive", "travel"]).ok();
    assert_eq!(server.list("tag").len(), 0);
    server.run(&["tag", "archive", "travel", "--undo"]).ok();
    server.run(&["task", "edit", "Logo", "--top", "--done", "yes"]).ok();
    let tasks = server.run(&["task", "list", "--project", "Website", "--json"]).json();
    let logo = &tasks["items"][1];
    assert_eq!((&logo["parent"], &logo["done"]), (&Value::Null, &json!(true)));
    assert_eq!(logo["budget_minutes"], 90, "what was not given stays");
    for (noun, which) in [("task", "Logo"), ("task", "Design"), ("project", "Website")] {
        server.run(&[noun, "delete", which]).ok();
    }
    server.run(&["customer", "delete", "Acme"]).ok();
    assert_eq!((server.list("customer").len(), server.list("tag").len()), (0, 1));
}

#[test]
fn an_old_version_is_told_the_present_one() {
    let server = Server::start();
    server.add_user("ada", Role::Admin);
    let token = manage(&server, "ada");
    let (client, tag) = (server.with_token(&token), json!({"name": "travel"}));
    let made = client.post("/api/v1/tags", &tag).expect(201);
    let path = format!("/api/v1/tags/{}", made.json()["id"].as_str().unwrap());
    let old = made.header("etag").unwrap().to_owned();
    let careful = |etag: &str| server.with_token(&token).header("if-match", etag);
    let second = put(&careful(&old), &path, &json!({"name": "by train"})).expect(200);
    let new = second.header("etag").unwrap();
    assert_ne!(old, new);
    let late = put(&careful(&old), &path, &json!({"name": "by ship"})).expect(412);
    assert_eq!(late.problem()["version"], second.json()["version"]);
    assert_eq!(late.header("etag"), Some(new));
    assert_eq!(client.get(&path).expect(200).json()["name"], "by train");
    put(&careful(new), &path, &json!({"name": "by ship"})).expect(200);
}

/// The retry may come after a crash, when nobody knows any more what became of the first try.
#[test]
fn a_repeated_request_is_done_once_even_over_a_crash() {
    let mut server = Server::start();
    server.add_user("ada", Role::Admin);
    let token = manage(&server, "ada");
    let keyed = |server: &Server, body: &Value| {
        let client = server.with_token(&token).header("idempotency-key", "4f9c-2026");
        client.post("/api/v1/customers", body)
    };
    let acme = json!({"name": "Acme"});
    let first = keyed(&server, &acme).expect(201);
    assert_eq!(keyed(&server, &acme).expect(201).json(), first.json());
    server.kill_all();
    server.launch();
    assert_eq!(keyed(&server, &acme).expect(201).json(), first.json());
    let other = keyed(&server, &json!({"name": "Other"})).expect(422);
    assert_eq!(other.problem()["code"], "key_reused");
    assert_eq!(server.list("customer").len(), 1);
    let plain = server.with_token(&token).post("/api/v1/customers", &acme).expect(409);
    assert_eq!(plain.problem()["code"], "title_taken");
}

#[test]
fn a_copy_that_follows_the_changes_is_the_book() {
    let mut server = Server::start();
    server.add_user("ada", Role::Admin);
    let token = manage(&server, "ada");
    let client = server.with_token(&token);
    let make = |noun: &str, body: Value| {
        let made = client.post(&format!("/api/v1/{noun}"), &body).expect(201);
        made.json()["id"].as_str().unwrap().to_owned()
    };
    let project = make("projects", json!({"name": "Website"}));
    let tasks: Vec<_> = (0..25)
        .map(|n| make("tasks", json!({"name": format!("task {n}"), "project": project})))
        .collect();
    let mut copy = Copy::default();
    copy.follow(&client, 10);
    copy.is_the_book(&client);
    // One change that touches many records: pages end within it and lose none.
    put(
        &client,
        &format!("/api/v1/projects/{project}"),
        &json!({"name": "Website", "members": []}),
    )
    .expect(200);
    for task in &tasks[..5] {
        let path = format!("/api/v1/tasks/{task}");
        client.send("DELETE", &path, JSON, Vec::new()).unwrap().expect(204);
    }
    assert_eq!(copy.follow(&client, 7), 26);
    copy.is_the_book(&client);
    server.restart();
    let client = server.with_token(&token);
    assert_eq!(copy.follow(&client, 7), 0);
    copy.is_the_book(&client);
}

#[test]
fn a_page_hears_of_changes_until_the_server_drains() {
    let mut server = Server::start();
    server.add_user("ada", Role::Admin);
    let token = manage(&server, "ada");
    let (listener, writer) = (server.with_token(&token), server.with_token(&token));
    let mut events = listener.open("/api/v1/events?nouns=customer,tag");
    events.until("event: ready\ndata: {\"server_epoch\":1}\n\n");
    writer.post("/api/v1/projects", &json!({"name": "not asked for"})).expect(201);
    let tag = writer.post("/api/v1/tags", &json!({"name": "travel"})).expect(201).json();
    let told = events.until(tag["id"].as_str().unwrap());
    assert!(told.contains(&format!("id: {}\nevent: changed\n", tag["version"])), "{told}");
    assert!(!told.contains("project"), "{told}");
    // The server need not wait for those who only listen. (This client would not answer its farewell.)
    drop(writer);
    let began = Instant::now();
    std::thread::scope(|scope| {
        let listening = scope.spawn(|| events.rest());
        server.stop();
        listening.join().unwrap();
    });
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    server.launch();
}

/// A client's copy of the book.
#[derive(Default)]
struct Copy {
    since: u64,
    epoch: Option<Value>,
    records: BTreeMap<String, Value>,
}

impl Copy {
    /// How many records came, in pages of `limit`.
    fn follow(&mut self, client: &Http, limit: usize) -> usize {
        let asked = format!("/api/v1/changes?nouns=customer,project,task,tag&limit={limit}");
        let mut path = format!("{asked}&since={}", self.since);
        let mut count = 0;
        loop {
            let page = client.get(&path).expect(200).json();
            let epoch = page["server_epoch"].clone();
            assert_eq!(*self.epoch.get_or_insert(epoch.clone()), epoch);
            for item in page["items"].as_array().unwrap() {
                count += 1;
                let id = item["id"].as_str().unwrap().to_owned();
                if item["gone"] == true {
                    self.records.remove(&id);
                } else {
                    self.records.insert(id, item[item["noun"].as_str().unwrap()].clone());
                }
            }
            self.since = page["since"].as_u64().unwrap();
            match page["next"].as_str() {
                Some(next) => path = format!("{asked}&cursor={next}"),
                None => return count,
            }
        }
    }

    fn is_the_book(&self, client: &Http) {
        let mut book = BTreeMap::new();
        for noun in ["customers", "projects", "tasks", "tags"] {
            let page = client.get(&format!("/api/v1/{noun}?limit=500")).expect(200).json();
            for record in page["items"].as_array().unwrap() {
                book.insert(record["id"].as_str().unwrap().to_owned(), record.clone());
            }
        }
        assert_eq!(self.records, book);
    }
}

fn put(client: &Http, path: &str, body: &Value) -> Reply {
    client.send("PUT", path, JSON, body.to_string().into_bytes()).unwrap()
}

fn manage(server: &Server, user: &str) -> String {
    server.run(&["token", "create", "--user", user, "--scope", "manage"]).ok()
}

fn id_of(server: &Server, noun: &str, name: &str) -> Value {
    let list = server.list(noun);
    list.iter().find(|item| item["name"] == name).unwrap()["id"].clone()
}

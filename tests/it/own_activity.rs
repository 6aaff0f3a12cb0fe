//! One's own recorded activity from a terminal: a day, a search, categories of one's own. A token shows its person's, nobody else's.

use crate::harness::recording::{create_bucket, yesterday};
use crate::harness::{Role, Server};
use serde_json::{Value, json};

fn token_file(server: &Server, person: &str) -> String {
    let make = ["token", "create", "--user", person, "--device", "terminal"];
    let token = server.run(&[&make[..], &["--scope", "read", "--scope", "manage"]].concat()).ok();
    let file = server.data().join(format!("{person}.token"));
    std::fs::write(&file, token).unwrap();
    file.to_string_lossy().into_owned()
}

fn names(categories: &Value) -> Vec<&Value> {
    categories["categories"].as_array().unwrap().iter().map(|c| &c["name"]).collect()
}

#[test]
fn a_day_a_search_and_categories_of_ones_own() {
    let server = Server::start();
    server.add_user("ada", Role::Admin);
    server.add_user("cy", Role::Employee);
    let door = server.with_token(&server.token("cy", "laptop"));
    create_bucket(&door, "b");
    // Yesterday: what is older than the office keeps loses its titles.
    let day = yesterday();
    let event = |time: &str, seconds: u32, title: &str| json!({"timestamp": format!("{day}T{time}Z"), "duration": seconds, "data": {"app": "Editor", "title": title}});
    let events = json!([event("09:00:00", 600, "Letter"), event("09:10:00", 1_200, "Invoice 7")]);
    door.post("/api/0/buckets/b/events", &events).expect(200);
    let (cy, ada) = (token_file(&server, "cy"), token_file(&server, "ada"));

    let shown = server.run(&["activity", "day", &day, "--token-file", &cy]).ok();
    assert!(shown.contains("09:00-09:30") && shown.contains("Total 0:30"), "{shown}");
    assert!(shown.contains("Titles and addresses of it are kept until 20"), "{shown}");
    let search = |text: &str, file: &str| {
        server.run(&["activity", "search", text, "--token-file", file, "--json"]).json()
    };
    let found = search("invoice", &cy);
    assert_eq!((found.as_array().unwrap().len(), &found[0]["title"]), (1, &json!("Invoice 7")));
    assert_eq!(search("e", &cy).as_array().unwrap().len(), 2);
    assert_eq!(search("invoice", &ada), json!([]), "only one's own");
    let one = ["activity", "search", "e", "--limit", "1", "--token-file", &cy];
    assert!(server.run(&one).ok().contains("Invoice 7"), "the newest");

    let file = server.data().join("categories.json");
    let mine =
        json!({"categories": [{"name": ["Mine"], "rule": {"type": "regex", "regex": "Invoice"}}]});
    std::fs::write(&file, mine.to_string()).unwrap();
    let import = ["category", "import", &file.to_string_lossy(), "--own", &cy];
    assert!(server.run(&import).ok().contains("Mine"));
    let list = |of: &[&str]| server.run(&[&["category", "list", "--json"], of].concat()).json();
    assert_eq!(names(&list(&["--own", &cy])), [&json!(["Mine"])]);
    assert!(names(&list(&[])).len() > 1, "the office's stay");
    assert!(names(&list(&["--own", &ada])).len() > 1, "and so do others'");
    server.run(&["category", "reset", "--own", &cy]).ok();
    assert!(names(&list(&["--own", &cy])).len() > 1);

    std::fs::write(&file, "no-such-token").unwrap();
    let bad = file.to_string_lossy();
    server.run(&["activity", "search", "e", "--token-file", &bad]).refused(3);
    server.run(&["activity", "day", "noon", "--token-file", &cy]).refused(2);
}

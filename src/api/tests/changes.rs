//! What a copy of the book is told: everything once, pages that may end within one change, and nothing that is not the reader's.

use std::collections::BTreeMap;

use axum::body::BodyDataStream;
use futures_util::StreamExt;

use super::*;
use crate::domain::outcome::Noun;
use crate::domain::text::ShortText;
use crate::service::Principal;
use crate::service::events::{Events, Heard};

/// A client's copy of the book.
#[derive(Default)]
struct Copy {
    since: u64,
    records: BTreeMap<String, Value>,
}

impl Copy {
    /// Brings the copy up to date with pages of `limit`; how many records came.
    async fn follow(&mut self, desk: &Desk, caller: &Caller, limit: usize) -> usize {
        let nouns = "customer,project,task,tag,entry";
        let mut path = format!("/api/v1/changes?since={}&limit={limit}&nouns={nouns}", self.since);
        let mut count = 0;
        loop {
            let page = desk.get(caller, &path).await.expect(StatusCode::OK).json();
            let items = page["items"].as_array().unwrap();
            assert!(items.len() <= limit && (!items.is_empty() || page["next"].is_null()));
            for item in items {
                count += 1;
                let id = item["id"].as_str().unwrap().to_owned();
                let record = &item[item["noun"].as_str().unwrap()];
                assert_eq!(item["gone"], record.is_null());
                if record.is_null() {
                    self.records.remove(&id);
                } else {
                    assert_eq!(record["version"], item["seq"]);
                    self.records.insert(id, record.clone());
                }
            }
            self.since = page["since"].as_u64().unwrap();
            match page["next"].as_str() {
                Some(next) => {
                    path = format!("/api/v1/changes?limit={limit}&nouns={nouns}&cursor={next}")
                }
                None => return count,
            }
        }
    }

    fn names(&self) -> Vec<&str> {
        let mut names: Vec<_> =
            self.records.values().map(|record| record["name"].as_str().unwrap()).collect();
        names.sort_unstable();
        names
    }
}

#[tokio::test]
async fn a_copy_follows_what_its_reader_may_see() {
    let desk = Desk::with_people().await;
    let (bo, cy) = (desk.sign_in("bo").await, desk.sign_in("cy").await);
    let people = desk.get(&bo, "/api/v1/users").await.items();
    let cy_id = people.iter().find(|p| p["name"] == "cy").unwrap()["id"].clone();
    let make = |noun: &'static str, new: Value| {
        let (desk, bo) = (&desk, &bo);
        async move {
            let made = desk.post(bo, &format!("/api/v1/{noun}"), &new).await;
            made.expect(StatusCode::CREATED).json()["id"].as_str().unwrap().to_owned()
        }
    };
    let acme = make("customers", json!({"name": "Acme"})).await;
    let secret = json!({"name": "Secret", "customer": acme, "members": []});
    let secret_id = make("projects", secret.clone()).await;
    for task in ["one", "two", "three"] {
        make("tasks", json!({"name": task, "project": secret_id})).await;
    }
    let open = make("projects", json!({"name": "Open"})).await;
    make("tasks", json!({"name": "all", "project": open})).await;
    let tag = make("tags", json!({"name": "travel"})).await;

    let (mut hers, mut his) = (Copy::default(), Copy::default());
    hers.follow(&desk, &bo, 1).await;
    his.follow(&desk, &cy, 2).await;
    assert_eq!(hers.names(), ["Acme", "Open", "Secret", "all", "one", "three", "travel", "two"]);
    assert_eq!(his.names(), ["Open", "all", "travel"]);
    assert_eq!(desk.get(&cy, "/api/v1/customers").await.items().len(), 0);
    for path in [format!("projects/{secret_id}"), format!("customers/{acme}")] {
        let reply = desk.get(&cy, &format!("/api/v1/{path}")).await;
        assert_eq!(reply.status, StatusCode::NOT_FOUND, "{path}");
    }
    desk.post(&cy, "/api/v1/tags", &json!({"name": "own"})).await.problem(403, "forbidden");

    // Opened to him, the project brings its tasks and its customer along; closed again, they go.
    let path = format!("/api/v1/projects/{secret_id}");
    let with_cy = json!({"name": "Secret", "customer": acme, "members": [cy_id]});
    desk.put(&bo, &path, &with_cy).await.expect(StatusCode::OK);
    assert_eq!(his.follow(&desk, &cy, 1).await, 5);
    assert_eq!(his.records.len(), 8);
    desk.put(&bo, &path, &secret).await.expect(StatusCode::OK);
    his.follow(&desk, &cy, 3).await;
    assert_eq!(his.names(), ["Open", "all", "travel"]);
    desk.delete(&bo, &format!("/api/v1/tags/{tag}")).await.expect(StatusCode::NO_CONTENT);
    hers.follow(&desk, &bo, 500).await;
    his.follow(&desk, &cy, 500).await;
    assert_eq!((hers.records.len(), his.names()), (7, vec!["Open", "all"]));
    assert_eq!(his.follow(&desk, &cy, 500).await, 0, "nothing comes twice");
    let office = desk.get(&cy, "/api/v1/changes").await.json();
    // Who begins to manage the book is told to begin a new copy.
    assert_eq!(office["view"], "own");
    assert_eq!(desk.get(&bo, "/api/v1/changes").await.json()["view"], "book+everyone+weeks");
    assert_eq!(office["server_epoch"], 1);
    let ahead = desk.get(&cy, "/api/v1/changes?since=18446744073709551615").await;
    assert_eq!(ahead.expect(StatusCode::OK).json()["items"], json!([]));
}

#[tokio::test]
async fn a_copy_has_the_time_of_whom_its_reader_reaches_and_is_thrown_away_when_that_changes() {
    let desk = Desk::with_people().await;
    desk.add("dee", "employee").await.expect(StatusCode::CREATED);
    let (ada, bo) = (desk.sign_in("ada").await, desk.sign_in("bo").await);
    let (cy, dee) = (desk.sign_in("cy").await, desk.sign_in("dee").await);
    let team = json!({"name": "Site", "members": ["dee"], "leads": []});
    let team = desk.post(&ada, "/api/v1/teams", &team).await.expect(StatusCode::CREATED).json();
    let book = |caller: &Caller, note: &'static str| {
        let (desk, caller) = (&desk, caller.clone());
        async move {
            let new = json!({"note": note, "start": "2026-11-20T09:00:00Z", "end": "2026-11-20T10:00:00Z"});
            let made = desk.post(&caller, "/api/v1/entries", &new).await;
            made.expect(StatusCode::CREATED).json()["id"].as_str().unwrap().to_owned()
        }
    };
    let (of_dee, of_cy) = (book(&dee, "dee").await, book(&cy, "cy").await);
    let keys = |copy: &Copy| copy.records.keys().cloned().collect::<Vec<_>>();
    let view = |caller: &Caller| {
        let (desk, caller) = (&desk, caller.clone());
        async move { desk.get(&caller, "/api/v1/changes").await.json()["view"].clone() }
    };
    let mut before = Copy::default();
    // Pages are full though most of what changed is hidden.
    assert_eq!(before.follow(&desk, &cy, 1).await, 1);
    assert_eq!(keys(&before), std::slice::from_ref(&of_cy));
    let own = view(&cy).await;

    let led = json!({"name": "Site", "members": ["dee"], "leads": ["cy"]});
    let path = format!("/api/v1/teams/{}", team["id"].as_str().unwrap());
    desk.put(&ada, &path, &led).await.expect(StatusCode::OK);
    let leads = view(&cy).await;
    assert_ne!(leads, own, "a new copy is to be made");
    let mut lead = Copy::default();
    lead.follow(&desk, &cy, 1).await;
    let mut both = vec![of_dee.clone(), of_cy.clone()];
    both.sort();
    assert_eq!(keys(&lead), both);
    let mut manager = Copy::default();
    manager.follow(&desk, &bo, 500).await;
    assert_eq!(keys(&manager), both);
    desk.delete(&dee, &format!("/api/v1/entries/{of_dee}")).await.expect(StatusCode::NO_CONTENT);
    lead.follow(&desk, &cy, 500).await;
    assert_eq!(keys(&lead), std::slice::from_ref(&of_cy));
    // Another team, and with it other people.
    let more = json!({"name": "Site", "members": ["dee", "bo"], "leads": ["cy"]});
    desk.put(&ada, &path, &more).await.expect(StatusCode::OK);
    assert_ne!(view(&cy).await, leads);
    desk.delete(&ada, &path).await.expect(StatusCode::NO_CONTENT);
    assert_eq!(view(&cy).await, own);
}

/// The stream of events as its reader gets it.
struct Stream(BodyDataStream);

impl Stream {
    async fn open(desk: &Desk, caller: &Caller, path: &str) -> Self {
        let mut request = Request::builder().uri(path);
        for (name, value) in &caller.headers {
            request = request.header(*name, value);
        }
        let request = request.extension(caller.peer.clone()).body(Body::empty()).unwrap();
        let response = desk.router.clone().oneshot(request).await.unwrap();
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        let mut stream = Self(response.into_body().into_data_stream());
        assert_eq!(stream.next().await.unwrap(), "event: ready\ndata: {}\n\n");
        stream
    }

    async fn next(&mut self) -> Option<String> {
        let bytes = self.0.next().await?.unwrap();
        Some(String::from_utf8(bytes.to_vec()).unwrap())
    }
}

#[tokio::test]
async fn events_reach_those_who_may_hear() {
    let desk = Desk::with_people().await;
    let (bo, cy) = (desk.sign_in("bo").await, desk.sign_in("cy").await);
    let mut all = Stream::open(&desk, &cy, "/api/v1/events").await;
    let mut tags = Stream::open(&desk, &cy, "/api/v1/events?nouns=tag,project").await;
    let mut hers = Stream::open(&desk, &bo, "/api/v1/events?nouns=session,device,user").await;
    // An invitation is for administrators, somebody else's session for nobody, and neither for an employee.
    desk.post(&terminal(), "/api/v1/invitations", &json!({"person": "bo"})).await;
    desk.sign_in("ada").await;
    desk.add("dee", "employee").await.expect(StatusCode::CREATED);
    assert!(hers.next().await.unwrap().contains("\"noun\":\"user\""));
    desk.post(&bo, "/api/v1/customers", &json!({"name": "Acme"})).await;
    let tag = desk.post(&bo, "/api/v1/tags", &json!({"name": "travel"})).await.json();
    // A customer without a project is nothing to an employee.
    for stream in [&mut all, &mut tags] {
        let told = stream.next().await.unwrap();
        let data = json!({"seq": tag["version"], "noun": "tag", "id": tag["id"]});
        let expected = format!("id: {}\nevent: changed\ndata: ", tag["version"]);
        let (head, said) = told.split_at(expected.len());
        assert_eq!((head, serde_json::from_str::<Value>(said).unwrap()), (expected.as_str(), data));
    }
    // What ends the session ends the stream.
    desk.delete(&cy, "/api/v1/session").await.expect(StatusCode::NO_CONTENT);
    assert_eq!((all.next().await, tags.next().await), (None, None));
}

#[tokio::test]
async fn what_is_hidden_of_the_catalog_is_not_told_either() {
    let desk = Desk::with_people().await;
    let (bo, cy) = (desk.sign_in("bo").await, desk.sign_in("cy").await);
    let nouns = "/api/v1/events?nouns=customer,project,task,tag";
    let mut theirs = Stream::open(&desk, &cy, nouns).await;
    let mut everything = Stream::open(&desk, &bo, nouns).await;
    let made = async |path: &str, body: Value| {
        let made = desk.post(&bo, path, &body).await.expect(StatusCode::CREATED).json();
        made["id"].as_str().unwrap().to_owned()
    };
    let customer = made("/api/v1/customers", json!({"name": "Acme"})).await;
    let (bo_id, cy_id) = (desk.user_id("bo").await, desk.user_id("cy").await);
    let (only_bo, both) =
        (json!([bo_id.to_string()]), json!([bo_id.to_string(), cy_id.to_string()]));
    let hidden = json!({"name": "Secret", "customer": customer, "members": only_bo});
    let hidden = made("/api/v1/projects", hidden).await;
    let dig = made("/api/v1/tasks", json!({"name": "Dig", "project": hidden})).await;
    // Open to them, and hidden again: that it goes is told, because they have it.
    let open = json!({"name": "Site", "customer": customer, "members": both});
    let project = made("/api/v1/projects", open).await;
    let task = made("/api/v1/tasks", json!({"name": "Build", "project": project})).await;
    let closed = json!({"name": "Site", "customer": customer, "members": only_bo});
    let path = format!("/api/v1/projects/{project}");
    desk.put(&bo, &path, &closed).await.expect(StatusCode::OK);
    let tag = made("/api/v1/tags", json!({"name": "travel"})).await;
    let ids = async |stream: &mut Stream| {
        let mut ids = Vec::new();
        while ids.last() != Some(&tag) {
            let told = stream.next().await.unwrap();
            let data = told.split("data: ").nth(1).unwrap();
            let data: Value = serde_json::from_str(data).unwrap();
            ids.push(data["id"].as_str().unwrap().to_owned());
        }
        ids
    };
    let (theirs, everything) = (ids(&mut theirs).await, ids(&mut everything).await);
    assert_eq!(theirs.iter().filter(|id| **id == project).count(), 2, "{theirs:?}");
    assert!(theirs.contains(&task) && theirs.contains(&customer));
    for id in [hidden, dig] {
        assert!(!theirs.contains(&id) && everything.contains(&id), "{id} {theirs:?}");
    }
}

#[tokio::test]
async fn a_reader_too_slow_is_told_how_much_was_lost() {
    let desk = Desk::with_people().await;
    let mut slow = Stream::open(&desk, &terminal(), "/api/v1/events").await;
    let made = desk.post(&terminal(), "/api/v1/tags", &json!({"name": "0"})).await.json();
    let path = format!("/api/v1/tags/{}", made["id"].as_str().unwrap());
    for number in 1..=1_100 {
        let name = json!({"name": number.to_string()});
        desk.put(&terminal(), &path, &name).await.expect(StatusCode::OK);
    }
    let told = slow.next().await.unwrap();
    assert!(told.starts_with("event: lagged\ndata: {\"missed\":"), "{told}");
    assert_eq!(slow.next().await, None, "what took rights away may be among what was lost");
}

/// As the guard of a route finds them.
pub(super) async fn principal(desk: &Desk, caller: &Caller) -> Principal {
    let cookie = &caller.headers.iter().find(|(name, _)| *name == "cookie").unwrap().1;
    let secret = cookie.split_once('=').unwrap().1;
    desk.accounts.by_cookie(secret, now()).await.unwrap().unwrap()
}

#[tokio::test]
async fn only_so_many_listen_at_once_and_nobody_takes_the_places_of_others() {
    let desk = Desk::with_people().await;
    let events = Events::new(desk.door);
    let who = |number: usize| Principal::Local(ShortText::cut(&number.to_string()));
    let mut listening = Vec::new();
    for _ in 0..32 {
        listening.push(events.listen(who(0)).await.unwrap());
    }
    assert!(events.listen(who(0)).await.is_err(), "one person's places");
    listening.pop();
    listening.push(events.listen(who(0)).await.unwrap());
    while let Ok(one) = events.listen(who(1 + listening.len() / 32)).await {
        listening.push(one);
    }
    assert_eq!(listening.len(), 2_000);
    listening.pop();
    assert!(events.listen(who(9_999)).await.is_ok());
}

#[tokio::test]
async fn whoever_listens_is_looked_up_again_after_the_listening_began() {
    let desk = Desk::with_people().await;
    let events = Events::new(desk.door.clone());
    let (ada, bo) = (desk.sign_in("ada").await, desk.sign_in("bo").await);
    let (was_ada, was_bo) = (principal(&desk, &ada).await, principal(&desk, &bo).await);
    desk.delete(&bo, "/api/v1/session").await.expect(StatusCode::NO_CONTENT);
    assert_eq!(events.listen(was_bo).await.err().unwrap().code(), "forbidden", "the session ended");
    desk.add("eve", "administrator").await.expect(StatusCode::CREATED);
    let role = json!({"role": "employee"});
    desk.put(&terminal(), "/api/v1/users/ada/role", &role).await.expect(StatusCode::NO_CONTENT);
    let mut hers = events.listen(was_ada).await.unwrap();
    desk.post(&terminal(), "/api/v1/invitations", &json!({"person": "cy"})).await;
    desk.post(&terminal(), "/api/v1/tags", &json!({"name": "travel"})).await;
    let told = hers.next().await.unwrap();
    assert!(matches!(&told, Heard::Changed(change) if change.noun == Noun::Tag), "{told:?}");
}

#[tokio::test]
async fn when_somebody_is_at_their_computer_is_told_to_nobody_else() {
    let desk = Desk::with_people().await;
    let (ada, bo, cy) =
        (desk.sign_in("ada").await, desk.sign_in("bo").await, desk.sign_in("cy").await);
    let nouns = "/api/v1/events?nouns=device,look,tag";
    let mut streams = Vec::new();
    for caller in [&ada, &bo, &cy] {
        streams.push(Stream::open(&desk, caller, nouns).await);
    }
    let door = desk.token("cy", "laptop", &["record"]).await;
    let about = json!({"client": "c", "type": "currentwindow", "hostname": "h"});
    desk.post(&door, "/api/0/buckets/w", &about).await.expect(StatusCode::OK);
    let_pass(120_000);
    desk.post(&door, "/api/0/buckets/w/events", &json!([])).await.expect(StatusCode::OK);
    let report = "/api/v1/reports/activity?person=cy&from=2026-11-20&to=2026-11-21";
    desk.get(&ada, report).await.expect(StatusCode::OK);
    desk.post(&terminal(), "/api/v1/tags", &json!({"name": "travel"})).await;
    let mut heard = Vec::new();
    for mut stream in streams {
        let mut nouns = Vec::new();
        while nouns.last().is_none_or(|noun| noun != "tag") {
            let told = stream.next().await.unwrap();
            let data = told.split_once("data: ").unwrap().1;
            let data: Value = serde_json::from_str(data).unwrap();
            nouns.push(data["noun"].as_str().unwrap().to_owned());
        }
        heard.push(nouns);
    }
    // That there is a new computer, who manages them hears; its contacts nobody, and looks whom they were at.
    assert_eq!(heard, [vec!["device", "tag"], vec!["tag"], vec!["device", "look", "tag"]]);
    let device = |items: Vec<Value>| items[0].clone();
    let (at, on) = ("last_contact", "last_contact_day");
    let own = device(desk.get(&cy, "/api/v1/devices").await.items());
    assert!(own[at].as_str().unwrap().starts_with("2026-11-22T"), "{own}");
    for other in [&ada, &bo, &terminal()] {
        let seen = device(desk.get(other, "/api/v1/devices").await.items());
        assert_eq!((&seen[at], &seen[on]), (&json!(null), &own[on]), "to the day");
    }
}

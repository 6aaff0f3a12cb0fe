//! What a copy of the book is told: everything once, pages that may end within one change, and nothing that is not the reader's.

use std::collections::BTreeMap;

use axum::body::BodyDataStream;
use futures_util::StreamExt;

use super::*;
use crate::domain::outcome::Noun;
use crate::domain::right::Right;
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
pub(super) struct Stream(BodyDataStream);

impl Stream {
    pub(super) async fn open(desk: &Desk, caller: &Caller, path: &str) -> Self {
        let mut stream = Self::begin(desk, caller, path).await;
        assert_eq!(stream.next().await.unwrap(), "event: ready\ndata: {\"server_epoch\":1}\n\n");
        stream
    }

    async fn begin(desk: &Desk, caller: &Caller, path: &str) -> Self {
        let mut request = Request::builder().uri(path);
        for (name, value) in &caller.headers {
            request = request.header(*name, value);
        }
        let request = request.extension(caller.peer.clone()).body(Body::empty()).unwrap();
        let response = desk.router.clone().oneshot(request).await.unwrap();
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self(response.into_body().into_data_stream())
    }

    pub(super) async fn next(&mut self) -> Option<String> {
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

/// The first words of a stream that is begun with a mark.
async fn begun_with(desk: &Desk, caller: &Caller, query: &str) -> Value {
    let mut stream = Stream::begin(desk, caller, &format!("/api/v1/events?mark={query}")).await;
    let told = stream.next().await.unwrap();
    let data = told.strip_prefix("event: ready\ndata: ").unwrap();
    serde_json::from_str(data).unwrap()
}

#[tokio::test]
async fn whoever_brings_a_mark_is_told_first_what_changed_since_as_far_as_they_may_hear() {
    let desk = Desk::with_people().await;
    let (ada, bo, cy) =
        (desk.sign_in("ada").await, desk.sign_in("bo").await, desk.sign_in("cy").await);
    let marked = async |who: &Caller| {
        let seen = desk.get(who, "/api/v1/session").await.expect(StatusCode::OK).json();
        seen["mark"].as_str().unwrap().to_owned()
    };
    let before = marked(&cy).await;
    let quiet = begun_with(&desk, &cy, &before).await;
    assert_eq!(
        quiet,
        json!({"server_epoch": 1, "mark": before, "changed": []}),
        "nothing was missed"
    );

    desk.post(&bo, "/api/v1/customers", &json!({"name": "Acme"})).await;
    desk.post(&terminal(), "/api/v1/invitations", &json!({"person": "bo"})).await;
    desk.post(&bo, "/api/v1/tags", &json!({"name": "travel"})).await;
    desk.post(&bo, "/api/v1/tags", &json!({"name": "home"})).await;
    let after = marked(&cy).await;
    assert_ne!(before, after);
    let told = begun_with(&desk, &cy, &before).await;
    assert_eq!(told, json!({"server_epoch": 1, "mark": after, "changed": ["tag"]}));
    let told = begun_with(&desk, &ada, &before).await;
    assert_eq!(told["changed"], json!(["customer", "invitation", "tag"]));
    assert_eq!(begun_with(&desk, &ada, &after).await["changed"], json!([]));
    // A mark of another start of the server, or none at all: anything may have changed.
    for other in ["", "0-0", "nonsense"] {
        let told = begun_with(&desk, &cy, other).await;
        assert_eq!(told, json!({"server_epoch": 1, "mark": after}), "{other}");
    }
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

#[tokio::test]
async fn whoever_is_told_of_a_change_by_the_copy_hears_of_it_at_once_whatever_opens_it() {
    let desk = Desk::with_people().await;
    desk.add("dee", "employee").await.expect(StatusCode::CREATED);
    let (ada, cy) = (desk.sign_in("ada").await, desk.sign_in("cy").await);
    let cys = desk.user_id("cy").await;
    let lock = json!({"before": "2026-11-02", "reason": "paid"});
    desk.put(&ada, "/api/v1/lock", &lock).await.expect(StatusCode::OK);
    let mut all = std::collections::BTreeSet::new();
    for (number, right) in (0_u8..).zip(Right::ALL) {
        let grants = json!({"rights": [right.name()]});
        let set = desk.put(&ada, "/api/v1/users/dee/grants", &grants).await;
        set.expect(StatusCode::NO_CONTENT);
        let dee = desk.sign_in("dee").await;
        let since = desk.get(&dee, "/api/v1/changes?limit=500").await.json()["since"].clone();
        let mut stream = Stream::open(&desk, &dee, "/api/v1/events").await;
        // Of each sort something that concerns cy, or everybody.
        let day = 3 + number;
        let target = json!({"week_minutes": 600, "days": ["monday"]});
        let path = format!("/api/v1/targets/cy/2026-11-{day:02}");
        desk.put(&ada, &path, &target).await.expect(StatusCode::OK);
        let worked = json!({"start": format!("2026-11-{day:02}T09:00:00Z"), "end": format!("2026-11-{day:02}T10:00:00Z")});
        desk.post(&cy, "/api/v1/entries", &worked).await.expect(StatusCode::CREATED);
        for step in ["submit", "withdraw"] {
            let path = format!("/api/v1/timesheets/cy/2026-11-{day:02}/{step}");
            desk.post(&cy, &path, &json!(null)).await.expect(StatusCode::OK);
        }
        held_edit(&desk, cys, number).await;
        let team = json!({"name": format!("team {number}"), "members": ["cy"], "leads": []});
        desk.post(&ada, "/api/v1/teams", &team).await.expect(StatusCode::CREATED);
        let project = json!({"name": format!("project {number}")});
        desk.post(&ada, "/api/v1/projects", &project).await.expect(StatusCode::CREATED);
        let port = json!({"value": 2_500 + u64::from(number)});
        desk.put(&ada, "/api/v1/settings/mail.port", &port).await.expect(StatusCode::OK);
        let mail = json!({"address": format!("cy{number}@office.test")});
        desk.put(&ada, "/api/v1/users/cy/mail", &mail).await.expect(StatusCode::NO_CONTENT);
        let tag = json!({"name": format!("tag {number}")});
        desk.post(&ada, "/api/v1/tags", &tag).await.expect(StatusCode::CREATED);
        let mut heard = std::collections::BTreeSet::new();
        while !heard.contains("tag") {
            let told = stream.next().await.unwrap();
            let data: Value = serde_json::from_str(told.split_once("data: ").unwrap().1).unwrap();
            heard.insert(data["noun"].as_str().unwrap().to_owned());
        }
        let path = format!("/api/v1/changes?limit=500&since={since}");
        for item in desk.get(&dee, &path).await.items() {
            let noun = item["noun"].as_str().unwrap().to_owned();
            assert!(
                heard.contains(&noun),
                "{} alone: {noun} is told by the copy only",
                right.name()
            );
            all.insert(noun);
        }
    }
    for noun in ["timesheet", "target", "held_edit", "user", "entry", "team", "office_setting"] {
        assert!(all.contains(noun), "{noun} was never told: {all:?}");
    }
}

/// An edit of cy's from a computer that was away, about time that is closed.
async fn held_edit(desk: &Desk, person: crate::domain::id::UserId, number: u8) {
    use crate::domain::command::{Actor, Command, Envelope};
    use crate::domain::entry::{Entry, EntryCommand};
    use crate::domain::id::{EntryId, ReplicaId, RequestId};
    use crate::domain::sync::Stamp;
    use crate::domain::text::NoteText;
    let start = now().minus_ms(30 * crate::domain::time::DAY_MS);
    let body = Entry {
        person,
        project: None,
        task: None,
        start,
        end: Some(start.plus_ms(60_000)),
        cut: None,
        note: NoteText::empty(),
        tags: Vec::new(),
        billable: false,
    };
    let (id, replica) = (EntryId::from_bytes([number; 16]), ReplicaId::from_bytes([7; 16]));
    let stamp = Stamp { modified: now(), replica };
    let envelope = Envelope {
        request: RequestId(crate::clock::ascending_id()),
        at: now(),
        actor: Actor::User(person),
        command: Command::Entry(EntryCommand::Offer { id, body, stamp, deleted: false }),
    };
    desk.door.commit(envelope).await.unwrap();
}

impl Stream {
    /// Every noun heard up to the tag of this name, which is made now.
    async fn heard(&mut self, desk: &Desk, tag: &str) -> Vec<String> {
        let made = desk.post(&terminal(), "/api/v1/tags", &json!({"name": tag})).await;
        let tag = made.expect(StatusCode::CREATED).json()["id"].clone();
        let mut nouns = Vec::new();
        loop {
            let told = self.next().await.unwrap();
            let data: Value = serde_json::from_str(told.split_once("data: ").unwrap().1).unwrap();
            if data["id"] == tag {
                return nouns;
            }
            nouns.push(data["noun"].as_str().unwrap().to_owned());
        }
    }
}

#[tokio::test]
async fn what_is_taken_from_somebodys_sight_is_news_for_them() {
    let desk = Desk::with_people().await;
    let (ada, bo, cy) =
        (desk.sign_in("ada").await, desk.sign_in("bo").await, desk.sign_in("cy").await);
    let report = |shared| json!({"name": "All", "shared": shared, "query": {"range": "today"}});
    let made = desk.post(&bo, "/api/v1/reports/saved", &report(true)).await;
    let id = made.expect(StatusCode::CREATED).json()["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/reports/saved/{id}");
    let mut his = Stream::open(&desk, &cy, "/api/v1/events?nouns=saved_report,tag").await;
    desk.put(&bo, &path, &report(false)).await.expect(StatusCode::OK);
    assert_eq!(his.heard(&desk, "one").await, ["saved_report"]);
    desk.put(&bo, &path, &report(false)).await.expect(StatusCode::OK);
    assert_eq!(his.heard(&desk, "two").await, [""; 0], "private, and it was");
    // So is what goes with an erased person.
    let target = json!({"week_minutes": 600, "days": ["monday"]});
    desk.put(&ada, "/api/v1/targets/cy/2026-11-02", &target).await.expect(StatusCode::OK);
    let worked = json!({"start": "2026-11-10T09:00:00Z", "end": "2026-11-10T10:00:00Z"});
    desk.post(&cy, "/api/v1/entries", &worked).await.expect(StatusCode::CREATED);
    let submit = "/api/v1/timesheets/cy/2026-11-10/submit";
    desk.post(&cy, submit, &json!(null)).await.expect(StatusCode::OK);
    desk.delete(&ada, "/api/v1/users/cy").await.expect(StatusCode::NO_CONTENT);
    let nouns = "/api/v1/events?nouns=target,timesheet,tag";
    let mut hers = Stream::open(&desk, &bo, nouns).await;
    desk.post(&ada, "/api/v1/users/cy/erase", &json!({})).await.expect(StatusCode::OK);
    let mut heard = hers.heard(&desk, "three").await;
    heard.sort();
    assert_eq!(heard, ["target", "timesheet"]);
}

#[tokio::test]
async fn what_never_was_somebodys_to_see_is_not_told_even_as_gone() {
    let desk = Desk::with_people().await;
    let (bo, cy) = (desk.sign_in("bo").await, desk.sign_in("cy").await);
    let make = async |noun: &str, new: Value| {
        let made = desk.post(&bo, &format!("/api/v1/{noun}"), &new).await;
        made.expect(StatusCode::CREATED).json()["id"].as_str().unwrap().to_owned()
    };
    let acme = make("customers", json!({"name": "Acme"})).await;
    let secret = make("projects", json!({"name": "Secret", "customer": acme, "members": []})).await;
    let dig = make("tasks", json!({"name": "Dig", "project": secret})).await;
    let nouns = "nouns=customer,project,task";
    let told = async |since: u64| {
        let page = desk.get(&cy, &format!("/api/v1/changes?since={since}&{nouns}")).await.json();
        let items = page["items"].as_array().unwrap().clone();
        let ids: Vec<String> =
            items.iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect();
        (ids, items, page["since"].as_u64().unwrap())
    };
    let (ids, _, since) = told(0).await;
    assert_eq!(ids, [""; 0], "nothing of it, not even that it is there");
    let body = json!({"name": "Secret II", "customer": acme, "members": []});
    desk.put(&bo, &format!("/api/v1/projects/{secret}"), &body).await.expect(StatusCode::OK);
    desk.delete(&bo, &format!("/api/v1/tasks/{dig}")).await.expect(StatusCode::NO_CONTENT);
    let (ids, _, since) = told(since).await;
    assert_eq!(ids, [""; 0]);
    // What was theirs goes: with a project that is deleted, and with one that is another customer's now.
    let (bolt, cord) = (
        make("customers", json!({"name": "Bolt"})).await,
        make("customers", json!({"name": "Cord"})).await,
    );
    let open = make("projects", json!({"name": "Open", "customer": bolt})).await;
    let task = make("tasks", json!({"name": "Build", "project": open})).await;
    let (ids, _, since) = told(since).await;
    for id in [&bolt, &open, &task] {
        assert!(ids.contains(id), "{ids:?}");
    }
    assert!(!ids.contains(&cord));
    let moved = json!({"name": "Open", "customer": cord});
    desk.put(&bo, &format!("/api/v1/projects/{open}"), &moved).await.expect(StatusCode::OK);
    desk.put(&bo, &format!("/api/v1/customers/{bolt}"), &json!({"name": "Bolt & Co"}))
        .await
        .expect(StatusCode::OK);
    let (_, items, since) = told(since).await;
    let gone = |items: &[Value], id: &String| {
        items.iter().find(|item| item["id"] == **id).map(|item| item["gone"].clone())
    };
    assert_eq!((gone(&items, &bolt), gone(&items, &cord)), (Some(json!(true)), Some(json!(false))));
    desk.delete(&bo, &format!("/api/v1/tasks/{task}")).await.expect(StatusCode::NO_CONTENT);
    desk.delete(&bo, &format!("/api/v1/projects/{open}")).await.expect(StatusCode::NO_CONTENT);
    desk.put(&bo, &format!("/api/v1/customers/{cord}"), &json!({"name": "Cord & Co"}))
        .await
        .expect(StatusCode::OK);
    let (ids, items, _) = told(since).await;
    for id in [&cord, &open, &task] {
        assert_eq!(gone(&items, id), Some(json!(true)), "{ids:?}");
    }
    assert!(!ids.contains(&secret) && !ids.contains(&dig));
}

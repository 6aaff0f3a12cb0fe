//! Customers, projects, tasks and tags over HTTP: versions, keys of the caller's own, pages, and what is wrong.

use super::*;

#[tokio::test]
async fn a_customer_from_the_first_to_the_last_version() {
    let desk = Desk::with_people().await;
    let bo = desk.sign_in("bo").await;
    let new = json!({"name": "Ärzte & Co", "colour": "#3366CC", "note": "two\nlines"});
    let made = desk.post(&bo, "/api/v1/customers", &new).await.expect(StatusCode::CREATED);
    let customer = made.json();
    assert_eq!((&customer["name"], &customer["colour"]), (&json!("Ärzte & Co"), &json!("#3366cc")));
    let path = format!("/api/v1/customers/{}", customer["id"].as_str().unwrap());
    let etag = made.headers["etag"].to_str().unwrap().to_owned();
    assert_eq!(etag, format!("\"{}\"", customer["version"]));
    let shown = desk.get(&bo, &path).await.expect(StatusCode::OK);
    assert_eq!((&shown.headers["etag"], shown.json()), (&made.headers["etag"], customer));

    let renamed = json!({"name": "Doctors", "archived": true});
    let matched = bo.clone().with("if-match", &etag);
    let second = desk.put(&matched, &path, &renamed).await.expect(StatusCode::OK);
    assert_ne!(second.headers["etag"], etag.as_str());
    assert_eq!(second.json()["note"], "", "a change says the whole record");
    let late = desk.put(&matched, &path, &json!({"name": "Late"})).await;
    let problem = late.problem(412, "changed_meanwhile");
    assert_eq!(problem["version"], second.json()["version"]);
    assert_eq!(late.headers["etag"], second.headers["etag"]);
    desk.delete(&matched, &path).await.problem(412, "changed_meanwhile");
    for bad in ["2", "\"2", "W/\"2\"", "\"1\", \"2\"", "\"x\"", "\"\""] {
        let caller = bo.clone().with("if-match", bad);
        desk.delete(&caller, &path).await.problem(400, "bad_if_match");
    }
    let listed = |query: &'static str| {
        let (desk, bo) = (&desk, &bo);
        async move { desk.get(bo, &format!("/api/v1/customers{query}")).await.items().len() }
    };
    assert_eq!((listed("").await, listed("?archived=false").await), (1, 0));
    let star = bo.clone().with("if-match", "*");
    desk.delete(&star, &path).await.expect(StatusCode::NO_CONTENT);
    desk.get(&bo, &path).await.problem(404, "unknown_customer");
    desk.put(&bo, &path, &renamed).await.problem(404, "unknown_customer");
    assert_eq!(listed("").await, 0);
}

#[tokio::test]
async fn a_key_of_the_callers_own_makes_one_of_two() {
    let desk = Desk::with_people().await;
    let bo = desk.sign_in("bo").await;
    let keyed = bo.clone().with("idempotency-key", "9b1d-1");
    let new = json!({"name": "travel"});
    let first = desk.post(&keyed, "/api/v1/tags", &new).await.expect(StatusCode::CREATED);
    let again = desk.post(&keyed, "/api/v1/tags", &new).await.expect(StatusCode::CREATED);
    assert_eq!(first.json(), again.json());
    let other = json!({"name": "other"});
    desk.post(&keyed, "/api/v1/tags", &other).await.problem(422, "key_reused");
    desk.post(&keyed, "/api/v1/customers", &new).await.problem(422, "key_reused");
    assert_eq!(desk.get(&bo, "/api/v1/tags").await.items().len(), 1);
    // Somebody else's key of the same spelling is another key.
    let ada = desk.sign_in("ada").await.with("idempotency-key", "9b1d-1");
    desk.post(&ada, "/api/v1/tags", &other).await.expect(StatusCode::CREATED);
    let path = format!("/api/v1/tags/{}", first.json()["id"].as_str().unwrap());
    let ends = bo.clone().with("idempotency-key", "9b1d-2");
    for _ in 0..2 {
        desk.delete(&ends, &path).await.expect(StatusCode::NO_CONTENT);
    }
    desk.delete(&bo, &path).await.problem(404, "unknown_tag");
    let bad = bo.clone().with("idempotency-key", "with space");
    desk.post(&bad, "/api/v1/tags", &new).await.problem(422, "bad_idempotency_key");
    // One key, one request: also on routes whose answers are kept in another way.
    let token = json!({"device": "d", "scopes": ["read"]});
    desk.post(&keyed, "/api/v1/tokens", &token).await.problem(422, "key_reused");
    assert_eq!(desk.get(&bo, "/api/v1/tokens").await.items().len(), 0);
    let_pass(24 * 60 * 60 * 1_000);
    let bo = desk.sign_in("bo").await.with("idempotency-key", "9b1d-1");
    desk.post(&bo, "/api/v1/tags", &other).await.problem(409, "title_taken");
}

#[tokio::test]
async fn pages_follow_each_other_without_gap_or_overlap() {
    let desk = Desk::with_people().await;
    let mut made = Vec::new();
    for number in 0..7 {
        let new = json!({"name": format!("tag {number}")});
        made.push(desk.post(&terminal(), "/api/v1/tags", &new).await.json()["id"].clone());
    }
    let (mut seen, mut path) = (Vec::new(), "/api/v1/tags?limit=3".to_owned());
    for size in [3, 3, 1] {
        let page = desk.get(&terminal(), &path).await.expect(StatusCode::OK);
        assert_eq!(page.items().len(), size);
        seen.extend(page.items().iter().map(|tag| tag["id"].clone()));
        let next = page.json()["next"].as_str().map(str::to_owned);
        assert_eq!(next.is_none(), size == 1);
        path = format!("/api/v1/tags?limit=3&cursor={}", next.unwrap_or_default());
    }
    assert_eq!(seen, made);
    for bad in ["?cursor=!!", "?cursor=AAAA", &format!("?cursor={}", "A".repeat(300))] {
        let path = format!("/api/v1/tags{bad}");
        desk.get(&terminal(), &path).await.problem(422, "bad_cursor");
    }
    desk.get(&terminal(), "/api/v1/tags?page=2").await.problem(400, "bad_query");
    desk.get(&terminal(), "/api/v1/tags?limit=-1").await.problem(400, "bad_query");
}

#[tokio::test]
async fn what_is_wrong_names_its_field_and_changes_nothing() {
    let desk = Desk::with_people().await;
    let bo = desk.sign_in("bo").await;
    let some_id = "0190b6a0-0000-7000-8000-000000000000";
    for (path, body, status, code, field) in [
        ("customers", json!({"name": " "}), 422, "bad_text", Some("name")),
        ("customers", json!({"name": "x".repeat(101)}), 422, "bad_text", Some("name")),
        (
            "customers",
            json!({"name": "a", "note": "x".repeat(2_001)}),
            422,
            "bad_text",
            Some("note"),
        ),
        ("customers", json!({"name": "a", "colour": "red"}), 422, "bad_colour", Some("colour")),
        ("customers", json!({"name": "a", "color": "#123456"}), 422, "bad_field", None),
        ("customers", json!({}), 422, "bad_field", None),
        ("projects", json!({"name": "a", "customer": "acme"}), 422, "bad_id", Some("customer")),
        ("projects", json!({"name": "a", "customer": some_id}), 404, "unknown_customer", None),
        ("projects", json!({"name": "a", "budget_minutes": -1}), 422, "bad_field", None),
        ("projects", json!({"name": "a", "members": ["cy"]}), 422, "bad_id", Some("members")),
        ("projects", json!({"name": "a", "members": [some_id]}), 404, "unknown_user", None),
        ("tasks", json!({"name": "a", "project": some_id}), 404, "unknown_project", None),
        ("tags", json!({"name": "a\u{7}"}), 422, "bad_text", Some("name")),
    ] {
        let reply = desk.post(&bo, &format!("/api/v1/{path}"), &body).await;
        let problem = reply.problem(status, code);
        assert_eq!(problem["field"].as_str(), field, "{body}");
    }
    for noun in ["customers", "projects", "tasks", "tags"] {
        assert_eq!(desk.get(&bo, &format!("/api/v1/{noun}")).await.items().len(), 0);
        desk.get(&bo, &format!("/api/v1/{noun}/nothing"))
            .await
            .problem(404, &format!("unknown_{}", noun.strip_suffix('s').unwrap()));
    }
}

#[tokio::test]
async fn tasks_nest_and_what_is_stood_upon_stays() {
    let desk = Desk::with_people().await;
    let bo = desk.sign_in("bo").await;
    let site = desk.made(&bo, "projects", json!({"name": "Website"})).await;
    let design = desk.made(&bo, "tasks", json!({"name": "Design", "project": site})).await;
    let logo = json!({"name": "Logo", "project": site, "parent": design, "budget_minutes": 90});
    let logo = desk.made(&bo, "tasks", logo).await;
    let below = desk.get(&bo, &format!("/api/v1/tasks?project={site}&parent={design}")).await;
    assert_eq!(below.items().len(), 1);
    let (site_path, design_path) =
        (format!("/api/v1/projects/{site}"), format!("/api/v1/tasks/{design}"));
    desk.delete(&bo, &site_path).await.problem(409, "in_use");
    desk.delete(&bo, &design_path).await.problem(409, "in_use");
    let turned = json!({"name": "Design", "project": site, "parent": logo});
    desk.put(&bo, &design_path, &turned).await.problem(422, "task_loop");
    let again = json!({"name": "design", "project": site});
    desk.post(&bo, "/api/v1/tasks", &again).await.problem(409, "title_taken");
}

#[tokio::test]
async fn a_history_says_who_wrote_what_and_the_last_change_is_undone() {
    let desk = Desk::with_people().await;
    let (ada, bo) = (desk.sign_in("ada").await, desk.sign_in("bo").await);
    let acme = desk.made(&bo, "customers", json!({"name": "Acme"})).await;
    let path = format!("/api/v1/customers/{acme}");
    desk.put(&ada, &path, &json!({"name": "Zenith", "note": "new owner"})).await;
    let undo = format!("{path}/undo");
    let none = json!({});
    let stale = bo.clone().with("if-match", "\"1\"");
    desk.post(&stale, &undo, &none).await.problem(412, "changed_meanwhile");
    let undone = desk.post(&bo, &undo, &none).await.expect(StatusCode::OK).json();
    assert_eq!((&undone["name"], &undone["note"]), (&json!("Acme"), &json!("")));
    let twice = desk.post(&bo, &undo, &none).await.expect(StatusCode::OK).json();
    assert_eq!(twice["name"], "Zenith");
    desk.delete(&ada, &path).await.expect(StatusCode::NO_CONTENT);
    let keyed = bo.clone().with("idempotency-key", "once");
    for _ in 0..2 {
        let back = desk.post(&keyed, &undo, &none).await.expect(StatusCode::OK).json();
        assert_eq!((&back["name"], back.get("deleted")), (&json!("Zenith"), None));
    }
    let versions = desk.get(&bo, &format!("{path}/history")).await.expect(StatusCode::OK).items();
    let told: Vec<_> = versions
        .iter()
        .map(|version| {
            let customer = &version["customer"];
            (customer["name"].as_str().unwrap(), customer["deleted"].is_string())
        })
        .collect();
    let expected = ["Zenith", "Zenith", "Zenith", "Acme", "Zenith", "Acme"];
    assert_eq!(told.iter().map(|(name, _)| *name).collect::<Vec<_>>(), expected);
    assert_eq!(told.iter().position(|(_, deleted)| *deleted), Some(1));
    let people = desk.get(&ada, "/api/v1/users").await.items();
    let by = |name| {
        let person = people.iter().find(|person| person["name"] == name).unwrap();
        format!("user:{}", person["id"].as_str().unwrap())
    };
    assert_eq!((&versions[1]["by"], &versions[5]["by"]), (&json!(by("ada")), &json!(by("bo"))));
    assert!(versions.iter().all(|version| version["counted"] == true));
    let cy = desk.sign_in("cy").await;
    desk.get(&cy, &format!("{path}/history")).await.problem(403, "forbidden");
    let fresh = desk.made(&bo, "customers", json!({"name": "Fresh"})).await;
    let undo = format!("/api/v1/customers/{fresh}/undo");
    desk.post(&bo, &undo, &none).await.problem(422, "nothing_to_undo");
}

impl Desk {
    /// The id of one more.
    async fn made(&self, caller: &Caller, noun: &str, new: Value) -> String {
        let reply = self.post(caller, &format!("/api/v1/{noun}"), &new).await;
        reply.expect(StatusCode::CREATED).json()["id"].as_str().unwrap().to_owned()
    }
}

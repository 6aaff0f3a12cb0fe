//! `Idempotency-Key` on routes whose command does not carry it: done once, answered the same, forgotten when nothing was done.

use super::*;
use crate::api::route::Access;
use crate::api::routes;
use crate::domain::text::ShortText;
use crate::service::Principal;

const TOKENS: &str = "/api/v1/tokens";

fn token(device: &str) -> Value {
    json!({"user": "cy", "device": device, "scopes": ["read"]})
}

#[tokio::test]
async fn a_repeated_request_gets_the_same_answer_and_acts_once() {
    let desk = Desk::with_people().await;
    let cy = desk.sign_in("cy").await;
    let keyed = cy.clone().with("idempotency-key", "k-1");
    let first = desk.post(&keyed, TOKENS, &token("laptop")).await.expect(StatusCode::CREATED);
    for _ in 0..2 {
        let again = desk.post(&keyed, TOKENS, &token("laptop")).await.expect(StatusCode::CREATED);
        assert_eq!(again.bytes, first.bytes, "with the secret that is shown once");
        assert_eq!(again.headers["content-type"], first.headers["content-type"]);
    }
    assert_eq!(desk.get(&cy, TOKENS).await.items().len(), 1);
    desk.post(&keyed, TOKENS, &token("other")).await.problem(422, "key_reused");
    desk.post(&keyed, "/api/v1/exports/person", &json!({})).await.problem(422, "key_reused");
    let asking_more = format!("{TOKENS}?person=bo");
    desk.post(&keyed, &asking_more, &token("laptop")).await.problem(422, "key_reused");
    let bo = desk.sign_in("bo").await.with("idempotency-key", "k-2");
    let mine = json!({"device": "laptop", "scopes": ["read"]});
    desk.post(&bo, TOKENS, &mine).await.expect(StatusCode::CREATED);
    desk.post(&bo, "/api/v1/tags", &json!({"name": "t"})).await.problem(422, "key_reused");
    // Somebody else's key of the same name is another one; so is one's own a day later.
    let ada = desk.sign_in("ada").await.with("idempotency-key", "k-1");
    let hers = json!({"user": "ada", "device": "laptop", "scopes": ["read"]});
    desk.post(&ada, TOKENS, &hers).await.expect(StatusCode::CREATED);
    // The secret in the kept answer is nowhere in the clear.
    let secret = first.json()["token"].as_str().unwrap().to_owned();
    let found = desk.door.read(move |reader| holds(reader, secret.as_bytes())).await.unwrap();
    assert!(!found, "a secret is kept in the clear");
    let_pass(24 * 60 * 60 * 1_000);
    let later = desk.sign_in("cy").await.with("idempotency-key", "k-1");
    let fresh = desk.post(&later, TOKENS, &token("laptop")).await.expect(StatusCode::CREATED);
    assert_ne!(fresh.bytes, first.bytes);
}

/// Does any kept answer hold these bytes?
fn holds(
    reader: &dyn crate::store::Reader,
    bytes: &[u8],
) -> Result<bool, crate::store::StoreError> {
    use crate::store::tables::{self, Answers, Table};
    use crate::store::{KeyRange, Order};
    let (mut found, mut answers) = (false, 0);
    for table in tables::every() {
        reader.scan_bytes(table, KeyRange::all(), Order::Rising, &mut |_, row| {
            answers += usize::from(table == Answers::NAME);
            found |= row.windows(bytes.len()).any(|part| part == bytes);
            Ok(std::ops::ControlFlow::Continue(()))
        })?;
    }
    assert!(answers > 0, "nothing was looked at");
    Ok(found)
}

#[tokio::test]
async fn an_answer_without_a_body_comes_again_and_a_refusal_is_judged_anew() {
    let desk = Desk::with_people().await;
    let ada = desk.sign_in("ada").await;
    let keyed = |key: &str| ada.clone().with("idempotency-key", key);
    let role = json!({"role": "manager"});
    for _ in 0..2 {
        let done = desk.put(&keyed("a"), "/api/v1/users/cy/role", &role).await;
        assert!(done.expect(StatusCode::NO_CONTENT).bytes.is_empty());
    }
    assert_eq!(desk.audited("user.set_role").await, 1);
    let gone = "/api/v1/users/di";
    desk.delete(&keyed("b"), gone).await.problem(404, "unknown_user");
    desk.add("di", "employee").await.expect(StatusCode::CREATED);
    for _ in 0..2 {
        desk.delete(&keyed("b"), gone).await.expect(StatusCode::NO_CONTENT);
    }
    assert_eq!(desk.audited("user.disable").await, 1);
}

#[tokio::test]
async fn what_was_begun_and_never_answered_is_not_done_again() {
    let desk = Desk::with_people().await;
    let cy = desk.sign_in("cy").await.with("idempotency-key", "k");
    // As a server leaves it that was killed in between.
    desk.post(&cy, TOKENS, &token("laptop")).await.expect(StatusCode::CREATED);
    let undo = |reader: &dyn crate::store::Reader| {
        use crate::store::tables::Answers;
        use crate::store::{KeyRange, Order, Read};
        reader.rows::<Answers>(KeyRange::all(), Order::Rising, 9)
    };
    let (key, _) = desk.door.read(undo).await.unwrap().remove(0);
    for command in [
        crate::domain::answer::AnswerCommand::Forget { key },
        crate::domain::answer::AnswerCommand::Begin { key },
    ] {
        let envelope = crate::domain::command::Envelope {
            request: crate::domain::id::RequestId(crate::clock::ascending_id()),
            at: now(),
            actor: crate::domain::command::Actor::System,
            command: crate::domain::command::Command::Answer(command),
        };
        desk.door.commit(envelope).await.unwrap();
    }
    desk.post(&cy, TOKENS, &token("laptop")).await.problem(409, "in_progress");
    let_pass(121_000);
    desk.post(&cy, TOKENS, &token("laptop")).await.problem(409, "outcome_unknown");
}

#[tokio::test]
async fn every_writing_route_of_somebody_known_takes_a_key_and_no_other() {
    let desk = Desk::with_people().await;
    let ada = desk.sign_in("ada").await;
    for route in routes::table().into_iter().filter(|route| !route.method.is_safe()) {
        let bad = ada.clone().with("idempotency-key", "with space");
        let path = route.path.replace("{name}", "cy");
        let body = b"{}".to_vec();
        let reply = desk.send(&bad, route.method.clone(), &path, "application/json", body).await;
        let told = format!("{} {}: {reply:?}", route.method, route.path);
        let known = matches!(route.access, Access::SignedIn | Access::Right(_));
        assert_eq!(route.takes_key(), known, "{told}");
        let code = if known { "bad_idempotency_key" } else { "no_idempotency_key_here" };
        assert_eq!(reply.json()["code"], code, "{told}");
    }
}

/// A route that fails the first time, before or after it wrote something, and then does not.
fn failing(desk: &Desk, writes: bool) -> Router {
    use crate::service::office_setting::Settings;
    let (services, door) = (desk.services.clone(), desk.door.clone());
    let asked = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let handler = move || {
        let (door, asked) = (door.clone(), Arc::clone(&asked));
        async move {
            let root = Principal::Local(ShortText::cut("root"));
            let number = asked.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            if writes {
                let value = json!(2_500 + number);
                let settings = Settings::new(door);
                settings.set(&root, ("mail.port", None), Some(&value), now()).await.unwrap();
            }
            if number == 0 { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK }
        }
    };
    let keeps = axum::middleware::from_fn(move |request: axum::extract::Request, next| {
        let services = services.clone();
        async move {
            let root = Principal::Local(ShortText::cut("root"));
            crate::api::once::answer(&services, &root, request, next).await
        }
    });
    Router::new().route("/x", axum::routing::post(handler)).layer(keeps)
}

#[tokio::test]
async fn a_key_is_good_again_after_a_failure_before_anything_was_done_and_no_other() {
    let desk = Desk::with_people().await;
    for (writes, key, then) in [(false, "k-1", 200), (true, "k-2", 409)] {
        let router = failing(&desk, writes);
        let ask = async || {
            let request = Request::post("/x").header("idempotency-key", key);
            router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
        };
        assert_eq!(ask().await.status(), 503);
        let again = ask().await;
        assert_eq!(again.status(), then, "{writes}");
        if writes {
            let body = to_bytes(again.into_body(), usize::MAX).await.unwrap();
            let problem: Value = serde_json::from_slice(&body).unwrap();
            assert_eq!(problem["code"], "outcome_unknown", "at once, not in two minutes");
        }
    }
}

#[tokio::test]
async fn a_condition_is_part_of_the_request_and_its_answer_comes_back_with_its_version() {
    let desk = Desk::with_people().await;
    let bo = desk.sign_in("bo").await;
    let report = json!({"name": "Mine", "query": {"range": "today"}});
    let made = desk.post(&bo, "/api/v1/reports/saved", &report).await.json();
    let path = format!("/api/v1/reports/saved/{}", made["id"].as_str().unwrap());
    let keyed = bo.clone().with("idempotency-key", "k-1");
    let on = |version: &Value| keyed.clone().with("if-match", &format!("\"{version}\""));
    let first = desk.put(&on(&made["version"]), &path, &report).await.expect(StatusCode::OK);
    let version = first.json()["version"].clone();
    let again = desk.put(&on(&made["version"]), &path, &report).await.expect(StatusCode::OK);
    assert_eq!((&again.bytes, &again.headers["etag"]), (&first.bytes, &first.headers["etag"]));
    desk.put(&on(&version), &path, &report).await.problem(422, "key_reused");
    desk.put(&keyed, &path, &report).await.problem(422, "key_reused");
}

#[tokio::test]
async fn a_condition_is_refused_where_none_is_looked_at() {
    let desk = Desk::with_people().await;
    let ada = desk.sign_in("ada").await.with("if-match", "\"1\"");
    let mut asked = 0;
    for route in routes::table() {
        let is_known = matches!(route.access, Access::SignedIn | Access::Right(_));
        if route.method.is_safe() || route.if_match || !is_known {
            continue;
        }
        let path = route.path.replace(['{', '}'], "");
        let reply = desk.send(&ada, route.method.clone(), &path, "application/json", Vec::new());
        reply.await.problem(422, "no_if_match_here");
        asked += 1;
    }
    assert!(asked > 30, "{asked}");
}

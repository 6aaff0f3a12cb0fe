//! `Idempotency-Key` on routes whose command does not carry it: done once, answered the same, forgotten when nothing was done.

use super::*;
use crate::api::route::Access;
use crate::api::routes;

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

//! Lists of sessions, ending them, passwords of one's own, and proving again who one is.

use super::*;
use crate::domain::time::MINUTE_MS;

const STEP_UP: &str = "/api/v1/session/step-up";

fn five_minutes() -> i64 {
    i64::try_from(5 * MINUTE_MS).unwrap()
}

#[tokio::test]
async fn each_sees_and_ends_their_own() {
    let desk = Desk::with_people().await;
    let agent = "x".repeat(1_000);
    let cy = desk.sign_in_with("cy", &[("user-agent", &agent)]).await;
    let other = desk.sign_in("cy").await;
    let bo = desk.sign_in("bo").await;
    let list = desk.get(&cy, "/api/v1/sessions").await.items();
    assert_eq!(list.len(), 2, "bo's is not among them");
    assert_eq!((&list[0]["current"], &list[1]["current"]), (&json!(true), &json!(false)));
    assert_eq!((&list[0]["user"], &list[0]["address"]), (&json!("cy"), &json!("192.168.1.7")));
    assert_eq!(list[0]["agent"].as_str().unwrap().len(), 256);
    assert!(list[0]["opened"].is_string() && list[0]["last_used"].is_string());
    let path = |item: &Value| format!("/api/v1/sessions/{}", item["id"].as_str().unwrap());
    desk.delete(&bo, &path(&list[1])).await.problem(404, "unknown_session");
    desk.delete(&cy, &path(&list[1])).await.expect(StatusCode::NO_CONTENT);
    desk.get(&other, "/api/v1/session").await.problem(401, "unauthenticated");
    desk.delete(&cy, &path(&list[1])).await.problem(404, "unknown_session");
    desk.delete(&cy, "/api/v1/sessions/nonsense").await.problem(404, "unknown_session");
    desk.get(&cy, "/api/v1/session").await.expect(StatusCode::OK);
}

#[tokio::test]
async fn administrators_see_and_end_anybodys() {
    let desk = Desk::with_people().await;
    let (ada, bo, cy) =
        (desk.sign_in("ada").await, desk.sign_in("bo").await, desk.sign_in("cy").await);
    desk.get(&bo, "/api/v1/sessions?user=cy").await.problem(403, "forbidden");
    desk.get(&cy, "/api/v1/sessions?user=nobody").await.problem(403, "forbidden");
    desk.get(&ada, "/api/v1/sessions?user=nobody").await.problem(404, "unknown_user");
    let list = desk.get(&ada, "/api/v1/sessions?user=cy").await.items();
    assert_eq!((list.len(), &list[0]["current"]), (1, &json!(false)));
    assert_eq!(desk.get(&terminal(), "/api/v1/sessions").await.items().len(), 3);
    let path = format!("/api/v1/sessions/{}", list[0]["id"].as_str().unwrap());
    desk.delete(&ada, &path).await.expect(StatusCode::NO_CONTENT);
    desk.get(&cy, "/api/v1/session").await.problem(401, "unauthenticated");
    assert_eq!(desk.audited("session.close").await, 1);
}

#[tokio::test]
async fn nobody_ends_the_sessions_of_who_may_do_more() {
    let desk = Desk::with_people().await;
    let (ada, bo) = (desk.sign_in("ada").await, desk.sign_in("bo").await);
    let grants = json!({"rights": ["manage_people"]});
    desk.put(&terminal(), "/api/v1/users/bo/grants", &grants).await.expect(StatusCode::NO_CONTENT);
    desk.get(&bo, "/api/v1/sessions?user=cy").await.expect(StatusCode::OK);
    desk.get(&bo, "/api/v1/sessions?user=ada").await.problem(403, "forbidden");
    let of_ada = desk.get(&ada, "/api/v1/sessions").await.items();
    let path = format!("/api/v1/sessions/{}", of_ada[0]["id"].as_str().unwrap());
    desk.delete(&bo, &path).await.problem(403, "forbidden");
    let made = desk.post(&ada, "/api/v1/tokens", &json!({"device": "d", "scopes": ["read"]})).await;
    let path = format!("/api/v1/tokens/{}", made.json()["id"].as_str().unwrap());
    desk.delete(&bo, &path).await.problem(403, "forbidden");
    let link = json!({"purpose": "reset", "name": "ada"});
    let link = desk.post(&terminal(), "/api/v1/links", &link).await.expect(StatusCode::CREATED);
    let path = format!("/api/v1/links/{}", link.json()["id"].as_str().unwrap());
    desk.delete(&bo, &path).await.problem(403, "forbidden");
    desk.delete(&ada, &path).await.expect(StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn a_new_password_takes_the_present_one_and_ends_the_other_sessions() {
    let desk = Desk::with_people().await;
    let (cy, other) = (desk.sign_in("cy").await, desk.sign_in("cy").await);
    let path = "/api/v1/users/cy/password";
    let new = |current: &str| json!({"password": "another good password", "current": current});
    desk.put(&cy, path, &json!({"password": "another good password"}))
        .await
        .problem(422, "no_current_password");
    desk.put(&cy, path, &new("a wrong password")).await.problem(422, "wrong_current_password");
    let short = json!({"password": "short", "current": PASSWORD});
    desk.put(&cy, path, &short).await.problem(422, "bad_password");
    desk.get(&other, "/api/v1/session").await.expect(StatusCode::OK);
    desk.put(&cy, path, &new(PASSWORD)).await.expect(StatusCode::NO_CONTENT);
    desk.get(&cy, "/api/v1/session").await.expect(StatusCode::OK);
    desk.get(&other, "/api/v1/session").await.problem(401, "unauthenticated");
    let old = json!({"name": "cy", "password": PASSWORD});
    desk.post(&browser(), "/api/v1/session", &old).await.problem(401, "wrong_password");
    // Nobody else sets it: an administrator would know it.
    let ada = desk.sign_in("ada").await;
    desk.put(&ada, path, &new(PASSWORD)).await.problem(403, "forbidden");
    assert_eq!(desk.audited("user.change_password").await, 1);
}

#[tokio::test]
async fn dangerous_changes_need_a_proof_that_is_fresh() {
    let desk = Desk::with_people().await;
    let ada = desk.sign_in("ada").await;
    let_pass(five_minutes() - 1);
    desk.delete(&ada, "/api/v1/users/nobody").await.problem(404, "unknown_user");
    let_pass(1);
    let manage = json!({"device": "d", "scopes": ["manage"]});
    desk.delete(&ada, "/api/v1/users/cy").await.problem(403, "step_up_required");
    desk.post(&ada, "/api/v1/tokens", &manage).await.problem(403, "step_up_required");
    let reads = json!({"device": "d", "scopes": ["record", "read"]});
    desk.post(&ada, "/api/v1/tokens", &reads).await.problem(403, "step_up_required");
    let records = json!({"device": "d", "scopes": ["record"]});
    desk.post(&ada, "/api/v1/tokens", &records).await.expect(StatusCode::CREATED);
    let wrong = json!({"password": "a wrong password"});
    desk.put(&ada, STEP_UP, &wrong).await.problem(422, "wrong_current_password");
    desk.delete(&ada, "/api/v1/users/cy").await.problem(403, "step_up_required");
    let proof = json!({"password": PASSWORD});
    let until = desk.put(&ada, STEP_UP, &proof).await.expect(StatusCode::OK).json();
    assert!(until["until"].is_string());
    desk.post(&ada, "/api/v1/tokens", &manage).await.expect(StatusCode::CREATED);
    desk.delete(&ada, "/api/v1/users/cy").await.expect(StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn a_proof_is_its_sessions_own() {
    let desk = Desk::with_people().await;
    let (one, two) = (desk.sign_in("ada").await, desk.sign_in("ada").await);
    let token = desk.token("ada", "t", &["manage"]).await;
    let_pass(five_minutes());
    let proof = json!({"password": PASSWORD});
    desk.put(&one, STEP_UP, &proof).await.expect(StatusCode::OK);
    desk.delete(&two, "/api/v1/users/nobody").await.problem(403, "step_up_required");
    desk.delete(&one, "/api/v1/users/nobody").await.problem(404, "unknown_user");
    desk.put(&token, STEP_UP, &proof).await.problem(422, "no_session");
    desk.put(&terminal(), STEP_UP, &proof).await.problem(422, "no_session");
    // Made under a proof, a token that manages carries it; the terminal needs none.
    desk.delete(&token, "/api/v1/users/nobody").await.problem(404, "unknown_user");
    desk.delete(&terminal(), "/api/v1/users/nobody").await.problem(404, "unknown_user");
}

#[tokio::test]
async fn guessing_a_proof_slows_down_as_signing_in_does() {
    let desk = Desk::with_people().await;
    let ada = desk.sign_in("ada").await;
    for _ in 0..5 {
        let wrong = json!({"password": "a wrong password"});
        desk.put(&ada, STEP_UP, &wrong).await.problem(422, "wrong_current_password");
    }
    let proof = json!({"password": PASSWORD});
    desk.put(&ada, STEP_UP, &proof).await.problem(429, "too_many_tries");
}

//! Codes from an app as a second step at sign-in.

use super::*;
use crate::service::accounts::code_at;

const TOTP: &str = "/api/v1/session/totp";
const SIGN_IN: &str = "/api/v1/session";

/// Enrols cy's app; its seed and the one-time codes.
async fn enrol(desk: &Desk, cy: &Caller) -> (String, Vec<String>) {
    let begun = desk.post(cy, TOTP, &json!({})).await.expect(StatusCode::CREATED).json();
    let secret = begun["secret"].as_str().unwrap().to_owned();
    assert!(begun["uri"].as_str().unwrap().starts_with("otpauth://totp/Timebook:cy?secret="));
    let code = json!({"code": code_at(&secret, now())});
    let done = desk.put(cy, TOTP, &code).await.expect(StatusCode::OK).json();
    let codes = done["recovery_codes"].as_array().unwrap();
    let codes = codes.iter().map(|code| code.as_str().unwrap().to_owned()).collect();
    (secret, codes)
}

fn with_code(code: &str) -> Value {
    json!({"name": "cy", "password": PASSWORD, "code": code})
}

#[tokio::test]
async fn signing_in_asks_for_a_code_once_the_app_is_confirmed() {
    let desk = Desk::with_people().await;
    let cy = desk.sign_in("cy").await;
    let begun = desk.post(&cy, TOTP, &json!({})).await.expect(StatusCode::CREATED).json();
    assert_eq!(desk.get(&cy, TOTP).await.json(), json!({"since": null, "recovery_left": 0}));
    desk.sign_in("cy").await; // Not confirmed: not asked for.
    desk.put(&cy, TOTP, &json!({"code": "000000"})).await.problem(422, "wrong_code");
    let (secret, codes) = enrol(&desk, &cy).await;
    assert_ne!(begun["secret"], secret, "a fresh seed each time");
    assert_eq!(codes.len(), 10);
    assert_eq!(desk.get(&cy, TOTP).await.json()["recovery_left"], 10);
    let plain = json!({"name": "cy", "password": PASSWORD});
    desk.post(&browser(), SIGN_IN, &plain).await.problem(401, "code_required");
    // The code that confirmed the app was used.
    let used = code_at(&secret, now());
    desk.post(&browser(), SIGN_IN, &with_code(&used)).await.problem(422, "wrong_code");
    let_pass(30_000);
    let code = code_at(&secret, now());
    let wrong = json!({"name": "cy", "password": "a wrong password", "code": code});
    desk.post(&browser(), SIGN_IN, &wrong).await.problem(401, "wrong_password");
    desk.post(&browser(), SIGN_IN, &with_code(&code)).await.expect(StatusCode::OK);
    desk.post(&browser(), SIGN_IN, &with_code(&code)).await.problem(422, "wrong_code");
}

#[tokio::test]
async fn an_app_is_confirmed_under_a_proof_and_not_by_guessing() {
    let desk = Desk::with_people().await;
    let cy = desk.sign_in("cy").await;
    desk.post(&cy, TOTP, &json!({})).await.expect(StatusCode::CREATED);
    let guess = json!({"code": "000000"});
    for _ in 0..5 {
        desk.put(&cy, TOTP, &guess).await.problem(422, "wrong_code");
    }
    desk.put(&cy, TOTP, &guess).await.problem(429, "too_many_tries");
    assert_eq!(desk.audited("session.refused").await, 1);
    let_pass(i64::try_from(crate::domain::session::PROOF_LIFE_MS).unwrap());
    desk.put(&cy, TOTP, &guess).await.problem(403, "step_up_required");
}

#[tokio::test]
async fn a_one_time_code_stands_in_once() {
    let desk = Desk::with_people().await;
    let cy = desk.sign_in("cy").await;
    let (_, codes) = enrol(&desk, &cy).await;
    let typed = codes[3].to_lowercase();
    desk.post(&browser(), SIGN_IN, &with_code(&typed)).await.expect(StatusCode::OK);
    desk.post(&browser(), SIGN_IN, &with_code(&typed)).await.problem(422, "wrong_code");
    assert_eq!(desk.get(&cy, TOTP).await.json()["recovery_left"], 9);
    assert_eq!(desk.audited("totp.use_recovery").await, 1);
}

#[tokio::test]
async fn wrong_codes_slow_down_as_wrong_passwords_do() {
    let desk = Desk::with_people().await;
    let cy = desk.sign_in("cy").await;
    let (secret, _) = enrol(&desk, &cy).await;
    for _ in 0..5 {
        desk.post(&browser(), SIGN_IN, &with_code("000000")).await.problem(422, "wrong_code");
    }
    let_pass(30_000);
    for _ in 0..5 {
        desk.post(&browser(), SIGN_IN, &with_code("000000")).await;
    }
    let right = with_code(&code_at(&secret, now()));
    desk.post(&browser(), SIGN_IN, &right).await.problem(429, "too_many_tries");
}

#[tokio::test]
async fn a_code_proves_a_session_again() {
    let desk = Desk::with_people().await;
    let cy = desk.sign_in("cy").await;
    let path = "/api/v1/session/step-up";
    desk.put(&cy, path, &json!({"code": "000000"})).await.problem(409, "no_totp");
    let (secret, _) = enrol(&desk, &cy).await;
    let_pass(i64::try_from(crate::domain::session::PROOF_LIFE_MS).unwrap());
    desk.delete(&cy, TOTP).await.problem(403, "step_up_required");
    desk.put(&cy, path, &json!({})).await.problem(422, "one_proof");
    desk.put(&cy, path, &json!({"code": "000000"})).await.problem(422, "wrong_code");
    let code = json!({"code": code_at(&secret, now())});
    desk.put(&cy, path, &code).await.expect(StatusCode::OK);
    desk.delete(&cy, TOTP).await.expect(StatusCode::NO_CONTENT);
    desk.sign_in("cy").await;
    desk.delete(&cy, TOTP).await.problem(409, "no_totp");
}

#[tokio::test]
async fn an_administrator_removes_a_lost_app() {
    let desk = Desk::with_people().await;
    let cy = desk.sign_in("cy").await;
    let (bo, ada) = (desk.sign_in("bo").await, desk.sign_in("ada").await);
    enrol(&desk, &cy).await;
    desk.post(&cy, TOTP, &json!({})).await.problem(409, "totp_there");
    let path = "/api/v1/users/cy/totp";
    desk.delete(&bo, path).await.problem(403, "forbidden");
    desk.delete(&ada, path).await.expect(StatusCode::NO_CONTENT);
    desk.sign_in("cy").await;
    assert_eq!(desk.audited("totp.remove").await, 1);
    desk.get(&terminal(), TOTP).await.problem(422, "no_session");
}

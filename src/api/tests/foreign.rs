//! The foreign door: tokens only, each its own device, and never a password.

use super::*;

fn basic(name: &str, password: &str) -> Caller {
    let encoded = data_encoding::BASE64.encode(format!("{name}:{password}").as_bytes());
    browser().with("authorization", &format!("Basic {encoded}"))
}

#[tokio::test]
async fn a_token_opens_the_door_in_every_spelling() {
    let desk = Desk::with_people().await;
    let bearer = desk.token("cy", "laptop", &["record"]).await;
    let token = bearer.headers.last().unwrap().1.trim_start_matches("Bearer ").to_owned();
    let info = desk.get(&bearer, "/api/0/info").await.expect(StatusCode::OK).json();
    assert_eq!(info["hostname"], "laptop");
    for caller in [basic("cy", &token), basic(&token, ""), basic("tok", &token.to_uppercase())] {
        assert_eq!(desk.get(&caller, "/api/0/info").await.expect(StatusCode::OK).json(), info);
    }
    let reads = desk.token("cy", "laptop", &["read"]).await;
    for caller in [basic("cy", PASSWORD), browser(), terminal(), desk.sign_in("cy").await, reads] {
        desk.get(&caller, "/api/0/info").await.expect(StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test]
async fn devices_do_not_see_each_other_and_tokens_may_change() {
    let desk = Desk::with_people().await;
    let one = desk.token("cy", "laptop", &["record"]).await;
    let about = json!({"client": "c", "type": "t", "hostname": "h"});
    desk.post(&one, "/api/0/buckets/b", &about).await.expect(StatusCode::OK);
    desk.post(&one, "/api/0/buckets/b", &about).await.expect(StatusCode::NOT_MODIFIED);
    let beat = json!({"timestamp": "2026-11-21T10:00:00Z", "duration": 1, "data": {"app": "A"}});
    let path = "/api/0/buckets/b/heartbeat?pulsetime=5";
    desk.post(&one, path, &beat).await.expect(StatusCode::OK);
    let same_device = desk.token("cy", "laptop", &["record"]).await;
    let events = desk.get(&same_device, "/api/0/buckets/b/events").await.json();
    assert_eq!(events.as_array().unwrap().len(), 1);
    let page = desk.get(&same_device, "/api/0/buckets/b/events/count").await;
    assert_eq!(page.json(), json!(1));
    let id = &events[0]["id"];
    let event = desk.get(&same_device, &format!("/api/0/buckets/b/events/{id}")).await;
    assert_eq!(event.expect(StatusCode::OK).json()["data"], json!({"app": "A"}));
    for (name, device) in [("cy", "phone"), ("bo", "laptop")] {
        let other = desk.token(name, device, &["record"]).await;
        desk.get(&other, "/api/0/buckets/b/events").await.expect(StatusCode::NOT_FOUND);
        assert_eq!(desk.get(&other, "/api/0/buckets/").await.json(), json!({}));
    }
    desk.post(&one, "/api/0/settings/key", &json!({"a": 1})).await;
    assert_eq!(desk.get(&same_device, "/api/0/settings/key").await.json(), json!({"a": 1}));
}

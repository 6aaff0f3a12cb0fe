//! What is wrong, too long or not there; the page; and what operators look at.

use super::*;

#[tokio::test]
async fn bad_bodies_change_nothing() {
    let desk = Desk::with_people().await;
    let json_type = "application/json";
    let deep = format!("{}1{}", "[".repeat(10_000), "]".repeat(10_000));
    for (body, media_type, status, code) in [
        (&b"{\"name\":\"ada\",\"password\":\"x\",\"admin\":true}"[..], json_type, 422, "bad_field"),
        (b"{\"name\":\"ada\"}", json_type, 422, "bad_field"),
        (b"{\"name\":[\"ada\"],\"password\":1}", json_type, 422, "bad_field"),
        (b"{\"name\":\"\xff\",\"password\":\"x\"}", json_type, 400, "bad_json"),
        (deep.as_bytes(), json_type, 422, "bad_field"),
        (b"name=ada", json_type, 400, "bad_json"),
        (b"", json_type, 400, "bad_json"),
        (b"{}", "text/plain", 415, "wrong_type"),
        (b"{}", "", 415, "wrong_type"),
        (&vec![b' '; 3 * 1024 * 1024], json_type, 413, "too_long"),
    ] {
        let path = "/api/v1/session";
        let reply = desk.send(&browser(), Method::POST, path, media_type, body.to_vec()).await;
        reply.problem(status, code);
        assert!(!reply.headers.contains_key("set-cookie"));
    }
    let batch = vec![b'T'; 2 * 1024 * 1024];
    let caller = computer("0190b6a0-0000-7000-8000-000000000000");
    let octets = "application/octet-stream";
    let reply = desk.send(&caller, Method::POST, "/api/v1/batches", octets, batch).await;
    reply.problem(413, "too_long");
}

#[tokio::test]
async fn guesses_sent_all_at_once_are_judged_one_after_the_other() {
    let desk = Desk::with_people().await;
    let (caller, guess) = (browser(), json!({"name": "ada", "password": "a wrong guess"}));
    let guesses = (0..30).map(|_| desk.post(&caller, "/api/v1/session", &guess));
    let replies = futures_util::future::join_all(guesses).await;
    let judged = replies.iter().filter(|reply| reply.status == StatusCode::UNAUTHORIZED).count();
    assert!((5..=10).contains(&judged), "{judged} guesses were judged");
    assert!(replies.iter().all(|reply| matches!(reply.status.as_u16(), 401 | 429)));
}

#[tokio::test]
async fn what_is_not_there_is_a_problem() {
    let desk = Desk::open().await;
    desk.get(&browser(), "/api/v1/nothing-here").await.problem(404, "not_found");
    desk.get(&browser(), "/assets/gone.js").await.problem(404, "not_found");
    desk.put(&browser(), "/api/v1/session", &json!({})).await.problem(405, "method_not_allowed");
    desk.post(&browser(), "/", &json!({})).await.problem(405, "method_not_allowed");
}

#[tokio::test]
async fn the_page_is_strict_and_not_sent_twice() {
    let desk = Desk::open().await;
    let page = desk.get(&browser(), "/setup").await.expect(StatusCode::OK);
    assert_eq!(page.headers["content-type"], "text/html; charset=utf-8");
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'") && policy.contains("frame-ancestors 'none'"));
    assert_eq!(page.headers["x-content-type-options"], "nosniff");
    let etag = page.headers["etag"].to_str().unwrap().to_owned();
    let again = desk.get(&browser().with("if-none-match", &etag), "/").await;
    assert_eq!((again.status, again.bytes.len()), (StatusCode::NOT_MODIFIED, 0));
    let api = desk.get(&browser(), "/api/v1/setup").await;
    assert_eq!(api.headers["cache-control"], "no-store");
}

#[tokio::test]
async fn operators_look() {
    let desk = Desk::with_people().await;
    desk.get(&browser(), "/healthz").await.expect(StatusCode::OK);
    desk.get(&browser(), "/readyz").await.expect(StatusCode::OK);
    desk.get(&browser(), "/metrics").await.problem(401, "unauthenticated");
    desk.get(&desk.sign_in("bo").await, "/metrics").await.problem(403, "forbidden");
    for caller in [loopback(), terminal(), desk.sign_in("ada").await] {
        let text = String::from_utf8(desk.get(&caller, "/metrics").await.bytes).unwrap();
        for name in [
            "timebook_http_answers_total{class=\"2xx\"}",
            "timebook_memory_bytes ",
            "timebook_devices ",
            "timebook_commit_seconds_bucket{le=\"0.0025\"} ",
            "timebook_commit_seconds_bucket{le=\"+Inf\"} ",
            "timebook_commit_seconds_sum ",
            "timebook_commit_seconds_count ",
            "timebook_commit_queue ",
        ] {
            assert!(text.contains(name), "{name} in {text}");
        }
        assert!(text.ends_with("# EOF\n"));
    }
}

#[tokio::test]
async fn the_program_itself_is_offered() {
    let desk = Desk::open().await;
    let program = desk.get(&browser(), "/download").await.expect(StatusCode::OK);
    assert_eq!(program.bytes.len().to_string(), program.headers["content-length"]);
    assert!(program.headers["content-disposition"].to_str().unwrap().contains("timebook"));
}

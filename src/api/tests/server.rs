//! Server Status: who may see it, and that it counts.

use super::*;

const STATUS: &str = "/api/v1/server/status";

#[tokio::test]
async fn people_sessions_and_computers_are_counted() {
    let desk = Desk::with_people().await;
    let ada = desk.sign_in("ada").await;
    let first = desk.get(&ada, STATUS).await.json();
    assert_eq!(
        (&first["state"], &first["users"], &first["sessions"]),
        (&json!("started"), &json!(1), &json!(1))
    );
    desk.sign_in("ada").await;
    desk.sign_in("bo").await;
    let now = desk.get(&ada, STATUS).await.json();
    assert_eq!(
        (&now["users"], &now["sessions"], &now["computers"]),
        (&json!(2), &json!(3), &json!(0))
    );
    assert!(now["data_bytes"].as_u64().unwrap() > 0 && now["memory_bytes"].as_u64().unwrap() > 0);
    assert!(now["peak_memory_bytes"].as_u64() >= now["memory_bytes"].as_u64(), "{now}");
    assert!(now["commit_p99_us"].as_u64() >= now["commit_median_us"].as_u64(), "{now}");
    assert_eq!(desk.get(&ada, "/api/v1/server/history").await.json(), json!({"items": []}));
}

#[tokio::test]
async fn being_a_manager_is_not_enough_and_a_grant_is() {
    let desk = Desk::with_people().await;
    let (ada, bo) = (desk.sign_in("ada").await, desk.sign_in("bo").await);
    for path in [STATUS, "/api/v1/server/history"] {
        desk.get(&bo, path).await.problem(403, "forbidden");
    }
    let grants = json!({"rights": ["view_server"]});
    desk.put(&ada, "/api/v1/users/bo/grants", &grants).await.expect(StatusCode::NO_CONTENT);
    for path in [STATUS, "/api/v1/server/history"] {
        desk.get(&bo, path).await.expect(StatusCode::OK);
    }
}

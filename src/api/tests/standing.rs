//! Roles, grants, teams and their leads, and people who are let in again.

use super::*;

const CY_DAY: &str = "/api/v1/reports/activity?person=cy&from=2026-11-20&to=2026-11-21";

#[tokio::test]
async fn a_role_is_given_and_the_last_administrator_stays() {
    let desk = Desk::with_people().await;
    let (ada, bo, cy) =
        (desk.sign_in("ada").await, desk.sign_in("bo").await, desk.sign_in("cy").await);
    let role = |role: &str| json!({"role": role});
    desk.put(&bo, "/api/v1/users/cy/role", &role("manager")).await.problem(403, "forbidden");
    desk.put(&ada, "/api/v1/users/ada/role", &role("employee"))
        .await
        .problem(409, "last_administrator");
    desk.put(&ada, "/api/v1/users/cy/role", &role("emperor")).await.problem(422, "unknown_role");
    desk.put(&ada, "/api/v1/users/nobody/role", &role("manager"))
        .await
        .problem(404, "unknown_user");
    desk.get(&cy, "/api/v1/invitations").await.problem(403, "forbidden");
    desk.put(&ada, "/api/v1/users/cy/role", &role("admin")).await.expect(StatusCode::NO_CONTENT);
    // It counts at once, for the session that was open before, too.
    desk.get(&cy, "/api/v1/invitations").await.expect(StatusCode::OK);
    desk.put(&ada, "/api/v1/users/ada/role", &role("manager")).await.expect(StatusCode::NO_CONTENT);
    desk.get(&ada, "/api/v1/invitations").await.problem(403, "forbidden");
    assert_eq!(desk.audited("user.set_role").await, 2);
}

#[tokio::test]
async fn a_grant_adds_one_right_to_sessions_and_tokens_alike() {
    let desk = Desk::with_people().await;
    let (cy, token) = (desk.sign_in("cy").await, desk.token("cy", "t", &["read"]).await);
    for caller in [&cy, &token] {
        desk.get(caller, "/api/v1/audit").await.problem(403, "forbidden");
    }
    let grants = |rights: &[&str]| json!({"rights": rights});
    let path = "/api/v1/users/cy/grants";
    let ada = desk.sign_in("ada").await;
    desk.put(&ada, path, &grants(&["everything"])).await.problem(422, "unknown_right");
    desk.put(&ada, path, &grants(&["read_audit"])).await.expect(StatusCode::NO_CONTENT);
    for caller in [&cy, &token] {
        desk.get(caller, "/api/v1/audit").await.expect(StatusCode::OK);
        desk.get(caller, "/api/v1/quarantine").await.problem(403, "forbidden");
        let user = desk.get(caller, "/api/v1/session").await.json()["user"].clone();
        assert_eq!(
            (&user["rights"], &user["grants"]),
            (&json!(["read_audit"]), &json!(["read_audit"]))
        );
    }
    desk.put(&ada, path, &grants(&[])).await.expect(StatusCode::NO_CONTENT);
    for caller in [&cy, &token] {
        desk.get(caller, "/api/v1/audit").await.problem(403, "forbidden");
    }
}

#[tokio::test]
async fn nobody_gives_what_they_do_not_have_nor_acts_upon_who_may_do_more() {
    let desk = Desk::with_people().await;
    desk.add("di", "employee").await.expect(StatusCode::CREATED);
    let grants = json!({"rights": ["manage_people"]});
    desk.put(&terminal(), "/api/v1/users/cy/grants", &grants).await.expect(StatusCode::NO_CONTENT);
    let cy = desk.sign_in("cy").await;
    let role = |role: &str| json!({"role": role});
    for (method, path, body) in [
        ("PUT", "/api/v1/users/cy/role", role("administrator")),
        ("PUT", "/api/v1/users/di/role", role("manager")),
        ("PUT", "/api/v1/users/cy/grants", json!({"rights": ["manage_people", "export"]})),
        ("PUT", "/api/v1/users/bo/role", role("employee")),
        ("DELETE", "/api/v1/users/bo", json!({})),
        ("POST", "/api/v1/links", json!({"purpose": "reset", "name": "ada"})),
        ("POST", "/api/v1/links", json!({"purpose": "join", "name": "ed", "role": "manager"})),
        (
            "POST",
            "/api/v1/users",
            json!({"name": "ed", "password": PASSWORD, "role": "administrator", "time_zone": "UTC"}),
        ),
        ("POST", "/api/v1/teams", json!({"name": "T", "members": ["bo"], "leads": ["cy"]})),
    ] {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let body = body.to_string().into_bytes();
        let reply = desk.send(&cy, method, path, "application/json", body).await;
        reply.problem(403, "forbidden");
    }
    desk.put(&cy, "/api/v1/users/di/grants", &grants).await.expect(StatusCode::NO_CONTENT);
    desk.put(&cy, "/api/v1/users/di/grants", &json!({"rights": []}))
        .await
        .expect(StatusCode::NO_CONTENT);
    desk.delete(&cy, "/api/v1/users/di").await.expect(StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn a_lead_reaches_the_members_and_nobody_else() {
    let desk = Desk::with_people().await;
    for name in ["di", "ed"] {
        desk.add(name, "employee").await.expect(StatusCode::CREATED);
    }
    let (ada, di) = (desk.sign_in("ada").await, desk.sign_in("di").await);
    desk.get(&di, CY_DAY).await.problem(403, "forbidden");
    let team = json!({"name": "Studio", "members": ["cy"], "leads": ["di"]});
    let made = desk.post(&ada, "/api/v1/teams", &team).await.expect(StatusCode::CREATED).json();
    let seen = desk.get(&di, CY_DAY).await.expect(StatusCode::OK).json();
    assert_eq!(seen["detail"], "hours", "as the office's policy allows");
    for other in ["bo", "ed", "ada"] {
        desk.get(&di, &CY_DAY.replace("cy", other)).await.problem(403, "forbidden");
    }
    let cy = desk.sign_in("cy").await;
    desk.get(&cy, &CY_DAY.replace("cy", "di")).await.problem(403, "forbidden");
    let names = |reply: Reply| -> Vec<String> {
        reply.items().iter().map(|user| user["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names(desk.get(&di, "/api/v1/users").await), ["cy", "di"]);
    assert_eq!(names(desk.get(&cy, "/api/v1/users").await), ["cy"]);
    // Everyone knows who leads them; others see nothing of it.
    assert_eq!(desk.get(&cy, "/api/v1/teams").await.items()[0]["leads"], json!(["di"]));
    let ed = desk.sign_in("ed").await;
    assert_eq!(desk.get(&ed, "/api/v1/teams").await.items().len(), 0);
    let path = format!("/api/v1/teams/{}", made["id"].as_str().unwrap());
    let without = json!({"name": "Studio", "members": ["cy"], "leads": []});
    desk.put(&ada, &path, &without).await.expect(StatusCode::OK);
    desk.get(&di, CY_DAY).await.problem(403, "forbidden");
    let unknown = json!({"name": "Studio", "members": ["nobody"], "leads": []});
    desk.put(&ada, &path, &unknown).await.problem(422, "unknown_user");
    desk.post(&ada, "/api/v1/teams", &without).await.problem(409, "title_taken");
    desk.delete(&ada, &path).await.expect(StatusCode::NO_CONTENT);
    desk.delete(&ada, &path).await.problem(404, "unknown_team");
}

#[tokio::test]
async fn a_disabled_person_is_let_in_again() {
    let desk = Desk::with_people().await;
    let ada = desk.sign_in("ada").await;
    let token = desk.token("cy", "laptop", &["read"]).await;
    desk.delete(&ada, "/api/v1/users/cy").await.expect(StatusCode::NO_CONTENT);
    desk.post(&ada, "/api/v1/users/cy/enable", &json!({})).await.expect(StatusCode::NO_CONTENT);
    desk.sign_in("cy").await;
    desk.get(&token, "/api/v1/session").await.problem(401, "unauthenticated");
    assert_eq!(desk.audited("user.enable").await, 1);
}

/// A lead reaches the members, and the log of everything that happened is still not theirs; that they lead stands in it by name.
#[tokio::test]
async fn who_leads_is_written_down_and_reads_no_log() {
    let desk = Desk::with_people().await;
    let (ada, cy) = (desk.sign_in("ada").await, desk.sign_in("cy").await);
    let team = json!({"name": "Site", "members": ["bo"], "leads": ["cy"]});
    let made = desk.post(&ada, "/api/v1/teams", &team).await.expect(StatusCode::CREATED).json();
    desk.get(&cy, "/api/v1/audit").await.problem(403, "forbidden");
    let path = format!("/api/v1/teams/{}", made["id"].as_str().unwrap());
    let other = json!({"name": "Site", "members": ["bo", "cy"], "leads": []});
    desk.put(&ada, &path, &other).await.expect(StatusCode::OK);
    desk.get(&cy, "/api/v1/audit").await.problem(403, "forbidden");
    let log = desk.get(&ada, "/api/v1/audit?limit=1000").await.items();
    let told: Vec<_> = log
        .iter()
        .filter(|entry| entry["action"].as_str().unwrap().starts_with("team.lead"))
        .map(|entry| (entry["action"].clone(), entry["about"].clone()))
        .collect();
    assert_eq!(
        told,
        [(json!("team.lead"), json!("cy: Site")), (json!("team.lead_no_more"), json!("cy: Site"))]
    );
}

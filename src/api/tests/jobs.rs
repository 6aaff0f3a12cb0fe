//! Exports as jobs, and reports as tables.

use super::viewing::recorded;
use super::*;
use crate::domain::job::Ending;
use crate::service::Principal;
use crate::service::job::JobView;
use crate::service::tracking::{ExportRequest, People, Rows};
use crate::wire::csv::Bom;

const RANGE: &str = "from=2026-11-20&to=2026-11-21";

impl Desk {
    /// Asks until the job has ended.
    pub(super) async fn ended(&self, caller: &Caller, job: &Value) -> Value {
        let path = format!("/api/v1/jobs/{}?wait=20", job["id"].as_str().unwrap());
        loop {
            let job = self.get(caller, &path).await.expect(StatusCode::OK).json();
            if job["state"] != "running" {
                return job;
            }
        }
    }

    async fn export(&self, caller: &Caller, new: &Value) -> Reply {
        self.post(caller, "/api/v1/exports/activity", new).await
    }

    async fn exported(&self, caller: &Caller, new: &Value) -> String {
        let job = self.export(caller, new).await.expect(StatusCode::CREATED).json();
        let job = self.ended(caller, &job).await;
        assert_eq!(job["state"], "done", "{job}");
        let path = job["result"]["path"].as_str().unwrap();
        let file = self.get(caller, path).await.expect(StatusCode::OK);
        assert_eq!(file.headers["content-type"], "text/csv; charset=utf-8");
        assert_eq!(file.bytes.len() as u64, job["result"]["bytes"].as_u64().unwrap());
        String::from_utf8(file.bytes).unwrap()
    }
}

fn asking(rows: &str) -> Value {
    json!({"person": "cy", "from": "2026-10-15", "to": "2026-11-21", "rows": rows})
}

#[tokio::test]
async fn one_exports_all_of_ones_own() {
    let desk = recorded().await;
    let cy = desk.sign_in("cy").await;
    let days = desk.exported(&cy, &json!({"from": "2026-10-15", "to": "2026-11-21"})).await;
    let lines: Vec<&str> = days.split("\r\n").collect();
    assert_eq!(lines[0], "person,date,active_ms,active_hours");
    assert_eq!(lines[1], "cy,2026-10-15,0,0.0000");
    assert_eq!(lines[37..], ["cy,2026-11-20,60000,0.0167", "cy,2026-11-21,90000,0.0250", ""]);
    let apps = desk.exported(&cy, &asking("apps")).await;
    assert_eq!(
        apps.split("\r\n").collect::<Vec<_>>(),
        [
            "person,date,application,ms,hours",
            "cy,2026-11-20,Figma,60000,0.0167",
            "cy,2026-11-21,Figma,60000,0.0167",
            "cy,2026-11-21,Mail,30000,0.0083",
            ""
        ]
    );
    let events = desk.exported(&cy, &asking("events")).await;
    let lines: Vec<&str> = events.split("\r\n").collect();
    let first =
        "cy,laptop,currentwindow,2026-11-20T22:59:00Z,2026-11-20T23:01:00Z,120000,Figma,t,,";
    assert_eq!((lines.len(), lines[1]), (4, first));
    assert_eq!(desk.audited("activity.view").await, 0, "one's own leaves no trace");
}

#[tokio::test]
async fn others_export_what_the_policy_allows_and_leave_a_trace() {
    let desk = recorded().await;
    let bo = desk.sign_in("bo").await;
    let days = desk.exported(&bo, &asking("days")).await;
    assert!(days.ends_with("cy,2026-11-21,90000,0.0250\r\n"), "{days}");
    assert_eq!(desk.audited("activity.view").await, 1, "one look for all of it");
    let cy = desk.sign_in("cy").await;
    let looks = desk.get(&cy, "/api/v1/access-log").await.items();
    assert_eq!((&looks[0]["what"], &looks[0]["viewer_name"]), (&json!("export"), &json!("bo")));
    for rows in ["apps", "events"] {
        desk.export(&bo, &asking(rows)).await.problem(403, "forbidden");
    }
    let everyone = json!({"everyone": true, "from": "2026-11-21", "to": "2026-11-21"});
    let all = desk.exported(&bo, &everyone).await;
    assert_eq!(all.lines().count(), 4, "{all}");
    let cy = desk.sign_in("cy").await;
    let own = desk.exported(&cy, &everyone).await;
    assert_eq!(own.lines().count(), 2, "whoever sees nobody else gets their own: {own}");
    let ada = json!({"person": "ada", "from": "2026-11-21", "to": "2026-11-21"});
    desk.export(&cy, &ada).await.problem(403, "forbidden");
}

#[tokio::test]
async fn a_file_with_others_data_takes_a_proof_and_is_told_to_them() {
    let desk = recorded().await;
    for (key, value) in [("mail.from", "time@office.test"), ("mail.host", "localhost")] {
        let path = format!("/api/v1/settings/{key}");
        desk.put(&terminal(), &path, &json!({"value": value})).await.expect(StatusCode::OK);
    }
    let address = json!({"address": "cy@office.test"});
    desk.put(&terminal(), "/api/v1/users/cy/mail", &address).await.expect(StatusCode::NO_CONTENT);
    desk.mail.warn().await.unwrap();
    let (ada, cy) = (desk.sign_in("ada").await, desk.sign_in("cy").await);
    let_pass(i64::try_from(crate::domain::session::PROOF_LIFE_MS).unwrap());
    let range = json!({"from": "2026-11-20", "to": "2026-11-21"});
    let asked = [
        ("/api/v1/exports/activity", asking("days"), "export", "recorded activity"),
        ("/api/v1/exports/entries", range.clone(), "entries", "time entries"),
        ("/api/v1/users/cy/export", json!({}), "person_data", "all of your data"),
    ];
    for (path, body, ..) in &asked {
        desk.post(&ada, path, body).await.problem(403, "step_up_required");
    }
    for path in ["/api/v1/exports/activity", "/api/v1/exports/entries", "/api/v1/exports/person"] {
        let body = if path.ends_with("person") { &Value::Null } else { &range };
        let job = desk.post(&cy, path, body).await.expect(StatusCode::CREATED).json();
        desk.ended(&cy, &job).await;
    }
    desk.mail.warn().await.unwrap();
    assert_eq!(
        desk.get(&cy, "/api/v1/access-log").await.items().len(),
        0,
        "one's own is one's own"
    );
    assert_eq!(desk.mail.read_waiting().await, []);
    let proof = json!({"password": PASSWORD});
    desk.put(&ada, "/api/v1/session/step-up", &proof).await.expect(StatusCode::OK);
    for (path, body, what, words) in &asked {
        let job = desk.post(&ada, path, body).await.expect(StatusCode::CREATED).json();
        assert_eq!(desk.ended(&ada, &job).await["state"], "done");
        let looks = desk.get(&cy, "/api/v1/access-log").await.items();
        let is_told = |look: &Value| look["what"] == *what && look["viewer_name"] == "ada";
        assert_eq!(looks.iter().filter(|look| is_told(look)).count(), 1, "{what}: {looks:?}");
        desk.mail.warn().await.unwrap();
        let (to, text) = desk.mail.read_waiting().await.pop().unwrap();
        let says = ["somebody took a file with your data", *words, ", by ada"];
        assert!(to == "cy@office.test" && says.iter().all(|said| text.contains(said)), "{text}");
    }
    assert_eq!(desk.mail.read_waiting().await.len(), asked.len(), "a letter for each");
    // A look is no file.
    let report = format!("/api/v1/reports/activity?person=cy&{RANGE}");
    desk.get(&ada, &report).await.expect(StatusCode::OK);
    desk.mail.warn().await.unwrap();
    assert_eq!(desk.mail.read_waiting().await.len(), asked.len());
}

#[tokio::test]
async fn a_job_is_its_owners() {
    let desk = recorded().await;
    let (cy, bo, ada) =
        (desk.sign_in("cy").await, desk.sign_in("bo").await, desk.sign_in("ada").await);
    let job = desk.export(&cy, &asking("events")).await.expect(StatusCode::CREATED).json();
    let job = desk.ended(&cy, &job).await;
    let (id, result) = (job["id"].as_str().unwrap(), job["result"]["path"].as_str().unwrap());
    let path = format!("/api/v1/jobs/{id}");
    assert_eq!(
        (job["owner"].as_str(), desk.get(&bo, "/api/v1/jobs").await.items().len()),
        (Some("cy"), 0)
    );
    for path in [path.as_str(), result] {
        desk.get(&bo, path).await.problem(404, "unknown_job");
    }
    // Whoever manages the server sees that there is one, not what is in it.
    assert_eq!(desk.get(&ada, "/api/v1/jobs").await.items().len(), 1);
    desk.get(&ada, result).await.problem(403, "forbidden");
    desk.post(&cy, &format!("{path}/cancel"), &json!({})).await.expect(StatusCode::NO_CONTENT);
    assert_eq!(desk.get(&cy, &path).await.json()["state"], "done");
    desk.delete(&cy, &path).await.expect(StatusCode::NO_CONTENT);
    desk.get(&cy, result).await.problem(404, "unknown_job");
    desk.get(&cy, "/api/v1/jobs/x").await.problem(404, "unknown_job");
}

#[tokio::test]
async fn bad_exports_begin_nothing() {
    let desk = Desk::with_people().await;
    let cy = desk.sign_in("cy").await;
    for (change, status, code) in [
        (json!({"from": "x"}), 400, "bad_date"),
        (json!({"from": "2026-11-22"}), 422, "bad_range"),
        (json!({"from": "1990-01-01"}), 422, "bad_range"),
        (json!({"rows": "all"}), 422, "bad_rows"),
        (json!({"everyone": true}), 422, "person_or_everyone"),
        (json!({"more": 1}), 422, "bad_field"),
        (json!({"person": "zoe"}), 403, "forbidden"),
    ] {
        let mut new = asking("days");
        new.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        desk.export(&cy, &new).await.problem(status, code);
    }
    let nobody = json!({"from": "2026-11-20", "to": "2026-11-21"});
    desk.export(&terminal(), &nobody).await.problem(422, "no_person");
    assert_eq!(desk.get(&cy, "/api/v1/jobs").await.items(), Vec::<Value>::new());
}

#[tokio::test]
async fn a_report_is_a_table_for_whoever_accepts_one() {
    let desk = recorded().await;
    let (cy, bo) = (desk.sign_in("cy").await, desk.sign_in("bo").await);
    let (cy, bo) = (cy.with("accept", "text/csv"), bo.with("accept", "text/html, text/csv;q=0.9"));
    let path = format!("/api/v1/reports/activity?person=cy&{RANGE}");
    let table = desk.get(&cy, &format!("{path}&rows=apps&bom=true")).await.expect(StatusCode::OK);
    assert_eq!(
        table.headers["content-disposition"],
        "attachment; filename=\"activity-cy-2026-11-20-2026-11-21.csv\""
    );
    assert!(table.bytes.starts_with(b"\xef\xbb\xbfperson,date,application"));
    let days = desk.get(&bo, &path).await.expect(StatusCode::OK);
    assert!(days.bytes.ends_with(b"\r\ncy,2026-11-21,90000,0.0250\r\n"));
    desk.get(&bo, &format!("{path}&rows=apps")).await.problem(403, "forbidden");
    desk.get(&cy, &format!("{path}&rows=events")).await.problem(422, "bad_rows");
}

#[tokio::test]
async fn an_export_ends_with_the_right_to_it() {
    let desk = recorded().await;
    let bo = desk.sign_in("bo").await;
    let was_bo = super::changes::principal(&desk, &bo).await;
    let days = desk.export(&bo, &asking("days")).await.expect(StatusCode::CREATED).json();
    let days = desk.ended(&bo, &days).await;
    let path = days["result"]["path"].as_str().unwrap();
    desk.get(&bo, path).await.expect(StatusCode::OK);
    let role = json!({"role": "employee"});
    desk.put(&terminal(), "/api/v1/users/bo/role", &role).await.expect(StatusCode::NO_CONTENT);
    // What was made is not handed out any more, and what runs stops.
    desk.get(&desk.sign_in("bo").await, path).await.problem(403, "forbidden");
    let folder = tempfile::tempdir().unwrap();
    let jobs = Jobs::open(desk.door.clone(), folder.path(), now).await.unwrap();
    let tracking = Tracking::new(desk.door.clone());
    let date = jiff::civil::date(2026, 11, 21);
    for rows in [Rows::Days, Rows::Apps, Rows::Events] {
        let request = ExportRequest {
            people: People::One(Some("bo".to_owned())),
            from: date,
            to: date,
            rows,
            bom: Bom::Without,
            is_proven: true,
        };
        let own = tracking.export(&jobs, &was_bo, request.clone(), now).await.unwrap();
        assert_eq!(ended(&jobs, &was_bo, own).await, "done", "one's own stays one's own");
    }
    let people = People::One(Some("cy".to_owned()));
    let request = ExportRequest {
        people,
        from: date,
        to: date,
        rows: Rows::Days,
        bom: Bom::Without,
        is_proven: true,
    };
    let began = tracking.export(&jobs, &was_bo, request, now).await.unwrap();
    let told = ended(&jobs, &was_bo, began).await;
    assert_eq!(told, "The right to what this file shows was taken away. Ask an administrator.");
}

/// How it ended: done, or why not.
async fn ended(jobs: &Jobs, principal: &Principal, view: JobView) -> String {
    let mut view = view;
    while view.job.ended.is_none() {
        let patience = std::time::Duration::from_secs(20);
        view = jobs.wait(principal, view.job.id, None, patience).await.unwrap();
    }
    match view.job.ended.unwrap().how {
        Ending::Done { .. } => "done".to_owned(),
        other => other.sentence().to_owned(),
    }
}

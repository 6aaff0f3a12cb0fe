//! Once round the whole office: every route of the table gives somebody what it is for, as the description says. A route that nobody asks
//! here fails the test.

use std::collections::BTreeSet;

use super::accounts::{setup, setup_secret};
use super::computers::{Agent, introduction, invite};
use super::described::path_of;
use super::*;
use crate::api::routes;
use crate::domain::command::{Actor, Command, Envelope};
use crate::domain::id::{QuarantineId, RequestId};
use crate::domain::quarantine::{QuarantineCommand, Quarantined, Suspicion};
use crate::domain::text::ShortText;
use crate::service::accounts::code_at;

/// Routes that are asked elsewhere, and why.
const LEFT_OUT: &[&str] = &[
    // A mail server must take the letter: `it::mail` has one.
    "POST /api/v1/mail/test",
];
const WEEK: &str = "2026-11-09";
const TOGGL: &str = "User,Email,Client,Project,Task,Description,Billable,Start date,Start time,End date,End time,Duration,Tags\n\
    Cy,cy@office.test,Acme,Website,,one,Yes,2026-11-02,09:00:00,2026-11-02,10:30:00,01:30:00,travel\n";

/// Who goes round, and what was asked.
struct Tour {
    desk: Desk,
    ada: Caller,
    cy: Caller,
    asked: BTreeSet<String>,
}

impl Tour {
    async fn begin() -> Self {
        let desk = Desk::with_people().await;
        let (ada, cy) = (desk.sign_in("ada").await, desk.sign_in("cy").await);
        Self { desk, ada, cy, asked: BTreeSet::new() }
    }

    /// As the administrator.
    async fn go(&mut self, asked: &str, body: &Value) -> Value {
        let ada = self.ada.clone();
        self.go_as(&ada, asked, body).await
    }

    /// As the person whose office it is not.
    async fn work(&mut self, asked: &str, body: &Value) -> Value {
        let cy = self.cy.clone();
        self.go_as(&cy, asked, body).await
    }

    async fn go_as(&mut self, who: &Caller, asked: &str, body: &Value) -> Value {
        let bytes = if body.is_null() { Vec::new() } else { body.to_string().into() };
        self.send(who, asked, "application/json", bytes).await
    }

    /// Asks, takes only what the table promises, and remembers which route it was.
    async fn send(&mut self, who: &Caller, asked: &str, sort: &str, body: Vec<u8>) -> Value {
        let (method, uri) = asked.split_once(' ').unwrap();
        let method: Method = method.parse().unwrap();
        let sort = if method == Method::GET { "" } else { sort };
        let reply = self.desk.send(who, method.clone(), uri, sort, body).await;
        let path = path_of(&method, uri).unwrap_or_else(|| uri.to_owned());
        let table = routes::table();
        let route = table.iter().find(|route| route.method == method && route.path == path);
        let promised = route.unwrap_or_else(|| panic!("{asked} is not in the table")).status;
        let text = String::from_utf8_lossy(&reply.bytes[..reply.bytes.len().min(2_000)]);
        assert_eq!(reply.status.as_u16(), promised, "{asked}: {text}");
        self.asked.insert(format!("{method} {path}"));
        serde_json::from_slice(&reply.bytes).unwrap_or_default()
    }

    /// Begins a job as `who`, waits for its end, and takes its file when there is one.
    async fn job(&mut self, who: &Caller, asked: &str, body: &Value) -> Value {
        let job = self.go_as(who, asked, body).await;
        let job = self.desk.ended(who, &job).await;
        assert_eq!(job["state"], "done", "{asked}: {job}");
        if let Some(path) = job["result"]["path"].as_str() {
            self.go_as(who, &format!("GET {path}"), &Value::Null).await;
        }
        job
    }

    async fn people(&mut self) {
        let none = json!(null);
        self.go("POST /api/v1/users", &json!({"name": "di", "password": PASSWORD, "role": "employee", "time_zone": "Europe/Berlin"})).await;
        self.go("GET /api/v1/users", &none).await;
        self.go("PUT /api/v1/users/di/role", &json!({"role": "manager"})).await;
        self.go("PUT /api/v1/users/di/grants", &json!({"rights": ["read_audit"]})).await;
        self.go("PUT /api/v1/users/di/mail", &json!({"address": "di@office.test"})).await;
        self.go("PUT /api/v1/users/di/time-zone", &json!({"time_zone": "Europe/Paris"})).await;
        self.go("DELETE /api/v1/users/di", &none).await;
        self.go("POST /api/v1/users/di/enable", &none).await;
        let team = json!({"name": "Studio", "members": ["cy", "di"], "leads": ["di"]});
        let made = self.go("POST /api/v1/teams", &team).await;
        self.go("GET /api/v1/teams", &none).await;
        self.go(&format!("PUT /api/v1/teams/{}", id(&made)), &team).await;
        self.go(&format!("DELETE /api/v1/teams/{}", id(&made)), &none).await;
        self.go("POST /api/v1/teams", &team).await;
        let link = self.go("POST /api/v1/links", &json!({"purpose": "join", "name": "ed"})).await;
        let secret = link["link"].as_str().unwrap().split_once('#').unwrap().1;
        self.go_as(&browser(), "POST /api/v1/links/look", &json!({"secret": secret})).await;
        let using = json!({"secret": secret, "password": PASSWORD, "time_zone": "UTC"});
        self.go_as(&browser(), "POST /api/v1/links/use", &using).await;
        let link = self.go("POST /api/v1/links", &json!({"purpose": "reset", "name": "ed"})).await;
        self.go("GET /api/v1/links", &none).await;
        self.go(&format!("DELETE /api/v1/links/{}", id(&link)), &none).await;
        self.go("PUT /api/v1/users/ed/name", &json!({"name": "eddy"})).await;
        self.work("GET /api/v1/targets?person=cy", &none).await;
        let target = json!({"week_minutes": 600, "days": ["monday"]});
        self.go("PUT /api/v1/targets/cy/2026-11-02", &target).await;
        self.go("GET /api/v1/targets/cy?from=2026-11-01&to=2026-11-30", &none).await;
        self.go("DELETE /api/v1/targets/cy/2026-11-02", &none).await;
    }

    async fn book(&mut self) {
        let none = json!(null);
        let mut made = Vec::new();
        for (noun, mut fields) in [
            ("customers", json!({"name": "Acme", "colour": "#00ff00"})),
            ("projects", json!({"name": "Website", "budget_minutes": 6_000})),
            ("tasks", json!({"name": "Design"})),
            ("tasks", json!({"name": "Drafts"})),
            ("tags", json!({"name": "travel"})),
        ] {
            let parents = ["customer", "project", "parent"];
            match (noun, &made[..]) {
                ("projects", [customer, ..]) => fields[parents[0]] = json!(customer),
                ("tasks", [_, project]) => fields[parents[1]] = json!(project),
                ("tasks", [_, project, task, ..]) => {
                    fields[parents[1]] = json!(project);
                    fields[parents[2]] = json!(task);
                }
                _ => {}
            }
            let one = self.go(&format!("POST /api/v1/{noun}"), &fields).await;
            let path = format!("/api/v1/{noun}/{}", id(&one));
            self.go(&format!("GET /api/v1/{noun}?archived=true"), &none).await;
            self.go(&format!("GET {path}"), &none).await;
            fields["name"] = json!(format!("{} 2", fields["name"].as_str().unwrap()));
            self.go(&format!("PUT {path}"), &fields).await;
            self.go(&format!("GET {path}/history"), &none).await;
            self.go(&format!("POST {path}/undo"), &none).await;
            made.push(id(&one));
        }
        for (noun, fields) in [
            ("customers", json!({"name": "Gone"})),
            ("projects", json!({"name": "Gone"})),
            ("tasks", json!({"name": "Gone", "project": made[1]})),
            ("tags", json!({"name": "Gone"})),
        ] {
            let one = self.go(&format!("POST /api/v1/{noun}"), &fields).await;
            self.go(&format!("DELETE /api/v1/{noun}/{}", id(&one)), &none).await;
        }
        let entry = json!({"project": made[1], "task": made[3], "tags": [made[4]], "note": "drafts",
            "start": "2026-11-10T09:00:00Z", "end": "2026-11-10T11:00:00Z"});
        let one = self.work("POST /api/v1/entries", &entry).await;
        let path = format!("/api/v1/entries/{}", id(&one));
        self.work("GET /api/v1/entries", &none).await;
        self.work(&format!("GET {path}"), &none).await;
        let mut again = entry.clone();
        again["note"] = json!("drafts, and a call");
        self.work(&format!("PUT {path}"), &again).await;
        let later = json!({"start": "2026-11-11T09:00:00Z"});
        let copy = self.work(&format!("POST {path}/duplicate"), &later).await;
        self.work(&format!("DELETE /api/v1/entries/{}", id(&copy)), &none).await;
        self.work(&format!("GET {path}/history"), &none).await;
        self.work(&format!("POST {path}/undo"), &none).await;
        self.work(&format!("POST {path}/split"), &json!({"at": "2026-11-10T10:00:00Z"})).await;
        self.work(&format!("POST {path}/continue"), &none).await;
        self.work("GET /api/v1/timer", &none).await;
        self.work("DELETE /api/v1/timer", &none).await;
        self.work("POST /api/v1/timer", &json!({"note": "a call"})).await;
        let_pass(60_000);
        self.work("POST /api/v1/timer/stop", &json!({})).await;
        self.work("GET /api/v1/changes?since=0", &none).await;
        self.work("GET /api/v1/events", &none).await;
    }

    async fn hours(&mut self) {
        let none = json!(null);
        let note = json!({"note": "Friday is missing."});
        let week = |step: &str| format!("POST /api/v1/timesheets/cy/{WEEK}/{step}");
        self.work(&format!("GET /api/v1/timesheets/cy/{WEEK}"), &none).await;
        self.work(&week("submit"), &none).await;
        self.work(&week("withdraw"), &none).await;
        self.work(&week("submit"), &none).await;
        self.go(&week("send-back"), &note).await;
        self.work(&week("submit"), &none).await;
        self.go("GET /api/v1/timesheets?state=submitted", &none).await;
        self.go(&week("approve"), &none).await;
        self.go(&week("reopen"), &note).await;
        self.work("GET /api/v1/timesheets/cy?from=2026-11-01&to=2026-11-30", &none).await;
        let lock = json!({"before": "2026-11-09", "reason": "paid"});
        self.go("PUT /api/v1/lock", &lock).await;
        self.work("GET /api/v1/lock", &none).await;
        self.desk.late("cy", "2026-11-04T09:00:00Z", "2026-11-04T10:00:00Z").await;
        let held = self.work("GET /api/v1/lock/held", &none).await;
        let path = format!("DELETE /api/v1/lock/held/{}", id(&held["items"][0]));
        self.work(&path, &none).await;
        self.go("PUT /api/v1/lock/back", &json!({"reason": "a mistake"})).await;
        let range = "from=2026-11-01&to=2026-11-30";
        let by = format!("GET /api/v1/reports/hours?{range}&per=week&by=project,task&compare=true");
        self.work(&by, &none).await;
        self.work(&format!("GET /api/v1/reports/days?person=cy&{range}"), &none).await;
        self.go("GET /api/v1/reports/budgets", &none).await;
        let report = json!({"name": "Mine", "query": {"range": "last_month", "by": ["tag"]}});
        let saved = self.work("POST /api/v1/reports/saved", &report).await;
        let path = format!("/api/v1/reports/saved/{}", id(&saved));
        self.work("GET /api/v1/reports/saved", &none).await;
        self.work(&format!("PUT {path}"), &report).await;
        self.work(&format!("GET {path}/hours"), &none).await;
        self.work(&format!("DELETE {path}"), &none).await;
    }

    async fn computers(&mut self) -> Agent {
        let none = json!(null);
        let invitation = self.go("POST /api/v1/invitations", &json!({"person": "cy"})).await;
        self.go("GET /api/v1/invitations", &none).await;
        self.go(&format!("DELETE /api/v1/invitations/{}", id(&invitation)), &none).await;
        let secret = invite(&self.desk).await;
        let key = ed25519_dalek::SigningKey::from_bytes(&[9; 32]);
        let first = introduction(&secret, &key);
        let device = self.go_as(&browser(), "POST /api/v1/enrollments", &first).await;
        self.go("GET /api/v1/devices", &none).await;
        let path = format!("DELETE /api/v1/devices/{}", device["device"].as_str().unwrap());
        self.go(&path, &none).await;
        let agent = Agent::enroll(&self.desk, 1).await;
        let (batch, hash) = agent.batch(1, [0; 32], None);
        let octets = "application/octet-stream";
        self.send(&agent.caller, "POST /api/v1/batches", octets, batch).await;
        self.go_as(&agent.caller, "GET /api/v1/streams/1", &none).await;
        self.go_as(&agent.caller, "GET /api/v1/certificate/device", &none).await;
        self.go_as(&agent.caller, "GET /api/v1/timer/copy", &none).await;
        self.go_as(&agent.caller, "GET /api/v1/redaction/device", &none).await;
        self.go_as(&agent.caller, "GET /api/v1/categories/device", &none).await;
        // Set aside under an office that did not know the computer yet, as after a restore.
        let (good, _) = agent.batch(2, hash, None);
        for bytes in [good, b"nothing".to_vec()] {
            self.set_aside(&agent, bytes).await;
        }
        let list = self.go("GET /api/v1/quarantine", &none).await;
        let path = |at: usize| format!("/api/v1/quarantine/{}", id(&list["items"][at]));
        self.go(&format!("POST {}/accept", path(0)), &none).await;
        self.go(&format!("DELETE {}", path(1)), &none).await;
        agent
    }

    async fn set_aside(&self, agent: &Agent, bytes: Vec<u8>) {
        let set_aside = Quarantined {
            id: QuarantineId(crate::clock::ascending_id()),
            device: agent.id("device").parse().unwrap(),
            why: Suspicion::UnknownDevice,
            detail: ShortText::cut(""),
            at: now(),
            hash: *blake3::hash(&bytes).as_bytes(),
            bytes,
        };
        let request = RequestId(crate::clock::ascending_id());
        let command = Command::Quarantine(QuarantineCommand::Add(set_aside));
        let envelope = Envelope { request, at: now(), actor: Actor::System, command };
        self.desk.door.commit(envelope).await.unwrap();
    }

    async fn activity(&mut self) {
        let none = json!(null);
        let door = self.desk.token("cy", "laptop", &["record"]).await;
        let about = json!({"client": "c", "type": "currentwindow", "hostname": "h"});
        self.desk.post(&door, "/api/0/buckets/w", &about).await.expect(StatusCode::OK);
        let event = json!([{"timestamp": "2026-11-20T10:00:00Z", "duration": 60, "data": {"app": "Figma", "title": "t"}}]);
        self.desk.post(&door, "/api/0/buckets/w/events", &event).await.expect(StatusCode::OK);
        let range = "person=cy&from=2026-11-20&to=2026-11-21";
        self.work(&format!("GET /api/v1/reports/activity?{range}&rows=apps"), &none).await;
        self.go(&format!("GET /api/v1/reports/activity?{range}"), &none).await;
        self.work(&format!("GET /api/v1/reports/activity/totals?{range}&by=app"), &none).await;
        self.go("GET /api/v1/reports/activity/team?from=2026-10-30&to=2026-11-21&by=app", &none)
            .await;
        self.work("GET /api/v1/activity/timeline?date=2026-11-20", &none).await;
        self.work("GET /api/v1/activity/search?text=fig", &none).await;
        let stretch = "from=2026-11-19T10:00:00Z&to=2026-11-19T11:00:00Z";
        self.work(&format!("DELETE /api/v1/activity?{stretch}"), &none).await;
        let tree = json!({"categories": [{"name": ["Work"], "rule": {"type": "regex", "regex": "Figma"}}]});
        self.work("PUT /api/v1/categories", &tree).await;
        self.work("GET /api/v1/categories", &none).await;
        self.work("DELETE /api/v1/categories", &none).await;
        self.go("PUT /api/v1/office/categories", &tree).await;
        self.work("GET /api/v1/office/categories", &none).await;
        self.go("DELETE /api/v1/office/categories", &none).await;
        let rules = json!({"rules": "drop app = KeePassXC\n"});
        self.go("PUT /api/v1/redaction", &rules).await;
        self.work("GET /api/v1/redaction", &none).await;
        self.work("POST /api/v1/redaction/test", &json!({"app": "KeePassXC"})).await;
        self.work("GET /api/v1/access-log", &none).await;
    }

    async fn jobs(&mut self) {
        let (none, ada, cy) = (json!(null), self.ada.clone(), self.cy.clone());
        let range = json!({"from": "2026-11-01", "to": "2026-11-30"});
        for path in ["exports/activity", "exports/entries", "exports/person"] {
            let body = if path.ends_with("person") { &none } else { &range };
            self.job(&cy, &format!("POST /api/v1/{path}"), body).await;
        }
        self.job(&cy, "POST /api/v1/exports/activitywatch", &none).await;
        let job = self.job(&ada, "POST /api/v1/users/cy/export", &none).await;
        self.go("GET /api/v1/jobs", &none).await;
        let path = format!("/api/v1/jobs/{}", id(&job));
        self.go(&format!("GET {path}"), &none).await;
        self.go(&format!("POST {path}/cancel"), &none).await;
        self.go(&format!("DELETE {path}"), &none).await;
        let octets = "application/octet-stream";
        let look = "POST /api/v1/imports/preview?source=toggl";
        self.send(&ada, look, octets, TOGGL.into()).await;
        let job = self.send(&ada, "POST /api/v1/imports?source=toggl", octets, TOGGL.into()).await;
        assert_eq!(self.desk.ended(&ada, &job).await["state"], "done");
        self.desk.token("ada", "tour", &["record"]).await;
        let look = "POST /api/v1/imports/activitywatch?device=tour";
        let job = self.send(&ada, look, octets, br#"{"buckets":{}}"#.to_vec()).await;
        assert_eq!(self.desk.ended(&ada, &job).await["state"], "done");
        let list = self.go("GET /api/v1/imports", &none).await;
        let undo = format!("POST /api/v1/imports/{}/undo", id(&list["items"][0]));
        self.job(&ada, &undo, &none).await;
    }

    async fn office(&mut self) {
        let none = json!(null);
        for path in [
            "server/status",
            "server/history",
            "server/sessions",
            "settings",
            "settings/mail.port",
            "mail",
            "audit",
            "doctor",
            "duties",
            "office",
            "erasures",
            "tokens",
            "session",
        ] {
            self.go(&format!("GET /api/v1/{path}"), &none).await;
        }
        self.go("GET /api/v1/server/concerns", &none).await;
        self.go("GET /api/v1/handbook?language=de", &none).await;
        let ada = self.ada.clone();
        self.job(&ada, "POST /api/v1/backups", &none).await;
        let list = self.go("GET /api/v1/backups", &none).await;
        let path = format!("/api/v1/backups/{}", list["items"][0]["name"].as_str().unwrap());
        self.job(&ada, &format!("POST {path}/verify"), &none).await;
        self.go(&format!("GET {path}"), &none).await;
        self.go(&format!("DELETE {path}"), &none).await;
        let later = json!({"grace_s": 600, "reason": "a new disk"});
        self.go("POST /api/v1/server/stop", &later).await;
        self.go("DELETE /api/v1/server/stop", &none).await;
        self.go("POST /api/v1/server/restart", &later).await;
        self.go("POST /api/v1/server/start", &none).await;
        self.go("PUT /api/v1/settings/mail.port", &json!({"value": 25})).await;
        self.go("DELETE /api/v1/settings/mail.port", &none).await;
        self.go("PUT /api/v1/mail/password", &json!({"password": "secret"})).await;
        self.go("PUT /api/v1/backups/s3/secret", &json!({"secret": "secret"})).await;
        let policy = json!({"policy": "full_detail", "reason": "agreed"});
        self.go("PUT /api/v1/office/policy", &policy).await;
        self.go("DELETE /api/v1/office/policy/announced", &none).await;
        self.go("GET /api/v1/retention", &none).await;
        let limit = self.go("GET /api/v1/retention/activity?limit=12", &none).await;
        let limit = json!({"limit": 12, "confirm": limit["confirm"]});
        self.go("PUT /api/v1/retention/activity", &limit).await;
        let token = self.go("POST /api/v1/tokens", &json!({"device": "laptop"})).await;
        self.go(&format!("DELETE /api/v1/tokens/{}", id(&token)), &none).await;
        let public = ["/api/v1/ca", "/api/v1/certificate", "/api/v1/openapi.json"];
        for path in public.into_iter().chain(["/download", "/healthz", "/readyz"]) {
            self.go_as(&browser(), &format!("GET {path}"), &none).await;
        }
    }

    async fn sessions(&mut self) {
        let (none, cy) = (json!(null), self.cy.clone());
        self.work("GET /api/v1/session/totp", &none).await;
        let begun = self.work("POST /api/v1/session/totp", &none).await;
        let code = code_at(begun["secret"].as_str().unwrap(), now());
        self.work("PUT /api/v1/session/totp", &json!({ "code": code })).await;
        self.work("DELETE /api/v1/session/totp", &none).await;
        let begun = self.work("POST /api/v1/session/totp", &none).await;
        let_pass(30_000);
        let code = code_at(begun["secret"].as_str().unwrap(), now());
        self.work("PUT /api/v1/session/totp", &json!({ "code": code })).await;
        self.go("DELETE /api/v1/users/cy/totp", &none).await;
        self.work("PUT /api/v1/session/step-up", &json!({"password": PASSWORD})).await;
        let who = json!({"name": "cy", "password": PASSWORD});
        self.go_as(&browser(), "POST /api/v1/session", &who).await;
        let list = self.work("GET /api/v1/sessions", &none).await;
        let sessions = list["items"].as_array().unwrap();
        let other = sessions.iter().find(|one| one["current"] != json!(true)).unwrap();
        self.work(&format!("DELETE /api/v1/sessions/{}", id(other)), &none).await;
        let new = json!({"password": "another good password", "current": PASSWORD});
        self.work("PUT /api/v1/users/cy/password", &new).await;
        self.go_as(&cy, "DELETE /api/v1/session", &none).await;
    }

    async fn erasure(&mut self, agent: &Agent) {
        let none = json!(null);
        self.go("DELETE /api/v1/users/cy", &none).await;
        self.go("POST /api/v1/users/cy/erase", &none).await;
        self.go_as(&agent.caller, "POST /api/v1/erasures/confirm", &none).await;
    }

    /// Nothing is asked after it: the office ends, to be another one.
    async fn restore(&mut self) {
        let (ada, none) = (self.ada.clone(), json!(null));
        self.job(&ada, "POST /api/v1/backups", &none).await;
        let list = self.go("GET /api/v1/backups", &none).await;
        let path = format!("/api/v1/backups/{}", list["items"][0]["name"].as_str().unwrap());
        let file = self.desk.get(&ada, &path).await.expect(StatusCode::OK).bytes;
        let sort = "application/octet-stream";
        let brought = self.send(&ada, "POST /api/v1/backups/upload", sort, file).await;
        let path = format!("/api/v1/backups/{}/restore", brought["name"].as_str().unwrap());
        self.job(&ada, &format!("POST {path}"), &none).await;
    }
}

#[tokio::test]
async fn every_route_gives_what_it_is_for() {
    let mut tour = Tour::begin().await;
    tour.people().await;
    tour.book().await;
    tour.hours().await;
    let agent = tour.computers().await;
    tour.activity().await;
    tour.jobs().await;
    tour.office().await;
    tour.sessions().await;
    tour.erasure(&agent).await;
    tour.restore().await;
    let mut asked = tour.asked;
    asked.extend(set_up().await);
    let mut table =
        routes::table().into_iter().map(|route| format!("{} {}", route.method, route.path));
    let never: Vec<String> = table
        .by_ref()
        .filter(|row| !asked.contains(row) && !LEFT_OUT.contains(&row.as_str()))
        .collect();
    assert_eq!(never, [""; 0], "routes that nobody asks here: give each its place in the tour");
    let stale: Vec<_> = LEFT_OUT.iter().filter(|row| asked.contains(**row)).collect();
    assert!(stale.is_empty(), "{stale:?} is asked, after all");
}

/// An office that nobody has an account in yet.
async fn set_up() -> BTreeSet<String> {
    let desk = Desk::open().await;
    let secret = setup_secret(&desk).await;
    let (ada, cy) = (loopback(), loopback());
    let mut tour = Tour { desk, ada, cy, asked: BTreeSet::new() };
    tour.go("GET /api/v1/setup", &json!(null)).await;
    tour.go("POST /api/v1/setup/look", &json!({"secret": secret})).await;
    tour.go("POST /api/v1/setup", &setup(&secret)).await;
    tour.asked
}

fn id(of: &Value) -> String {
    of["id"].as_str().unwrap_or_else(|| panic!("no id in {of}")).to_owned()
}

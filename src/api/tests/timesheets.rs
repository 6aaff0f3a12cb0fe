//! Weeks and the lock over HTTP: who may do what, in which order, and what each sees.

use super::*;
use crate::domain::command::{Actor, Command, Envelope};
use crate::domain::entry::{Entry, EntryCommand};
use crate::domain::id::{EntryId, RecordId, ReplicaId, RequestId, UserId};
use crate::domain::outcome::{HoursRefusal, Outcome};
use crate::domain::sync::{Edit, Stamp};
use crate::domain::text::NoteText;

/// Now is Sunday, 2026-11-22, 08:41 in Berlin; this is the Monday before.
const MONDAY: &str = "2026-11-16";
const HOUR_MS: u64 = 3_600_000;

impl Desk {
    pub(super) async fn user_id(&self, name: &str) -> UserId {
        let name = crate::domain::text::UserName::new(name).unwrap();
        let user = self.door.read(move |reader| read::user_by_name(reader, &name)).await.unwrap();
        user.unwrap().id
    }

    async fn commit(&self, command: Command) -> Outcome {
        let request = RequestId(crate::clock::ascending_id());
        let envelope = Envelope { request, at: now(), actor: Actor::System, command };
        self.door.commit(envelope).await.unwrap()
    }

    /// Adds an entry, from and to as RFC 3339.
    pub(super) async fn worked(&self, name: &str, from: &str, to: &str) -> EntryId {
        let body = entry(self.user_id(name).await, from, to);
        let id = EntryId::from(RecordId(crate::clock::ascending_id()));
        let added = self.commit(Command::Entry(EntryCommand::Edit(Edit::Add { id, body }))).await;
        assert!(matches!(added, Outcome::Booked { .. }), "{added:?}");
        id
    }

    pub(super) async fn late(&self, name: &str, from: &str, to: &str) -> Outcome {
        let body = entry(self.user_id(name).await, from, to);
        let id = EntryId::from(RecordId(crate::clock::ascending_id()));
        let stamp = Stamp { modified: now(), replica: ReplicaId::from_bytes([7; 16]) };
        let deleted = false;
        self.commit(Command::Entry(EntryCommand::Offer { id, body, stamp, deleted })).await
    }

    async fn step(&self, who: &Caller, person: &str, step: &str) -> Reply {
        let path = format!("/api/v1/timesheets/{person}/{MONDAY}/{step}");
        let note = json!({"note": "Friday is missing."});
        self.post(who, &path, &note).await
    }
}

fn entry(person: UserId, from: &str, to: &str) -> Entry {
    let at = |text: &str| {
        let at: jiff::Timestamp = text.parse().unwrap();
        Timestamp::new(at.as_millisecond()).unwrap()
    };
    Entry {
        person,
        project: None,
        task: None,
        start: at(from),
        end: Some(at(to)),
        cut: None,
        note: NoteText::empty(),
        tags: Vec::new(),
        billable: false,
    }
}

#[tokio::test]
async fn a_week_goes_its_way_between_a_person_and_their_lead() {
    let desk = Desk::with_people().await;
    desk.add("di", "employee").await.expect(StatusCode::CREATED);
    let team = json!({"name": "Studio", "members": ["cy", "di"], "leads": ["di"]});
    desk.post(&terminal(), "/api/v1/teams", &team).await.expect(StatusCode::CREATED);
    let (cy, di, bo) =
        (desk.sign_in("cy").await, desk.sign_in("di").await, desk.sign_in("bo").await);
    // From Sunday into Monday: an hour before midnight in Berlin is the week before.
    desk.worked("cy", "2026-11-15T22:00:00Z", "2026-11-16T00:30:00Z").await;
    let entry = desk.worked("cy", "2026-11-17T08:00:00Z", "2026-11-17T16:00:00Z").await;
    let path = format!("/api/v1/timesheets/cy/{MONDAY}");
    let week = desk.get(&cy, &path).await.expect(StatusCode::OK);
    assert_eq!(week.headers["etag"], "\"0\"");
    let week = week.json();
    let told = |key: &str| week[key].clone();
    assert_eq!((told("first"), told("last")), (json!(MONDAY), json!("2026-11-22")));
    assert_eq!(
        (told("state"), told("total_ms")),
        (json!("open"), json!(9 * HOUR_MS + HOUR_MS / 2))
    );
    let days: Vec<_> =
        week["days"].as_array().unwrap().iter().map(|day| day["ms"].as_u64()).collect();
    let day = |ms| Some(ms);
    assert_eq!(
        days,
        [day(HOUR_MS * 3 / 2), day(8 * HOUR_MS), day(0), day(0), day(0), day(0), day(0)]
    );

    desk.step(&di, "di", "approve").await.problem(403, "forbidden");
    desk.step(&di, "cy", "approve").await.problem(404, "unknown_week");
    desk.step(&cy, "di", "submit").await.problem(403, "forbidden");
    let submitted = desk.step(&cy, "cy", "submit").await.expect(StatusCode::OK);
    assert_eq!(submitted.json()["state"], "submitted");
    desk.step(&cy, "cy", "submit").await.problem(409, "week_not_open");
    desk.step(&cy, "cy", "approve").await.problem(403, "forbidden");
    let gone = Command::Entry(EntryCommand::Edit(Edit::Delete { id: entry, expect: None }));
    let refused = desk.commit(gone).await;
    assert_eq!(
        refused,
        Outcome::Refused(crate::domain::outcome::Refusal::Hours(HoursRefusal::WeekSubmitted))
    );
    let waiting = |who: Caller| {
        let desk = &desk;
        async move { desk.get(&who, "/api/v1/timesheets?state=submitted").await.items().len() }
    };
    assert_eq!(
        (waiting(di.clone()).await, waiting(bo.clone()).await, waiting(cy.clone()).await),
        (1, 1, 0)
    );
    let stale = di.clone().with("if-match", "\"0\"");
    desk.step(&stale, "cy", "approve").await.problem(412, "changed_meanwhile");
    desk.post(&di, &format!("{path}/send-back"), &json!({"note": " "}))
        .await
        .problem(422, "no_note");
    let back = desk.step(&di, "cy", "send-back").await.expect(StatusCode::OK).json();
    assert_eq!(
        (&back["state"], &back["note"]),
        (&json!("sent_back"), &json!("Friday is missing."))
    );
    desk.step(&cy, "cy", "submit").await.expect(StatusCode::OK);
    desk.step(&cy, "cy", "withdraw").await.expect(StatusCode::OK);
    let keyed = cy.clone().with("idempotency-key", "week-47");
    for _ in 0..2 {
        desk.step(&keyed, "cy", "submit").await.expect(StatusCode::OK);
    }
    let version = desk.get(&di, &path).await.headers["etag"].to_str().unwrap().to_owned();
    let matched = di.clone().with("if-match", &version);
    let approved = desk.step(&matched, "cy", "approve").await.expect(StatusCode::OK).json();
    assert_eq!(approved["approved_ms"], 9 * HOUR_MS + HOUR_MS / 2);
    // What comes too late is seen, not lost, and counts when the week is opened by somebody with the right.
    let late = desk.late("cy", "2026-11-18T08:00:00Z", "2026-11-18T09:00:00Z").await;
    assert!(matches!(late, Outcome::Held { .. }));
    assert_eq!(desk.get(&cy, &path).await.json()["held"], 1);
    let held = desk.get(&di, "/api/v1/lock/held").await.items();
    assert_eq!(
        (held.len(), &held[0]["person"], &held[0]["why"]),
        (1, &json!("cy"), &json!("approved"))
    );
    desk.step(&di, "cy", "reopen").await.problem(403, "forbidden");
    let reopened = desk.step(&bo, "cy", "reopen").await.expect(StatusCode::OK).json();
    assert_eq!((&reopened["state"], &reopened["held"]), (&json!("sent_back"), &json!(0)));
    assert_eq!(reopened["total_ms"], 10 * HOUR_MS + HOUR_MS / 2);
    assert_eq!(reopened["approved_ms"], 9 * HOUR_MS + HOUR_MS / 2);
    assert_eq!(
        (desk.audited("timesheet.approve").await, desk.audited("timesheet.reopen").await),
        (1, 1)
    );
}

/// Every way to change closed time, by whoever it is: refused with the sentence of what closed it, at the field that says when.
#[tokio::test]
async fn closed_time_is_refused_at_its_field_whichever_way_it_is_changed() {
    let desk = Desk::with_people().await;
    let (bo, cy) = (desk.sign_in("bo").await, desk.sign_in("cy").await);
    let span = |from: &str, to: &str| json!({"start": from, "end": to});
    let old = span("2026-10-30T08:00:00Z", "2026-10-30T10:00:00Z");
    let lately = span("2026-11-17T08:00:00Z", "2026-11-17T10:00:00Z");
    let make = |new: Value| {
        let (desk, cy) = (&desk, &cy);
        async move {
            let made = desk.post(cy, "/api/v1/entries", &new).await.expect(StatusCode::CREATED);
            format!("/api/v1/entries/{}", made.json()["id"].as_str().unwrap())
        }
    };
    let locked = make(old.clone()).await;
    let waiting = make(lately.clone()).await;
    let timer = json!({"start": "2026-11-22T07:00:00Z"});
    let lock = json!({"before": "2026-11-01", "reason": "October is paid"});
    desk.put(&bo, "/api/v1/lock", &lock).await.expect(StatusCode::OK);
    desk.step(&cy, "cy", "submit").await.expect(StatusCode::OK);
    for (entry, body, inside, code) in [
        (&locked, &old, "2026-10-30T09:00:00Z", "time_locked"),
        (&waiting, &lately, "2026-11-17T09:00:00Z", "week_submitted"),
    ] {
        let field = |reply: Reply| reply.problem(409, code)["field"].clone();
        assert_eq!(field(desk.post(&cy, "/api/v1/entries", body).await), "start");
        assert_eq!(
            field(desk.put(&cy, entry, &json!({"start": inside, "end": body["end"]})).await),
            "start"
        );
        let split = desk.post(&cy, &format!("{entry}/split"), &json!({"at": inside})).await;
        assert_eq!(field(split), "at");
        let again = desk.post(&cy, &format!("{entry}/duplicate"), &json!({})).await;
        assert_eq!(field(again), "start");
        assert_eq!(field(desk.delete(&cy, entry).await), Value::Null);
        assert_eq!(desk.get(&cy, entry).await.expect(StatusCode::OK).json()["end"], body["end"]);
    }
    // A timer neither begins nor ends in a week that waits.
    assert_eq!(
        desk.post(&cy, "/api/v1/timer", &timer).await.problem(409, "week_submitted")["field"],
        "start"
    );
    desk.step(&bo, "cy", "approve").await.expect(StatusCode::OK);
    let refused = desk.post(&cy, "/api/v1/entries", &lately).await;
    assert_eq!(refused.problem(409, "week_approved")["field"], "start");
    desk.post(&cy, "/api/v1/timer", &json!({})).await.problem(409, "week_approved");
}

#[tokio::test]
async fn nobody_approves_their_own_week_unless_nobody_else_could() {
    let desk = Desk::open().await;
    desk.add("ada", "administrator").await.expect(StatusCode::CREATED);
    let ada = desk.sign_in("ada").await;
    desk.step(&ada, "ada", "submit").await.expect(StatusCode::OK);
    desk.add("bo", "manager").await.expect(StatusCode::CREATED);
    desk.step(&ada, "ada", "approve").await.problem(403, "forbidden");
    assert_eq!(desk.get(&ada, "/api/v1/timesheets?state=submitted").await.items().len(), 0);
    desk.delete(&terminal(), "/api/v1/users/bo").await.expect(StatusCode::NO_CONTENT);
    assert_eq!(desk.get(&ada, "/api/v1/timesheets?state=submitted").await.items().len(), 1);
    desk.step(&ada, "ada", "approve").await.expect(StatusCode::OK);
    desk.step(&ada, "ada", "reopen").await.expect(StatusCode::OK);
}

#[tokio::test]
async fn weeks_are_listed_as_far_as_one_sees_and_keep_their_days() {
    let desk = Desk::with_people().await;
    let (bo, cy) = (desk.sign_in("bo").await, desk.sign_in("cy").await);
    let names = |reply: Reply| {
        let items = reply.expect(StatusCode::OK).items();
        items.iter().map(|week| week["person"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let of_a_day = "/api/v1/timesheets?day=2026-11-20";
    assert_eq!(names(desk.get(&bo, of_a_day).await), ["ada", "bo", "cy"]);
    assert_eq!(names(desk.get(&cy, of_a_day).await), ["cy"]);
    desk.get(&cy, "/api/v1/timesheets").await.problem(422, "day_or_submitted");
    desk.get(&cy, "/api/v1/timesheets/bo?from=2026-11-01&to=2026-11-20")
        .await
        .problem(403, "forbidden");
    desk.get(&bo, "/api/v1/timesheets/nobody?from=2026-11-01&to=2026-11-20")
        .await
        .problem(404, "unknown_user");
    desk.get(&cy, "/api/v1/timesheets/cy?from=2020-01-01&to=2026-11-20")
        .await
        .problem(422, "bad_range");
    desk.get(&cy, "/api/v1/timesheets/cy/yesterday").await.problem(400, "bad_date");
    desk.get(&cy, "/api/v1/timesheets/cy/2300-01-01").await.problem(400, "bad_date");
    desk.step(&cy, "cy", "submit").await.expect(StatusCode::OK);
    // Weeks begin on Sunday from now on: the one that was submitted stays, its neighbours give way.
    let sunday = json!({"value": "sunday"});
    desk.put(&terminal(), "/api/v1/settings/week_start", &sunday).await.expect(StatusCode::OK);
    let weeks = desk.get(&cy, "/api/v1/timesheets/cy?from=2026-11-09&to=2026-11-29").await.items();
    let weeks: Vec<_> = weeks
        .iter()
        .map(|week| [&week["first"], &week["last"], &week["state"]].map(|v| v.as_str().unwrap()))
        .collect();
    assert_eq!(
        weeks,
        [
            ["2026-11-08", "2026-11-14", "open"],
            ["2026-11-15", "2026-11-15", "open"],
            ["2026-11-16", "2026-11-22", "submitted"],
            ["2026-11-23", "2026-11-28", "open"],
            ["2026-11-29", "2026-12-05", "open"],
        ]
    );
    desk.post(&cy, "/api/v1/timesheets/cy/2026-11-15/submit", &json!({}))
        .await
        .expect(StatusCode::OK);
}

#[tokio::test]
async fn the_lock_is_moved_on_by_right_and_back_by_right_and_proof() {
    let desk = Desk::with_people().await;
    let (bo, cy) = (desk.sign_in("bo").await, desk.sign_in("cy").await);
    let lock = |before: &str| json!({"before": before, "reason": "October is paid"});
    assert_eq!(desk.get(&cy, "/api/v1/lock").await.json()["before"], Value::Null);
    desk.put(&cy, "/api/v1/lock", &lock("2026-11-01")).await.problem(403, "forbidden");
    let untold = json!({"before": "2026-11-01", "reason": " "});
    desk.put(&bo, "/api/v1/lock", &untold).await.problem(422, "no_reason");
    desk.put(&bo, "/api/v1/lock", &lock("2026-12-01")).await.problem(422, "lock_in_future");
    desk.put(&bo, "/api/v1/lock", &json!({"reason": "x"})).await.problem(422, "no_day");
    let set =
        desk.put(&bo, "/api/v1/lock", &lock("2026-11-01")).await.expect(StatusCode::OK).json();
    assert_eq!((&set["at"], &set["time_zone"]), (&json!("2026-11-01T00:00:00Z"), &json!("UTC")));
    assert_eq!(desk.get(&cy, "/api/v1/lock").await.json()["reason"], "October is paid");
    desk.put(&bo, "/api/v1/lock", &lock("2026-10-01")).await.problem(422, "lock_not_later");
    let late = desk.late("cy", "2026-10-30T08:00:00Z", "2026-10-30T09:00:00Z").await;
    assert!(matches!(late, Outcome::Held { .. }));
    let held = desk.get(&cy, "/api/v1/lock/held?person=cy").await.items();
    let one = format!("/api/v1/lock/held/{}", held[0]["id"].as_str().unwrap());
    assert_eq!(held[0]["entry"]["start"], "2026-10-30T08:00:00Z");
    let week = desk.get(&cy, "/api/v1/timesheets/cy/2026-10-30").await.json();
    assert_eq!((&week["held"], &week["locked"]), (&json!(1), &json!(false)));
    desk.add("di", "employee").await.expect(StatusCode::CREATED);
    let di = desk.sign_in("di").await;
    assert_eq!(desk.get(&di, "/api/v1/lock/held").await.items().len(), 0);
    desk.delete(&di, &one).await.problem(404, "unknown_held");
    desk.delete(&cy, "/api/v1/lock/held/1.2.3.4").await.problem(404, "unknown_held");
    desk.delete(&cy, &one).await.expect(StatusCode::NO_CONTENT);
    desk.delete(&cy, &one).await.problem(404, "unknown_held");
    desk.put(&bo, "/api/v1/lock/back", &lock("2026-11-02")).await.problem(422, "lock_not_earlier");
    let all = json!({"reason": "a mistake"});
    desk.put(&bo, "/api/v1/lock/back", &all).await.expect(StatusCode::OK);
    let counts = (desk.audited("lock.advance").await, desk.audited("lock.move_back").await);
    assert_eq!(counts, (1, 1));
}

#[tokio::test]
async fn whoever_moves_has_other_days_and_keeps_the_weeks_that_were_submitted() {
    let desk = Desk::with_people().await;
    let (bo, cy) = (desk.sign_in("bo").await, desk.sign_in("cy").await);
    // In Berlin half an hour of each day, in Auckland all of it on Wednesday.
    desk.worked("cy", "2026-11-17T22:30:00Z", "2026-11-17T23:30:00Z").await;
    let report = || async {
        let days = "/api/v1/reports/days?person=cy&from=2026-11-17&to=2026-11-18";
        let days = desk.get(&cy, days).await.expect(StatusCode::OK).json();
        let ms = |at: usize| days["days"][at]["ms"].as_u64().unwrap();
        (days["time_zone"].as_str().unwrap().to_owned(), ms(0), ms(1))
    };
    assert_eq!(report().await, ("Europe/Berlin".to_owned(), HOUR_MS / 2, HOUR_MS / 2));
    desk.step(&cy, "cy", "submit").await.expect(StatusCode::OK);
    let path = format!("/api/v1/timesheets/cy/{MONDAY}");
    let before = desk.get(&cy, &path).await.json();
    let zone = |zone: &str| json!({"time_zone": zone});
    let own = "/api/v1/users/cy/time-zone";
    desk.put(&bo, own, &zone("Pacific/Auckland")).await.problem(403, "forbidden");
    let unknown = desk.put(&cy, own, &zone("Middle/Earth")).await;
    assert_eq!(unknown.problem(422, "unknown_time_zone")["field"], "time_zone");
    let stale = cy.clone().with("if-match", "\"0\"");
    desk.put(&stale, own, &zone("Pacific/Auckland")).await.problem(412, "changed_meanwhile");
    for _ in 0..2 {
        desk.put(&cy, own, &zone("Pacific/Auckland")).await.expect(StatusCode::NO_CONTENT);
    }
    assert_eq!(desk.audited("user.set_zone").await, 1);
    let cy = desk.sign_in("cy").await;
    let days = "/api/v1/reports/days?person=cy&from=2026-11-17&to=2026-11-18";
    let days = desk.get(&cy, days).await.json();
    assert_eq!(days["time_zone"], "Pacific/Auckland");
    assert_eq!(days["days"][1]["ms"], HOUR_MS);
    assert_eq!(desk.get(&cy, &path).await.json(), before, "the week stays as it was submitted");
    desk.put(&terminal(), own, &zone("UTC")).await.expect(StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn the_weeks_of_a_team_are_a_table_in_which_nothing_is_a_formula() {
    let desk = Desk::with_people().await;
    desk.add("di", "employee").await.expect(StatusCode::CREATED);
    let team = json!({"name": "Studio", "members": ["cy"], "leads": ["di"]});
    let team = desk.post(&terminal(), "/api/v1/teams", &team).await.expect(StatusCode::CREATED);
    let team = team.json()["id"].as_str().unwrap().to_owned();
    let (ada, cy, di) =
        (desk.sign_in("ada").await, desk.sign_in("cy").await, desk.sign_in("di").await);
    desk.worked("cy", "2026-11-17T08:00:00Z", "2026-11-17T16:30:00Z").await;
    desk.step(&cy, "cy", "submit").await.expect(StatusCode::OK);
    let table = di.clone().with("accept", "text/csv");
    let waits = desk.get(&table, "/api/v1/timesheets?state=submitted").await;
    let waits = String::from_utf8(waits.expect(StatusCode::OK).bytes).unwrap();
    assert_eq!(waits.lines().count(), 2, "{waits}");
    let path = format!("/api/v1/timesheets/cy/{MONDAY}/send-back");
    desk.post(&di, &path, &json!({"note": "=HYPERLINK(\"http://x\")"}))
        .await
        .expect(StatusCode::OK);
    let path = format!("/api/v1/timesheets?day={MONDAY}&team={team}");
    for caller in [&ada, &di] {
        let csv = caller.clone().with("accept", "text/csv");
        let table = desk.get(&csv, &path).await.expect(StatusCode::OK);
        assert_eq!(table.headers["content-type"], "text/csv; charset=utf-8");
        let name = table.headers["content-disposition"].to_str().unwrap();
        assert!(name.contains("timesheets-2026-11-16.csv"), "{name}");
        let text = String::from_utf8(table.bytes).unwrap();
        let lines: Vec<_> = text.split("\r\n").collect();
        assert_eq!(lines.len(), 3, "the members alone: {text}");
        assert!(
            lines[0].starts_with("person,first,last,time_zone,state,locked,ms,hours,day_1_hours")
        );
        let week =
            "cy,2026-11-16,2026-11-22,Europe/Berlin,sent_back,false,30600000,8.5000,0.0000,8.5000,";
        assert!(lines[1].starts_with(week), "{text}");
        assert!(lines[1].contains(",30600000,,0,\"'=HYPERLINK(\"\"http://x\"\")\","), "{text}");
    }
    assert_eq!(desk.get(&ada, &path).await.items().len(), 1, "JSON takes the team, too");
    desk.get(&cy, &path).await.problem(404, "unknown_team");
    let none = format!(
        "/api/v1/timesheets?day={MONDAY}&team={}",
        crate::domain::id::TeamId::from_bytes([9; 16])
    );
    desk.get(&ada, &none).await.problem(404, "unknown_team");
    let of_one = format!("/api/v1/timesheets/cy?from={MONDAY}&to=2026-11-22&bom=true");
    let table = desk.get(&cy.with("accept", "text/csv"), &of_one).await.expect(StatusCode::OK);
    assert!(table.bytes.starts_with("\u{feff}person,".as_bytes()));
}

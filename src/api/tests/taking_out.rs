//! What the book is told as: budgets, time entries as a file, reports as tables, lists in pages.

use super::*;

const DAYS: &str = "from=2026-11-01&to=2026-11-21";

impl Desk {
    async fn makes(&self, who: &Caller, noun: &str, new: &Value) -> String {
        let path = format!("/api/v1/{noun}");
        let made = self.post(who, &path, new).await.expect(StatusCode::CREATED).json();
        made["id"].as_str().unwrap().to_owned()
    }

    /// An hour of this day, from this hour on, in UTC.
    async fn hour(&self, who: &Caller, day: &str, hour: u32, on: &Value) -> String {
        let mut new = json!({"start": format!("{day}T{hour:02}:00:00Z"), "end": format!("{day}T{:02}:00:00Z", hour + 1)});
        for (key, value) in on.as_object().unwrap() {
            new[key] = value.clone();
        }
        self.makes(who, "entries", &new).await
    }

    async fn table(&self, who: &Caller, path: &str) -> Vec<Vec<String>> {
        let reply = self.get(&who.clone().with("accept", "text/csv"), path).await;
        let reply = reply.expect(StatusCode::OK);
        assert_eq!(reply.headers["content-type"], "text/csv; charset=utf-8");
        cells(&String::from_utf8(reply.bytes).unwrap())
    }

    async fn entries_file(&self, who: &Caller, new: &Value) -> (Value, String) {
        let job = self.post(who, "/api/v1/exports/entries", new).await;
        let job = self.ended(who, &job.expect(StatusCode::CREATED).json()).await;
        assert_eq!((&job["state"], &job["kind"]), (&json!("done"), &json!("entries_csv")), "{job}");
        let file = self.get(who, job["result"]["path"].as_str().unwrap()).await;
        let file = file.expect(StatusCode::OK);
        assert_eq!(file.headers["content-type"], "text/csv; charset=utf-8");
        (job, String::from_utf8(file.bytes).unwrap())
    }
}

/// The cells of a table without quotes in it.
fn cells(text: &str) -> Vec<Vec<String>> {
    text.lines().map(|line| line.split(',').map(str::to_owned).collect()).collect()
}

#[tokio::test]
async fn a_budget_says_what_of_it_is_spent() {
    let desk = Desk::with_people().await;
    let (bo, cy) = (desk.sign_in("bo").await, desk.sign_in("cy").await);
    let acme = desk.makes(&bo, "customers", &json!({"name": "Acme"})).await;
    let site = json!({"name": "Site", "customer": acme, "budget_minutes": 240});
    let site = desk.makes(&bo, "projects", &site).await;
    let top = json!({"name": "Design", "project": site, "budget_minutes": 90});
    let top = desk.makes(&bo, "tasks", &top).await;
    let below =
        desk.makes(&bo, "tasks", &json!({"name": "Icons", "project": site, "parent": top})).await;
    desk.makes(&bo, "projects", &json!({"name": "Free"})).await;
    let old = json!({"name": "Old", "archived": true, "budget_minutes": 60});
    desk.makes(&bo, "projects", &old).await;
    let secret = json!({"name": "Secret", "members": [], "budget_minutes": 60});
    desk.makes(&bo, "projects", &secret).await;
    desk.hour(&cy, "2026-09-10", 8, &json!({"project": site, "task": below})).await;
    desk.hour(&cy, "2026-11-10", 8, &json!({"project": site, "task": top})).await;
    desk.hour(&bo, "2026-11-10", 8, &json!({"project": site})).await;
    let gone = desk.hour(&bo, "2026-11-11", 8, &json!({"project": site})).await;
    desk.delete(&bo, &format!("/api/v1/entries/{gone}")).await.expect(StatusCode::NO_CONTENT);
    let told = |one: &Value| {
        let word = |key: &str| one[key].as_str().unwrap_or("-").to_owned();
        let ms =
            |key: &str| one[key].as_i64().map_or("-".to_owned(), |ms| (ms / 60_000).to_string());
        let (spent, rest, percent) = (ms("spent_ms"), ms("rest_ms"), &one["percent"]);
        format!(
            "{} {} {} of {} left {rest} {percent}",
            word("project_name"),
            word("task_name"),
            spent,
            one["budget_minutes"]
        )
    };
    let budgets = |who: Caller, query: &'static str| {
        let desk = &desk;
        async move {
            let path = format!("/api/v1/reports/budgets{query}");
            desk.get(&who, &path)
                .await
                .expect(StatusCode::OK)
                .items()
                .iter()
                .map(told)
                .collect::<Vec<_>>()
        }
    };
    assert_eq!(
        budgets(bo.clone(), "").await,
        [
            "Secret - 0 of 60 left 60 0",
            "Site - 180 of 240 left 60 75",
            "Site Design 120 of 90 left -30 133"
        ]
    );
    assert_eq!(
        budgets(cy.clone(), "").await,
        ["Site - - of 240 left - null", "Site Design - of 90 left - null"],
        "others' hours are not told to whoever does not see them"
    );
    assert_eq!(budgets(bo.clone(), "?archived=true").await.len(), 4);
    let one = format!("/api/v1/reports/budgets?project={site}");
    assert_eq!(desk.get(&bo, &one).await.items().len(), 2);
    let none = "/api/v1/reports/budgets?project=01890000-0000-7000-8000-000000000000";
    desk.get(&bo, none).await.problem(404, "unknown_project");
    let rows = desk.table(&bo, &one).await;
    assert_eq!(rows[0][5..], ["budget_minutes", "spent_ms", "spent_hours", "rest_ms", "percent"]);
    assert_eq!(rows[2][5..], ["90", "7200000", "2.0000", "-1800000", "133"]);
}

#[tokio::test]
async fn time_entries_are_taken_out_and_come_in_again() {
    let desk = Desk::with_people().await;
    let (bo, cy) = (desk.sign_in("bo").await, desk.sign_in("cy").await);
    let acme = desk.makes(&bo, "customers", &json!({"name": "Acme"})).await;
    let site = desk.makes(&bo, "projects", &json!({"name": "Site", "customer": acme})).await;
    let task = desk.makes(&bo, "tasks", &json!({"name": "Design", "project": site})).await;
    let tag = desk.makes(&bo, "tags", &json!({"name": "travel"})).await;
    let on = json!({"task": task, "tags": [tag], "note": "=1+1"});
    desk.hour(&cy, "2026-11-03", 8, &on).await;
    desk.hour(&cy, "2026-11-10", 8, &json!({})).await;
    desk.hour(&bo, "2026-11-10", 8, &json!({"project": site})).await;
    // Over the first midnight of the range, where the asker is: half of it counts.
    let night = json!({"start": "2026-10-31T22:30:00Z", "end": "2026-10-31T23:30:00Z"});
    desk.makes(&cy, "entries", &night).await;
    desk.hour(&cy, "2026-10-30", 8, &json!({})).await;
    desk.post(&cy, "/api/v1/timesheets/cy/2026-11-03/submit", &json!({}))
        .await
        .expect(StatusCode::OK);
    let range = json!({"from": "2026-11-01", "to": "2026-11-21"});
    let (job, text) = desk.entries_file(&bo, &range).await;
    assert_eq!(job["sentence"], "4 time entries, 3:30 h.");
    let rows = cells(&text);
    let at = |column: &str| rows[0].iter().position(|name| name == column).unwrap();
    let sum: u64 =
        rows[1..].iter().map(|row| row[at("Milliseconds")].parse::<u64>().unwrap()).sum();
    let report = desk.get(&bo, &format!("/api/v1/reports/hours?{DAYS}")).await.json();
    assert_eq!(report["total_ms"], sum, "the file and the report say the same");
    let design = rows.iter().find(|row| row[at("Task")] == "Design").unwrap();
    let shown =
        ["User", "Client", "Project", "Description", "Tags", "Start Date", "Start Time", "Week"];
    assert_eq!(
        shown.map(|column| design[at(column)].as_str()),
        ["cy", "Acme", "Site", "'=1+1", "travel", "2026-11-03", "09:00:00", "submitted"]
    );
    // A part of them; one's own without a right; others' not.
    let (_, part) = desk.entries_file(&bo, &json!({"from": "2026-11-01", "to": "2026-11-21", "projects": [site], "people": ["cy"]})).await;
    assert_eq!(part.lines().count(), 2);
    let (_, own) = desk.entries_file(&cy, &range).await;
    assert_eq!(own.lines().count(), 4);
    let of_bo = json!({"from": "2026-11-01", "to": "2026-11-21", "people": ["bo"]});
    desk.post(&cy, "/api/v1/exports/entries", &of_bo).await.problem(403, "forbidden");
    let team = json!({"name": "Studio", "members": ["bo"], "leads": ["cy"]});
    desk.post(&terminal(), "/api/v1/teams", &team).await.expect(StatusCode::CREATED);
    desk.post(&cy, "/api/v1/exports/entries", &of_bo).await.problem(403, "forbidden");
    for bad in [
        json!({"from": "2026-11-21", "to": "2026-11-01"}),
        json!({"from": "2010-01-01", "to": "2026-11-01"}),
    ] {
        desk.post(&bo, "/api/v1/exports/entries", &bad).await.problem(422, "bad_range");
    }
    // Whoever loses the right does not fetch what they had made.
    desk.put(&terminal(), "/api/v1/users/bo/role", &json!({"role": "employee"}))
        .await
        .expect(StatusCode::NO_CONTENT);
    desk.get(&bo, job["result"]["path"].as_str().unwrap()).await.problem(403, "forbidden");
    // Another office reads the file as Clockify's.
    let other = Desk::with_people().await;
    let ada = other.sign_in("ada").await;
    let path = "/api/v1/imports?source=clockify&zone=Europe/Berlin";
    let body = text.into_bytes();
    let begun = other.send(&ada, Method::POST, path, "application/octet-stream", body).await;
    let ended = other.ended(&ada, &begun.expect(StatusCode::CREATED).json()).await;
    assert!(ended["sentence"].as_str().unwrap().starts_with("4 time entries came in"), "{ended}");
    let came = other.get(&ada, &format!("/api/v1/reports/hours?{DAYS}&by=task")).await.json();
    assert_eq!(came["total_ms"], sum);
}

#[tokio::test]
async fn every_report_is_a_table_too() {
    let desk = Desk::with_people().await;
    let (bo, cy) = (desk.sign_in("bo").await, desk.sign_in("cy").await);
    desk.hour(&cy, "2026-11-10", 8, &json!({})).await;
    desk.hour(&cy, "2026-11-10", 11, &json!({})).await;
    desk.hour(&cy, "2026-11-10", 11, &json!({})).await;
    // Without anything to tell hours apart by, every day has its line, also one without work.
    let path = "/api/v1/reports/hours?from=2026-11-09&to=2026-11-11&per=day&people=cy&compare=true";
    let rows = desk.table(&bo, path).await;
    assert_eq!(
        rows[0],
        [
            "from",
            "to",
            "ms",
            "hours",
            "target_minutes",
            "previous_from",
            "previous_to",
            "previous_ms"
        ]
    );
    let json = desk.get(&bo, path).await.json();
    let periods = json["periods"].as_array().unwrap();
    assert_eq!((rows.len(), periods.len()), (4, 3));
    for (row, period) in rows[1..].iter().zip(periods) {
        let number = |key: &str| period[key].to_string();
        assert_eq!(row[2], number("ms"));
        assert_eq!(row[4], number("target_minutes"));
        assert_eq!(row[7], period["previous"]["total_ms"].to_string());
    }
    let rows =
        desk.table(&bo, "/api/v1/reports/days?person=cy&from=2026-11-09&to=2026-11-10").await;
    assert_eq!((rows.len(), rows[1][2].as_str()), (3, "0"));
    assert_eq!(rows[2][1..5], ["2026-11-10", "10800000", "3.0000", "7200000"]);
    let gap = "2026-11-10T09:00:00Z/2026-11-10T11:00:00Z";
    assert_eq!(rows[2][8..10], [gap, "7200000"]);
    let twice = "2026-11-10T11:00:00Z/2026-11-10T12:00:00Z";
    assert_eq!(rows[2][10..], [twice, "3600000"]);
    let totals = desk
        .table(&cy, "/api/v1/reports/activity/totals?from=2026-11-10&to=2026-11-10&by=app")
        .await;
    assert_eq!(totals, [["person", "date", "by", "name", "ms", "hours"]]);
}

#[tokio::test]
async fn lists_come_in_pages_that_follow_each_other() {
    let desk = Desk::with_people().await;
    let cy = desk.sign_in("cy").await;
    for number in 0..4 {
        desk.add(&format!("extra{number}"), "employee").await.expect(StatusCode::CREATED);
        desk.token("cy", &format!("machine{number}"), &["read"]).await;
        let team = json!({"name": format!("Team {number}"), "members": ["cy"], "leads": []});
        desk.post(&terminal(), "/api/v1/teams", &team).await.expect(StatusCode::CREATED);
        let day = format!("2026-11-0{}", number + 2);
        let file =
            format!("key,start,stop,tags,description\nk{number},{day} 09:00,{day} 10:00,,work\n");
        let path = "/api/v1/imports?source=timetagger&zone=UTC";
        let begun =
            desk.send(&cy, Method::POST, path, "application/octet-stream", file.into_bytes()).await;
        let ended = desk.ended(&cy, &begun.expect(StatusCode::CREATED).json()).await;
        assert_eq!(ended["state"], "done", "{ended}");
    }
    for noun in ["users", "tokens", "devices", "teams", "imports"] {
        let path = format!("/api/v1/{noun}");
        let who = terminal();
        let whole = desk.get(&who, &path).await.expect(StatusCode::OK).items();
        assert!(whole.len() >= 4, "{noun}: {}", whole.len());
        let (mut pages, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = desk.get(&who, &format!("{path}?limit=3{cursor}")).await;
            let page = page.expect(StatusCode::OK).json();
            let items = page["items"].as_array().unwrap();
            assert!(!items.is_empty() && items.len() <= 3, "{noun}");
            pages.extend(items.clone());
            match page["next"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(pages, whole, "{noun}");
        desk.get(&who, &format!("{path}?cursor=x")).await.problem(422, "bad_cursor");
    }
}

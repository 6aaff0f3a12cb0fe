//! A month of an office of fifty by the API: booked, submitted, approved, reported. Every total is the same, to the millisecond.

use crate::harness::report::sign_in;
use crate::harness::server::PASSWORD;
use crate::harness::{Http, Role, Server};
use serde_json::{Value, json};
use std::collections::BTreeMap;

const PEOPLE: usize = 50;
/// The working days of October 2026, a Thursday first.
const DAYS: [u32; 22] =
    [1, 2, 5, 6, 7, 8, 9, 12, 13, 14, 15, 16, 19, 20, 21, 22, 23, 26, 27, 28, 29, 30];
/// A day of each of its weeks.
const WEEKS: [&str; 5] = ["2026-10-01", "2026-10-05", "2026-10-12", "2026-10-19", "2026-10-26"];

#[test]
fn a_month_of_fifty_people_comes_to_the_same_everywhere() {
    let server = Server::start();
    server.add_user("ada", Role::Admin);
    let ada = sign_in(&server, "ada");
    let book = Catalog::made(&ada);
    for number in 0..PEOPLE {
        let new = json!({"name": name(number), "password": PASSWORD, "role": "employee", "time_zone": "Europe/Berlin"});
        ada.post("/api/v1/users", &new).expect(201);
    }
    for half in 0..2 {
        let members: Vec<_> = (0..PEOPLE).filter(|n| n % 2 == half).map(name).collect();
        let team = json!({"name": format!("Team {half}"), "members": members, "leads": []});
        ada.post("/api/v1/teams", &team).expect(201);
    }
    let sums = std::thread::scope(|scope| {
        let (server, book) = (&server, &book);
        let quarter = |first: usize| {
            move || -> Vec<(String, u64)> {
                let theirs = (first..PEOPLE).step_by(4);
                theirs.map(|number| (name(number), works_a_month(server, book, number))).collect()
            }
        };
        let threads: Vec<_> = (0..4).map(|first| scope.spawn(quarter(first))).collect();
        let sums = threads.into_iter().flat_map(|thread| thread.join().unwrap());
        sums.collect::<BTreeMap<String, u64>>()
    });
    let total: u64 = sums.values().sum();
    assert!(total > 40 * 22 * 7 * 3_600_000, "a month's work: {total}");

    let waiting = ada.get("/api/v1/timesheets?state=submitted&limit=500").expect(200).json();
    assert_eq!(waiting["items"].as_array().unwrap().len(), PEOPLE * WEEKS.len());
    let (mut submitted, mut approved) = (0, 0);
    for week in waiting["items"].as_array().unwrap() {
        submitted += week["submitted_ms"].as_u64().unwrap();
        let path = format!(
            "/api/v1/timesheets/{}/{}/approve",
            text(&week["person"]),
            text(&week["first"])
        );
        approved += ada.post(&path, &json!({})).expect(200).json()["approved_ms"].as_u64().unwrap();
    }
    assert_eq!((submitted, approved), (total, total), "timesheets");
    let late = json!({"start": "2026-10-07T20:00:00Z", "end": "2026-10-07T21:00:00Z"});
    let refused = sign_in(&server, &name(3)).post("/api/v1/entries", &late).expect(409).problem();
    assert_eq!(refused["code"], "week_approved");
    reports_agree(&server, &ada, &sums, total);
}

fn reports_agree(server: &Server, ada: &Http, sums: &BTreeMap<String, u64>, total: u64) {
    let october = "from=2026-10-01&to=2026-10-31";
    let report =
        |query: &str| ada.get(&format!("/api/v1/reports/hours?{october}{query}")).expect(200);
    let ms = |one: &Value| one["ms"].as_u64().unwrap();
    for by in
        ["user", "team", "project", "customer", "task", "tag", "billable", "customer,project,user"]
    {
        for per in ["", "&per=day", "&per=week", "&per=month"] {
            let report = report(&format!("&by={by}{per}")).json();
            assert_eq!(report["total_ms"], total, "{by}{per}");
            let rows: u64 = report["rows"].as_array().unwrap().iter().map(ms).sum();
            assert!(
                rows == total || (report["counts_twice"] == true && by == "tag"),
                "{by}{per}: {rows}"
            );
            let periods: u64 = report["periods"].as_array().unwrap().iter().map(ms).sum();
            assert_eq!(periods, total, "{by}{per}");
        }
    }
    let by_user = report("&by=user").json();
    for row in by_user["rows"].as_array().unwrap().iter().filter(|row| ms(row) > 0) {
        assert_eq!(sums[text(&row["keys"][0]["name"])], ms(row));
    }
    for person in ["user0", "user7", "user49"] {
        let path = format!("/api/v1/reports/days?person={person}&{october}");
        assert_eq!(ada.get(&path).expect(200).json()["total_ms"], sums[person], "{person}");
    }
    let table = sign_in(server, "ada").header("accept", "text/csv");
    let customers = table.get(&format!("/api/v1/reports/hours?{october}&by=customer")).expect(200);
    assert!(customers.text.contains("\"'=Customer, 0\""), "a formula: {}", customers.text);
    for query in ["by=user", "by=project&per=week", "by=task,user&per=month"] {
        let path = format!("/api/v1/reports/hours?{october}&{query}");
        let rows = table.get(&path).expect(200).text;
        let mut lines = rows.lines();
        let heading: Vec<_> = lines.next().unwrap().split(',').collect();
        let at = heading.iter().position(|column| *column == "ms").unwrap();
        let sum: u64 =
            lines.map(|line| line.split(',').nth(at).unwrap().parse::<u64>().unwrap()).sum();
        assert_eq!(sum, total, "{query}");
    }
    let range = ["--from", "2026-10-01", "--to", "2026-10-31"];
    let told =
        server.run(&[&["report", "hours", "--by", "user", "--json"], &range[..]].concat()).json();
    // The terminal's days are the office's, in UTC here: nobody worked over the ends of the month.
    assert_eq!(told["total_ms"], total);
    let told = server.run(&[&["report", "hours", "--by", "team"], &range[..]].concat()).ok();
    let minutes = total / 60_000;
    assert!(told.contains(&format!("Total {}:{:02}", minutes / 60, minutes % 60)), "{told}");
    let week = server.run(&["timesheet", "show", "--person", "user7", "--day", "2026-10-12"]).ok();
    assert!(week.contains("approved"), "{week}");
}

/// What hours are booked on.
struct Catalog {
    projects: Vec<String>,
    tasks: Vec<String>,
    tags: Vec<String>,
}

impl Catalog {
    fn made(ada: &Http) -> Self {
        let made = |noun: &str, new: Value| {
            let made = ada.post(&format!("/api/v1/{noun}"), &new).expect(201).json();
            text(&made["id"]).to_owned()
        };
        let (mut projects, mut tasks) = (Vec::new(), Vec::new());
        for number in 0..4 {
            let customer = made("customers", json!({"name": format!("=Customer, {number}")}));
            let new = json!({"name": format!("Project {number}"), "customer": customer, "billable": number > 0});
            let project = made("projects", new);
            let top = made("tasks", json!({"name": "Top", "project": project}));
            tasks.push(made("tasks", json!({"name": "Below", "project": project, "parent": top})));
            projects.push(project);
        }
        let tags = ["a", "b"].map(|tag| made("tags", json!({"name": tag})));
        Self { projects, tasks, tags: tags.into() }
    }
}

/// Signs in, books the month and submits its weeks; what it came to.
fn works_a_month(server: &Server, book: &Catalog, number: usize) -> u64 {
    let person = sign_in(server, &name(number));
    let mut sum = 0;
    let mut works = |start: &str, long: u64, on: usize| {
        let begin: jiff::Timestamp = start.parse().unwrap();
        let end = begin + jiff::SignedDuration::from_millis(i64::try_from(long).unwrap());
        let mut new = json!({"start": start, "end": end.to_string(), "note": "work"});
        match on % 5 {
            4 => {}
            on => {
                new["project"] = json!(book.projects[on]);
                if on % 2 == 0 {
                    new["task"] = json!(book.tasks[on]);
                }
            }
        }
        new["tags"] = json!(book.tags[..on % 3]);
        person.post("/api/v1/entries", &new).expect(201);
        sum += long;
    };
    for (at, day) in DAYS.into_iter().enumerate() {
        // Seconds and thousandths that do not come to whole minutes, so that rounding anywhere would show.
        let odd = u64::try_from((number * 7_919 + at * 104_729) % 600_000).unwrap();
        works(&format!("2026-10-{day:02}T06:00:00Z"), 4 * 3_600_000 + odd, number + at);
        works(
            &format!("2026-10-{day:02}T11:00:00.5Z"),
            3 * 3_600_000 + 1_800_000 - odd / 3,
            number + at + 1,
        );
    }
    if number.is_multiple_of(10) {
        // Over midnight, and through the night of 25 hours.
        works("2026-10-13T20:30:00Z", 3 * 3_600_000 + 61_001, number);
        works("2026-10-24T20:00:00Z", 20 * 3_600_000, number);
    }
    for day in WEEKS {
        let path = format!("/api/v1/timesheets/{}/{day}/submit", name(number));
        person.post(&path, &json!({})).expect(200);
    }
    sum
}

fn name(number: usize) -> String {
    format!("user{number}")
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text"))
}

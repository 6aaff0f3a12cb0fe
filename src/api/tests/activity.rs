//! Totals by something, categories, one's own day, and search in one's own.

use super::*;
use crate::domain::policy::ActivityPolicy;
use crate::domain::time::DAY_MS;

const RANGE: &str = "from=2026-11-21&to=2026-11-21";

/// cy's Saturday on a laptop: an editor, a blip of mail, a browser with a page behind it after lunch; away in between.
async fn recorded(desk: &Desk) {
    let door = desk.token("cy", "laptop", &["record"]).await;
    for (name, kind, events) in [
        (
            "w",
            "currentwindow",
            json!([
                event("09:00:00", 600, &json!({"app": "Editor", "title": "report.txt"})),
                event("09:10:00", 10, &json!({"app": "Mail", "title": "inbox"})),
                event("09:10:10", 590, &json!({"app": "Editor", "title": "Report.txt - vim"})),
                event("12:00:00", 600, &json!({"app": "Firefox", "title": "A page"})),
            ]),
        ),
        (
            "a",
            "afkstatus",
            json!([
                event("09:00:00", 1_200, &json!({"status": "not-afk"})),
                event("12:00:00", 300, &json!({"status": "not-afk"})),
                event("12:05:00", 300, &json!({"status": "afk"})),
            ]),
        ),
        (
            "p",
            "web.tab.current",
            json!([
                event(
                    "11:50:00",
                    720,
                    &json!({"url": "https://www.a.example/x", "title": "A page"})
                ),
                event("12:02:00", 480, &json!({"url": "https://b.example/", "title": "B"})),
            ]),
        ),
    ] {
        let about = json!({"client": "c", "type": kind, "hostname": "h"});
        let path = format!("/api/0/buckets/{name}");
        desk.post(&door, &path, &about).await.expect(StatusCode::OK);
        desk.post(&door, &format!("{path}/events"), &events).await.expect(StatusCode::OK);
    }
}

fn event(time: &str, seconds: u32, data: &Value) -> Value {
    json!({"timestamp": format!("2026-11-21T{time}Z"), "duration": seconds, "data": data})
}

async fn totals(desk: &Desk, caller: &Caller, by: &str) -> Value {
    let path = format!("/api/v1/reports/activity/totals?person=cy&{RANGE}&by={by}");
    desk.get(caller, &path).await.expect(StatusCode::OK).json()
}

fn rows(report: &Value) -> Vec<(String, u64)> {
    let rows = report["rows"].as_array().unwrap().iter();
    rows.map(|row| (row["name"].as_str().unwrap().to_owned(), row["ms"].as_u64().unwrap()))
        .collect()
}

fn row(name: &str, seconds: u64) -> (String, u64) {
    (name.to_owned(), seconds * 1_000)
}

#[tokio::test]
async fn ones_own_time_is_added_up_by_anything() {
    let desk = Desk::with_people().await;
    recorded(&desk).await;
    let cy = desk.sign_in("cy").await;
    let apps = totals(&desk, &cy, "app").await;
    assert_eq!(rows(&apps), [row("Editor", 1_190), row("Firefox", 300), row("Mail", 10)]);
    assert_eq!((&apps["total_ms"], &apps["tells"]), (&json!(1_500_000), &json!(true)));
    assert_eq!(apps["days"][0]["rows"], apps["rows"]);
    // Pages count while their browser is in front and somebody is there.
    let sites = totals(&desk, &cy, "site").await;
    assert_eq!(rows(&sites), [row("b.example", 180), row("a.example", 120)]);
    assert_eq!(rows(&totals(&desk, &cy, "device").await), [row("laptop", 1_500)]);
    let categories = rows(&totals(&desk, &cy, "category").await);
    assert_eq!(
        categories,
        [row("Uncategorized", 910), row("Work > Programming", 590)],
        "the categories everybody begins with"
    );
    for (path, code) in [
        (format!("{RANGE}&by=mood"), "bad_by"),
        ("from=2026-11-21&to=2026-11-20&by=app".to_owned(), "bad_range"),
        ("from=2020-11-21&to=2026-11-20&by=app".to_owned(), "bad_range"),
    ] {
        desk.get(&cy, &format!("/api/v1/reports/activity/totals?{path}")).await.problem(422, code);
    }
}

#[tokio::test]
async fn others_see_what_the_policy_says_and_leave_a_trace() {
    use ActivityPolicy::{AppTotals, CategoryTotals, FullDetail, HoursOnly};
    for policy in [HoursOnly, CategoryTotals, AppTotals, FullDetail] {
        let desk = Desk::with_people().await;
        let new = json!({"policy": policy.name(), "reason": "for the test"});
        desk.put(&terminal(), "/api/v1/office/policy", &new).await.expect(StatusCode::OK);
        let_pass(7 * i64::try_from(DAY_MS).unwrap());
        recorded(&desk).await;
        // A rule that goes by a title: others have it only where they may see titles.
        let own = json!({"categories": [{"name": ["Reports"], "rule": {"type": "regex", "regex": "report", "ignore_case": true}}]});
        desk.put(&desk.sign_in("cy").await, "/api/v1/categories", &own)
            .await
            .expect(StatusCode::OK);
        let bo = desk.sign_in("bo").await;
        for (by, least) in [
            ("device", CategoryTotals),
            ("category", CategoryTotals),
            ("app", AppTotals),
            ("site", FullDetail),
        ] {
            let seen = totals(&desk, &bo, by).await;
            assert_eq!(seen["total_ms"], 1_500_000, "{policy:?} {by}");
            assert_eq!(rows(&seen).is_empty(), policy < least, "{policy:?} {by}: {seen}");
            assert_eq!(seen["tells"], policy >= least);
        }
        let categories = rows(&totals(&desk, &bo, "category").await);
        let told = categories.iter().any(|(name, _)| name == "Reports");
        assert_eq!(told, policy == FullDetail, "{policy:?}: {categories:?}");
        // The same range at the same detail is one look.
        let looks = match policy {
            HoursOnly | CategoryTotals => 1,
            AppTotals => 2,
            FullDetail => 3,
        };
        assert_eq!(desk.audited("activity.view").await, looks, "{policy:?}");
        desk.add("di", "employee").await.expect(StatusCode::CREATED);
        let path = format!("/api/v1/reports/activity/totals?person=cy&{RANGE}&by=app");
        desk.get(&desk.sign_in("di").await, &path).await.problem(403, "forbidden");
    }
}

#[tokio::test]
async fn categories_are_ones_own_else_the_offices_else_the_usual_ones() {
    let desk = Desk::with_people().await;
    let (ada, cy) = (desk.sign_in("ada").await, desk.sign_in("cy").await);
    let of = async |caller: &Caller| desk.get(caller, "/api/v1/categories").await.json();
    assert_eq!(of(&cy).await["of"], "default");
    let tree = |name: &str| json!({"categories": [{"id": 3, "name": [name], "rule": {"type": "regex", "regex": "x"}, "data": {"color": "#f00"}}]});
    desk.put(&cy, "/api/v1/office/categories", &tree("Office")).await.problem(403, "forbidden");
    let set = desk.put(&ada, "/api/v1/office/categories", &tree("Office")).await;
    assert_eq!(set.expect(StatusCode::OK).json()["of"], "office");
    assert_eq!(of(&cy).await["categories"][0]["name"], json!(["Office"]));
    desk.put(&cy, "/api/v1/categories", &tree("Mine")).await.expect(StatusCode::OK);
    let mine = of(&cy).await;
    assert_eq!(
        mine,
        json!({"of": "own", "version": mine["version"], "categories": [{"name": ["Mine"], "rule": {"type": "regex", "regex": "x"}, "data": {"color": "#f00"}}]})
    );
    assert_eq!(of(&ada).await["of"], "office");
    assert_eq!(desk.get(&cy, "/api/v1/office/categories").await.json()["of"], "office");
    desk.delete(&cy, "/api/v1/categories").await.expect(StatusCode::NO_CONTENT);
    assert_eq!(of(&cy).await["of"], "office");
    desk.delete(&ada, "/api/v1/office/categories").await.expect(StatusCode::NO_CONTENT);
    assert_eq!(of(&cy).await["of"], "default");
    for bad in [
        json!({"categories": [{"name": []}]}),
        json!({"categories": [{"name": ["a"], "rule": {"type": "regex", "regex": "("}}]}),
    ] {
        desk.put(&cy, "/api/v1/categories", &bad).await.problem(422, "bad_category");
    }
    desk.put(&terminal(), "/api/v1/categories", &tree("x")).await.problem(422, "no_person");
    assert_eq!(desk.audited("category.set").await, 2);
    assert_eq!(desk.audited("category.reset").await, 2);
}

#[tokio::test]
async fn a_day_is_shown_to_whose_it_is_with_its_blips_grouped() {
    let desk = Desk::with_people().await;
    recorded(&desk).await;
    let cy = desk.sign_in("cy").await;
    let day = desk.get(&cy, "/api/v1/activity/timeline?date=2026-11-21").await;
    let day = day.expect(StatusCode::OK).json();
    let stretches = day["stretches"].as_array().unwrap();
    let told: Vec<_> =
        stretches.iter().map(|s| (&s["app"], &s["from"], &s["to"], &s["blips"])).collect();
    // The second stretch of the editor has another category, and so is one of its own.
    assert_eq!(
        told,
        [
            (
                &json!("Editor"),
                &json!("2026-11-21T09:00:00Z"),
                &json!("2026-11-21T09:10:10Z"),
                &json!(1)
            ),
            (
                &json!("Editor"),
                &json!("2026-11-21T09:10:10Z"),
                &json!("2026-11-21T09:20:00Z"),
                &json!(0)
            ),
            (
                &json!("Firefox"),
                &json!("2026-11-21T12:00:00Z"),
                &json!("2026-11-21T12:05:00Z"),
                &json!(0)
            ),
        ]
    );
    assert_eq!(stretches[1]["category"], json!(["Work", "Programming"]));
    assert_eq!((&day["blip_seconds"], &stretches[0]["computer"]), (&json!(30), &json!("laptop")));
    // 90 days; 24 months on the average after the month is over, because months go whole.
    assert_eq!(day["detail_until"], "2027-02-18T23:00:00Z");
    assert_eq!(day["kept_until"], "2028-11-30T12:00:00Z");
    let fine =
        desk.get(&cy, "/api/v1/activity/timeline?date=2026-11-21&blip_seconds=0").await.json();
    assert_eq!(fine["stretches"].as_array().unwrap().len(), 4);
    let bo = desk.get(&desk.sign_in("bo").await, "/api/v1/activity/timeline?date=2026-11-21").await;
    assert_eq!(bo.json()["stretches"], json!([]), "each has only their own");
    desk.get(&terminal(), "/api/v1/activity/timeline?date=2026-11-21")
        .await
        .problem(422, "no_person");
    let path = "/api/v1/activity/timeline?date=2026-11-21&blip_seconds=901";
    desk.get(&cy, path).await.problem(422, "bad_blip");
}

#[tokio::test]
async fn ones_own_activity_goes_out_in_a_form_that_comes_in_again() {
    let desk = Desk::with_people().await;
    recorded(&desk).await;
    let cy = desk.sign_in("cy").await;
    let second = desk.token("cy", "tablet", &["record"]).await;
    let about = json!({"client": "c", "type": "currentwindow", "hostname": "t"});
    desk.post(&second, "/api/0/buckets/w", &about).await.expect(StatusCode::OK);
    let job = desk.post(&cy, "/api/v1/exports/activitywatch", &json!({})).await;
    let job = desk.ended(&cy, &job.expect(StatusCode::CREATED).json()).await;
    assert_eq!((&job["state"], &job["kind"]), (&json!("done"), &json!("activitywatch")), "{job}");
    let path = job["result"]["path"].as_str().unwrap();
    let file = desk.get(&cy, path).await.expect(StatusCode::OK);
    assert_eq!(file.headers["content-type"], "application/json");
    let export = file.json();
    let buckets = export["buckets"].as_object().unwrap();
    let names: Vec<&str> = buckets.keys().map(String::as_str).collect();
    assert_eq!(names, ["a", "p", "w", "w (tablet)"]);
    assert_eq!(buckets["w"]["events"].as_array().unwrap().len(), 4);
    // The same file into another person's book, twice: everything is there once.
    let other = desk.token("bo", "new laptop", &["record"]).await;
    for _ in 0..2 {
        desk.post(&other, "/api/0/import", &export).await.expect(StatusCode::OK);
    }
    let listed = desk.get(&other, "/api/0/buckets/").await.json();
    assert_eq!(listed.as_object().unwrap().len(), 4);
    let events = desk.get(&other, "/api/0/buckets/w/events").await.json();
    assert_eq!(events.as_array().unwrap().len(), 4);
    let bo = desk.sign_in("bo").await;
    desk.get(&bo, path).await.problem(404, "unknown_job");
    // As a job, into what another token of theirs records into; again, and everything is known.
    desk.token("bo", "old laptop", &["record"]).await;
    let import = async |caller: &Caller, device: &str, file: &str| {
        let path = format!("/api/v1/imports/activitywatch?device={device}");
        let (octets, file) = ("application/octet-stream", file.as_bytes().to_vec());
        desk.send(caller, Method::POST, &path, octets, file).await
    };
    let events = export["buckets"].as_object().unwrap().values();
    let all: usize = events.map(|bucket| bucket["events"].as_array().unwrap().len()).sum();
    for (new, known) in [(all, 0), (0, all)] {
        let begun = import(&bo, "old%20laptop", &export.to_string()).await;
        let job = desk.ended(&bo, &begun.expect(StatusCode::CREATED).json()).await;
        let said = format!("{new} events are new, {known} were known, 0 were left out by rules.");
        assert_eq!((&job["state"], &job["sentence"]), (&json!("done"), &json!(said)), "{job}");
    }
    let token = desk.token("bo", "old laptop", &["read", "record"]).await;
    let events = desk.get(&token, "/api/0/buckets/w/events").await.json();
    assert_eq!(events.as_array().unwrap().len(), 4);
    // What is bad, or nobody's own, changes nothing and begins no job.
    let cut = &export.to_string()[..200];
    import(&bo, "old%20laptop", cut).await.problem(422, "bad_import");
    import(&bo, "laptop", &export.to_string()).await.problem(422, "no_device");
    import(&terminal(), "old%20laptop", "{}").await.problem(422, "no_person");
    desk.post(&terminal(), "/api/v1/exports/activitywatch", &json!({}))
        .await
        .problem(422, "no_person");
}

#[tokio::test]
async fn a_search_finds_ones_own_page_by_page() {
    let desk = Desk::with_people().await;
    recorded(&desk).await;
    let cy = desk.sign_in("cy").await;
    let search = async |query: &str| {
        let reply = desk.get(&cy, &format!("/api/v1/activity/search?{query}")).await;
        reply.expect(StatusCode::OK).json()
    };
    let starts = |page: &Value| -> Vec<String> {
        let items = page["items"].as_array().unwrap().iter();
        items.map(|item| item["start"].as_str().unwrap()[11..16].to_owned()).collect()
    };
    assert_eq!(starts(&search("text=REPORT").await), ["09:10", "09:00"]);
    assert_eq!(starts(&search("text=a.example").await), ["11:50"]);
    assert_eq!(starts(&search("text=nowhere").await), [""; 0]);
    let until = "text=report&to=2026-11-21T09:05:00Z";
    assert_eq!(starts(&search(until).await), ["09:00"]);
    assert_eq!(starts(&search("text=report&from=2026-11-21T09:30:00Z").await), [""; 0]);
    let (mut all, mut path) = (Vec::new(), "text=e&limit=1".to_owned());
    loop {
        let page = search(&path).await;
        all.extend(starts(&page));
        let Some(next) = page["next"].as_str() else { break };
        path = format!("text=e&limit=1&cursor={next}");
    }
    assert_eq!(all, ["12:02", "12:00", "11:50", "09:10", "09:00"]);
    let bo = desk.sign_in("bo").await;
    assert_eq!(desk.get(&bo, "/api/v1/activity/search?text=report").await.items().len(), 0);
    for (query, status, code) in [
        ("text=".to_owned(), 422, "bad_search"),
        (format!("text={}", "x".repeat(201)), 422, "bad_search"),
        ("text=x&from=noon".to_owned(), 400, "bad_time"),
        ("text=x&cursor=AAAA".to_owned(), 422, "bad_cursor"),
    ] {
        desk.get(&cy, &format!("/api/v1/activity/search?{query}")).await.problem(status, code);
    }
    desk.get(&terminal(), "/api/v1/activity/search?text=x").await.problem(422, "no_person");
}

/// Windows may lie over each other, and presence may come in seconds: what a person sends must not make the server list every pair.
#[tokio::test]
async fn a_day_of_overlaps_is_refused_by_the_timeline_and_added_up_by_totals() {
    let desk = Desk::with_people().await;
    let door = desk.token("cy", "laptop", &["record"]).await;
    let windows: Vec<Value> =
        (0..500).map(|_| event("00:00:00", 86_000, &json!({"app": "Editor"}))).collect();
    let at = |n: usize| format!("10:{:02}:{:02}", n / 30, n % 30 * 2);
    let there: Vec<Value> =
        (0..900).map(|n| event(&at(n), 1, &json!({"status": "not-afk"}))).collect();
    for (name, kind, events) in [("w", "currentwindow", windows), ("a", "afkstatus", there)] {
        let about = json!({"client": "c", "type": kind, "hostname": "h"});
        let path = format!("/api/0/buckets/{name}");
        desk.post(&door, &path, &about).await.expect(StatusCode::OK);
        desk.post(&door, &format!("{path}/events"), &json!(events)).await.expect(StatusCode::OK);
    }
    let cy = desk.sign_in("cy").await;
    let day = desk.get(&cy, "/api/v1/activity/timeline?date=2026-11-21").await;
    day.problem(422, "too_much");
    let apps = totals(&desk, &cy, "app").await;
    assert_eq!((&apps["total_ms"], rows(&apps)), (&json!(900_000), vec![row("Editor", 450_000)]));
}

/// Expressions whose reading alone takes long: one bad tree must not stop the office.
#[tokio::test]
async fn categories_that_take_long_to_read_are_refused_before_they_are_read() {
    let desk = Desk::with_people().await;
    let cy = desk.sign_in("cy").await;
    let costly = format!("[{}]", r"[\w&&\w]".repeat(500));
    let tree = |count: usize| {
        let rule = json!({"type": "regex", "regex": costly, "ignore_case": true});
        json!({"categories": vec![json!({"name": ["a"], "rule": rule}); count]})
    };
    let begun = std::time::Instant::now();
    for count in [1, 10, 150] {
        let refused = desk.put(&cy, "/api/v1/categories", &tree(count)).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{count}");
    }
    let sheet = json!({"rules": format!("drop app ~ {}", &costly[..480]), "app": "x"});
    desk.post(&cy, "/api/v1/redaction/test", &sheet).await.problem(422, "bad_rule");
    assert!(begun.elapsed().as_secs() < 5, "{:?}", begun.elapsed());
}

/// Three days of one computer: no browser at all with a tab open behind it, two browsers with a watcher each, and a window whose own
/// watcher knows the page, too.
#[tokio::test]
async fn a_page_counts_while_its_own_browser_is_in_front_and_once() {
    let desk = Desk::with_people().await;
    let door = desk.token("cy", "laptop", &["record"]).await;
    let at = |day: u32, hour: u32, hours: u32, data: Value| json!({"timestamp": format!("2026-11-{day}T{hour:02}:00:00Z"), "duration": hours * 3_600, "data": data});
    let app = |name: &str| json!({"app": name, "title": "t"});
    let page = |host: &str| json!({"url": format!("https://{host}/"), "title": "t"});
    for (name, kind, events) in [
        (
            "aw-watcher-window",
            "currentwindow",
            json!([
                at(16, 9, 8, app("Editor")),
                at(17, 9, 1, app("Google-chrome")),
                at(17, 10, 1, app("Editor")),
                at(18, 9, 1, json!({"app": "Safari", "title": "t", "url": "https://a.example/"})),
            ]),
        ),
        (
            "aw-watcher-web-firefox",
            "web.tab.current",
            json!([at(16, 9, 8, page("mail.example")), at(17, 9, 2, page("mail.example")),]),
        ),
        ("aw-watcher-web-chrome", "web.tab.current", json!([at(17, 9, 2, page("b.example"))])),
        ("aw-watcher-web-safari", "web.tab.current", json!([at(18, 9, 1, page("a.example"))])),
    ] {
        let path = format!("/api/0/buckets/{name}");
        let about = json!({"client": "c", "type": kind, "hostname": "h"});
        desk.post(&door, &path, &about).await.expect(StatusCode::OK);
        desk.post(&door, &format!("{path}/events"), &events).await.expect(StatusCode::OK);
    }
    let cy = desk.sign_in("cy").await;
    for (day, sites) in
        [(16, vec![]), (17, vec![row("b.example", 3_600)]), (18, vec![row("a.example", 3_600)])]
    {
        let path =
            format!("/api/v1/reports/activity/totals?from=2026-11-{day}&to=2026-11-{day}&by=site");
        let told = desk.get(&cy, &path).await.expect(StatusCode::OK).json();
        assert_eq!(rows(&told), sites, "the {day}th");
    }
}

/// Where others see categories only, the office's rules cannot name the applications of the past.
#[tokio::test]
async fn the_offices_categories_never_reach_back() {
    for (policy, reaches) in [("category_totals", false), ("app_totals", true)] {
        let desk = Desk::with_people().await;
        let new = json!({"policy": policy, "reason": "for the test"});
        desk.put(&terminal(), "/api/v1/office/policy", &new).await.expect(StatusCode::OK);
        recorded(&desk).await;
        let rule = json!({"type": "regex", "regex": "^Editor$"});
        let tree = json!({"categories": [{"name": ["It is the editor"], "rule": rule}]});
        desk.put(&terminal(), "/api/v1/office/categories", &tree).await.expect(StatusCode::OK);
        let named = |told: &Value| rows(told).iter().any(|(name, _)| name == "It is the editor");
        let bo = desk.sign_in("bo").await;
        assert_eq!(named(&totals(&desk, &bo, "category").await), reaches, "{policy}");
        let cy = desk.sign_in("cy").await;
        assert!(named(&totals(&desk, &cy, "category").await), "one's own time is one's own");
        // From then on it counts.
        let door = desk.token("cy", "pc", &["record"]).await;
        let about = json!({"client": "c", "type": "currentwindow", "hostname": "h"});
        desk.post(&door, "/api/0/buckets/v", &about).await.expect(StatusCode::OK);
        let later = json!([{"timestamp": "2026-11-24T10:00:00Z", "duration": 60, "data": {"app": "Editor"}}]);
        desk.post(&door, "/api/0/buckets/v/events", &later).await.expect(StatusCode::OK);
        let path =
            "/api/v1/reports/activity/totals?person=cy&from=2026-11-24&to=2026-11-24&by=category";
        assert!(named(&desk.get(&bo, path).await.expect(StatusCode::OK).json()), "{policy}");
    }
}

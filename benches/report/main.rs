//! How long the server takes for what people ask most about hours: a team's month and a person's day.
//!
//! `cargo bench --bench report` books a month of fifty people (eight entries each on 22 days) through the one door of a server in this
//! process, on this disk, asks the service each question many times, then starts the real server over the same office and asks the same
//! by HTTPS. One table has the medians of both. `-- --quick` asks fewer times.
//! It ends with 1 when a median is longer than what was promised (`./verify --long` runs it).
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a measurement prints figures, and stops where it cannot go on"
)]

mod http;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use futures_util::stream::{FuturesUnordered, StreamExt};
use timebook::clock;
use timebook::consensus::{Door, DoorOptions};
use timebook::domain::command::{Actor, Command, Envelope};
use timebook::domain::day::Day;
use timebook::domain::entry::{Entry, EntryCommand};
use timebook::domain::id::{EntryId, ProjectId, RecordId, RequestId, TagId, TaskId, UserId};
use timebook::domain::outcome::Outcome;
use timebook::domain::project::Project;
use timebook::domain::sync::Edit;
use timebook::domain::tag::Tag;
use timebook::domain::task::Task;
use timebook::domain::text::{Label, NoteText, PasswordHash, ShortText, UserName, ZoneName};
use timebook::domain::time::{HOUR_MS, MINUTE_MS, Timestamp};
use timebook::domain::user::{Role, User, UserCommand};
use timebook::service::Principal;
use timebook::service::book::{Book, By, Filter, HoursRequest, Per};
use timebook::service::control::founding;

const PEOPLE: usize = 50;
const ENTRIES_A_DAY: u64 = 8;
/// Changes on their way at once while the month is booked.
const AT_ONCE: usize = 256;

/// A question, how it is asked of the service and over HTTP, and how long it may take.
struct Question {
    what: &'static str,
    by: Vec<By>,
    per: Option<Per>,
    query: &'static str,
}

#[tokio::main(worker_threads = 2)]
async fn main() -> ExitCode {
    let quick = std::env::args().any(|argument| argument == "--quick");
    let rounds = if quick { 20 } else { 200 };
    let folder = tempfile::Builder::new().prefix("timebook-report-").tempdir_in(".").unwrap();
    let dir = folder.path().to_owned();
    let door =
        Door::open(DoorOptions { dir: dir.clone(), ..DoorOptions::default() }).await.unwrap();
    founding::open(&door, &dir, &[], clock::now()).await.unwrap();
    let month = book_a_month(&door).await;
    println!("{} time entries of {PEOPLE} people", month.entries);
    let questions = [
        ("month of the team by user", vec![By::User], None, "by=user"),
        ("month of the team by user and day", vec![By::User], Some(Per::Day), "by=user&per=day"),
        (
            "month of the team by project, task and user",
            vec![By::Project, By::Task, By::User],
            None,
            "by=project,task,user",
        ),
        ("month of the team by tag and week", vec![By::Tag], Some(Per::Week), "by=tag&per=week"),
    ];
    let questions = questions.map(|(what, by, per, query)| Question { what, by, per, query });
    let served = of_service(&Book::new(door.clone()), &questions, &month, rounds).await;
    door.close().await.unwrap();
    let server = http::Server::start(&dir).await;
    let got = over_http(&server, &questions, &month, rounds).await;
    drop(server);
    println!(
        "{:<46} {:>12} {:>12} {:>12} {:>10}",
        "median, slowest (ms)", "service", "HTTP GET", "slowest GET", "at most"
    );
    let mut held = true;
    for ((what, most, service), (_, _, http)) in served.into_iter().zip(got) {
        held &= tell(what, most, service, http);
    }
    if held { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// What it is, how long it may take, and how long it took each time.
type Measured = (&'static str, Duration, Vec<Duration>);

const MONTH: Duration = Duration::from_millis(50);
const DAY: Duration = Duration::from_millis(2);
const GAPS: &str = "day of a person with gaps and overlaps";
const PROJECTS: &str = "day of a person by project";

async fn of_service(
    book: &Book,
    questions: &[Question],
    month: &Month,
    rounds: usize,
) -> Vec<Measured> {
    let asker = Principal::Local(ShortText::new("bench").unwrap());
    let (from, to, one) = (day("2026-10-01"), day("2026-10-31"), day("2026-10-14"));
    let mut measured = Vec::new();
    for question in questions {
        let mut times = Vec::new();
        for _ in 0..rounds {
            let (by, per, filter) = (question.by.clone(), question.per, Filter::default());
            let asked = HoursRequest { from, to, per, by, filter, compare: false };
            let began = Instant::now();
            let report = book.hours(&asker, asked, clock::now()).await.unwrap();
            times.push(began.elapsed());
            assert_eq!(report.total_ms, month.total_ms, "{}", question.what);
        }
        measured.push((question.what, MONTH, times));
    }
    let (mut days, mut hours) = (Vec::new(), Vec::new());
    for round in 0..rounds {
        let name = format!("user{}", round % PEOPLE);
        let began = Instant::now();
        book.days(&asker, &name, (one, one), clock::now()).await.unwrap();
        days.push(began.elapsed());
        let filter = Filter { people: Some([name].into()), ..Filter::default() };
        let (by, per, compare) = (vec![By::Project], None, false);
        let asked = HoursRequest { from: one, to: one, per, by, filter, compare };
        let began = Instant::now();
        let report = book.hours(&asker, asked, clock::now()).await.unwrap();
        hours.push(began.elapsed());
        assert!(report.total_ms > 0);
    }
    measured.extend([(GAPS, DAY, days), (PROJECTS, DAY, hours)]);
    measured
}

async fn over_http(
    server: &http::Server,
    questions: &[Question],
    month: &Month,
    rounds: usize,
) -> Vec<Measured> {
    let mut measured = Vec::new();
    for question in questions {
        let path =
            format!("/api/v1/reports/hours?from=2026-10-01&to=2026-10-31&{}", question.query);
        // The connection is made before.
        server.ask(&path).await;
        let mut times = Vec::new();
        for _ in 0..rounds {
            let (took, report) = server.ask(&path).await;
            times.push(took);
            assert_eq!(report["total_ms"], month.total_ms, "{}", question.what);
        }
        measured.push((question.what, MONTH, times));
    }
    let (mut days, mut hours) = (Vec::new(), Vec::new());
    for round in 0..rounds {
        let range = "from=2026-10-14&to=2026-10-14";
        let name = format!("user{}", round % PEOPLE);
        let (took, _) = server.ask(&format!("/api/v1/reports/days?person={name}&{range}")).await;
        days.push(took);
        let path = format!("/api/v1/reports/hours?people={name}&by=project&{range}");
        let (took, report) = server.ask(&path).await;
        hours.push(took);
        assert!(report["total_ms"].as_u64().unwrap() > 0);
    }
    measured.extend([(GAPS, DAY, days), (PROJECTS, DAY, hours)]);
    measured
}

struct Month {
    entries: u64,
    total_ms: u64,
}

/// Weekdays of October 2026, each with eight entries of three quarters of an hour and a few minutes.
async fn book_a_month(door: &Door) -> Month {
    let mut people = Vec::new();
    for number in 0..PEOPLE {
        let user = User {
            id: UserId(clock::ascending_id()),
            name: UserName::new(format!("user{number}")).unwrap(),
            role: Role::Employee,
            zone: ZoneName::new("UTC").unwrap(),
            password: PasswordHash::new("$none").unwrap(),
            created: clock::now(),
            disabled: None,
        };
        people.push(user.id);
        commit(door, Command::User(UserCommand::Add { user, wrapped_key: None })).await;
    }
    let (mut projects, mut tasks, mut tags) = (Vec::new(), Vec::new(), Vec::new());
    for number in 0..10 {
        let label = |what: &str| Label::new(format!("{what} {number}")).unwrap();
        let (project, task, tag) = (
            ProjectId::from(RecordId(clock::ascending_id())),
            TaskId::from(RecordId(clock::ascending_id())),
            TagId::from(RecordId(clock::ascending_id())),
        );
        let body = Project {
            customer: None,
            name: label("Project"),
            colour: None,
            billable: true,
            budget_minutes: None,
            archived: false,
            members: None,
        };
        commit(door, Command::Project(Edit::Add { id: project, body })).await;
        let (name, parent, budget_minutes) = (label("Task"), None, None);
        let body = Task { project, parent, name, done: false, archived: false, budget_minutes };
        commit(door, Command::Task(Edit::Add { id: task, body })).await;
        let body = Tag { name: label("tag"), colour: None, archived: false };
        commit(door, Command::Tag(Edit::Add { id: tag, body })).await;
        projects.push(project);
        tasks.push(task);
        tags.push(tag);
    }
    let (mut month, mut waiting) = (Month { entries: 0, total_ms: 0 }, FuturesUnordered::new());
    for date in 1..=31 {
        let day = day(&format!("2026-10-{date:02}"));
        if day.weekday() > 4 {
            continue;
        }
        let midnight = Timestamp::new(i64::from(day.number()) * 86_400_000).unwrap();
        for (person, id) in people.iter().enumerate() {
            for number in 0..ENTRIES_A_DAY {
                let on = (person + usize::try_from(number).unwrap()) % projects.len();
                let start = midnight.plus_ms((8 + number) * HOUR_MS);
                let long = 45 * MINUTE_MS + (number * 97 + person as u64 * 31) % 15 * MINUTE_MS;
                let body = Entry {
                    person: *id,
                    project: Some(projects[on]),
                    task: number.is_multiple_of(2).then_some(tasks[on]),
                    start,
                    end: Some(start.plus_ms(long)),
                    cut: None,
                    note: NoteText::new("What was done, in a few words").unwrap(),
                    tags: vec![tags[on]],
                    billable: number > 1,
                };
                month.entries += 1;
                month.total_ms += long;
                let id = EntryId::from(RecordId(clock::ascending_id()));
                let edit = EntryCommand::Edit(Edit::Add { id, body });
                waiting.push(commit(door, Command::Entry(edit)));
                if waiting.len() >= AT_ONCE {
                    waiting.next().await;
                }
            }
        }
    }
    while waiting.next().await.is_some() {}
    drop(waiting);
    month
}

async fn commit(door: &Door, command: Command) {
    let request = RequestId(clock::ascending_id());
    let envelope = Envelope { request, at: clock::now(), actor: Actor::System, command };
    let outcome = door.commit(envelope).await.unwrap();
    assert!(!matches!(outcome, Outcome::Refused(_)), "{outcome:?}");
}

fn day(text: &str) -> Day {
    Day::of(text.parse().unwrap()).unwrap()
}

/// Says how long it took; was it as fast as promised, also with all that lies between the server and whoever asks?
fn tell(what: &str, most: Duration, mut service: Vec<Duration>, mut http: Vec<Duration>) -> bool {
    service.sort();
    http.sort();
    let ms = |time: Duration| time.as_secs_f64() * 1_000.0;
    let median = |times: &[Duration]| times[times.len() / 2];
    let held = median(&service) <= most && median(&http) <= most;
    println!(
        "{what:<46} {:>12.2} {:>12.2} {:>12.2} {:>10.0} {}",
        ms(median(&service)),
        ms(median(&http)),
        ms(http[http.len() - 1]),
        ms(most),
        if held { "held" } else { "MISSED" }
    );
    held
}

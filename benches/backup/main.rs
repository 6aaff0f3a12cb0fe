//! A backup of a large office while people work: how long their writes take before it and during it, and how fast it is.
//!
//! `cargo bench --bench backup` fills an office to 300 MB (`-- --megabytes 60` to another size), writes 120 times a second over HTTPS, and
//! makes a backup meanwhile. With `TIMEBOOK_POCKETBASE=/path/to/pocketbase` that is measured in the same run, with as much in it. Bounded in
//! time and count; talks to loopback only.
#![allow(
    clippy::print_stdout,
    clippy::cast_precision_loss,
    clippy::unwrap_used,
    reason = "a measurement prints figures, and stops where it cannot go on"
)]

#[path = "../load/client.rs"]
#[expect(dead_code, reason = "the load of the other bench")]
mod client;
mod pocketbase;
#[path = "../load/server.rs"]
#[expect(dead_code, reason = "what only the other bench asks of a server")]
mod server;
#[path = "../load/spread.rs"]
mod spread;

use std::fs;
use std::future::Future;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use http::Request;
use timebook::clock;
use timebook::wire::v1::rfc3339;

use client::Target;
use spread::Spread;

const MEGABYTES: u64 = 300;
const WRITES_A_SECOND: u32 = 120;
const WRITERS: u32 = 8;
/// So long is written before, for comparison.
const BEFORE: Duration = Duration::from_secs(10);
const EVENTS_A_POST: u64 = 100;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let asked = arguments.iter().position(|word| word == "--megabytes");
    let megabytes = asked.map_or(MEGABYTES, |at| arguments[at + 1].parse().unwrap());
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let folder = tempfile::Builder::new().prefix("timebook-backup-").tempdir_in(".").unwrap();
    // For the client that asks PocketBase; the other ones bring theirs.
    rustls::crypto::ring::default_provider().install_default().unwrap();
    runtime.block_on(async {
        ours(&folder.path().join("data"), megabytes).await;
        if let Some(program) = std::env::var_os("TIMEBOOK_POCKETBASE") {
            pocketbase::measure(Path::new(&program), &folder.path().join("pb"), megabytes).await;
        }
    });
}

async fn ours(data: &Path, megabytes: u64) {
    let server = server::Server::start(data);
    let target = server.target();
    fill(&target, data, megabytes).await;
    let state = || fs::metadata(data.join("timebook.redb")).unwrap().len();
    println!("Timebook: {} MB of state, {WRITES_A_SECOND} writes a second", state() / 1_000_000);
    let write = move |number, beat| {
        let target = target.clone();
        async move { heartbeat(&target, number, beat).await }
    };
    let bytes = state();
    let path = data.to_path_buf();
    let back_up = move || {
        server::run(&path, &["backup", "create", "--json"]).expect("a backup is made");
    };
    during(bytes, write, back_up).await;
}

/// Measures writes before a backup and during it, and says what was found.
async fn during<W>(
    bytes: u64,
    write: impl Fn(u32, u64) -> W + Clone + Send + 'static,
    back_up: impl FnOnce() + Send + 'static,
) where
    W: Future<Output = bool> + Send + 'static,
{
    let end = Arc::new(AtomicBool::new(false));
    let before = tokio::spawn(writes(write.clone(), Arc::clone(&end)));
    tokio::time::sleep(BEFORE).await;
    end.store(true, Ordering::Relaxed);
    let (before, failed) = before.await.unwrap();
    assert_eq!(failed, 0, "writes fail without a backup");
    let end = Arc::new(AtomicBool::new(false));
    let writing = tokio::spawn(writes(write, Arc::clone(&end)));
    let began = Instant::now();
    tokio::task::spawn_blocking(back_up).await.unwrap();
    let took = began.elapsed();
    end.store(true, Ordering::Relaxed);
    let (during, failed) = writing.await.unwrap();
    let (p99, then) = (before.percentile_ms(99), during.percentile_ms(99));
    let most = (3.0 * p99).max(40.0);
    println!(
        "  backup: {:.1} s, {:.0} MB/s (to reach 100)",
        took.as_secs_f64(),
        bytes as f64 / 1e6 / took.as_secs_f64()
    );
    println!(
        "  writes before: {:.0}/s, p50 {:.1} ms, p99 {p99:.1} ms",
        before.rate(),
        before.percentile_ms(50)
    );
    println!(
        "  writes during: {:.0}/s, p50 {:.1} ms, p99 {then:.1} ms (at most {most:.1}), worst {:.1} ms, failed {failed} (none)",
        during.rate(),
        during.percentile_ms(50),
        during.percentile_ms(100)
    );
}

/// Writes at an even pace until `end`; how long each took from when it was due, and how many failed.
async fn writes<W>(
    write: impl Fn(u32, u64) -> W + Clone + Send + 'static,
    end: Arc<AtomicBool>,
) -> (Spread, u64)
where
    W: Future<Output = bool> + Send + 'static,
{
    let (began, failed) = (Instant::now(), Arc::new(AtomicU64::new(0)));
    let pace = Duration::from_secs(1) * WRITERS / WRITES_A_SECOND;
    let mut tasks = Vec::new();
    for number in 0..WRITERS {
        let (write, end, failed) = (write.clone(), Arc::clone(&end), Arc::clone(&failed));
        tasks.push(tokio::spawn(async move {
            let mut durations = Vec::new();
            let mut due = tokio::time::interval(pace);
            while !end.load(Ordering::Relaxed) {
                let due = due.tick().await.into_std();
                let is_done = write(number, BEAT.fetch_add(1, Ordering::Relaxed)).await;
                failed.fetch_add(u64::from(!is_done), Ordering::Relaxed);
                // What had to wait for the write before it waited, too.
                durations.push(due.elapsed());
            }
            durations
        }));
    }
    let mut durations = Vec::new();
    for task in tasks {
        durations.extend(task.await.unwrap());
    }
    (Spread::new(durations, began.elapsed()), failed.load(Ordering::Relaxed))
}

async fn fill(target: &Target, data: &Path, megabytes: u64) {
    let mut sender = target.connect().await;
    for number in 0..=WRITERS {
        let body = r#"{"client":"bench","type":"currentwindow","hostname":"bench"}"#;
        let request = Request::post(format!("/api/0/buckets/bench-{number}"));
        let request = request.header("content-type", "application/json");
        assert!([200, 304].contains(&target.send(&mut sender, request, body).await));
    }
    let mut event = 0;
    while fs::metadata(data.join("timebook.redb")).unwrap().len() < megabytes * 1_000_000 {
        let begin = clock::now().minus_ms(12 * 60 * 60 * 1_000);
        let one = |number: u64| {
            let at = rfc3339(begin.plus_ms(number * 10));
            format!(
                r#"{{"timestamp":"{at}","duration":0.005,"data":{{"app":"editor","title":"{}"}}}}"#,
                words(number)
            )
        };
        let all: Vec<String> = (event..event + EVENTS_A_POST).map(one).collect();
        let request = Request::post(format!("/api/0/buckets/bench-{WRITERS}/events"));
        let request = request.header("content-type", "application/json");
        let status = target.send(&mut sender, request, format!("[{}]", all.join(","))).await;
        assert_eq!(status, 200, "events");
        event += EVENTS_A_POST;
    }
}

async fn heartbeat(target: &Target, number: u32, beat: u64) -> bool {
    // A connection each: what a stock client does, and none waits for another.
    let mut sender = target.connect().await;
    let at = rfc3339(clock::now());
    let body = format!(
        r#"{{"timestamp":"{at}","duration":0,"data":{{"app":"editor","title":"document {beat}"}}}}"#
    );
    let path = format!("/api/0/buckets/bench-{number}/heartbeat?pulsetime=5");
    let request = Request::post(path).header("content-type", "application/json");
    target.send(&mut sender, request, body).await == 200
}

/// A page of text that does not pack well.
fn words(number: u64) -> String {
    let mut bytes = [0; 700];
    blake3::Hasher::new().update(&number.to_le_bytes()).finalize_xof().fill(&mut bytes);
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

static BEAT: AtomicU64 = AtomicU64::new(0);

//! The whole server under load, over HTTPS, beside this machine's own limit in the same run.
//!
//! `cargo bench --bench load` prints every figure and its ratio to the limit: durable redb commits of the same size with one and with
//! 32 waiters on the same disk. With `TIMEBOOK_AW_SERVER=/path/to/aw-server` the reference server is measured in the same run.
//! `-- --quick` takes each measurement once and shorter; `-- --heartbeats` sends heartbeats only, for a profiler (`--one` at a time).
//! Bounded in time and count; talks to loopback only.
#![allow(
    clippy::print_stdout,
    clippy::cast_precision_loss,
    reason = "a measurement prints figures"
)]

mod client;
mod limit;
mod peer;
mod server;
mod spread;

use std::time::Duration;

use client::Load;
use spread::Spread;

/// How long each measurement runs.
const RUN: Duration = Duration::from_secs(6);
/// Measurements are taken in turn this often; the median counts, because shared machines drift.
const ROUNDS: usize = 3;
const MANY: usize = 32;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    let directory = tempfile::Builder::new()
        .prefix("timebook-load-")
        .tempdir_in(".")
        .expect("a directory on this disk");
    let server = server::Server::start(&directory.path().join("data"));
    let asked = |option: &str| std::env::args().any(|argument| argument == option);
    if asked("--heartbeats") {
        let at_once = if asked("--one") { 1 } else { MANY };
        let load = runtime.block_on(client::heartbeats(&server.target(), at_once, 5 * RUN));
        println!("{:.0} heartbeats a second, {at_once} at once", load.rate());
        return;
    }
    let idle = server.resident_megabytes();
    let ours = server.target();

    let (rounds, run) = if asked("--quick") { (1, RUN / 3) } else { (ROUNDS, RUN) };
    let mut figures = Figures::default();
    for round in 1..=rounds {
        println!("round {round} of {rounds}");
        figures.limit_one.push(limit::commits(directory.path(), 1, run));
        figures.trips_one.push(runtime.block_on(client::round_trips(&ours, 1, run / 3)));
        figures.ours_one.push(runtime.block_on(client::heartbeats(&ours, 1, run)));
        figures.limit_many.push(limit::commits(directory.path(), MANY, run));
        figures.trips_many.push(runtime.block_on(client::round_trips(&ours, MANY, run / 3)));
        figures.ours_many.push(runtime.block_on(client::heartbeats(&ours, MANY, run)));
        figures.connections.push(runtime.block_on(client::connections(&ours, MANY, run)));
    }
    let loaded = server.resident_megabytes();
    drop(server);
    figures.print();
    println!(
        "\nidle after start: {idle:.1} MB resident, launcher and child together; after the load: {loaded:.1} MB"
    );
    if let Some(peer) = peer::Peer::start(&directory.path().join("aw")) {
        // It closes each connection after one answer.
        let one = runtime.block_on(client::connections(&peer.target(), 1, RUN));
        let many = runtime.block_on(client::connections(&peer.target(), MANY, RUN));
        println!(
            "\naw-server (plain HTTP, not durable): {:.0}/s on 1 connection, {:.0}/s on {MANY}",
            one.rate(),
            many.rate()
        );
    }
}

#[derive(Default)]
struct Figures {
    limit_one: Vec<Spread>,
    trips_one: Vec<Load>,
    ours_one: Vec<Load>,
    limit_many: Vec<Spread>,
    trips_many: Vec<Load>,
    ours_many: Vec<Load>,
    connections: Vec<Load>,
}

impl Figures {
    fn print(&self) {
        let rate = |spreads: &[Spread]| median(spreads.iter().map(Spread::rate));
        let p99 = |spreads: &[Spread]| median(spreads.iter().map(|s| s.percentile_ms(99)));
        println!("\n{:<44}{:>12}{:>12}{:>12}", "", "per second", "p50 ms", "p99 ms");
        for (name, figures) in [
            ("limit: durable commits, 1 waiter", &self.limit_one),
            ("HTTPS alone, committing nothing, 1", &self.trips_one),
            ("heartbeats over HTTPS, 1 connection", &self.ours_one),
            ("limit: durable commits, 32 waiters", &self.limit_many),
            ("HTTPS alone, committing nothing, 32", &self.trips_many),
            ("heartbeats over HTTPS, 32 connections", &self.ours_many),
            ("new TLS connections, one heartbeat each", &self.connections),
        ] {
            let p50 = median(figures.iter().map(|s| s.percentile_ms(50)));
            println!("{name:<44}{:>12.0}{p50:>12.2}{:>12.2}", rate(figures), p99(figures));
        }
        let ratio = |ours: &[Load], limit: &[Spread]| {
            median(ours.iter().zip(limit).map(|(a, b)| a.rate() / b.rate()))
        };
        let tail = |ours: &[Load], limit: &[Spread]| {
            median(ours.iter().zip(limit).map(|(a, b)| a.percentile_ms(99) / b.percentile_ms(99)))
        };
        println!(
            "\nrate beside the limit, 1:  {:.2} (to reach 0.55)",
            ratio(&self.ours_one, &self.limit_one)
        );
        println!(
            "rate beside the limit, 32: {:.2} (to reach 0.70)",
            ratio(&self.ours_many, &self.limit_many)
        );
        println!(
            "p99 beside the limit, 1:   {:.1} (at most 3)",
            tail(&self.ours_one, &self.limit_one)
        );
        println!(
            "p99 beside the limit, 32:  {:.1} (at most 3)",
            tail(&self.ours_many, &self.limit_many)
        );
        println!("new TLS connections:       {:.0}/s (to reach 1500)", rate(&self.connections));
    }
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

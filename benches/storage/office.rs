//! A made-up office of 12 people with a year behind it: how long its server takes to answer, and what it needs while nobody asks.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use http::Request;

use crate::client::Target;
use crate::server;
use crate::table::row;

const TIMEBOOK: &str = env!("CARGO_BIN_EXE_timebook");
const STARTS: usize = 15;
const FILLING: Duration = Duration::from_secs(300);

/// Fills, starts some times, waits; says how long and how much.
pub(crate) fn start(folder: &Path, days: u32) {
    let data = folder.join("office");
    let began = Instant::now();
    let days_text = days.to_string();
    let mut demo = serving(&data, &["demo", "--people", "12", "--days", &days_text, "--seed", "1"]);
    while !data.join("listen").exists() {
        assert!(began.elapsed() < FILLING, "the demo takes too long");
        thread::sleep(Duration::from_millis(50));
    }
    let made = format!("{:.0} s", began.elapsed().as_secs_f64());
    row(&format!("an office of 12 people and {days} days, made"), &made, "no limit set");
    rest(demo.id());
    end(&mut demo);

    let ca = server::run(&data, &["ca", "export"]).expect("the CA");
    let tls = Arc::new(server::trusting(&ca, None));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("a runtime");
    let mut times = Vec::new();
    for _ in 0..STARTS {
        drop(fs::remove_file(data.join("listen")));
        let began = Instant::now();
        let mut serve = serving(&data, &["serve"]);
        let address = server::address(&data.join("listen"));
        let target =
            Target { address, tls: Some(Arc::clone(&tls)), authorization: None, name: "localhost" };
        let status = runtime.block_on(async {
            let mut sender = target.connect().await;
            target.send(&mut sender, Request::get("/healthz"), "").await
        });
        assert_eq!(status, 200, "it answers");
        times.push(began.elapsed());
        if times.len() == STARTS {
            rest(serve.id());
            let memory = server::family_megabytes(serve.id());
            row("it idle, launcher and child together", &format!("{memory:.1} MB"), "at most 45");
        }
        end(&mut serve);
    }
    times.sort();
    let ms = |time: Duration| time.as_secs_f64() * 1e3;
    let took = format!("{:.0} ms, slowest {:.0}", ms(times[STARTS / 2]), ms(times[STARTS - 1]));
    row("it from start to the first answer", &took, "at most 150");
}

/// Waits until nothing is left to tidy: until the server used almost no processor for some seconds.
fn rest(launcher: u32) {
    let (began, mut used, mut quiet) = (Instant::now(), f64::NAN, 0);
    while quiet < 5 {
        assert!(began.elapsed() < FILLING, "the server does not come to rest");
        thread::sleep(Duration::from_secs(1));
        let now = family_seconds(launcher);
        quiet = if now - used < 0.02 { quiet + 1 } else { 0 };
        used = now;
    }
}

/// Processor seconds this process and its children used so far, in hundredths.
fn family_seconds(pid: u32) -> f64 {
    let ticks = |pid: &String| {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        let after = stat.rsplit(") ").next().unwrap_or_default();
        let fields = after.split_whitespace().skip(11).take(2);
        fields.filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>()
    };
    server::family(pid).iter().map(ticks).sum::<f64>() / 100.0
}

fn serving(data: &Path, command: &[&str]) -> Child {
    Command::new(TIMEBOOK)
        .args(command)
        .args(["--listen", "127.0.0.1:0", "--log", "warn", "--data"])
        .arg(data)
        .stdout(Stdio::null())
        .spawn()
        .expect("timebook starts")
}

/// Ended as Ctrl-C does: the child drains and closes the files first.
fn end(process: &mut Child) {
    let asked = Command::new("kill").args(["-INT", &process.id().to_string()]).status();
    assert!(asked.expect("kill").success());
    drop(process.wait());
}

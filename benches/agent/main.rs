//! What an agent costs a computer that nobody uses: processor, memory, network; its recorder on, on a desktop with two windows.
//!
//! `cargo bench --bench agent` starts a server, a desktop of its own (Xvfb, xterm, xcalc) and an agent, and watches for some eight minutes.
//! What goes over the network is counted in a proxy before the server, TLS and all (not the headers of TCP and IP): what the start and its
//! connection take until that one is closed, and what the first question after it takes, over a connection of its own until that is closed.
//! A day is the start and that question as often as the agent asks when nobody uses the computer (after 5, 10, 20 and 40 minutes, then every
//! hour); between two connections nothing may go over the network. `-- --quick` watches for a minute, and counts every contact like the
//! start. A figure over its limit is an error. Talks to loopback only.
#![allow(
    clippy::print_stdout,
    clippy::cast_precision_loss,
    reason = "a measurement prints figures"
)]

#[path = "../load/client.rs"]
#[expect(dead_code, reason = "the load of the other bench")]
mod client;
#[path = "../load/server.rs"]
#[expect(dead_code, reason = "what only the other bench asks of a server")]
mod server;
#[path = "../load/spread.rs"]
#[expect(dead_code, reason = "the figures of the other bench")]
mod spread;

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

const TIMEBOOK: &str = env!("CARGO_BIN_EXE_timebook");
/// So long processor and memory are watched.
const RUN: Duration = Duration::from_secs(60);
/// After the start.
const SETTLE: Duration = Duration::from_secs(15);
/// The start's connection is closed by then, and the first question is not asked.
const FIRST: Duration = Duration::from_secs(180);
/// The first question is asked after five minutes and a fifth at most, and its connection closed by then.
const SECOND: Duration = Duration::from_secs(480);
/// 5 + 10 + 20 + 40 minutes, then every hour.
const CONTACTS_A_DAY: f64 = 4.0 + (1_440.0 - 75.0) / 60.0;
const PATIENCE: Duration = Duration::from_secs(20);

fn main() {
    let directory = tempfile::Builder::new()
        .prefix("timebook-agent-")
        .tempdir_in(".")
        .expect("a directory on this disk");
    let server = server::Server::start(&directory.path().join("data"));
    let (office, data) = (directory.path().join("data"), directory.path().join("computer"));
    let code = run(&office, &["device", "invite", "--person", "ada", "--json"]);
    let code: serde_json::Value = serde_json::from_str(&code).expect("JSON");
    run(&data, &["agent", "enroll", code["code"].as_str().expect("a code")]);
    run(&data, &["agent", "record", "on", "--yes"]);
    let counted = Arc::new(AtomicU64::new(0));
    let door = proxy(server.target().address, Arc::clone(&counted));
    move_office(&data, &door);
    fs::write(data.join("agent/agent.toml"), "idle_seconds = 5\n").expect("its settings");

    let mut desktop = Desktop::start();
    let agent = Command::new(TIMEBOOK)
        .args(["agent", "run", "--door", "127.0.0.1:0", "--log", "warn", "--data"])
        .arg(&data)
        .env("DISPLAY", &desktop.display)
        .env_remove("WAYLAND_DISPLAY")
        .stdout(Stdio::null())
        .spawn()
        .expect("the agent starts");
    desktop.programs.push(agent);
    let id = desktop.programs.last().map_or(0, Child::id);
    let started = Instant::now();
    thread::sleep(SETTLE);
    let (before, begun) = (ticks(id), Instant::now());
    thread::sleep(RUN);
    let processor = (ticks(id) - before) / 100.0 / begun.elapsed().as_secs_f64() * 100.0;
    let memory: f64 = family(id).iter().map(|pid| resident_kilobytes(pid) / 1_000.0).sum();
    let status = run(&data, &["agent", "status"]);
    assert!(status.contains("on: windows"), "the recorder looks:\n{status}");

    let rest = |until: Duration| thread::sleep(until.saturating_sub(started.elapsed()));
    let quick = std::env::args().any(|argument| argument == "--quick");
    if !quick {
        rest(FIRST);
    }
    let start = counted.swap(0, Ordering::Relaxed);
    let contact = if quick {
        start
    } else {
        rest(SECOND);
        counted.load(Ordering::Relaxed)
    };
    assert!(contact > 0, "it asked");

    let day = (start as f64 + contact as f64 * CONTACTS_A_DAY) / 1_000.0;
    println!("\n{:<58}{:>10}  to reach", "an agent nobody uses, recorder on", "");
    println!("{:<58}{start:>10}", "network, the start until its connection is closed, bytes");
    println!("{:<58}{contact:>10}", "network, a question over a connection of its own, bytes");
    let limits = [
        ("processor, percent of one core", processor, 0.3),
        ("memory, launcher and child together, MB", memory, 30.0),
        ("network, scaled to a day, kB", day, 100.0),
    ];
    let mut over = Vec::new();
    for (what, came_to, limit) in limits {
        println!("{what:<58}{came_to:>10.2}  <= {limit}");
        if came_to > limit {
            over.push(what);
        }
    }
    drop(desktop);
    drop(server);
    drop(directory);
    if !over.is_empty() {
        println!("\nover the limit: {}", over.join("; "));
        std::process::exit(1);
    }
}

/// A desktop that nobody sees; it and what runs on it end with this.
struct Desktop {
    display: String,
    programs: Vec<Child>,
}

impl Desktop {
    fn start() -> Self {
        let mut server = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", "640x480x24", "-nolisten", "tcp"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Xvfb is installed");
        let mut number = String::new();
        let mut told = server.stdout.take().expect("its output");
        let mut byte = [0];
        while told.read(&mut byte).is_ok_and(|read| read == 1) && byte[0] != b'\n' {
            number.push(char::from(byte[0]));
        }
        let mut desktop = Self { display: format!(":{number}"), programs: vec![server] };
        for program in ["openbox", "xterm", "xcalc"] {
            let mut command = Command::new(program);
            command.env("DISPLAY", &desktop.display).stdout(Stdio::null()).stderr(Stdio::null());
            desktop.programs.push(command.spawn().expect("the desktop's programs are installed"));
        }
        desktop
    }
}

impl Drop for Desktop {
    fn drop(&mut self) {
        while let Some(mut program) = self.programs.pop() {
            drop(program.kill());
            drop(program.wait());
        }
    }
}

/// Carries everything between whoever connects and the server, and counts it.
fn proxy(server: std::net::SocketAddr, counted: Arc<AtomicU64>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let door = listener.local_addr().expect("an address").to_string();
    thread::spawn(move || {
        for from in listener.incoming().flatten() {
            let to = TcpStream::connect(server).expect("the server");
            for (mut from, mut to) in [
                (from.try_clone().expect("a socket"), to.try_clone().expect("a socket")),
                (to, from),
            ] {
                let counted = Arc::clone(&counted);
                thread::spawn(move || {
                    let mut piece = [0; 16 * 1024];
                    while let Ok(bytes @ 1..) = from.read(&mut piece) {
                        counted.fetch_add(bytes as u64, Ordering::Relaxed);
                        if to.write_all(&piece[..bytes]).is_err() {
                            break;
                        }
                    }
                    drop(to.shutdown(std::net::Shutdown::Both));
                });
            }
        }
    });
    door
}

/// From now on the computer looks for its office at `door`.
fn move_office(data: &Path, door: &str) {
    let file = data.join("agent/identity.json");
    let text = fs::read_to_string(&file).expect("its identity");
    let mut identity: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    identity["addresses"] = serde_json::json!([door]);
    fs::write(file, identity.to_string()).expect("its identity");
}

/// The process and its children.
fn family(id: u32) -> Vec<String> {
    let children = fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap_or_default();
    children.split_whitespace().map(str::to_owned).chain([id.to_string()]).collect()
}

/// Processor time of launcher and child, in hundredths of a second.
fn ticks(id: u32) -> f64 {
    let of = |pid: &String| {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        // After the name in parentheses: the 12th and 13th are user's and system's.
        let rest = stat.rsplit_once(')').map(|(_, rest)| rest.to_owned()).unwrap_or_default();
        let fields: Vec<f64> =
            rest.split_whitespace().skip(11).take(2).flat_map(str::parse).collect();
        fields.iter().sum::<f64>()
    };
    family(id).iter().map(of).sum()
}

fn resident_kilobytes(pid: &str) -> f64 {
    let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap_or_default();
    let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(f64::NAN)
}

fn run(data: &Path, arguments: &[&str]) -> String {
    let begun = Instant::now();
    loop {
        let output = Command::new(TIMEBOOK)
            .args(arguments)
            .arg("--data")
            .arg(data)
            .output()
            .expect("timebook runs");
        if output.status.success() {
            return String::from_utf8_lossy(&output.stdout).into_owned();
        }
        assert!(begun.elapsed() < PATIENCE, "{}", String::from_utf8_lossy(&output.stderr));
        thread::sleep(Duration::from_millis(50));
    }
}

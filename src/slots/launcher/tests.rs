//! The launcher with real children: this test executable starts itself, running only [`child`].

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::io::{BufRead, Read, Write};
use std::net::{SocketAddr, TcpStream};

use rustix::process::{Pid, Signal, kill_process};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::*;
use crate::net::listen;

/// What the child is told to do.
const ROLE: &str = "TIMEBOOK_TEST_ROLE";

/// The child: does nothing in an ordinary test run.
#[test]
fn child() {
    let Ok(role) = std::env::var(ROLE) else { return };
    if role == "launcher" {
        return launcher();
    }
    let mut inherited = Inherited::take().unwrap().unwrap();
    let socket = inherited.socket("door").unwrap();
    assert!(inherited.socket("door").is_none());
    match role.as_str() {
        "fail" => std::process::exit(1),
        "crash" => std::process::abort(),
        _ => {}
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async { inherited.link.keep_telling().unwrap() });
    inherited.link.tell_ready().unwrap();
    std::thread::spawn(move || {
        // Each caller gets our number, then we hang up.
        while let Ok((mut caller, _)) = socket.accept() {
            let _ = caller.write_all(std::process::id().to_string().as_bytes());
        }
    });
    runtime.block_on(async {
        let gone = inherited.link.when_launcher_is_gone().unwrap();
        match role.as_str() {
            "stubborn" => std::future::pending::<()>().await,
            _ => gone.await,
        }
    });
    std::process::exit(0);
}

/// A launcher in a process of its own, for tests that end it. Says its address on standard error.
#[expect(clippy::print_stderr, reason = "the test reads it there")]
fn launcher() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let code = runtime.block_on(async {
        let (plan, address) = plan("serve", RestartPolicy::default());
        eprintln!("address {address}");
        launch(plan, StopSignals::new().unwrap()).await.unwrap()
    });
    std::process::exit(code);
}

fn plan(role: &str, policy: RestartPolicy) -> (Launch, SocketAddr) {
    let socket = listen::bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = socket.local_addr().unwrap();
    let plan = Launch {
        program: std::env::current_exe().unwrap(),
        arguments: ["--exact", "slots::launcher::tests::child", "--nocapture"]
            .map(OsString::from)
            .into(),
        environment: vec![(ROLE.into(), role.into())],
        sockets: vec![NamedSocket { name: "door".to_owned(), socket }],
        policy,
    };
    (plan, address)
}

struct Launched {
    address: SocketAddr,
    stop: mpsc::Sender<()>,
    task: JoinHandle<Result<i32, LauncherError>>,
}

fn start(role: &str, policy: RestartPolicy) -> Launched {
    let (plan, address) = plan(role, policy);
    let (stop, mut stops) = mpsc::channel(2);
    let task = tokio::spawn(launch_until(plan, async move || {
        if stops.recv().await.is_none() {
            std::future::pending::<()>().await;
        }
    }));
    Launched { address, stop, task }
}

/// Connects (must never be refused) and returns the number of the child that answered; `None` when it died under us.
async fn caller(address: SocketAddr) -> Option<u32> {
    let ask = move || {
        let mut socket = TcpStream::connect(address).expect("a connection was refused");
        let mut text = String::new();
        socket.read_to_string(&mut text).ok().and_then(|_| text.parse().ok())
    };
    tokio::task::spawn_blocking(ask).await.unwrap()
}

fn kill(process: u32, signal: Signal) {
    kill_process(Pid::from_raw(i32::try_from(process).unwrap()).unwrap(), signal).unwrap();
}

#[tokio::test]
async fn a_killed_child_never_means_a_refused_connection() {
    let launched = start("serve", RestartPolicy::default());
    let mut seen = vec![caller(launched.address).await.unwrap()];
    while seen.len() < 4 {
        kill(seen[seen.len() - 1], Signal::KILL);
        // Callers come without a break; each is answered, if not by the child that just died.
        let next = loop {
            if let Some(process) =
                caller(launched.address).await.filter(|process| !seen.contains(process))
            {
                break process;
            }
        };
        seen.push(next);
    }
    launched.stop.send(()).await.unwrap();
    assert_eq!(launched.task.await.unwrap().unwrap(), 0);
    assert!(TcpStream::connect(launched.address).is_err(), "the sockets go with the launcher");
}

#[tokio::test]
async fn a_child_that_hangs_gives_way_to_another() {
    // Longer than a living child's pause between two words.
    let soon = RestartPolicy { silence: ALIVE_EVERY * 2, ..RestartPolicy::default() };
    let launched = start("serve", soon);
    let first = caller(launched.address).await.unwrap();
    kill(first, Signal::STOP);
    // A caller waits in the socket's queue until somebody takes it; the signal takes a moment to arrive.
    while caller(launched.address).await.is_none_or(|process| process == first) {}
    launched.stop.send(()).await.unwrap();
    assert_eq!(launched.task.await.unwrap().unwrap(), 0);
}

#[tokio::test]
async fn a_failed_start_is_final_and_a_crashing_one_is_given_up() {
    let hasty = RestartPolicy {
        first_pause: Duration::from_millis(1),
        attempts: 3,
        ..RestartPolicy::default()
    };
    let failing = start("fail", hasty.clone());
    assert_eq!(failing.task.await.unwrap().unwrap(), 1);
    let crashing = start("crash", hasty);
    let error = crashing.task.await.unwrap().unwrap_err();
    assert!(matches!(error, LauncherError::KeepsDying { times: 3, .. }), "{error}");
    assert!(error.to_string().contains("SIGABRT"), "{error}");
}

#[tokio::test]
async fn a_child_that_does_not_stop_is_killed() {
    let impatient = RestartPolicy { drain: Duration::from_millis(50), ..RestartPolicy::default() };
    let launched = start("stubborn", impatient);
    caller(launched.address).await.unwrap();
    launched.stop.send(()).await.unwrap();
    assert_eq!(launched.task.await.unwrap().unwrap(), 1);
    let patient = start("stubborn", RestartPolicy::default());
    caller(patient.address).await.unwrap();
    patient.stop.send(()).await.unwrap();
    patient.stop.send(()).await.unwrap();
    assert_eq!(patient.task.await.unwrap().unwrap(), 1, "a second signal does not wait");
}

#[tokio::test]
async fn no_child_survives_its_launcher() {
    for (signal, code) in [(Signal::KILL, None), (Signal::TERM, Some(0)), (Signal::INT, Some(0))] {
        let mut launcher = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "slots::launcher::tests::child", "--nocapture"])
            .env(ROLE, "launcher")
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines =
            std::io::BufReader::new(launcher.stderr.take().unwrap()).lines().map(Result::unwrap);
        let address = lines
            .find_map(|line| line.strip_prefix("address ").map(|text| text.parse().unwrap()))
            .unwrap();
        let child = caller(address).await.unwrap();
        assert_ne!(child, launcher.id());
        kill(launcher.id(), signal);
        assert_eq!(launcher.wait().unwrap().code(), code);
        // The child holds the other end of the launcher's standard error until it ends.
        assert_eq!(tokio::task::spawn_blocking(move || lines.count()).await.unwrap(), 0);
        assert!(TcpStream::connect(address).is_err());
    }
}

#[tokio::test]
async fn what_cannot_be_started_is_named() {
    let plan = Launch {
        program: "/nowhere/timebook".into(),
        arguments: Vec::new(),
        environment: Vec::new(),
        sockets: Vec::new(),
        policy: RestartPolicy::default(),
    };
    let error = launch(plan, StopSignals::new().unwrap()).await.unwrap_err();
    assert!(error.to_string().starts_with("/nowhere/timebook cannot be started"), "{error}");
}

#[test]
fn malformed_names_are_refused() {
    let named = |name: &str| NamedSocket {
        name: name.to_owned(),
        socket: listen::bind("127.0.0.1:0".parse().unwrap()).unwrap(),
    };
    check_names(&[named("tls"), named("loopback-2")]).unwrap();
    for bad in [vec![named("")], vec![named("a,b")], vec![named("A")], vec![named("x"), named("x")]]
    {
        assert!(check_names(&bad).is_err());
    }
}

#[test]
fn the_same_wish_said_twice_is_one() {
    let (first, mut heard) = (Instant::now(), None);
    assert!(!is_echo(&mut heard, first));
    assert!(is_echo(&mut heard, first + ONE_WISH / 2));
    assert!(!is_echo(&mut heard, first + ONE_WISH), "a second wish");
}

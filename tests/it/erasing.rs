//! A person is erased from the terminal, with the server running and stopped; their computer follows by itself, and says so.

use crate::harness::wait::{self, LONG};
use timebook::store::log::{LogFile, LogOptions, OnFailure};
use timebook::store::storage::Storage;

use crate::harness::{Agent, Role, Server, recording};

#[test]
fn a_person_goes_from_the_server_and_from_their_computer() {
    let mut server = Server::start();
    server.add_user("ada", Role::Admin);
    server.add_user("cy", Role::Employee);
    let mut agent = Agent::start(&server, "cy");
    recording::create_bucket(&agent.http(), "b");
    recording::send(&agent.http(), "b", 1).unwrap();
    server.expect_report("cy", &[1].into());
    let erase = ["user", "erase", "--name", "cy", "--confirm"];
    server.run(&[&erase[..], &["cx"]].concat()).refused(2);
    server.run(&[&erase[..], &["cy"]].concat()).refused(1);
    server.run(&["user", "disable", "--name", "cy"]).ok();
    let told = server.run(&[&erase[..], &["cy"]].concat());
    assert!(told.err.contains("delete them by hand"), "{told:?}");
    assert!(told.ok().contains("1 events"));
    assert_eq!(state(&server), "waiting");
    // What the computer records next brings the order back with it.
    let went = |agent: &mut Agent| agent.process().ended().is_some();
    let mut number = 2;
    wait::until_true("the agent to erase its copy and to end", LONG, || {
        drop(recording::try_send(&agent.http(), "b", number));
        number += 1;
        went(&mut agent)
    });
    assert_eq!(state(&server), "done");
    let folder = agent.data().join("agent");
    for file in ["agent.redb", "identity.json", "policy"] {
        assert!(!folder.join(file).exists(), "{file} is still there");
    }
    let status = agent.run(&["agent", "status"]).ok();
    assert!(status.contains("was erased") && status.contains("Enrolled:       no"), "{status}");
    agent.run(&["agent", "run"]).refused(1);
    // The log lets go of it before the answer, whatever happens then.
    server.add_user("zebra-4711", Role::Employee);
    server.run(&["user", "disable", "--name", "zebra-4711"]).ok();
    server.run(&["user", "erase", "--name", "zebra-4711", "--confirm", "zebra-4711"]).ok();
    server.kill_all();
    assert_eq!(log_with(&server, b"zebra-4711"), 0);
    server.launch();
    // Down, the same commands do the same.
    server.add_user("di-zebra", Role::Employee);
    server.stop();
    assert_ne!(log_with(&server, b"di-zebra"), 0);
    server.run(&["user", "disable", "--name", "di-zebra"]).ok();
    server.run(&["user", "erase", "--name", "di-zebra", "--confirm", "di-zebra"]).ok();
    assert_eq!(log_with(&server, b"di-zebra"), 0);
    assert!(
        !says(&server, "log.redb", b"di-zebra") && !says(&server, "timebook.redb", b"di-zebra")
    );
    let trail = server.run(&["user", "erasures", "--json"]).json();
    assert_eq!(trail["items"].as_array().map(Vec::len), Some(3), "{trail}");
    server.launch();
}

/// The end is on disk, and the server is killed before either file could be written anew: it does that by itself when it is back.
#[test]
fn killed_before_the_files_were_written_anew_it_is_done_after_the_start() {
    let mut server = Server::start();
    server.add_user("ada", Role::Admin);
    server.add_user("zebra-4711", Role::Employee);
    server.run(&["user", "disable", "--name", "zebra-4711"]).ok();
    // Where the fresh file would grow lies what cannot be removed in its stead.
    let in_the_way = server.data().join("timebook.redb.fresh");
    std::fs::create_dir(&in_the_way).unwrap();
    server.run(&["user", "erase", "--name", "zebra-4711", "--confirm", "zebra-4711"]).ok();
    assert_eq!(state(&server), "done");
    server.kill_all();
    assert!(
        says(&server, "timebook.redb", b"zebra-4711") || says(&server, "log.redb", b"zebra-4711")
    );
    std::fs::remove_dir(&in_the_way).unwrap();
    server.launch();
    wait::until_true("both files to be written anew", LONG, || {
        !says(&server, "timebook.redb", b"zebra-4711") && !says(&server, "log.redb", b"zebra-4711")
    });
    server.stop();
    server.launch();
}

/// Does the file hold these bytes anywhere, also where nothing is any more?
fn says(server: &Server, file: &str, words: &[u8]) -> bool {
    let bytes = std::fs::read(server.data().join(file)).unwrap();
    bytes.windows(words.len()).any(|at| at == words)
}

/// How many entries of a stopped server's log hold these bytes.
fn log_with(server: &Server, words: &[u8]) -> usize {
    let open = || {
        let on_failure: OnFailure = Box::new(|error| panic!("{error}"));
        let path = server.data().join("log.redb");
        LogFile::open(LogOptions { path, storage: Storage::default(), on_failure })
    };
    // What was killed lets go of its files a moment later.
    let log = wait::until("the log to be nobody's", LONG, || open().map_err(|e| e.to_string()));
    let entries = log.read(0..u64::MAX).unwrap();
    log.close();
    entries.iter().filter(|(_, bytes)| bytes.windows(words.len()).any(|at| at == words)).count()
}

fn state(server: &Server) -> String {
    let all = server.run(&["user", "erasures", "--json"]).json();
    all["items"][0]["state"].as_str().unwrap().to_owned()
}

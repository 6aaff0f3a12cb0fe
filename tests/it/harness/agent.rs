//! A running `timebook agent run`, enrolled with a server. Leaving the scope stops it and checks: exit code 0, no panic in its log.

use super::command::{Done, run, timebook};
use super::process::{Process, stamp};
use super::wait::{self, LONG};
use super::{Folder, Http, Server};
use std::net::SocketAddr;
use std::path::PathBuf;

pub struct Agent {
    folder: Folder,
    process: Option<Process>,
    door: SocketAddr,
}

impl Agent {
    /// A computer of `person`, enrolled and running.
    #[track_caller]
    pub fn start(server: &Server, person: &str) -> Self {
        let mut agent = Self::enroll(&server.invite(person));
        agent.launch();
        agent
    }

    /// Enrolled, not yet running.
    #[track_caller]
    pub fn enroll(code: &str) -> Self {
        let door = SocketAddr::from(([127, 0, 0, 1], 0));
        let agent = Self { folder: Folder::new(), process: None, door };
        agent.run(&["agent", "enroll", code]).ok();
        agent
    }

    pub fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// Where ActivityWatch clients connect.
    pub fn door(&self) -> SocketAddr {
        self.door
    }

    pub fn http(&self) -> Http {
        Http::new(&format!("http://{}", self.door))
    }

    pub fn process(&mut self) -> &mut Process {
        self.process.as_mut().expect("the agent runs")
    }

    /// `timebook ARGS --data DIR`.
    pub fn run(&self, args: &[&str]) -> Done {
        run(&self.data(), args)
    }

    #[track_caller]
    pub fn launch(&mut self) {
        let listen = self.data().join("agent/listen");
        // A killed predecessor leaves its own there.
        let old = stamp(&listen);
        let mut command = timebook();
        command
            .args(["agent", "run", "--data"])
            .arg(self.data())
            .arg("--door")
            .arg(self.door.to_string());
        let process = self.process.insert(Process::start(command, &self.folder.join("agent.log")));
        let text = wait::until("the agent's door", LONG, || match process.ended() {
            Some(status) => panic!("the agent ended with {status}:\n{}", process.tail()),
            None if stamp(&listen) == old => Err("no new file `agent/listen` yet"),
            None => std::fs::read_to_string(&listen).map_err(|_| "it is gone again"),
        });
        let first = text
            .lines()
            .next()
            .unwrap_or_default()
            .trim()
            .trim_start_matches("http://")
            .trim_end_matches('/');
        self.door = first.parse().unwrap_or_else(|e| panic!("{text:?}: {e}"));
        let http = self.http();
        wait::until("the agent's door to answer", LONG, || {
            match http.send("GET", "/api/0/info", "", Vec::new()) {
                Ok(reply) if reply.status == 200 => Ok(()),
                other => Err(format!("{other:?}")),
            }
        });
    }

    #[track_caller]
    pub fn stop(&mut self) {
        if let Some(mut process) = self.process.take() {
            let status = process.stop();
            assert_eq!(
                status.code(),
                Some(0),
                "the agent did not stop cleanly:\n{}",
                process.tail()
            );
        }
    }

    pub fn kill_child(&mut self) -> u32 {
        self.process().kill_child()
    }

    pub fn kill_all(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill_all();
        }
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.join("agent.log")).unwrap_or_default()
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        if std::thread::panicking() {
            if let Some(process) = &self.process {
                eprintln!("--- the agent's last lines ---\n{}", process.tail());
            }
            return;
        }
        self.stop();
        let log = self.log();
        assert!(!log.contains("panicked"), "the agent panicked:\n{log}");
    }
}

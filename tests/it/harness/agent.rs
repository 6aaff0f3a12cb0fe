//! A running `timebook agent run`, enrolled with a server. Leaving the scope stops it and checks: exit code 0, no panic in its log.

use super::command::{Done, run, timebook};
use super::process::Process;
use super::program::Program;
use super::wait::{self, LONG};
use super::{Folder, Http, Server};
use std::net::SocketAddr;
use std::path::PathBuf;

pub struct Agent {
    folder: Folder,
    program: Program,
    door: SocketAddr,
    environment: Vec<(String, String)>,
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
        let folder = Folder::new();
        let program = Program::new("agent", folder.join("agent.log"));
        let agent = Self { folder, program, door, environment: Vec::new() };
        agent.run(&["agent", "enroll", code]).ok();
        agent
    }

    /// A word of the environment it is launched in from now on.
    pub fn set(&mut self, name: &str, value: &str) {
        self.environment.push((name.to_owned(), value.to_owned()));
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
        self.program.process()
    }

    /// `timebook ARGS --data DIR`.
    pub fn run(&self, args: &[&str]) -> Done {
        run(&self.data(), args)
    }

    /// Starts it, and stops it as soon as its socket is open: it is not ready yet.
    #[track_caller]
    pub fn launch_and_stop(&mut self) {
        self.open();
        self.program.stop();
    }

    /// Until its socket is open; with what it says of that.
    #[track_caller]
    fn open(&mut self) -> String {
        let listen = self.data().join("agent/listen");
        let mut command = timebook();
        command
            .args(["agent", "run", "--data"])
            .arg(self.data())
            .arg("--door")
            .arg(self.door.to_string());
        command.envs(self.environment.iter().cloned());
        self.program.launch(command, &listen)
    }

    #[track_caller]
    pub fn launch(&mut self) {
        let text = self.open();
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

    /// Stops it as a service manager would.
    #[track_caller]
    pub fn stop(&mut self) {
        self.program.stop();
    }

    pub fn log(&self) -> String {
        self.program.log()
    }

    pub fn kill_child(&mut self) -> u32 {
        self.program.kill_child()
    }

    pub fn kill_all(&mut self) {
        self.program.kill_all();
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        _ = self.program.leave();
    }
}

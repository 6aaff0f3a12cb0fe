//! A running `timebook serve` with its data folder. Leaving the scope stops it as a service manager would and checks what must hold
//! after every story: exit code 0, no panic in the log, `timebook doctor` finds everything sound.

use super::command::{Done, run, timebook};
use super::process::Process;
use super::program::Program;
use super::wait::{self, LONG};
use super::{Folder, Http};
use serde_json::Value;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

#[derive(Clone, Copy, Debug)]
pub enum Role {
    Admin,
    Manager,
    Employee,
}

pub struct Server {
    folder: Folder,
    program: Program,
    /// Kept over restarts, so that clients find it again.
    address: SocketAddr,
    loopback: String,
    arguments: Vec<String>,
    environment: Vec<(String, PathBuf)>,
}

const LOCALHOST: [u8; 4] = [127, 0, 0, 1];
/// Every person of a story has this one.
pub const PASSWORD: &str = "correct horse battery staple 7";

impl Server {
    /// A new office on a free port.
    #[track_caller]
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// The same with further arguments of `serve`, kept over restarts.
    #[track_caller]
    pub fn start_with(arguments: &[&str]) -> Self {
        Self::start_in(&[], arguments)
    }

    /// The same with variables in its environment.
    #[track_caller]
    pub fn start_in(environment: &[(&str, &Path)], arguments: &[&str]) -> Self {
        Self::start_over(|_| (), LOCALHOST, environment, arguments)
    }

    /// A new office on a free port of another address of this computer.
    #[track_caller]
    pub fn start_at(address: [u8; 4]) -> Self {
        Self::start_over(|_| (), address, &[], &[])
    }

    /// Over the office that `fill` makes in the data folder it is given.
    #[track_caller]
    pub fn start_filled(fill: impl FnOnce(&Path)) -> Self {
        Self::start_over(fill, LOCALHOST, &[], &[])
    }

    /// The same on a free port of another address of this computer.
    #[track_caller]
    pub fn start_filled_at(address: [u8; 4], fill: impl FnOnce(&Path)) -> Self {
        Self::start_over(fill, address, &[], &[])
    }

    #[track_caller]
    fn start_over(
        fill: impl FnOnce(&Path),
        address: [u8; 4],
        environment: &[(&str, &Path)],
        arguments: &[&str],
    ) -> Self {
        let nowhere = SocketAddr::from((address, 0));
        let folder = Folder::new();
        let mut server = Self {
            program: Program::new("server", folder.join("server.log")),
            folder,
            address: nowhere,
            loopback: String::new(),
            arguments: arguments.iter().map(|a| (*a).to_owned()).collect(),
            environment: environment.iter().map(|(n, v)| ((*n).to_owned(), v.into())).collect(),
        };
        fill(&server.data());
        server.launch();
        server
    }

    pub fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// A place for a story's own files, removed with the server.
    pub fn folder(&self) -> &Folder {
        &self.folder
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// `https://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("https://{}", self.address)
    }

    /// The set-up page's address: plain HTTP on loopback.
    pub fn loopback(&self) -> &str {
        &self.loopback
    }

    pub fn process(&mut self) -> &mut Process {
        self.program.process()
    }

    /// Starts it again on the same address, or on another one that is free when `moved`.
    #[track_caller]
    pub fn restart(&mut self) {
        self.stop();
        self.launch();
    }

    /// Starts it again on a free port, so that a proxy can take its old one.
    #[track_caller]
    pub fn restart_elsewhere(&mut self) {
        self.stop();
        self.start_elsewhere();
    }

    pub fn start_elsewhere(&mut self) {
        self.address.set_port(0);
        self.launch();
    }

    /// Stops it as a service manager would.
    #[track_caller]
    pub fn stop(&mut self) {
        self.program.stop();
    }

    /// kill -9 of the working child; the launcher must start another.
    pub fn kill_child(&mut self) -> u32 {
        self.program.kill_child()
    }

    /// kill -9 of everything, as a power cut leaves it.
    pub fn kill_all(&mut self) {
        self.program.kill_all();
    }

    /// `timebook serve` as this server is started.
    pub fn command(&self) -> std::process::Command {
        let mut command = timebook();
        command
            .arg("serve")
            .arg("--data")
            .arg(self.data())
            .arg("--listen")
            .arg(self.address.to_string());
        command.args(["--loopback", "127.0.0.1:0"]).args(&self.arguments);
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }

    #[track_caller]
    pub fn launch(&mut self) {
        self.open();
        self.wait_ready();
    }

    /// Ends the process and starts another one that nobody waits for: its doors are open.
    #[track_caller]
    pub fn reopen(&mut self) {
        self.stop();
        self.open();
    }

    #[track_caller]
    fn open(&mut self) {
        let listen = self.data().join("listen");
        let command = self.command();
        let lines = self.program.launch(command, &listen);
        let find = |scheme| {
            lines
                .lines()
                .find_map(|l: &str| l.strip_prefix(scheme))
                .map(|l| l.trim_end_matches('/').to_owned())
        };
        self.address = find("https://")
            .and_then(|a| a.parse().ok())
            .unwrap_or_else(|| panic!("no https address in {lines:?}"));
        self.loopback = format!(
            "http://{}",
            find("http://").unwrap_or_else(|| panic!("no loopback address in {lines:?}"))
        );
    }

    /// Starts it, and stops it as soon as its sockets are open: it is not ready yet.
    #[track_caller]
    pub fn launch_and_stop(&mut self) {
        let command = self.command();
        let listen = self.data().join("listen");
        self.program.launch(command, &listen);
        self.program.stop();
    }

    /// Until `/readyz` answers 200: the log is replayed and the first read is allowed.
    #[track_caller]
    pub fn wait_ready(&mut self) {
        let http = Http::new(&self.loopback);
        wait::until("the server to be ready", LONG, || {
            self.program.must_run();
            match http.send("GET", "/readyz", "", Vec::new()) {
                Ok(reply) if reply.status == 200 => Ok(()),
                Ok(reply) => Err(format!("{reply:?}")),
                Err(failure) => Err(format!("{failure}\n{}", self.process().tail())),
            }
        });
    }

    // --- as a client ---

    /// The office CA, exported once.
    #[track_caller]
    pub fn ca(&self) -> PathBuf {
        let file = self.folder.join("office-ca.pem");
        if !file.exists() {
            std::fs::write(&file, self.run(&["ca", "export"]).ok() + "\n").unwrap();
        }
        file
    }

    /// HTTPS without credentials, trusting the office CA only.
    pub fn http(&self) -> Http {
        Http::with_ca(&self.url(), &self.ca())
    }

    pub fn with_token(&self, token: &str) -> Http {
        self.http().bearer(token)
    }

    // --- as the administrator at the keyboard ---

    /// `timebook ARGS --data DIR`.
    pub fn run(&self, args: &[&str]) -> Done {
        run(&self.data(), args)
    }

    #[track_caller]
    pub fn add_user(&self, name: &str, role: Role) {
        let role = format!("{role:?}").to_lowercase();
        let file = self.password_file();
        let zone = ["--time-zone", "UTC"];
        self.run(
            &[
                &["user", "add", "--name", name, "--role", &role, "--password-file", &file],
                &zone[..],
            ]
            .concat(),
        )
        .ok();
    }

    pub fn password_file(&self) -> String {
        let file = self.folder.join("password");
        std::fs::write(&file, format!("{PASSWORD}\n")).unwrap();
        file.to_string_lossy().into_owned()
    }

    #[track_caller]
    pub fn token(&self, user: &str, device: &str) -> String {
        let token = self.run(&["token", "create", "--user", user, "--device", device]).ok();
        assert!(
            !token.is_empty() && !token.contains(char::is_whitespace),
            "the token alone, not {token:?}"
        );
        token
    }

    /// An enrollment code for one computer of `person`.
    #[track_caller]
    pub fn invite(&self, person: &str) -> String {
        let invite = self.run(&["device", "invite", "--person", person, "--json"]).json();
        invite["code"].as_str().unwrap_or_else(|| panic!("no code in {invite}")).to_owned()
    }

    #[track_caller]
    pub fn report(&self, person: &str, from: &str, to: &str) -> Value {
        self.run(&["report", "--person", person, "--from", from, "--to", to, "--json"]).json()
    }

    /// `timebook NOUN list`.
    #[track_caller]
    pub fn list(&self, noun: &str) -> Vec<Value> {
        let list = self.run(&[noun, "list", "--json"]).json();
        list["items"].as_array().unwrap_or_else(|| panic!("no items in {list}")).clone()
    }

    pub fn log(&self) -> String {
        self.program.log()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if self.program.leave() {
            self.run(&["doctor"]).ok();
        }
    }
}

//! The reference server, if `TIMEBOOK_AW_SERVER` names its executable.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::client::Target;

const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) struct Peer {
    process: Child,
    address: SocketAddr,
}

impl Peer {
    /// Starts it with its data in `home`; `None` when it was not asked for.
    pub(crate) fn start(home: &Path) -> Option<Self> {
        let program = std::env::var_os("TIMEBOOK_AW_SERVER")?;
        std::fs::create_dir_all(home).expect("a home");
        let address =
            TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a free port");
        let process = Command::new(program)
            .args([
                "--host",
                "127.0.0.1",
                "--port",
                &address.port().to_string(),
                "--storage",
                "peewee",
            ])
            .env("HOME", home)
            .env("XDG_DATA_HOME", home)
            .env("XDG_CONFIG_HOME", home)
            .env("XDG_CACHE_HOME", home)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("aw-server starts");
        let begun = Instant::now();
        while TcpStream::connect(address).is_err() {
            assert!(begun.elapsed() < PATIENCE, "aw-server did not start in time");
            thread::sleep(Duration::from_millis(100));
        }
        Some(Self { process, address })
    }

    pub(crate) fn target(&self) -> Target {
        Target { address: self.address, tls: None, authorization: None, name: "localhost" }
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

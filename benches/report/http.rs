//! The same questions over HTTPS, of the real server as a newcomer starts it.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

const TIMEBOOK: &str = env!("CARGO_BIN_EXE_timebook");
const PATIENCE: Duration = Duration::from_secs(60);

/// A server over an office that is there, and a client with one connection.
pub(crate) struct Server {
    process: Child,
    client: reqwest::Client,
    address: String,
    token: String,
}

impl Server {
    pub(crate) async fn start(data: &Path) -> Self {
        _ = rustls::crypto::ring::default_provider().install_default();
        let listen = data.join("listen");
        _ = fs::remove_file(&listen);
        let process = Command::new(TIMEBOOK)
            .args(["serve", "--listen", "127.0.0.1:0", "--loopback", "127.0.0.1:0"])
            .args(["--log", "warn", "--data"])
            .arg(data)
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let address = wait_for(|| {
            let text = fs::read_to_string(&listen).ok()?;
            text.lines().find(|line| line.starts_with("https://")).map(str::to_owned)
        })
        .await;
        let ca = wait_for(|| run(data, &["ca", "export"])).await;
        let password = data.join("password");
        fs::write(&password, "correct horse battery staple\n").unwrap();
        let file = password.to_str().unwrap();
        let add = ["user", "add", "--name", "ada", "--role", "admin", "--time-zone", "UTC"];
        run(data, &[&add[..], &["--password-file", file]].concat()).unwrap();
        let token = ["token", "create", "--user", "ada", "--device", "bench", "--scope", "read"];
        let token = run(data, &token).unwrap().trim().to_owned();
        let ca = reqwest::Certificate::from_pem_bundle(ca.as_bytes()).unwrap();
        let client = reqwest::Client::builder().no_proxy().tls_certs_only(ca).build().unwrap();
        let address = address.trim_end_matches('/').to_owned();
        Self { process, client, address, token }
    }

    /// How long one GET takes, from asking to the last byte, and what it answers.
    pub(crate) async fn ask(&self, path: &str) -> (Duration, Value) {
        let began = Instant::now();
        let asked = self.client.get(format!("{}{path}", self.address)).bearer_auth(&self.token);
        let answer = asked.send().await.unwrap().error_for_status().unwrap();
        let bytes = answer.bytes().await.unwrap();
        (began.elapsed(), serde_json::from_slice(&bytes).unwrap())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The launcher's end is its child's end: the pipe between them closes.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// What the command says; nothing when it failed.
fn run(data: &Path, arguments: &[&str]) -> Option<String> {
    let output = Command::new(TIMEBOOK).args(arguments).arg("--data").arg(data).output().unwrap();
    output.status.success().then(|| String::from_utf8(output.stdout).unwrap())
}

async fn wait_for<T>(look: impl Fn() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(began.elapsed() < PATIENCE, "the server does not start");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

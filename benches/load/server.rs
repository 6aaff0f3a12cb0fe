//! Our own server, as a newcomer starts it.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::client::Target;

const TIMEBOOK: &str = env!("CARGO_BIN_EXE_timebook");
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct Server {
    process: Child,
    address: SocketAddr,
    authorization: String,
    tls: Arc<rustls::ClientConfig>,
}

impl Server {
    pub(crate) fn start(data: &Path) -> Self {
        let process = Command::new(TIMEBOOK)
            .args(["serve", "--listen", "127.0.0.1:0", "--log", "warn", "--data"])
            .arg(data)
            .stdout(Stdio::null())
            .spawn()
            .expect("the server starts");
        let address = address(&data.join("listen"));
        let password = data.join("password");
        wait_for(|| run(data, &["ca", "export"]));
        fs::write(&password, "correct horse battery staple\n").expect("a password file");
        let file = password.to_str().expect("a plain path");
        run(data, &["user", "add", "--name", "ada", "--role", "admin", "--password-file", file])
            .expect("a user");
        let token =
            run(data, &["token", "create", "--user", "ada", "--device", "load"]).expect("a token");
        let ca = run(data, &["ca", "export"]).expect("the CA");
        let tls = Arc::new(trusting(&ca, None));
        Self { process, address, authorization: format!("Bearer {}", token.trim()), tls }
    }

    pub(crate) fn target(&self) -> Target {
        let (tls, authorization) = (Some(Arc::clone(&self.tls)), Some(self.authorization.clone()));
        Target { address: self.address, tls, authorization, name: "localhost" }
    }

    /// Memory of the launcher and its child.
    pub(crate) fn resident_megabytes(&self) -> f64 {
        family_megabytes(self.process.id())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The launcher's end is its child's end: the pipe between them closes.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// Speaks TLS with the office of this CA, each time with a full handshake, as stock clients do; as this computer, if it is one.
pub(crate) fn trusting(
    ca: &str,
    computer: Option<(CertificateDer<'static>, PrivateKeyDer<'static>)>,
) -> rustls::ClientConfig {
    let mut roots = rustls::RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_slice(ca.as_bytes()).expect("a certificate"))
        .expect("a root");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("ring speaks TLS")
        .with_root_certificates(roots);
    let mut tls = match computer {
        Some((certificate, key)) => {
            tls.with_client_auth_cert(vec![certificate], key).expect("a certificate and its key")
        }
        None => tls.with_no_client_auth(),
    };
    tls.resumption = rustls::client::Resumption::disabled();
    tls
}

/// Memory of this process and its children: the kernel's proportional figure, in which the pages they share count once.
pub(crate) fn family_megabytes(pid: u32) -> f64 {
    family(pid).iter().map(|pid| resident_kilobytes(pid) / 1_000.0).sum()
}

/// This process and its children.
pub(crate) fn family(pid: u32) -> Vec<String> {
    let children =
        fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
    children.split_whitespace().map(str::to_owned).chain([pid.to_string()]).collect()
}

fn resident_kilobytes(pid: &str) -> f64 {
    let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap_or_default();
    let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(f64::NAN)
}

/// Where a server says it listens, once it does.
pub(crate) fn address(listen: &Path) -> SocketAddr {
    wait_for(|| {
        let text = fs::read_to_string(listen).ok()?;
        text.lines().next()?.strip_prefix("https://")?.parse().ok()
    })
}

/// What the command says; nothing when it failed.
pub(crate) fn run(data: &Path, arguments: &[&str]) -> Option<String> {
    let output = Command::new(TIMEBOOK)
        .args(arguments)
        .arg("--data")
        .arg(data)
        .output()
        .expect("timebook runs");
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Looks until something is there.
pub(crate) fn wait_for<T>(mut look: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begun.elapsed() < PATIENCE, "the server did not start in time");
        thread::sleep(Duration::from_millis(1));
    }
}

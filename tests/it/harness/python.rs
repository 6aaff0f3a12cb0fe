//! The foreign programs, each in a Python environment made from a pinned list under `tests/py/`. It must never use or change the
//! machine's own Python packages.

use super::{Folder, command::Done};
use std::path::{Path, PathBuf};
use std::process::Command;

/// aw-client and a watcher, unmodified.
pub fn client() -> PathBuf {
    environment("client")
}

/// aw-server, the reference.
pub fn server() -> PathBuf {
    environment("server")
}

/// A real mail server.
pub fn mail() -> PathBuf {
    environment("mail")
}

/// Real S3-compatible storage.
pub fn storage() -> PathBuf {
    environment("storage")
}

/// schemathesis, which asks an API everything its description allows and much it does not.
pub fn schema() -> PathBuf {
    environment("schema")
}

/// A script of `tests/py/`.
pub fn script(name: &str) -> PathBuf {
    folder().join(name)
}

/// A command of an environment, at home in a folder of the test's own, with aw-client set to one server.
pub fn command(program: &Path, home: &Folder, host: &str, port: u16) -> Command {
    let settings = format!(
        "[server]\nhostname = \"{host}\"\nport = \"{port}\"\n[client]\ncommit_interval = 0.5\n"
    );
    let place = home.join("config/activitywatch/aw-client");
    std::fs::create_dir_all(&place).unwrap();
    std::fs::write(place.join("aw-client.toml"), settings).unwrap();
    let mut command = Command::new(program);
    command
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", home.path())
        .env("PYTHONUNBUFFERED", "1")
        .env("PYTHONDONTWRITEBYTECODE", "1");
    for (name, place) in [
        ("XDG_CONFIG_HOME", "config"),
        ("XDG_DATA_HOME", "data"),
        ("XDG_CACHE_HOME", "cache"),
        ("XDG_STATE_HOME", "state"),
    ] {
        command.env(name, home.join(place));
    }
    command
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/py")
}

/// The `bin` folder of the environment, made on first use. The list's text names the folder, so a changed list makes a new one; a lock
/// lets one test make it while the others wait.
fn environment(name: &str) -> PathBuf {
    let list = folder().join(format!("{name}.txt"));
    let text = std::fs::read(&list).unwrap_or_else(|e| panic!("{}: {e}", list.display()));
    let mark = &blake3::hash(&text).to_hex()[..12];
    let base = Path::new(env!("CARGO_TARGET_TMPDIR")).join("../py");
    std::fs::create_dir_all(&base).unwrap();
    let lock = std::fs::File::create(base.join(format!("{name}.lock"))).unwrap();
    lock.lock().unwrap();
    let place = base.canonicalize().unwrap().join(format!("{name}-{mark}"));
    let ready = place.join("ready");
    if !ready.exists() {
        _ = std::fs::remove_dir_all(&place);
        let mut make = Command::new("python3");
        make.args(["-m", "venv"]).arg(&place);
        Done::of(make).ok();
        let mut fill = Command::new(place.join("bin/python"));
        fill.args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--no-deps",
            "--disable-pip-version-check",
            "-r",
        ])
        .arg(&list);
        Done::of(fill).ok();
        std::fs::write(&ready, "").unwrap();
    }
    place.join("bin")
}

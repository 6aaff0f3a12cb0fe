//! What can be wrong before the server runs: each time a sentence and exit code 1, never a panic, and what was there stays as it was.

use crate::harness::command::{Done, timebook};
use crate::harness::{Folder, Role, Server};
use rcgen::{BasicConstraints, CertificateParams, IsCa, KeyPair};
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;

#[test]
fn a_second_instance_is_refused() {
    let server = Server::start();
    let said = serve(&server.data(), "127.0.0.1:0").refused(1);
    assert!(said.contains("Another Timebook"), "{said}");
}

#[test]
fn a_taken_port_names_who_holds_it() {
    let holder = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = holder.local_addr().unwrap().to_string();
    let folder = Folder::new();
    let said = serve(&folder.join("data"), &address).refused(1);
    assert!(
        said.contains(&address) || said.contains(&holder.local_addr().unwrap().port().to_string()),
        "{said}"
    );
    assert!(
        said.contains(&std::process::id().to_string()) || said.contains("it-"),
        "this very program holds it: {said}"
    );
}

#[test]
fn a_damaged_state_file_is_told() {
    damage("timebook.redb");
}

#[test]
fn a_damaged_log_file_is_told() {
    damage("log.redb");
}

type Wound = fn(Vec<u8>) -> Vec<u8>;

/// Three kinds of damage: cut short, zeroed in the middle, another file altogether. Whatever opens again must hold all that was written;
/// whatever does not open says so.
fn damage(name: &str) {
    let wounds: [(&str, Wound); 3] = [
        ("cut", |b| b[..b.len() / 2].to_vec()),
        ("zeroed", |mut b| {
            let end = b.len() / 2 + 8192;
            let end = end.min(b.len());
            b[4096..end].fill(0);
            b
        }),
        ("foreign", |_| b"%PDF-1.7 this is no database".repeat(500)),
    ];
    let mut server = Server::start();
    server.add_user("ada", Role::Admin);
    server.stop();
    let file = server.data().join(name);
    let sound = std::fs::read(&file).unwrap();
    for (wound, hurt) in wounds {
        std::fs::write(&file, hurt(sound.clone())).unwrap();
        let said = serve(&server.data(), "127.0.0.1:0").refused(1);
        assert!(said.contains(name), "{wound}: the sentence names the file: {said}");
    }
    std::fs::write(&file, sound).unwrap();
    server.launch();
    assert!(
        server.run(&["user", "list", "--json"]).ok().contains("ada"),
        "the sound file works again"
    );
}

#[test]
fn a_data_folder_that_is_a_file() {
    let folder = Folder::new();
    let data = folder.join("data");
    std::fs::write(&data, "a file").unwrap();
    serve(&data, "127.0.0.1:0").refused(1);
    assert_eq!(std::fs::read_to_string(&data).unwrap(), "a file");
}

#[test]
fn a_data_folder_on_a_read_only_disk() {
    in_small_disk("ro,size=4m", "the disk is read-only");
}

#[test]
fn a_data_folder_on_a_full_disk() {
    in_small_disk("size=64k", "the disk is full");
}

/// Mounts a tiny disk in a mount namespace of its own, where nobody else sees it. Needs the right to do so, as root in CI has.
fn in_small_disk(options: &str, what: &str) {
    let folder = Folder::new();
    let place = folder.join("disk");
    std::fs::create_dir_all(&place).unwrap();
    let program = timebook();
    let script = format!(
        "mount -t tmpfs -o {options} none '{0}' && exec timeout 60 '{1}' serve --data '{0}/data' --listen 127.0.0.1:0",
        place.display(),
        program.get_program().to_string_lossy()
    );
    let mut command = Command::new("unshare");
    command.args(["--mount", "--map-root-user", "sh", "-c", &script]);
    let done = Done::of(command);
    assert!(
        !done.err.contains("unshare:") && !done.err.contains("mount:"),
        "{what}: no namespace to try it in: {}",
        done.err
    );
    done.refused(1);
}

#[test]
fn logs_go_into_a_folder_when_that_is_wanted() {
    let folder = Folder::new();
    let logs = folder.join("logs");
    let mut server = Server::start_with(&["--log-folder", logs.to_str().unwrap()]);
    server.stop();
    let files: Vec<_> = std::fs::read_dir(&logs).unwrap().collect();
    assert_eq!(files.len(), 1, "{files:?}");
    let text = std::fs::read_to_string(files[0].as_ref().unwrap().path()).unwrap();
    assert!(text.contains("serving https://") && text.contains("connections drained"), "{text}");
    assert!(!text.contains("/setup#"), "who reads logs does not set up the office");
    assert!(!server.log().contains("serving https://"));
    std::fs::write(folder.join("file"), "").unwrap();
    let mut command = timebook();
    command.args(["serve", "--data"]).arg(folder.join("data"));
    command.arg("--log-folder").arg(folder.join("file/logs"));
    assert!(Done::of(command).refused(2).contains("Choose another --log-folder"));
}

/// As `openssl req -x509` makes one when it is not told otherwise.
#[test]
fn an_authoritys_certificate_is_refused_with_a_hint() {
    let folder = Folder::new();
    let key = KeyPair::generate().unwrap();
    let mut own = CertificateParams::new(vec!["time.office.test".to_owned()]).unwrap();
    own.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let (certificate, key_file) = (folder.join("own.pem"), folder.join("own.key"));
    std::fs::write(&certificate, own.self_signed(&key).unwrap().pem()).unwrap();
    std::fs::write(&key_file, key.serialize_pem()).unwrap();
    let mut command = timebook();
    command.arg("serve").arg("--data").arg(folder.join("data"));
    command.args(["--listen", "127.0.0.1:0", "--loopback", "127.0.0.1:0", "--certificate"]);
    command.arg(&certificate).arg("--certificate-key").arg(&key_file);
    let said = Done::of(command).refused(1);
    assert!(
        said.contains("own.pem") && said.contains("basicConstraints=critical,CA:FALSE"),
        "{said}"
    );
}

/// `timebook serve`, which must end by itself.
fn serve(data: &Path, listen: &str) -> Done {
    let mut command = Command::new("timeout");
    let program = timebook();
    command
        .arg("60")
        .arg(program.get_program())
        .arg("serve")
        .arg("--data")
        .arg(data)
        .args(["--listen", listen]);
    Done::of(command)
}

#[test]
fn wrong_usage_is_code_two() {
    for args in [
        &["serve", "--no-such-flag"][..],
        &["no-such-command"],
        &["report", "--from", "yesterday-ish"],
    ] {
        let mut command = timebook();
        command.args(args);
        let done = Done::of(command);
        assert_eq!(done.code, Some(2), "{args:?}: {done:?}");
    }
}

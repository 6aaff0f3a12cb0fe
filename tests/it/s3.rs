//! Backups in a bucket of real S3-compatible storage (SeaweedFS): only sealed, whole in spite of breaks, kept by the rule, and brought back
//! to an empty folder with who was erased since.

use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::time::Duration;

use serde_json::Value;
use timebook::net::s3::{Bucket, Object, Place};

use crate::harness::command::{Done, timebook};
use crate::harness::process::Process;
use crate::harness::proxy::{Mood, Proxy};
use crate::harness::seed::{Chance, rounds};
use crate::harness::wait::{self, LONG};
use crate::harness::{Clock, Folder, Role, Server, python};

const ACCESS_KEY: &str = "office";
const SECRET_KEY: &str = "open-sesame";

#[test]
fn copies_go_to_a_bucket_sealed_and_come_back() {
    let folder = Folder::new();
    let storage = Storage::start(&folder);
    let clock = Clock::at_noon();
    let mut server = Server::start_in(&[("TIMEBOOK_FAULT_CLOCK", clock.path())], &[]);
    server.add_user("ada", Role::Admin);
    server.add_user("zebra-4711", Role::Employee);
    let second = folder.join("second").display().to_string();
    let key_file = folder.join("key").display().to_string();
    let set = |key: &str, value: &str| server.run(&["settings", "set", key, value]).ok();

    set("backup.s3", &storage.url("office/copies"));
    set("backup.s3_access_key", ACCESS_KEY);
    set("backup.folder", &second);
    let told = server.run(&["settings", "set", "backup.s3", "s3://backups"]).refused(1);
    assert!(told.contains("begins with https:// or http://"), "{told}");
    server.run(&["backup", "create"]).ok();
    problem(&server, "sealed only: make a key");
    let made = server.run(&["backup", "key", &key_file, "--json"]).json();
    server.run(&["backup", "key", &key_file]).refused(1);
    set("backup.recipient", made["recipient"].as_str().unwrap());
    keep_secret(&server, &folder, "wrong");
    problem(&server, "refuses the access key or its secret");
    // The wrong secret failed; the right one is tried at once.
    keep_secret(&server, &folder, SECRET_KEY);
    let first = only_one(&storage, &server);
    assert!(first.ends_with(".tbk.age"), "{first}");
    no_problem(&server);
    let there = names(Path::new(&second));
    assert_eq!(there.iter().filter(|name| name.ends_with(".tbk.age")).count(), 1, "{there:?}");
    // Whoever sends copies another way gives the secret again.
    let told = server.run(&["settings", "set", "backup.s3_region", "eu-1", "--json"]).json();
    assert!(told["note"].as_str().unwrap().contains("secret key was forgotten"), "{told}");
    keep_secret(&server, &folder, SECRET_KEY);

    // Who is erased afterwards is in the list beside the copies.
    server.run(&["user", "disable", "--name", "zebra-4711"]).ok();
    server.run(&["user", "erase", "--name", "zebra-4711", "--confirm", "zebra-4711"]).ok();
    wait::until("the list of who was erased", LONG, || {
        let (bucket, second) = (storage.list("office/copies"), names(Path::new(&second)));
        let is_there = bucket.iter().any(|name| name.starts_with("erased-"));
        if is_there && second.contains(&"erased".to_owned()) {
            Ok(())
        } else {
            Err(format!("{bucket:?}, {second:?}"))
        }
    });

    // The computer is gone: its backup comes from the bucket, opens with the key that was elsewhere, and the erased stays erased.
    server.stop();
    let home = folder.join("home").display().to_string();
    fetch(&server, &storage, &[&first, "--to", &home]).ok();
    let told = fetch(&server, &storage, &["timebook-none.tbk.age", "--to", &home]).refused(1);
    assert!(told.contains("There is no backup timebook-none.tbk.age"), "{told}");
    let file = folder.join("home").join(&first).display().to_string();
    let empty = folder.join("empty").display().to_string();
    fs::create_dir(&empty).unwrap();
    let mut restore = timebook();
    restore.args(["backup", "restore", &file, "--identity", &key_file, "--json"]);
    restore.args(["--data", &empty]);
    let restored = Done::of(restore).json();
    assert_eq!((&restored["people"], &restored["erased_again"]), (&2.into(), &1.into()));
}

/// Two offices write to one folder of one bucket and to one second folder: each keeps its own by its own rule, and touches nothing else.
#[test]
fn two_offices_in_one_place_keep_to_themselves() {
    let folder = Folder::new();
    let storage = Storage::start(&folder);
    let second = folder.join("second");
    let key_file = folder.join("key").display().to_string();
    fs::create_dir(&second).unwrap();
    fs::write(second.join("holiday.jpg"), "mine").unwrap();
    let clock = Clock::at_noon();
    let mut offices: Vec<Server> = Vec::new();
    for _ in 0..2 {
        let server = Server::start_in(&[("TIMEBOOK_FAULT_CLOCK", clock.path())], &[]);
        server.add_user("ada", Role::Admin);
        if offices.is_empty() {
            server.run(&["backup", "key", &key_file]).ok();
        }
        let text = fs::read_to_string(&key_file).unwrap();
        let recipient = text.lines().next().unwrap().rsplit(' ').next().unwrap();
        for (key, value) in [
            ("backup.keep_last", "1"),
            ("backup.keep_days", "0"),
            ("backup.keep_weeks", "0"),
            ("backup.keep_months", "0"),
            ("backup.schedule", "off"),
            ("backup.folder", second.to_str().unwrap()),
            ("backup.recipient", recipient),
            ("backup.s3", &storage.url("offices")),
            ("backup.s3_access_key", ACCESS_KEY),
        ] {
            server.run(&["settings", "set", key, value]).ok();
        }
        keep_secret(&server, &folder, SECRET_KEY);
        offices.push(server);
    }
    let mut before: Vec<String> = Vec::new();
    for round in 0..3 {
        clock.set_ahead(Duration::from_mins(10) * round);
        for server in &offices {
            server.run(&["backup", "create"]).ok();
        }
        before = wait::until("one copy of each, and new ones", LONG, || {
            let (bucket, folder) = (storage.list("offices"), names(&second));
            let copies: Vec<String> =
                folder.iter().filter(|name| name.ends_with(".age")).cloned().collect();
            let is_new = copies.iter().all(|name| !before.contains(name));
            if bucket == copies && copies.len() == 2 && is_new {
                Ok(copies)
            } else {
                Err(format!("{bucket:?}, {folder:?}"))
            }
        });
    }
    assert!(second.join("holiday.jpg").exists());
    offices.iter().for_each(no_problem);
}

/// In parts, with every connection cut off in the middle: it arrives whole, or nothing has its name. 300 MB behind `./verify --long`.
#[test]
fn a_long_file_arrives_whole_or_not_at_all() {
    let folder = Folder::new();
    let storage = Storage::start(&folder);
    let proxy = Proxy::start(0, storage.address);
    let mebibytes = if rounds() > 20 { 300 } else { 40 };
    let path = folder.join("long");
    let mut chance = Chance::new(7);
    let bytes: Vec<u8> =
        (0..mebibytes * 131_072_u64).flat_map(|_| chance.next().to_le_bytes()).collect();
    fs::write(&path, &bytes).unwrap();
    let bucket = at(proxy.address(), "long");
    run(async {
        proxy.set(Mood::Sunk(3 << 20));
        let error = bucket.put_file("long", &path).await.unwrap_err().to_string();
        assert!(error.starts_with("The bucket cannot be used: "), "{error}");
        assert_eq!(bucket.list().await.unwrap(), []);
        // Each connection carries a part or two, and breaks off within the next.
        proxy.set(Mood::Sunk(20 << 20));
        bucket.put_file("long", &path).await.unwrap();
        assert!(proxy.taken() > 2, "it was cut off: {}", proxy.taken());
        let wanted = Object { name: "long".to_owned(), bytes: bytes.len() as u64 };
        assert_eq!(bucket.list().await.unwrap(), [wanted]);
        proxy.set(Mood::Pass);
        let back = folder.join("back");
        let mut heard = 0;
        let into = (fs::File::create(&back).unwrap(), back.as_path());
        bucket.fetch("long", into, |done, _| heard = done).await.unwrap();
        assert_eq!((heard, fs::read(&back).unwrap() == bytes), (bytes.len() as u64, true));
        bucket.remove("long").await.unwrap();
        bucket.remove("long").await.unwrap();
        assert_eq!(bucket.get("long", 10).await.unwrap(), None);
    });
}

struct Storage {
    _process: Process,
    address: SocketAddr,
}

impl Storage {
    /// On free ports of the loopback, with one bucket.
    fn start(folder: &Folder) -> Self {
        let held: Vec<TcpListener> =
            (0..10).map(|_| TcpListener::bind("127.0.0.1:0").unwrap()).collect();
        let ports: Vec<SocketAddr> = held.iter().map(|one| one.local_addr().unwrap()).collect();
        drop(held);
        let mut command = python::command(&python::storage().join("weed"), folder, "127.0.0.1", 0);
        command.env("AWS_ACCESS_KEY_ID", ACCESS_KEY).env("AWS_SECRET_ACCESS_KEY", SECRET_KEY);
        let data = folder.join("storage");
        fs::create_dir(&data).unwrap();
        command.arg("mini").arg(format!("-dir={}", data.display()));
        command.args(["-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-bucket=backups"]);
        command.args(["-master.telemetry=false", "-webdav=false", "-admin.ui=false"]);
        command.args(["-s3.port.iceberg=0", "-s3.port.lance=0"]);
        let names = ["s3", "master", "volume", "filer", "admin"];
        for (name, pair) in names.iter().zip(ports.chunks(2)) {
            command.arg(format!("-{name}.port={}", pair[0].port()));
            command.arg(format!("-{name}.port.grpc={}", pair[1].port()));
        }
        let process = Process::start(command, &folder.join("storage.log"));
        let address = ports[0];
        let bucket = at(address, "");
        wait::until("the storage", LONG, || {
            run(bucket.list()).map_err(|error| format!("{error}\n{}", process.log()))
        });
        Self { _process: process, address }
    }

    fn url(&self, folder: &str) -> String {
        format!("http://{}/backups/{folder}", self.address)
    }

    fn list(&self, folder: &str) -> Vec<String> {
        let listed = run(at(self.address, folder).list()).unwrap();
        listed.into_iter().map(|object| object.name).collect()
    }
}

fn at(address: SocketAddr, folder: &str) -> Bucket {
    let endpoint = format!("http://{address}");
    let place = Place {
        endpoint: &endpoint,
        bucket: "backups",
        folder,
        region: "us-east-1",
        access_key: ACCESS_KEY,
        secret_key: SECRET_KEY,
    };
    Bucket::at(&place).unwrap()
}

fn run<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(work)
}

fn fetch(server: &Server, storage: &Storage, more: &[&str]) -> Done {
    let (url, secret) = (storage.url("office/copies"), server.folder().join("secret"));
    let secret = secret.display().to_string();
    let ask =
        ["backup", "fetch", "--s3", &url, "--access-key", ACCESS_KEY, "--secret-file", &secret];
    server.run(&[&ask, more].concat())
}

fn only_one(storage: &Storage, server: &Server) -> String {
    wait::until("one copy in the bucket", LONG, || {
        let listed = fetch(server, storage, &["--json"]).json();
        match listed["items"].as_array().map(Vec::as_slice) {
            Some([one]) => Ok(one["name"].as_str().unwrap().to_owned()),
            _ => Err(listed),
        }
    })
}

fn keep_secret(server: &Server, folder: &Folder, secret: &str) {
    for place in [server.folder().join("secret"), folder.join("secret")] {
        fs::write(place, format!("{secret}\n")).unwrap();
    }
    let file = folder.join("secret").display().to_string();
    server.run(&["backup", "s3-secret", "--secret-file", &file]).ok();
}

fn problem(server: &Server, wanted: &str) {
    wait::until("the problem to be told", LONG, || {
        let said = standing(server)["problem"].clone();
        if said.as_str().is_some_and(|said| said.contains(wanted)) { Ok(()) } else { Err(said) }
    });
}

fn no_problem(server: &Server) {
    wait::until("no problem", LONG, || match standing(server)["problem"].clone() {
        Value::Null => Ok(()),
        said => Err(said),
    });
}

fn standing(server: &Server) -> Value {
    server.run(&["status", "--json"]).json()["backups"].clone()
}

fn names(folder: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

//! The API as its callers see it: the whole router over a real door in a temporary folder.

mod accounts;
mod activity;
mod catalog;
mod changes;
mod computers;
mod copies;
mod described;
mod entries;
mod erasing;
mod foreign;
mod hours;
mod imports;
mod jobs;
mod limits;
mod links;
mod office_settings;
mod once;
mod person_data;
mod policy;
mod redaction;
mod renaming;
mod retention;
mod rights;
mod server;
mod sessions;
mod standing;
mod striking;
mod taking_out;
mod team_viewing;
mod tiers;
mod timesheets;
mod totp;
mod tour;
mod viewing;
mod warnings;

use std::cell::Cell;
use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;
use tower::ServiceExt;

use super::{Capabilities, Services, router};
use crate::consensus::{Door as DataDoor, DoorOptions, STATE_FILE};
use crate::domain::office::Office;
use crate::domain::time::Timestamp;
use crate::net::peer::OsUser;
use crate::net::{ClientCertificate, Door, Peer};
use crate::service::accounts::Accounts;
use crate::service::audit::AuditLog;
use crate::service::backup::{BackupDesk, Backups};
use crate::service::book::{Book, Imports};
use crate::service::control::founding;
use crate::service::control::power::{Power, Wishes};
use crate::service::control::status::Status;
use crate::service::devices::Devices;
use crate::service::doctor::Doctor;
use crate::service::events::Events;
use crate::service::health::Health;
use crate::service::job::Jobs;
use crate::service::mail::Mail;
use crate::service::office_setting::Settings;
use crate::service::once::Answers;
use crate::service::retention::Retention;
use crate::service::tracking::Tracking;
use crate::service::worker::Worker;
use crate::store::tables::Offices;
use crate::store::{State, Write as _, read};

const PASSWORD: &str = "correct horse battery";

thread_local! {
    /// A test runs on one thread, and so does everything that asks what time it is.
    static NOW: Cell<i64> = const { Cell::new(1_795_333_311_000) };
}

fn now() -> Timestamp {
    Timestamp::new(NOW.get()).unwrap()
}

fn let_pass(ms: i64) {
    NOW.set(NOW.get() + ms);
}

/// An office with its router.
struct Desk {
    router: Router,
    door: DataDoor,
    accounts: Arc<Accounts>,
    mail: Mail,
    services: Services,
    /// Nobody grants them here: an announced end stays one.
    _wishes: Wishes,
    _folder: TempDir,
}

/// One answer.
#[derive(Debug)]
struct Reply {
    status: StatusCode,
    headers: HeaderMap,
    bytes: Vec<u8>,
}

/// Somebody at the desk: a connection and the headers they send with every request.
#[derive(Clone, Debug)]
struct Caller {
    peer: Peer,
    headers: Vec<(&'static str, String)>,
}

impl Desk {
    async fn open() -> Self {
        Self::open_in(tempfile::tempdir().unwrap()).await
    }

    /// The same office as a restore leaves it: of the next epoch.
    async fn restored(self) -> Self {
        let Self { router, door, accounts, mail, services, _folder: folder, .. } = self;
        door.close().await.unwrap();
        drop((router, accounts, mail, services));
        let state = State::open(&folder.path().join(STATE_FILE)).unwrap();
        let next = state.write_durably(|writer| {
            let office = read::office(writer.as_reader())?.unwrap();
            let server_epoch = office.server_epoch + 1;
            writer.put::<Offices>(&(), &Office { server_epoch, ..office })
        });
        next.unwrap();
        drop(state);
        Self::open_in(folder).await
    }

    async fn open_in(folder: TempDir) -> Self {
        let dir = folder.path().to_owned();
        let door = DataDoor::open(DoorOptions { dir: dir.clone(), ..DoorOptions::default() })
            .await
            .unwrap();
        let authority = founding::open(&door, &dir, &[], now()).await.unwrap();
        let addresses = Arc::new(|| vec!["office.lan:8443".to_owned()]);
        let accounts = Arc::new(Accounts::new(door.clone(), Arc::clone(&authority.key)).unwrap());
        let mail = Mail::new(door.clone(), Arc::clone(&authority.key), now);
        let (power, wishes) = Power::new(door.clone(), dir.clone(), now, None);
        let services = Services::from(Capabilities {
            accounts: Arc::clone(&accounts),
            devices: Devices::new(door.clone(), authority.ca, authority.receipts, addresses),
            tracking: Tracking::new(door.clone()),
            audit: AuditLog::new(door.clone()),
            book: Book::new(door.clone()),
            events: Events::new(door.clone()),
            status: Status::new(
                door.clone(),
                Health::new(door.clone()),
                dir.clone(),
                Default::default(),
                now,
            ),
            power,
            health: Health::new(door.clone()),
            doctor: Doctor::new(door.clone()),
            settings: Settings::new(door.clone()),
            retention: Retention::new(door.clone(), now),
            mail: mail.clone(),
            jobs: Jobs::open(door.clone(), &dir, now).await.unwrap(),
            backups: BackupDesk::new(
                door.clone(),
                Backups::new(&dir),
                Arc::clone(&authority.key),
                now,
            ),
            imports: Imports::new(door.clone()),
            answers: Answers::new(door.clone(), Arc::clone(&authority.key)),
            worker: Worker::new(door.clone(), now),
            executable: Arc::new(PathBuf::from("/proc/self/exe")),
            import_folder: Arc::new(dir),
            import_bytes: 10 * 1024 * 1024,
            now,
        });
        let router = router(services.clone());
        Self { router, door, accounts, mail, services, _wishes: wishes, _folder: folder }
    }

    /// With one person of each role: ada, bo and cy.
    async fn with_people() -> Self {
        let desk = Self::open().await;
        for (name, role) in [("ada", "administrator"), ("bo", "manager"), ("cy", "employee")] {
            desk.add(name, role).await.expect(StatusCode::CREATED);
        }
        desk
    }

    async fn add(&self, name: &str, role: &str) -> Reply {
        let new =
            json!({"name": name, "password": PASSWORD, "role": role, "time_zone": "Europe/Berlin"});
        self.post(&terminal(), "/api/v1/users", &new).await
    }

    async fn sign_in(&self, name: &str) -> Caller {
        self.sign_in_with(name, &[]).await
    }

    async fn sign_in_with(&self, name: &str, headers: &[(&'static str, &str)]) -> Caller {
        let who = json!({"name": name, "password": PASSWORD});
        let from = headers.iter().fold(browser(), |caller, (name, value)| caller.with(name, value));
        let reply = self.post(&from, "/api/v1/session", &who).await.expect(StatusCode::OK);
        let cookie = reply.headers["set-cookie"].to_str().unwrap();
        browser().with("cookie", cookie.split(';').next().unwrap())
    }

    async fn token(&self, name: &str, device: &str, scopes: &[&str]) -> Caller {
        let new = json!({"user": name, "device": device, "scopes": scopes});
        let made = self.post(&terminal(), "/api/v1/tokens", &new).await.expect(StatusCode::CREATED);
        let token = made.json()["token"].as_str().unwrap().to_owned();
        browser().with("authorization", &format!("Bearer {token}"))
    }

    async fn get(&self, caller: &Caller, path: &str) -> Reply {
        self.send(caller, Method::GET, path, "", Vec::new()).await
    }

    async fn post(&self, caller: &Caller, path: &str, body: &Value) -> Reply {
        self.send(caller, Method::POST, path, "application/json", body.to_string().into()).await
    }

    async fn put(&self, caller: &Caller, path: &str, body: &Value) -> Reply {
        self.send(caller, Method::PUT, path, "application/json", body.to_string().into()).await
    }

    async fn delete(&self, caller: &Caller, path: &str) -> Reply {
        self.send(caller, Method::DELETE, path, "application/json", Vec::new()).await
    }

    async fn send(
        &self,
        caller: &Caller,
        method: Method,
        path: &str,
        media_type: &str,
        body: Vec<u8>,
    ) -> Reply {
        let mut request = Request::builder().method(method.clone()).uri(path);
        if !media_type.is_empty() {
            request = request.header("content-type", media_type);
        }
        for (name, value) in &caller.headers {
            request = request.header(*name, value);
        }
        let request = request.extension(caller.peer.clone()).body(Body::from(body)).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        // A stream of events has no end to wait for.
        let is_stream = parts.headers.get("content-type").is_some_and(|t| t == "text/event-stream");
        let bytes =
            if is_stream { Vec::new() } else { to_bytes(body, usize::MAX).await.unwrap().to_vec() };
        let reply = Reply { status: parts.status, headers: parts.headers, bytes };
        described::check(&method, path, &reply);
        reply
    }

    async fn audited(&self, action: &str) -> usize {
        let entries = self.door.read(|reader| read::audit(reader, 0, 10_000)).await.unwrap();
        entries.iter().filter(|entry| entry.action.as_str() == action).count()
    }
}

impl Reply {
    #[track_caller]
    fn expect(self, status: StatusCode) -> Self {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.bytes));
        self
    }

    #[track_caller]
    fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes)
            .unwrap_or_else(|error| panic!("{error} in {}", String::from_utf8_lossy(&self.bytes)))
    }

    /// A problem of this status and code, with a sentence and a next step.
    #[track_caller]
    fn problem(&self, status: u16, code: &str) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", String::from_utf8_lossy(&self.bytes));
        assert_eq!(self.headers["content-type"], "application/problem+json");
        let problem = self.json();
        assert_eq!(
            (problem["code"].as_str(), problem["status"].as_u64()),
            (Some(code), Some(status.into()))
        );
        for words in ["detail", "next"] {
            let words = problem[words].as_str().unwrap();
            assert!(words.contains(' ') && words.ends_with('.'), "{words}");
        }
        problem
    }

    #[track_caller]
    fn items(&self) -> Vec<Value> {
        self.json()["items"].as_array().unwrap().clone()
    }
}

impl Caller {
    fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }
}

/// A browser on the office's network.
fn browser() -> Caller {
    let peer = Peer {
        address: "192.168.1.7:50000".parse().unwrap(),
        local: "192.168.1.2:8443".parse().unwrap(),
        door: Door::Tls,
        secure: true,
        certificate: None,
        os_user: None,
    };
    Caller { peer, headers: vec![("host", "office.lan:8443".to_owned())] }
}

/// The server's own terminal, over the admin socket.
fn terminal() -> Caller {
    let os_user = Some(OsUser { uid: 1000, name: "root".to_owned(), is_own: true });
    let peer = Peer { door: Door::Admin, os_user, ..loopback().peer };
    Caller { peer, headers: Vec::new() }
}

/// A program on the server's computer, over the loopback door.
fn loopback() -> Caller {
    let address = "127.0.0.1:50001".parse().unwrap();
    let peer = Peer { address, door: Door::PlainLoopback, secure: false, ..browser().peer };
    Caller { peer, headers: vec![("host", "127.0.0.1:8080".to_owned())] }
}

/// An enrolled computer.
fn computer(device: &str) -> Caller {
    let certificate = ClientCertificate {
        common_name: device.to_owned(),
        serial_hex: "01".to_owned(),
        fingerprint: [0; 32],
    };
    let peer = Peer { certificate: Some(Arc::new(certificate)), ..browser().peer };
    Caller { peer, headers: Vec::new() }
}

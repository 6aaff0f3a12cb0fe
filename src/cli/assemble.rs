//! Where everything meets: the door, the office's keys, the services, the routes.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use tokio::task::JoinSet;

use super::config::Config;
use super::exit::Failure;
use crate::api::{self, Capabilities, Services};
use crate::clock;
use crate::consensus::{Door, DoorOptions, OpenError, discard_unfinished};
use crate::net::own;
use crate::net::serve::Traffic;
use crate::service::accounts::Accounts;
use crate::service::audit::AuditLog;
use crate::service::backup::{BackupDesk, Backups};
use crate::service::book::{Book, Imports};
use crate::service::control::founding::{self, Authority};
use crate::service::control::power::{Power, Wish, Wishes};
use crate::service::control::status::{LastDay, ShownCertificates, Status};
use crate::service::control::stopped::Stopped;
use crate::service::devices::Devices;
use crate::service::doctor::Doctor;
use crate::service::events::Events;
use crate::service::health::Health;
use crate::service::job::Jobs;
use crate::service::late_note;
use crate::service::mail::Mail;
use crate::service::office_setting::Settings;
use crate::service::once::Answers;
use crate::service::retention::{Retention, Room};
use crate::service::tier::Tiers;
use crate::service::tracking::Tracking;
use crate::service::worker::Worker;
use crate::store::OpenError as FileError;

/// What lasts over a stop and a start, beyond any house. Cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct Lasting {
    /// The connections.
    pub(crate) traffic: Arc<Traffic>,
    /// How the server did over the last day.
    pub(crate) last_day: LastDay,
    /// What the HTTPS door shows.
    pub(crate) certificates: ShownCertificates,
}

/// The server, put together and not yet on any socket.
pub(crate) struct House {
    door: Door,
    authority: Arc<Authority>,
    router: Router,
    mail: Mail,
    jobs: Jobs,
    accounts: Arc<Accounts>,
    backups: BackupDesk,
    imports: Imports,
    worker: Worker,
    status: Status,
    power: Power,
    wishes: Wishes,
    duties: JoinSet<()>,
}

impl House {
    /// Opens the data in `config.data` and builds everything over it. `addresses` are where this server is reached.
    ///
    /// # Errors
    /// A sentence when the data cannot be opened or its office's keys are not there.
    pub(crate) async fn open(
        config: &Config,
        addresses: Addresses,
        lasting: Lasting,
    ) -> Result<Self, Failure> {
        // Of a restore that was cut off before it was decided nothing counts.
        discard_unfinished(&config.data).map_err(Failure::failed)?;
        let door = open_door(config).await.map_err(Failure::failed)?;
        late_note::write_down(&door, &config.data).await.map_err(Failure::failed)?;
        Self::over(config, door, addresses, lasting, None).await
    }

    /// The same out of service: `stopped` says since when. Nothing in `config.data` is changed, and nothing goes on in the background.
    ///
    /// # Errors
    /// As [`House::open`].
    pub(crate) async fn rest(
        config: &Config,
        addresses: Addresses,
        lasting: Lasting,
        stopped: Stopped,
    ) -> Result<Self, Failure> {
        let door = rest_door(config).await.map_err(Failure::failed)?;
        Self::over(config, door, addresses, lasting, Some(stopped)).await
    }

    async fn over(
        config: &Config,
        door: Door,
        addresses: Addresses,
        lasting: Lasting,
        stopped: Option<Stopped>,
    ) -> Result<Self, Failure> {
        let mut names = config.server.names.clone();
        names.push(own::host_name());
        let authority = founding::open(&door, &config.data, &names, clock::now())
            .await
            .map_err(Failure::failed)?;
        let authority = Arc::new(authority);
        let jobs = Jobs::open(door.clone(), &config.data, clock::now).await;
        let jobs = jobs.map_err(Failure::failed)?;
        let mail = Mail::new(door.clone(), Arc::clone(&authority.key), clock::now);
        let accounts = Accounts::new(door.clone(), Arc::clone(&authority.key));
        let accounts = Arc::new(accounts.map_err(Failure::failed)?);
        let imports = Imports::new(door.clone());
        let backups = Backups::new(&config.data);
        let key = Arc::clone(&authority.key);
        let backups = BackupDesk::new(door.clone(), backups, key, clock::now);
        let worker = Worker::new(door.clone(), clock::now);
        let (health, dir) = (Health::new(door.clone()), config.data.clone());
        let Lasting { traffic, last_day, certificates } = lasting;
        let lasting = (traffic, last_day, certificates);
        let status = Status::new(door.clone(), health.clone(), dir, lasting, clock::now);
        let (power, wishes) = Power::new(door.clone(), config.data.clone(), clock::now, stopped);
        let services = Services::from(Capabilities {
            accounts: Arc::clone(&accounts),
            devices: Devices::new(
                door.clone(),
                Arc::clone(&authority.ca),
                authority.receipts.clone(),
                addresses,
            ),
            tracking: Tracking::new(door.clone()),
            health,
            status: status.clone(),
            power: power.clone(),
            audit: AuditLog::new(door.clone()),
            book: Book::new(door.clone()),
            events: Events::new(door.clone()),
            doctor: Doctor::new(door.clone()),
            settings: Settings::new(door.clone()),
            retention: Retention::new(door.clone(), clock::now),
            mail: mail.clone(),
            jobs: jobs.clone(),
            backups: backups.clone(),
            imports: imports.clone(),
            answers: Answers::new(door.clone(), Arc::clone(&authority.key)),
            worker: worker.clone(),
            executable: Arc::new(std::env::current_exe().map_err(Failure::failed)?),
            import_folder: Arc::new(config.data.clone()),
            import_bytes: config.server.import_bytes,
            now: clock::now,
        });
        let router = api::router(services);
        let duties = JoinSet::new();
        Ok(Self {
            door,
            authority,
            router,
            mail,
            jobs,
            accounts,
            backups,
            imports,
            worker,
            status,
            power,
            wishes,
            duties,
        })
    }

    pub(crate) const fn door(&self) -> &Door {
        &self.door
    }

    pub(crate) fn authority(&self) -> Arc<Authority> {
        Arc::clone(&self.authority)
    }

    /// What goes on in the background while the server runs: mail goes out, past jobs go, erasures come to their end, what is too old goes, room
    /// on the disk is given back, what is over is packed and added up.
    pub(crate) fn begin_duties(&mut self) {
        self.duties.spawn(self.mail.clone().deliver());
        self.duties.spawn(self.jobs.clone().keep_tidy());
        self.duties.spawn(self.status.clone().keep_history());
        let retention = Retention::new(self.door.clone(), clock::now);
        self.worker.begin("retention", RETENTION_EVERY, move || {
            let retention = retention.clone();
            async move { retention.sweep().await }
        });
        let room = Room::new(self.door.clone());
        self.worker.begin("room", ROOM_EVERY, move || {
            let room = room.clone();
            async move { room.give_back().await }
        });
        let answers = Retention::new(self.door.clone(), clock::now);
        self.worker.begin("answers", ANSWERS_EVERY, move || {
            let answers = answers.clone();
            async move { answers.forget_answers().await }
        });
        let tiers = Tiers::new(self.door.clone(), clock::now);
        self.worker.begin("tiers", TIERS_EVERY, move || {
            let tiers = tiers.clone();
            async move { tiers.tidy().await }
        });
        let mail = self.mail.clone();
        self.worker.begin("warnings", WARNINGS_EVERY, move || {
            let mail = mail.clone();
            async move { mail.warn().await }
        });
        let imports = self.imports.clone();
        self.worker.begin("imports", IMPORTS_EVERY, move || {
            let imports = imports.clone();
            async move { imports.clear(clock::now).await }
        });
        let backups = self.backups.clone();
        self.worker.begin("backups", BACKUPS_EVERY, move || {
            let backups = backups.clone();
            async move { backups.keep_schedule().await }
        });
        let backups = self.backups.clone();
        self.worker.begin("backup_copies", BACKUPS_EVERY, move || {
            let backups = backups.clone();
            async move { backups.keep_copies().await }
        });
        let (accounts, backups) = (Arc::clone(&self.accounts), self.backups.clone());
        self.worker.begin("erasures", ERASURES_EVERY, move || {
            let (accounts, backups) = (Arc::clone(&accounts), backups.clone());
            async move {
                let ended = accounts.go_on_erasing(clock::now).await?;
                // What a crash came before is written down now.
                backups.note_erasures().await?;
                let said = (ended > 0).then(|| format!("{ended} erasures came to their end."));
                Ok(said.unwrap_or_default())
            }
        });
    }

    pub(crate) fn router(&self) -> Router {
        self.router.clone()
    }

    /// Does this in the background, too, until the house is closed.
    pub(crate) fn also(&mut self, duty: impl Future<Output = ()> + Send + 'static) {
        self.duties.spawn(duty);
    }

    pub(crate) const fn power(&self) -> &Power {
        &self.power
    }

    /// What somebody wishes next for the server. Nothing is lost when the wait is given up.
    pub(crate) async fn wish(&mut self) -> Wish {
        match self.wishes.recv().await {
            Some(wish) => wish,
            // Never: this house holds the other end.
            None => std::future::pending().await,
        }
    }

    /// Waits for jobs that were begun here.
    pub(crate) async fn settled(&self) {
        self.jobs.settled().await;
    }

    /// Finishes what is under way and closes the files.
    pub(crate) async fn close(mut self) -> Result<(), Failure> {
        self.worker.end();
        self.duties.shutdown().await;
        self.jobs.break_off().await;
        self.door.close().await.map_err(Failure::failed)
    }
}

/// Where a server that listens on `listen` is reached, looked up afresh each time: networks come and go.
pub(crate) fn addresses(config: &Config, listen: SocketAddr) -> Addresses {
    let names = config.server.names.clone();
    Arc::new(move || own::reachable(listen, &names))
}

/// Where the server is reached now, as `host:port`.
pub(crate) type Addresses = Arc<dyn Fn() -> Vec<String> + Send + Sync>;

/// Opens the data. We hold the instance lock, so whoever still has the files open is the working process of a launcher that was killed:
/// it lets go as soon as it has drained.
pub(super) async fn open_door(config: &Config) -> Result<Door, OpenError> {
    let options = || DoorOptions { dir: config.data.clone(), ..DoorOptions::default() };
    unless_in_use(|| Door::open(options())).await
}

/// The same for reading only, of a server that is out of service.
pub(super) async fn rest_door(config: &Config) -> Result<Door, OpenError> {
    let options = || DoorOptions { dir: config.data.clone(), ..DoorOptions::default() };
    unless_in_use(|| Door::rest(options())).await
}

async fn unless_in_use<F>(open: impl Fn() -> F) -> Result<Door, OpenError>
where
    F: Future<Output = Result<Door, OpenError>>,
{
    let since = Instant::now();
    loop {
        match open().await {
            Err(OpenError::File(FileError::InUse(_))) if since.elapsed() < PREDECESSOR => {
                tokio::time::sleep(LOOK_AGAIN).await;
            }
            other => return other,
        }
    }
}

/// A backup is made within the minute in which it is due.
const BACKUPS_EVERY: Duration = Duration::from_secs(20);
/// Whoever asked for an erasure does most of it; the rest can wait so long.
const ERASURES_EVERY: Duration = Duration::from_secs(60);
/// So long a warning may wait before it is written.
const WARNINGS_EVERY: Duration = Duration::from_secs(10);
/// Limits are whole days.
const RETENTION_EVERY: Duration = Duration::from_secs(24 * 60 * 60);
/// Of the hours of a day some are quiet.
const ROOM_EVERY: Duration = Duration::from_secs(60 * 60);
/// What was answered is kept for a day, and little longer.
const ANSWERS_EVERY: Duration = Duration::from_secs(60 * 60);
/// Days that are over are packed soon after.
const TIERS_EVERY: Duration = Duration::from_secs(10 * 60);
/// An import that broke off does not stay for long.
const IMPORTS_EVERY: Duration = Duration::from_secs(60);
/// Longer than a server drains.
const PREDECESSOR: Duration = Duration::from_secs(30);
const LOOK_AGAIN: Duration = Duration::from_millis(100);

//! The house that is open behind the doors, and the change from one that serves to one that is out of service and back.
//!
//! Both live in this process, one after the other: so no connection ends with a stop, and what foreign clients bring meanwhile waits at
//! the front until there is a house that takes it. A process that begins with `DIR/stopped` begins with a house out of service.

use std::net::SocketAddr;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::sync::oneshot;

use super::assemble::{House, Lasting, addresses};
use super::certificates::Shown;
use super::config::Config;
use super::exit::Failure;
use super::front::Front;
use super::print;
use crate::clock;
use crate::domain::command::Actor;
use crate::domain::id::OfficeId;
use crate::net::Limits;
use crate::net::serve::Traffic;
use crate::net::tls::Certificates;
use crate::service::backup::{self, LastRestore};
use crate::service::control::power::Wish;
use crate::service::control::setup_link;
use crate::service::control::stopped::Stopped;

/// The house, and what it is opened with.
pub(crate) struct Shift<'a> {
    config: &'a Config,
    doors: Doors,
    lasting: Lasting,
    front: Front,
    certificates: Arc<Certificates>,
    /// There is always one but between two.
    house: Option<House>,
}

/// Where this server is reached.
#[derive(Clone, Copy)]
pub(crate) struct Doors {
    /// By everybody.
    pub(crate) network: SocketAddr,
    /// From this computer.
    pub(crate) here: SocketAddr,
}

/// Why nobody is to be served any more by this process.
pub(crate) enum Ended {
    /// It was told to end.
    Told,
    /// Another process is to take its place.
    Restart,
    /// It cannot go on.
    Failed(Failure),
}

impl<'a> Shift<'a> {
    /// Opens the house over the data of `config`, out of service if that was so when the last process ended.
    ///
    /// # Errors
    /// As [`House::open`].
    pub(crate) async fn open(
        config: &'a Config,
        doors: Doors,
        traffic: Arc<Traffic>,
    ) -> Result<Self, Failure> {
        let lasting = Lasting { traffic, ..Lasting::default() };
        let reached = addresses(config, doors.network);
        let stopped = Stopped::read(&config.data).map_err(Failure::failed)?;
        let house = match stopped.clone() {
            Some(stopped) => House::rest(config, reached, lasting.clone(), stopped).await?,
            None => House::open(config, reached, lasting.clone()).await?,
        };
        let certificates = Arc::new(shown(config, &house).load().await?);
        // Only here it is said which these are.
        drop(lasting.certificates.set(Arc::clone(&certificates)));
        let (front, house) = (Front::new(), Some(house));
        let mut shift = Self { config, doors, lasting, front, certificates, house };
        match stopped {
            Some(stopped) => shift.rests(&stopped),
            None => shift.works().await?,
        }
        Ok(shift)
    }

    /// What the HTTPS door shows.
    pub(crate) fn certificates(&self) -> Arc<Certificates> {
        Arc::clone(&self.certificates)
    }

    /// Whose server this is.
    pub(crate) fn office(&self) -> Option<OfficeId> {
        self.house.as_ref().map(|house| house.authority().office)
    }

    /// What the doors hand requests to.
    pub(crate) const fn front(&self) -> &Front {
        &self.front
    }

    /// Does what is wished for until `told` to end, or until that is not possible any more. A change under way is finished first.
    pub(crate) async fn keep(&mut self, told: impl Future<Output = ()>) -> Ended {
        let mut told = std::pin::pin!(told);
        while let Some(house) = &mut self.house {
            let door = house.door().clone();
            let wish = tokio::select! {
                () = &mut told => return Ended::Told,
                fatal = door.fatal() => return Ended::Failed(Failure::failed(fatal)),
                wish = house.wish() => wish,
            };
            drop(door);
            let done = match wish {
                Wish::Restart => return Ended::Restart,
                Wish::Stop(stopped) => self.stop(stopped).await,
                Wish::Start { by, answer } => self.start(by, answer).await,
                Wish::Restore { by, file } => self.restore(by, file).await,
            };
            if let Err(failure) = done {
                return Ended::Failed(failure);
            }
        }
        Ended::Told
    }

    /// Finishes what is under way and closes the files.
    pub(crate) async fn close(self) -> Result<(), Failure> {
        match self.house {
            Some(house) => house.close().await,
            None => Ok(()),
        }
    }

    async fn stop(&mut self, stopped: Stopped) -> Result<(), Failure> {
        self.empty().await?;
        self.rest(stopped).await
    }

    async fn start(
        &mut self,
        by: Actor,
        answer: oneshot::Sender<Result<(), String>>,
    ) -> Result<(), Failure> {
        let stopped = self.house.as_ref().and_then(|house| house.power().stopped());
        let Some(stopped) = stopped else { return Ok(()) };
        self.empty().await?;
        let done = self.back_in_service(by, &stopped).await;
        if let Err(failure) = &done {
            tracing::error!("the server stays out of service: {failure}");
            self.empty().await?;
            self.rest(stopped).await?;
        }
        // Whoever asked may have gone.
        drop(answer.send(done.map_err(|failure| failure.to_string())));
        Ok(())
    }

    /// Puts a backup in place of what is there and serves it. A server that was out of service serves afterwards, too: nobody is signed in
    /// any more who could start it. When it cannot be done everything is as before.
    async fn restore(&mut self, by: Actor, file: PathBuf) -> Result<(), Failure> {
        let stopped = self.house.as_ref().and_then(|house| house.power().stopped());
        self.empty().await?;
        let (data, now) = (self.config.data.clone(), clock::now());
        let beside = file.parent().map(Path::to_path_buf).unwrap_or_default();
        let wish = backup::Wish { data, file, beside, without_safety: false, actor: by, now };
        let restored = backup::restore(&wish, || Box::new(|_| ControlFlow::Continue(()))).await;
        match (restored, stopped) {
            (Err(failure), stopped) => {
                tracing::error!("the backup was not restored: {failure}");
                LastRestore::failed(now, &failure.to_string()).write(&self.config.data);
                if let Some(stopped) = stopped {
                    return self.rest(stopped).await;
                }
            }
            (Ok(restored), stopped) => {
                tracing::warn!(
                    epoch = restored.epoch,
                    "a backup was restored; everybody signs in anew"
                );
                if stopped.is_some() {
                    Stopped::forget(&self.config.data).map_err(Failure::failed)?;
                }
            }
        }
        let reached = addresses(self.config, self.doors.network);
        let house = House::open(self.config, reached, self.lasting.clone()).await?;
        self.house = Some(house);
        self.works().await
    }

    async fn back_in_service(&mut self, by: Actor, stopped: &Stopped) -> Result<(), Failure> {
        let reached = addresses(self.config, self.doors.network);
        let house = House::open(self.config, reached, self.lasting.clone()).await?;
        let house = self.house.insert(house);
        Stopped::forget(&self.config.data).map_err(|error| {
            Failure::failed(format!("The file `stopped` cannot be removed: {error}."))
        })?;
        if let Err(error) = house.power().started(by, stopped).await {
            tracing::error!(%error, "the audit log does not say who started the server");
        }
        self.works().await?;
        tracing::info!("in service again");
        Ok(())
    }

    /// Lets everybody out and closes the house.
    async fn empty(&mut self) -> Result<(), Failure> {
        self.front.shut(Limits::default().drain).await;
        match self.house.take() {
            Some(house) => house.close().await,
            None => Ok(()),
        }
    }

    async fn rest(&mut self, stopped: Stopped) -> Result<(), Failure> {
        let reached = addresses(self.config, self.doors.network);
        let lasting = self.lasting.clone();
        let house = House::rest(self.config, reached, lasting, stopped.clone()).await?;
        self.house = Some(house);
        self.rests(&stopped);
        Ok(())
    }

    fn rests(&mut self, stopped: &Stopped) {
        let Some(house) = &mut self.house else { return };
        house.also(shown(self.config, house).keep_fresh(Arc::clone(&self.certificates)));
        self.front.rest(house.router());
        tracing::warn!(
            "out of service. {} Start it with: timebook start --data {}",
            stopped.sentence(),
            self.config.data.display()
        );
    }

    async fn works(&mut self) -> Result<(), Failure> {
        let Some(house) = &mut self.house else { return Ok(()) };
        let (door, dir) = (house.door().clone(), &self.config.data);
        let link = setup_link::open(&door, dir, self.doors.here, clock::now()).await;
        if let Some(link) = link.map_err(Failure::failed)? {
            print::line(&format!(
                "Set up this office (once, within a day, on this computer): {link}"
            ));
            house.also(setup_link::forget_when_used(door, dir.clone()));
        }
        house.begin_duties();
        house.also(shown(self.config, house).keep_fresh(Arc::clone(&self.certificates)));
        self.front.work(house.router());
        Ok(())
    }
}

fn shown(config: &Config, house: &House) -> Shown {
    Shown::new(house.door().clone(), house.authority(), &config.server)
}

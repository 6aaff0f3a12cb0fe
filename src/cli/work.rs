//! The working child of `timebook serve`: the house on the sockets the launcher holds.

use std::net::TcpListener;
use std::process::ExitCode;
use std::sync::Arc;

use super::assemble::{House, addresses};
use super::call::SOCKET;
use super::certificates::Shown;
use super::config::Config;
use super::exit::{Exit, Failure};
use super::print;
use crate::clock;
use crate::net::admin::AdminListener;
use crate::net::serve::{Entrance, Listener, Traffic, serve};
use crate::net::{Limits, open_files};
use crate::service::control::setup_link;
use crate::slots::launcher::{Inherited, StopSignals};

/// Works until told to stop, or until the data can no longer be written.
pub(crate) fn run(config: &Config) -> anyhow::Result<ExitCode> {
    let inherited = Inherited::take()?
        .ok_or_else(|| Failure::usage("--child is for the launcher only. Run: timebook serve"))?;
    if let Err(error) = open_files::raise_limit() {
        tracing::warn!(%error, "the system's limit on open files stays as it was");
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let worked = runtime.block_on(work(config, inherited));
    // Blocking threads that still read finish in the background; nobody waits for them.
    runtime.shutdown_background();
    worked?;
    Ok(Exit::Done.into())
}

async fn work(config: &Config, mut inherited: Inherited) -> Result<(), Failure> {
    let mut take = |name: &str| {
        inherited.socket(name).ok_or_else(|| {
            Failure::failed(format!("The launcher did not hand over its socket `{name}`."))
        })
    };
    let (tls, loopback) = (take(TLS)?, take(LOOPBACK)?);
    // From here on a signal ends this process in order, however early it comes.
    let mut signals = StopSignals::new().map_err(Failure::failed)?;
    inherited.link.keep_telling().map_err(Failure::failed)?;
    let (at, here) = (local(&tls)?, local(&loopback)?);
    let traffic = Arc::new(Traffic::default());
    let house = House::open(config, addresses(config, at), Arc::clone(&traffic)).await?;
    house.begin_duties();
    let shown = Shown::new(house.door().clone(), house.authority(), &config.server);
    let certificates = Arc::new(shown.load().await?);
    let link = setup_link::open(house.door(), &config.data, here, clock::now())
        .await
        .map_err(Failure::failed)?;
    let admin = AdminListener::bind(&config.data.join(SOCKET)).map_err(Failure::failed)?;
    let entrance = |listener| Entrance { listener, router: house.router() };
    let entrances = vec![
        entrance(Listener::tls(tls, Arc::clone(&certificates)).map_err(Failure::failed)?),
        entrance(Listener::plain_loopback(loopback).map_err(Failure::failed)?),
        entrance(Listener::Admin(admin)),
    ];
    let fresh = tokio::spawn(shown.keep_fresh(certificates));
    tracing::info!("serving https://{at} and http://{here}");
    if let Some(link) = link {
        print::line(&format!("Set up this office (once, within a day, on this computer): {link}"));
        tokio::spawn(setup_link::forget_when_used(house.door().clone(), config.data.clone()));
    }
    let gone = inherited.link.when_launcher_is_gone().map_err(Failure::failed)?;
    inherited.link.tell_ready().map_err(Failure::failed)?;

    let mut fatal = None;
    let door = house.door().clone();
    let drained = serve(entrances, Limits::default(), traffic, async {
        tokio::select! {
            () = gone => tracing::info!("stopping"),
            // A terminal sends its Ctrl-C to launcher and child alike; whoever hears it first begins to stop.
            () = signals.next() => tracing::info!("stopping"),
            reason = door.fatal() => fatal = Some(reason),
        }
    })
    .await;
    fresh.abort();
    tracing::info!(finished = drained.finished, cut_off = drained.cut_off, "connections drained");
    drop(door);
    match fatal {
        Some(reason) => Err(Failure::failed(reason)),
        None => house.close().await,
    }
}

/// The HTTPS socket's name between launcher and child.
pub(crate) const TLS: &str = "tls";
/// The loopback socket's.
pub(crate) const LOOPBACK: &str = "loopback";

fn local(socket: &TcpListener) -> Result<std::net::SocketAddr, Failure> {
    socket.local_addr().map_err(Failure::failed)
}

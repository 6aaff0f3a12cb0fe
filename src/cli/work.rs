//! The working child of `timebook serve`: the house on the sockets the launcher holds.

use std::net::TcpListener;
use std::process::ExitCode;
use std::sync::Arc;

use super::call::SOCKET;
use super::config::Config;
use super::exit::{Exit, Failure};
use super::shift::{Doors, Ended, Shift};
use crate::net::admin::AdminListener;
use crate::net::mdns::Announcement;
use crate::net::serve::{Entrance, Listener, Traffic, serve};
use crate::net::{Limits, open_files};
use crate::slots::launcher::{Inherited, RESTART_CODE, StopSignals};

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
    worked
}

async fn work(config: &Config, mut inherited: Inherited) -> anyhow::Result<ExitCode> {
    let mut take = |name: &str| {
        inherited.socket(name).ok_or_else(|| {
            Failure::failed(format!("The launcher did not hand over its socket `{name}`."))
        })
    };
    let (tls, loopback) = (take(TLS)?, take(LOOPBACK)?);
    // From here on a signal ends this process in order, however early it comes.
    let mut signals = StopSignals::new().map_err(Failure::failed)?;
    inherited.link.keep_telling().map_err(Failure::failed)?;
    let doors = Doors { network: local(&tls)?, here: local(&loopback)? };
    let traffic = Arc::new(Traffic::default());
    let mut shift = Shift::open(config, doors, Arc::clone(&traffic)).await?;
    let admin = AdminListener::bind(&config.data.join(SOCKET)).map_err(Failure::failed)?;
    let entrance = |listener| Entrance { listener, router: shift.front().router() };
    let entrances = vec![
        entrance(Listener::tls(tls, shift.certificates()).map_err(Failure::failed)?),
        entrance(Listener::plain_loopback(loopback).map_err(Failure::failed)?),
        entrance(Listener::Admin(admin)),
    ];
    tracing::info!("serving https://{} and http://{}", doors.network, doors.here);
    let announced = shift.office().filter(|_| !config.server.is_unannounced).map(|office| {
        let announced = Announcement::of(&office.to_string(), doors.network);
        announced.inspect_err(|error| tracing::warn!(%error, "the server is not announced"))
    });
    let gone = inherited.link.when_launcher_is_gone().map_err(Failure::failed)?;
    inherited.link.tell_ready().map_err(Failure::failed)?;

    let told = async {
        tokio::select! {
            () = gone => {}
            // A terminal sends its Ctrl-C to launcher and child alike; whoever hears it first begins to stop.
            () = signals.next() => {}
        }
        tracing::info!("stopping");
    };
    let mut ended = Ended::Told;
    let until = async { ended = shift.keep(told).await };
    let drained = serve(entrances, Limits::default(), traffic, until).await;
    drop(announced);
    tracing::info!(finished = drained.finished, cut_off = drained.cut_off, "connections drained");
    match ended {
        Ended::Failed(failure) => return Err(failure.into()),
        Ended::Told => shift.close().await?,
        Ended::Restart => {
            shift.close().await?;
            tracing::info!("another process takes this one's place");
            // The launcher starts it.
            return Ok(u8::try_from(RESTART_CODE).map_or(ExitCode::FAILURE, ExitCode::from));
        }
    }
    Ok(Exit::Done.into())
}

/// The HTTPS socket's name between launcher and child.
pub(crate) const TLS: &str = "tls";
/// The loopback socket's.
pub(crate) const LOOPBACK: &str = "loopback";

fn local(socket: &TcpListener) -> Result<std::net::SocketAddr, Failure> {
    socket.local_addr().map_err(Failure::failed)
}

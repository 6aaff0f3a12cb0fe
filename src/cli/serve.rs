//! `timebook serve`: the launcher. It owns the data directory and the sockets, and keeps a child at work on them.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitCode;

use super::config::Config;
use super::exit::Failure;
use super::instance_lock::InstanceLock;
use super::work::{LOOPBACK, TLS};
use crate::net::listen;
use crate::slots::launcher::{Launch, NamedSocket, RestartPolicy, StopSignals, launch};
use crate::store::file::write_private;

/// The bound addresses, one URL a line, in the data directory.
pub(crate) const LISTEN_FILE: &str = "listen";

/// Serves until told to stop.
pub(crate) fn run(config: &Config) -> anyhow::Result<ExitCode> {
    Ok(ExitCode::from(u8::try_from(serve(config)?).unwrap_or(1)))
}

/// The same for Windows' service manager, which started this process.
#[cfg(windows)]
pub(crate) fn run_as_service(config: Config) -> anyhow::Result<ExitCode> {
    let work = move || {
        serve(&config).unwrap_or_else(|error| {
            tracing::error!("{error:#}");
            1
        })
    };
    crate::slots::windows::run(work).map_err(Failure::usage)?;
    Ok(ExitCode::SUCCESS)
}

fn serve(config: &Config) -> anyhow::Result<i32> {
    // The launcher mostly sleeps: one thread, and no more memory than that takes.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    Ok(runtime.block_on(keep_serving(config))?)
}

async fn keep_serving(config: &Config) -> Result<i32, Failure> {
    let lock = InstanceLock::take(&config.data)?;
    let signals = StopSignals::new().map_err(Failure::failed)?;
    let listen_file = config.data.join(LISTEN_FILE);
    // It is removed at the end, unless there was none: kill -9, a power cut.
    let predecessor = listen_file.exists();
    let bind = async |address, option| {
        let told = |error| Failure::failed(format!("{error} The option is {option} ADDRESS:PORT."));
        listen::bind_after(address, predecessor).await.map_err(told)
    };
    let tls = bind(config.server.listen, "--listen").await?;
    let loopback = bind(config.server.loopback, "--loopback").await?;
    let bound = |socket: &std::net::TcpListener| socket.local_addr().map_err(Failure::failed);
    let urls = format!("https://{}\nhttp://{}\n", reachable_here(bound(&tls)?), bound(&loopback)?);
    write_private(&listen_file, urls.as_bytes()).map_err(|error| {
        Failure::failed(format!(
            "{} cannot be written: {error}. Check the disk's free space and rights.",
            listen_file.display()
        ))
    })?;
    let program = std::env::current_exe().map_err(Failure::failed)?;
    let plan = Launch {
        program,
        arguments: child_arguments(),
        environment: allocator(),
        sockets: vec![
            NamedSocket { name: TLS.to_owned(), socket: tls },
            NamedSocket { name: LOOPBACK.to_owned(), socket: loopback },
        ],
        policy: RestartPolicy::default(),
    };
    let code = launch(plan, signals).await.map_err(Failure::failed)?;
    forget(&listen_file);
    drop(lock);
    Ok(code)
}

/// The child is given this process's own command line: whatever was set there or in the environment holds for it too.
fn child_arguments() -> Vec<OsString> {
    std::env::args_os().skip(1).chain([OsString::from("--child")]).collect()
}

/// How glibc's allocator is to behave in the child; other C libraries do not look at this. Both figures were measured with
/// `cargo bench --bench load`.
///
/// * A fixed threshold for large blocks: without it glibc keeps the 19 MiB of each password hash for later, and an idle server should
///   not.
/// * The heap grows and shrinks in steps of 4 MiB: under load it did so thousands of times a second, at a third of the throughput.
fn allocator() -> Vec<(OsString, OsString)> {
    vec![
        ("MALLOC_MMAP_THRESHOLD_".into(), "1048576".into()),
        ("MALLOC_TOP_PAD_".into(), "4194304".into()),
    ]
}

/// An address a program on this computer can connect to.
fn reachable_here(address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        SocketAddr::new(std::net::Ipv4Addr::LOCALHOST.into(), address.port())
    } else {
        address
    }
}

fn forget(path: &Path) {
    if let Err(error) = std::fs::remove_file(path) {
        tracing::debug!(%error, "the list of addresses was gone already");
    }
}

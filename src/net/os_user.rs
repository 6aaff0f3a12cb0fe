//! Which operating-system user is at the other end of a local connection. Looks it up; never decides anything by it.

use super::peer::OsUser;

/// A user by number, named from the system's list of local users.
#[cfg(unix)]
pub(super) fn by_uid(uid: u32) -> OsUser {
    let name = name_of(uid).unwrap_or_else(|| format!("uid {uid}"));
    OsUser { uid, name, is_own: rustix::process::geteuid().as_raw() == uid }
}

/// The user this program runs as.
#[cfg(unix)]
pub(super) fn own() -> Option<OsUser> {
    Some(by_uid(rustix::process::geteuid().as_raw()))
}

/// The user this program runs as; other systems have no numbers for users.
#[cfg(not(unix))]
pub(super) fn own() -> Option<OsUser> {
    let name = std::env::var("USERNAME").unwrap_or_else(|_| "this user".to_owned());
    Some(OsUser { uid: 0, name, is_own: true })
}

/// The name of the user a file or folder belongs to; `None` when that cannot be told, as on other systems.
#[cfg(unix)]
#[must_use]
pub fn owner_of(path: &std::path::Path) -> Option<String> {
    let about = std::fs::metadata(path).ok()?;
    Some(by_uid(std::os::unix::fs::MetadataExt::uid(&about)).name)
}

/// Other systems do not tell.
#[cfg(not(unix))]
#[must_use]
pub fn owner_of(_path: &std::path::Path) -> Option<String> {
    None
}

#[cfg(unix)]
fn name_of(uid: u32) -> Option<String> {
    // Users of a directory service are not in the file; they show by number.
    let list = std::fs::File::open("/etc/passwd").ok()?;
    let mut text = String::new();
    std::io::Read::read_to_string(&mut std::io::Read::take(list, MAX_LIST_BYTES), &mut text)
        .ok()?;
    text.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)?.parse() == Ok(uid)).then(|| name.to_owned())
    })
}

/// The user who owns the other end of a loopback connection: the kernel's table knows it while the connection stands.
#[cfg(target_os = "linux")]
pub(super) fn of_loopback(
    peer: std::net::SocketAddr,
    local: std::net::SocketAddr,
) -> Option<OsUser> {
    // The kernel hands its table out in pieces, and an entry may slip between two while others come and go.
    (0..LOOKS).find_map(|_| look_up(peer, local))
}

#[cfg(target_os = "linux")]
fn look_up(peer: std::net::SocketAddr, local: std::net::SocketAddr) -> Option<OsUser> {
    use procfs::net::{TcpState, tcp, tcp6};
    let plain = |address: std::net::SocketAddr| {
        std::net::SocketAddr::new(address.ip().to_canonical(), address.port())
    };
    let (peer, local) = (plain(peer), plain(local));
    // A program may reach an IPv4 address through an IPv6 socket: both tables. Only an established entry tells the
    // truth: after its owner closed it, the kernel shows it as root's.
    let entries = tcp().into_iter().chain(tcp6()).flatten();
    let mut owners = entries.filter(|entry| {
        entry.state == TcpState::Established
            && plain(entry.local_address) == peer
            && plain(entry.remote_address) == local
    });
    owners.next().map(|entry| by_uid(entry.uid))
}

/// Other systems do not tell.
#[cfg(not(target_os = "linux"))]
pub(super) fn of_loopback(
    _peer: std::net::SocketAddr,
    _local: std::net::SocketAddr,
) -> Option<OsUser> {
    None
}

/// How often the table is read before a connection counts as nobody's.
#[cfg(target_os = "linux")]
const LOOKS: usize = 3;

/// Largest list of users that is read, in bytes.
#[cfg(unix)]
const MAX_LIST_BYTES: u64 = 1024 * 1024;

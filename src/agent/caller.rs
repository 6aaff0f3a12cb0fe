//! Who may use the agent's door: programs of the same operating-system user, and nobody else on a shared computer.
//!
//! `net` looks the user up once per connection, on Linux from the kernel's socket tables. Other systems do not tell it yet: there every
//! program of this computer is answered (the crates that read the owner of a socket on Windows and macOS are weighed with the Windows
//! capability). Must never look at anything a caller says about itself.

use crate::net::Peer;

/// Is the user at the other end always known on this system?
const TOLD: bool = cfg!(target_os = "linux");

/// May this caller read and record here?
///
/// # Errors
/// The sentence to refuse with.
pub(super) fn check(peer: Option<&Peer>) -> Result<(), &'static str> {
    match peer.map(|peer| peer.os_user.as_ref()) {
        Some(Some(user)) if user.is_own => Ok(()),
        Some(Some(_)) => Err(
            "This agent records for another user of this computer. Start an agent of your own: timebook agent run --door 127.0.0.1:5601",
        ),
        Some(None) if !TOLD => Ok(()),
        _ => Err(
            "The system does not say which user you are, and this agent answers only the one it runs for. Connect again.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::Door;
    use crate::net::peer::OsUser;

    fn peer(os_user: Option<OsUser>) -> Peer {
        let address = "127.0.0.1:9".parse().unwrap();
        let door = Door::PlainLoopback;
        Peer { address, local: address, door, secure: false, certificate: None, os_user }
    }

    #[test]
    fn only_the_same_user() {
        let user = |is_own| Some(OsUser { uid: 7, name: "ada".to_owned(), is_own });
        assert!(check(Some(&peer(user(true)))).is_ok());
        assert!(check(Some(&peer(user(false)))).unwrap_err().contains("another user"));
        assert_eq!(check(Some(&peer(None))).is_ok(), !TOLD);
        assert!(check(None).is_err());
    }
}

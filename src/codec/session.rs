//! Sessions of signed-in people.

use super::frame::Record;
use super::layout::{choice, fields};
use crate::domain::session::{Session, SessionAbout, SessionCommand};

fields!(Session { id, secret_hash, user, opened, seen });
fields!(SessionAbout { address, agent, proven });
choice!(SessionCommand {
    0 => Open(session),
    1 => Touch { session },
    2 => Close { session },
    3 => OpenFrom { session, about },
    4 => Prove { session },
    5 => SignIn { session, about, password },
});

impl Record for Session {
    const NAME: &'static str = "a session";
}

impl Record for SessionAbout {
    const NAME: &'static str = "what is known of a session";
}

//! Sessions of signed-in people.

use super::frame::Record;
use super::layout::{choice, fields};
use crate::domain::session::{Session, SessionCommand};

fields!(Session { id, secret_hash, user, opened, seen });
choice!(SessionCommand { 0 => Open(session), 1 => Touch { session }, 2 => Close { session } });

impl Record for Session {
    const NAME: &'static str = "a session";
}

//! One-time links for people.

use super::frame::Record;
use super::layout::{choice, fields};
use crate::domain::link::{Link, LinkCommand, LinkPurpose};

choice!(LinkPurpose { 0 => Reset { user }, 1 => Join { name, role } });
fields!(Link { id, secret_hash, purpose, created, expires });
choice!(LinkCommand {
    0 => Make(link),
    1 => Withdraw { link },
    2 => Reset { secret_hash, password },
    3 => Join { secret_hash, user },
    4 => MakeFor { link, mail },
});

impl Record for Link {
    const NAME: &'static str = "a link";
}

//! Accounts: a person, a role, and the changes to them.

use super::frame::Record;
use super::layout::{choice, fields};
use crate::domain::user::{Role, User, UserCommand};

choice!(Role { 0 => Employee, 1 => Manager, 2 => Administrator });
fields!(User { id, name, role, zone, password, created, disabled });
choice!(UserCommand {
    0 => First { secret_hash, user, office, wrapped_key },
    1 => Add { user, wrapped_key },
    2 => SetPassword { user, password },
    3 => Disable { user },
    4 => ChangePassword { user, password, keep },
});

impl Record for User {
    const NAME: &'static str = "a user";
}

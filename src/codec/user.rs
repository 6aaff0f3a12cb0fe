//! Accounts: a person, a role, and the changes to them.

use super::frame::Record;
use super::layout::{choice, fields};
use crate::domain::right::Right;
use crate::domain::user::{Contact, Grants, Role, User, UserCommand};

choice!(Role { 0 => Employee, 1 => Manager, 2 => Administrator });
choice!(Right {
    0 => ManagePeople,
    1 => ManageComputers,
    2 => ManageBook,
    3 => ApproveTime,
    4 => SeeTeamReports,
    5 => Export,
    6 => ManageServer,
    7 => SetPolicy,
    8 => ReadAudit,
    9 => ViewServer,
    10 => ControlServer,
});
fields!(Grants { rights });
fields!(User { id, name, role, zone, password, created, disabled });
choice!(UserCommand {
    0 => First { secret_hash, user, office, wrapped_key },
    1 => Add { user, wrapped_key },
    2 => SetPassword { user, password },
    3 => Disable { user },
    4 => ChangePassword { user, password, keep },
    5 => SetRole { user, role },
    6 => SetGrants { user, grants },
    7 => Enable { user },
    8 => SetMail { user, address },
    9 => SetZone { user, zone },
    10 => Rename { user, name },
});
fields!(Contact { mail });

impl Record for User {
    const NAME: &'static str = "a user";
}

impl Record for Grants {
    const NAME: &'static str = "a person's grants";
}

impl Record for Contact {
    const NAME: &'static str = "a person's contact";
}

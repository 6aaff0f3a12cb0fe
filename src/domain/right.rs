//! What a person may do: a role brings a default set of rights, a grant adds one.

use super::user::Role;

/// One thing that not everybody may do. One's own time, activity, sessions and tokens need none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Right {
    /// Accounts: add, invite, change, disable, erase.
    ManagePeople,
    /// Everybody's computers: invite, revoke.
    ManageComputers,
    /// Customers, projects, tasks, tags, members and budgets.
    ManageBook,
    /// Everybody's timesheets: approve, send back, lock.
    ApproveTime,
    /// Everybody's hours, and their activity as far as the office's policy goes.
    SeeTeamReports,
    /// Take data out of the office: exports for payroll and invoices.
    Export,
    /// The server: settings, mail, jobs of others, the quarantine, the doctor.
    ManageServer,
    /// What others may see of recorded activity.
    SetPolicy,
    /// The audit log.
    ReadAudit,
    /// How the server is doing: its state, who is signed in, memory, storage, load.
    ViewServer,
    /// Take the server out of service, and back.
    ControlServer,
}

impl Right {
    /// Every right, in the order lists show them.
    pub const ALL: [Self; 11] = [
        Self::ManagePeople,
        Self::ManageComputers,
        Self::ManageBook,
        Self::ApproveTime,
        Self::SeeTeamReports,
        Self::Export,
        Self::ManageServer,
        Self::SetPolicy,
        Self::ReadAudit,
        Self::ViewServer,
        Self::ControlServer,
    ];

    /// The name of this right in JSON, on the command line and in the audit log.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ManagePeople => "manage_people",
            Self::ManageComputers => "manage_computers",
            Self::ManageBook => "manage_book",
            Self::ApproveTime => "approve_time",
            Self::SeeTeamReports => "see_team_reports",
            Self::Export => "export",
            Self::ManageServer => "manage_server",
            Self::SetPolicy => "set_policy",
            Self::ReadAudit => "read_audit",
            Self::ViewServer => "view_server",
            Self::ControlServer => "control_server",
        }
    }

    /// The right of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|right| right.name() == name)
    }

    const fn bit(self) -> u32 {
        1 << self as u32
    }
}

/// A set of rights.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rights(u32);

impl Rights {
    /// None at all.
    pub const NONE: Self = Self(0);

    /// What a role brings.
    pub fn of_role(role: Role) -> Self {
        match role {
            Role::Employee => Self::NONE,
            Role::Manager => {
                [Right::ManageBook, Right::ApproveTime, Right::SeeTeamReports, Right::Export]
                    .into_iter()
                    .collect()
            }
            Role::Administrator => Right::ALL.into_iter().collect(),
        }
    }

    /// These, and what `granted` adds.
    #[must_use]
    pub fn with(self, granted: impl IntoIterator<Item = Right>) -> Self {
        granted.into_iter().fold(self, |rights, right| Self(rights.0 | right.bit()))
    }

    /// Is `right` one of them?
    pub const fn has(self, right: Right) -> bool {
        self.0 & right.bit() != 0
    }

    /// Is every one of `others` among them? Nobody gives away, or acts upon, what they do not have themselves.
    pub const fn covers(self, others: Self) -> bool {
        others.0 & !self.0 == 0
    }

    /// Each of them, in the order lists show them.
    pub fn each(self) -> impl Iterator<Item = Right> {
        Right::ALL.into_iter().filter(move |right| self.has(*right))
    }
}

impl FromIterator<Right> for Rights {
    fn from_iter<I: IntoIterator<Item = Right>>(rights: I) -> Self {
        Self::NONE.with(rights)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Who has what without any grant: employee, manager, administrator.
    const TABLE: [(Right, [bool; 3]); 11] = [
        (Right::ManagePeople, [false, false, true]),
        (Right::ManageComputers, [false, false, true]),
        (Right::ManageBook, [false, true, true]),
        (Right::ApproveTime, [false, true, true]),
        (Right::SeeTeamReports, [false, true, true]),
        (Right::Export, [false, true, true]),
        (Right::ManageServer, [false, false, true]),
        (Right::SetPolicy, [false, false, true]),
        (Right::ReadAudit, [false, false, true]),
        (Right::ViewServer, [false, false, true]),
        (Right::ControlServer, [false, false, true]),
    ];
    const ROLES: [Role; 3] = [Role::Employee, Role::Manager, Role::Administrator];

    #[test]
    fn a_role_brings_its_rights_and_a_grant_adds_one() {
        for (right, expected) in TABLE {
            for (role, has) in ROLES.into_iter().zip(expected) {
                let rights = Rights::of_role(role);
                assert_eq!(rights.has(right), has, "{} {}", role.name(), right.name());
                let granted = rights.with([right]);
                assert!(granted.has(right) && granted.covers(rights));
                let others = Right::ALL.into_iter().filter(|other| *other != right);
                assert!(others.into_iter().all(|other| granted.has(other) == rights.has(other)));
            }
        }
        assert_eq!(TABLE.len(), Right::ALL.len());
    }

    #[test]
    fn more_rights_cover_fewer() {
        let [employee, manager, administrator] = ROLES.map(Rights::of_role);
        assert!(administrator.covers(manager) && manager.covers(employee));
        assert!(!manager.covers(administrator) && !employee.covers(manager));
        assert!(!manager.covers(employee.with([Right::ManagePeople])));
    }

    #[test]
    fn names_come_back() {
        for right in Right::ALL {
            assert_eq!(Right::from_name(right.name()), Some(right));
        }
        assert_eq!(Right::from_name("everything"), None);
        let names: Vec<_> = Rights::of_role(Role::Manager).each().map(Right::name).collect();
        assert_eq!(names, ["manage_book", "approve_time", "see_team_reports", "export"]);
    }
}

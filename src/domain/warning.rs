//! What the office warns people of by mail; each sort can be switched off.

use super::look::{ENTRIES, EXPORT, PERSON_DATA};

/// A sort of warning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Warning {
    /// Somebody signed in to one's account from a network it was never signed in to from.
    SignIn,
    /// One's password is another.
    Password,
    /// Codes from one's app are asked for no more, or a one-time code was used up.
    Totp,
    /// A token was made for one's account.
    Token,
    /// One's mail address is another.
    Address,
    /// One's account may do something else, or a computer or an app acts for it.
    Account,
    /// Somebody else took a file with one's data.
    Export,
    /// One's week was approved, or came back.
    Timesheet,
    /// A week of the team one leads waits.
    Approval,
    /// The office's data, for whoever manages the server.
    Server,
}

impl Warning {
    /// Every one, in the order lists show them.
    pub const ALL: [Self; 10] = [
        Self::SignIn,
        Self::Password,
        Self::Totp,
        Self::Token,
        Self::Address,
        Self::Account,
        Self::Export,
        Self::Timesheet,
        Self::Approval,
        Self::Server,
    ];

    /// The key of the setting that switches it.
    pub const fn key(self) -> &'static str {
        match self {
            Self::SignIn => "warn.sign_in",
            Self::Password => "warn.password",
            Self::Totp => "warn.totp",
            Self::Token => "warn.token",
            Self::Address => "warn.address",
            Self::Account => "warn.account",
            Self::Export => "warn.export",
            Self::Timesheet => "warn.timesheet",
            Self::Approval => "warn.approval",
            Self::Server => "warn.server",
        }
    }

    /// What it is about, one sentence.
    pub const fn about(self) -> &'static str {
        match self {
            Self::SignIn => "Mail to a person whose account is signed in to from a new network.",
            Self::Password => "Mail to a person whose password was changed.",
            Self::Totp => "Mail to a person whose codes from an app are asked for no more.",
            Self::Token => "Mail to a person for whose account an API token was made.",
            Self::Address => "Mail to a person's old address when their address is changed.",
            Self::Account => {
                "Mail to a person whose role, rights or sign-in name were changed, whose account was disabled, or for whom a computer or an app for codes was added."
            }
            Self::Export => {
                "Mail to a person whose recorded activity, time entries or data somebody else took as a file."
            }
            Self::Timesheet => "Mail to a person whose week was approved or came back.",
            Self::Approval => "Mail to the leads of a team when a member's week waits for them.",
            Self::Server => {
                "Mail to whoever manages the server: the lock was moved, a batch was set aside, mail was given up, a backup could not be made, a policy was announced."
            }
        }
    }

    /// What an entry of the audit log is sent for; none for what is not.
    pub fn of_entry(action: &str, subject: &str) -> Option<Self> {
        // A look names through what it was at its end.
        let took = |what: &&str| subject.ends_with(&format!("({what})"));
        Some(match action {
            "activity.view" if [EXPORT, ENTRIES, PERSON_DATA].iter().any(took) => Self::Export,
            "session.new_place" => Self::SignIn,
            "user.set_password" | "user.change_password" | "link.reset_password" => Self::Password,
            "totp.remove" | "totp.use_recovery" => Self::Totp,
            "token.create" => Self::Token,
            "user.set_role" | "user.set_grants" | "user.rename" | "user.disable"
            | "device.enroll" | "totp.enroll" => Self::Account,
            "timesheet.approve"
            | "timesheet.send_back"
            | "timesheet.reopen"
            | "timesheet.changed_offline" => Self::Timesheet,
            "timesheet.submit" => Self::Approval,
            "lock.advance"
            | "lock.move_back"
            | "quarantine.add"
            | "mail.given_up"
            | "backup.failed"
            | "office.announce_policy" => Self::Server,
            _ => return None,
        })
    }
}

/// Up to which entry of the audit log people were warned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Warned {
    /// The entry's number.
    pub audit: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sort_but_one_follows_from_the_audit_log() {
        let actions = ["session.new_place", "user.set_password", "totp.remove", "token.create"];
        let more = ["user.set_role", "timesheet.approve", "timesheet.submit", "lock.advance"];
        let of = |action: &&str| Warning::of_entry(action, "");
        let mut found: Vec<_> = actions.iter().chain(&more).filter_map(of).collect();
        found.extend(Warning::of_entry("activity.view", "user:x (export)"));
        let others: Vec<_> = Warning::ALL.into_iter().filter(|w| !found.contains(w)).collect();
        assert_eq!(others, [Warning::Address], "told where the old address is still known");
        assert_eq!(Warning::of_entry("session.open", "user:x (export)"), None);
        assert_eq!(Warning::of_entry("activity.view", "user:x (report)"), None);
    }
}

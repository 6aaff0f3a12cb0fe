//! Who may see what of recorded activity: one office-wide policy, shown to everyone.

use super::id::UserId;
use super::user::{Role, User};

/// What others than the person may see of recorded activity, from least to most.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ActivityPolicy {
    /// Hours per day only.
    #[default]
    HoursOnly,
    /// Hours per category.
    CategoryTotals,
    /// Hours per application.
    AppTotals,
    /// Titles and addresses too.
    FullDetail,
}

impl ActivityPolicy {
    /// The name of this policy in JSON, on the command line and in the audit log.
    pub const fn name(self) -> &'static str {
        match self {
            Self::HoursOnly => "hours_only",
            Self::CategoryTotals => "category_totals",
            Self::AppTotals => "app_totals",
            Self::FullDetail => "full_detail",
        }
    }

    /// The policy of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::HoursOnly, Self::CategoryTotals, Self::AppTotals, Self::FullDetail]
            .into_iter()
            .find(|policy| policy.name() == name)
    }

    /// May titles and addresses leave the computer without the person's own choice?
    pub const fn lets_titles_leave(self) -> bool {
        matches!(self, Self::FullDetail)
    }
}

/// How much of an event recorded under one policy a viewer gets under today's: the stricter of both, so that a looser policy
/// never reaches back.
pub fn seen_under(recorded: ActivityPolicy, now: ActivityPolicy) -> ActivityPolicy {
    recorded.min(now)
}

/// What a viewer may see of a person's recorded activity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// Their own: everything.
    Own,
    /// Somebody else's: up to this policy, event by event ([`seen_under`]).
    UpTo(ActivityPolicy),
    /// Nothing.
    Nothing,
}

/// What `viewer` may see of the activity recorded about `person` under the office's `policy`.
///
/// Managers see everyone until teams exist; an administrator runs the office and may see what a manager sees.
pub fn view_of(viewer: &User, person: UserId, policy: ActivityPolicy) -> View {
    if viewer.id == person {
        return View::Own;
    }
    match viewer.role {
        Role::Manager | Role::Administrator => View::UpTo(policy),
        Role::Employee => View::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_looser_policy_never_reaches_back() {
        use ActivityPolicy::{AppTotals, FullDetail, HoursOnly};
        assert_eq!(seen_under(HoursOnly, FullDetail), HoursOnly);
        assert_eq!(seen_under(FullDetail, AppTotals), AppTotals);
    }

    #[test]
    fn names_come_back() {
        for name in ["hours_only", "category_totals", "app_totals", "full_detail"] {
            assert_eq!(ActivityPolicy::from_name(name).map(ActivityPolicy::name), Some(name));
        }
        assert_eq!(ActivityPolicy::from_name("everything"), None);
    }
}

//! Who may see what of recorded activity: one office-wide policy, shown to everyone.

use std::collections::BTreeSet;

use super::id::UserId;
use super::right::{Right, Rights};
use super::team::Team;
use super::text::ShortText;
use super::time::{DAY_MS, Timestamp};

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

/// A looser policy is known to everyone this long before it counts.
pub const LOOSER_AHEAD_MS: u64 = 7 * DAY_MS;

/// A looser policy to come, or one that came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyChange {
    /// The policy.
    pub policy: ActivityPolicy,
    /// Why; everyone reads it.
    pub reason: ShortText,
    /// When everyone was told.
    pub announced: Timestamp,
    /// From when on it counts, by itself.
    pub takes_effect: Timestamp,
}

/// The policy that counts at `at`: the one set, or the one announced once its time has come.
pub fn policy_at(
    set: ActivityPolicy,
    change: Option<&PolicyChange>,
    at: Timestamp,
) -> ActivityPolicy {
    change.filter(|change| at >= change.takes_effect).map_or(set, |change| change.policy)
}

/// What the office's policy was when. A looser policy never reaches back: what was done before it counted is recorded as it would have
/// been then, however late it comes (a history brought in, a computer that was away, the same event sent again).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PolicyPast(Vec<(Timestamp, ActivityPolicy)>);

impl PolicyPast {
    /// Of these, each from its time on until the next; before the first, and without any, the strictest.
    pub fn new(mut known: Vec<(Timestamp, ActivityPolicy)>) -> Self {
        known.sort_by_key(|(from, _)| *from);
        Self(known)
    }

    /// The policy that counted at `at`.
    pub fn at(&self, at: Timestamp) -> ActivityPolicy {
        let after = self.0.partition_point(|(from, _)| *from <= at);
        after
            .checked_sub(1)
            .and_then(|place| self.0.get(place))
            .map_or_else(ActivityPolicy::default, |(_, policy)| *policy)
    }

    /// The policy of what was done at `start` and is recorded at `now`: the stricter of both times'.
    pub fn recorded_under(&self, start: Timestamp, now: Timestamp) -> ActivityPolicy {
        self.at(start).min(self.at(now))
    }
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

/// Whom somebody reaches: the one answer to "may A see B" and "may A approve B's time".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reach {
    own: Option<UserId>,
    rights: Rights,
    led: BTreeSet<UserId>,
}

impl Reach {
    /// The reach of a person (nobody: the server's own terminal) with these rights, among these teams.
    pub fn new<'a>(
        own: Option<UserId>,
        rights: Rights,
        teams: impl IntoIterator<Item = &'a Team>,
    ) -> Self {
        let leads = |team: &&Team| own.is_some_and(|own| team.leads.contains(&own));
        let members = teams.into_iter().filter(leads).flat_map(|team| &team.members);
        let led = members.copied().filter(|person| Some(*person) != own).collect();
        Self { own, rights, led }
    }

    /// May they see this person's hours: one's own always, members of a team one leads, everybody's with the right?
    pub fn sees(&self, person: UserId) -> bool {
        self.own == Some(person) || self.rights.has(Right::SeeTeamReports) || self.leads(person)
    }

    /// May they see anybody's but their own?
    pub fn sees_others(&self) -> bool {
        self.rights.has(Right::SeeTeamReports) || !self.led.is_empty()
    }

    /// May they see everybody's?
    pub const fn sees_everyone(&self) -> bool {
        self.rights.has(Right::SeeTeamReports)
    }

    /// Those they see by leading them, not themselves.
    pub const fn led(&self) -> &BTreeSet<UserId> {
        &self.led
    }

    /// May they change this person's time entries: one's own always, and those one approves?
    pub fn may_change(&self, person: UserId) -> bool {
        self.own == Some(person) || self.may_approve(person)
    }

    /// May they approve this person's time? A lead approves the members', never their own; the right reaches everybody's.
    pub fn may_approve(&self, person: UserId) -> bool {
        self.rights.has(Right::ApproveTime) || self.leads(person)
    }

    /// What they may see of the activity recorded about `person` under the office's `policy`.
    pub fn view_of(&self, person: UserId, policy: ActivityPolicy) -> View {
        if self.own == Some(person) {
            View::Own
        } else if self.sees(person) {
            View::UpTo(policy)
        } else {
            View::Nothing
        }
    }

    fn leads(&self, person: UserId) -> bool {
        self.led.contains(&person)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::TeamId;
    use crate::domain::text::Label;
    use crate::domain::user::Role;

    fn person(number: u8) -> UserId {
        UserId::from_bytes([number; 16])
    }

    fn team(members: &[u8], leads: &[u8]) -> Team {
        let people = |numbers: &[u8]| numbers.iter().copied().map(person).collect();
        Team {
            id: TeamId::from_bytes([9; 16]),
            name: Label::new("Studio").unwrap(),
            members: people(members),
            leads: people(leads),
        }
    }

    /// Who sees and who approves whom: person 1 asks, 2 is a member of the team they lead, 3 is not.
    #[test]
    fn reach_by_role_grant_and_team() {
        let of = |role| Rights::of_role(role);
        let (own, member, other) = (person(1), person(2), person(3));
        let (led, not_led) = (team(&[1, 2], &[1]), team(&[1, 2], &[3]));
        for (what, rights, team, sees, approves) in [
            ("an employee", of(Role::Employee), &not_led, [true, false, false], [false; 3]),
            ("a lead", of(Role::Employee), &led, [true, true, false], [false, true, false]),
            ("a manager", of(Role::Manager), &not_led, [true; 3], [true; 3]),
            ("an administrator", of(Role::Administrator), &not_led, [true; 3], [true; 3]),
            (
                "who may see",
                Rights::NONE.with([Right::SeeTeamReports]),
                &led,
                [true; 3],
                [false, true, false],
            ),
            (
                "who may approve",
                Rights::NONE.with([Right::ApproveTime]),
                &not_led,
                [true, false, false],
                [true; 3],
            ),
        ] {
            let reach = Reach::new(Some(own), rights, [team]);
            let people = [own, member, other];
            assert_eq!(people.map(|person| reach.sees(person)), sees, "{what} sees");
            assert_eq!(people.map(|person| reach.may_approve(person)), approves, "{what} approves");
            assert_eq!(reach.sees_others(), sees[1] || sees[2], "{what} sees others");
            let policy = ActivityPolicy::AppTotals;
            assert_eq!(reach.view_of(own, policy), View::Own);
            let view = if sees[2] { View::UpTo(policy) } else { View::Nothing };
            assert_eq!(reach.view_of(other, policy), view, "{what}");
        }
    }

    #[test]
    fn a_looser_policy_never_reaches_back() {
        use ActivityPolicy::{AppTotals, FullDetail, HoursOnly};
        assert_eq!(seen_under(HoursOnly, FullDetail), HoursOnly);
        assert_eq!(seen_under(FullDetail, AppTotals), AppTotals);
    }

    #[test]
    fn an_announced_policy_counts_from_its_time_on() {
        use ActivityPolicy::{AppTotals, HoursOnly};
        let at = |ms| Timestamp::new(ms).unwrap();
        let reason = ShortText::cut("agreed");
        let (announced, takes_effect) = (at(1), at(9));
        let change = PolicyChange { policy: AppTotals, reason, announced, takes_effect };
        assert_eq!(policy_at(HoursOnly, None, at(9)), HoursOnly);
        assert_eq!(policy_at(HoursOnly, Some(&change), at(8)), HoursOnly);
        assert_eq!(policy_at(HoursOnly, Some(&change), at(9)), AppTotals);
    }

    #[test]
    fn what_comes_late_is_recorded_as_it_would_have_been_then() {
        use ActivityPolicy::{AppTotals, CategoryTotals, FullDetail, HoursOnly};
        let at = |ms| Timestamp::new(ms).unwrap();
        let past = PolicyPast::new(vec![
            (at(30), CategoryTotals),
            (at(10), HoursOnly),
            (at(20), FullDetail),
            (at(40), AppTotals),
        ]);
        for (start, now, wanted) in [
            (20, 20, FullDetail),
            (19, 20, HoursOnly),
            (20, 30, CategoryTotals),
            (35, 40, CategoryTotals),
            (25, 40, AppTotals),
            (45, 45, AppTotals),
            (5, 45, HoursOnly),
        ] {
            assert_eq!(past.recorded_under(at(start), at(now)), wanted, "{start} at {now}");
        }
        assert_eq!(PolicyPast::default().at(at(1)), HoursOnly);
    }

    #[test]
    fn names_come_back() {
        for name in ["hours_only", "category_totals", "app_totals", "full_detail"] {
            assert_eq!(ActivityPolicy::from_name(name).map(ActivityPolicy::name), Some(name));
        }
        assert_eq!(ActivityPolicy::from_name("everything"), None);
    }
}

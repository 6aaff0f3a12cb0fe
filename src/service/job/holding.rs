//! What a file made of somebody's time or activity holds, as it is kept beside the file: whoever fetches it is asked again whether they
//! may have it. Rights, teams and the policy change meanwhile.

use crate::domain::id::UserId;
use crate::domain::policy::{ActivityPolicy, View};
use crate::domain::right::Right;

/// What is in a file, and whose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holding {
    /// What it takes to have somebody else's.
    pub needs: Right,
    /// The least policy that shows this much of somebody else's activity; `None` when it shows none.
    pub shows: Option<ActivityPolicy>,
    /// Whose.
    pub people: Vec<UserId>,
}

impl Holding {
    /// People's hours, and what they booked them on: for whoever sees their hours, whatever the policy says of activity.
    pub const fn of_hours(people: Vec<UserId>) -> Self {
        Self { needs: Right::Export, shows: Some(ActivityPolicy::HoursOnly), people }
    }

    /// The same of one person.
    #[must_use]
    pub fn of(&self, person: UserId) -> Self {
        Self { people: vec![person], ..self.clone() }
    }

    /// As it is kept beside the file.
    pub fn to_text(&self) -> String {
        let shows = self.shows.map_or(NOTHING, ActivityPolicy::name);
        let people = self.people.iter().map(|person| format!("{person}\n"));
        format!("{} {shows}\n{}", self.needs.name(), people.collect::<String>())
    }

    /// What was kept so.
    pub fn from_text(text: &str) -> Option<Self> {
        let (head, people) = text.split_once('\n')?;
        let (needs, shows) = head.split_once(' ')?;
        let shows = match shows {
            NOTHING => None,
            name => Some(ActivityPolicy::from_name(name)?),
        };
        let people = people.lines().map(|line| line.parse().ok()).collect::<Option<_>>()?;
        Some(Self { needs: Right::from_name(needs)?, shows, people })
    }

    /// May whoever has this view of a person, and the right or not, have this of that person?
    pub fn is_for(&self, view: View, has_right: bool) -> bool {
        match (view, self.shows) {
            (View::Own, _) => true,
            (View::UpTo(now), Some(shows)) => has_right && shows <= now,
            (View::UpTo(_) | View::Nothing, None) => has_right,
            (View::Nothing, Some(_)) => false,
        }
    }
}

/// Of recorded activity.
const NOTHING: &str = "nothing";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_beside_a_file_reads_again() {
        let people = vec![UserId::from_bytes([1; 16]), UserId::from_bytes([2; 16])];
        for shows in [None, Some(ActivityPolicy::AppTotals)] {
            let holding = Holding { needs: Right::Export, shows, people: people.clone() };
            assert_eq!(Holding::from_text(&holding.to_text()), Some(holding));
        }
        for bad in ["", "export\n", "export everything\n", "all nothing\n", "export nothing\nx\n"] {
            assert_eq!(Holding::from_text(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_stricter_policy_and_a_lost_right_close_a_file() {
        use ActivityPolicy::{AppTotals, FullDetail, HoursOnly};
        let holding = |shows| Holding { needs: Right::Export, shows, people: Vec::new() };
        let apps = holding(Some(AppTotals));
        assert!(apps.is_for(View::Own, false));
        assert!(
            apps.is_for(View::UpTo(AppTotals), true) && apps.is_for(View::UpTo(FullDetail), true)
        );
        assert!(!apps.is_for(View::UpTo(HoursOnly), true), "the policy is stricter now");
        assert!(!apps.is_for(View::UpTo(AppTotals), false), "the right is gone");
        assert!(!apps.is_for(View::Nothing, true), "another team");
        assert!(holding(None).is_for(View::Nothing, true));
        assert!(!holding(None).is_for(View::Nothing, false));
    }
}

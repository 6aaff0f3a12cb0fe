//! What a file made of recorded activity holds, and whether whoever asked for it may still have it: asked again for each piece while
//! it is written, and when it is fetched. Rights, teams and the policy change meanwhile.

use super::Tracking;
use crate::domain::id::UserId;
use crate::domain::policy::{ActivityPolicy, View};
use crate::domain::right::Right;
use crate::domain::time::Timestamp;
use crate::service::Principal;
use crate::service::error::ServiceError;
use crate::store::read;

/// What is in a file, and whose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Holding {
    /// What it takes to have somebody else's.
    pub(super) needs: Right,
    /// The least policy that shows this much of somebody else's activity; `None` when it shows none.
    pub(super) shows: Option<ActivityPolicy>,
    /// Whose.
    pub(super) people: Vec<UserId>,
}

impl Holding {
    /// The same of one person.
    pub(super) fn of(&self, person: UserId) -> Self {
        Self { people: vec![person], ..self.clone() }
    }

    /// As it is kept beside the file.
    pub(super) fn to_text(&self) -> String {
        let shows = self.shows.map_or(NOTHING, ActivityPolicy::name);
        let people = self.people.iter().map(|person| format!("{person}\n"));
        format!("{} {shows}\n{}", self.needs.name(), people.collect::<String>())
    }

    /// What was kept so.
    fn from_text(text: &str) -> Option<Self> {
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
    fn is_for(&self, view: View, has_right: bool) -> bool {
        match (view, self.shows) {
            (View::Own, _) => true,
            (View::UpTo(now), Some(shows)) => has_right && shows <= now,
            (View::UpTo(_) | View::Nothing, None) => has_right,
            (View::Nothing, Some(_)) => false,
        }
    }
}

impl Tracking {
    /// Goes on only when whoever asked may have what the file holds now, as the account, the rights, the teams and the policy are now;
    /// the asker as they are now.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`].
    pub(super) async fn must_still_have(
        &self,
        principal: &Principal,
        holding: &Holding,
        now: Timestamp,
    ) -> Result<Principal, ServiceError> {
        let asker = principal.clone();
        let found = self.door.read(move |reader| {
            let Some(asker) = asker.renewed(reader)? else { return Ok(None) };
            Ok(Some((asker.reach(reader)?, read::policy(reader, now)?, asker)))
        });
        let Some((reach, policy, asker)) = found.await? else { return Err(taken_away()) };
        let has_right = asker.may(holding.needs);
        let may = |person: &UserId| holding.is_for(reach.view_of(*person, policy), has_right);
        if holding.people.iter().all(may) { Ok(asker) } else { Err(taken_away()) }
    }

    /// Goes on only when whoever fetches a file may still have it; `kept` is what was kept beside it.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`].
    pub async fn must_still_fetch(
        &self,
        principal: &Principal,
        kept: &str,
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        let holding = Holding::from_text(kept).ok_or_else(|| {
            ServiceError::bad_input(
                "no_result",
                "What this file shows, and whom, is not known any more.",
                "Start it again.",
            )
        })?;
        self.must_still_have(principal, &holding, now).await.map(|_| ())
    }
}

fn taken_away() -> ServiceError {
    ServiceError::Forbidden("The right to what this file shows was taken away.")
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

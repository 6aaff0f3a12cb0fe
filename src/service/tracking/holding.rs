//! Whether whoever asked for a file may still have it: asked again for each piece while it is written, and when it is fetched.

use super::Tracking;
use crate::domain::id::UserId;
use crate::domain::time::Timestamp;
use crate::service::Principal;
use crate::service::error::ServiceError;
use crate::service::job::Holding;
use crate::store::read;

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

//! Striking out a stretch of one's own recorded activity: at once and for good, by nobody else.

use super::Tracking;
use super::timeline::own;
use crate::domain::command::Command;
use crate::domain::outcome::Outcome;
use crate::domain::strike::Strike;
use crate::domain::time::Timestamp;
use crate::service::error::ServiceError;
use crate::service::{Change, Principal};

/// Steps that one request makes; whoever has more asks again.
const STEPS_A_REQUEST: usize = 20;

impl Tracking {
    /// Strikes out what was recorded about oneself between these times; is there more?
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn strike(
        &self,
        principal: &Principal,
        (from, to): (Timestamp, Timestamp),
        now: Timestamp,
    ) -> Result<bool, ServiceError> {
        let person = own(principal)?.id;
        if from >= to {
            return Err(ServiceError::bad_input(
                "bad_range",
                "The stretch ends before it begins.",
                "Choose a beginning before the end.",
            ));
        }
        for _ in 0..STEPS_A_REQUEST {
            let command = Command::Strike(Strike { person, from, to });
            let change = Change { now, actor: principal.actor(), command };
            if change.commit(&self.door).await? != (Outcome::Erased { more: true }) {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

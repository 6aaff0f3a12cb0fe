//! Under which policy something is recorded here: the office's of now, unless it began before that came to this computer.

use crate::agent::AgentError;
use crate::agent::folder::Folder;
use crate::agent::identity::policy_since;
use crate::domain::activity::Event;
use crate::domain::policy::ActivityPolicy;
use crate::domain::time::Timestamp;

/// The office's policy, and since when it holds on this computer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::agent) struct InForce {
    /// The policy of now.
    pub(in crate::agent) policy: ActivityPolicy,
    /// Since when; what began before may have begun under any other.
    pub(in crate::agent) since: Timestamp,
}

impl InForce {
    /// What is written down of this policy; where that does not say since when, it holds from now on.
    pub(super) fn read(
        folder: &Folder,
        policy: ActivityPolicy,
        now: Timestamp,
    ) -> Result<Self, AgentError> {
        let (written, since) = policy_since(folder)?;
        let is_known = written == policy && since != Timestamp::LATEST;
        Ok(Self { policy, since: if is_known { since } else { now } })
    }

    /// What began at `start` leaves under this: a looser policy never reaches back.
    pub(super) fn at(self, start: Timestamp) -> ActivityPolicy {
        if start < self.since { ActivityPolicy::HoursOnly } else { self.policy }
    }

    /// The same where `known` says more: it is of that time, and was recorded under a policy of its own.
    pub(super) fn beside(self, start: Timestamp, known: Option<&Event>) -> ActivityPolicy {
        match known {
            Some(known) if start < self.since && known.start <= start => {
                known.policy.min(self.policy)
            }
            _ => self.at(start),
        }
    }
}

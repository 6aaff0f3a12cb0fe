//! A change on its way to the one door: who asks, when, and for what.

use super::error::ServiceError;
use super::once::{OnceKey, note};
use crate::clock;
use crate::consensus::Door;
use crate::domain::command::{Actor, Command, Envelope};
use crate::domain::id::RequestId;
use crate::domain::outcome::Outcome;
use crate::domain::time::Timestamp;

/// A change nobody has asked for yet.
pub(super) struct Change {
    /// When it is asked for.
    pub(super) now: Timestamp,
    /// By whom.
    pub(super) actor: Actor,
    /// What.
    pub(super) command: Command,
}

impl Change {
    /// With a fresh request id: sent twice, it is made once.
    pub(super) fn into_envelope(self) -> Envelope {
        let request = RequestId(clock::ascending_id());
        Envelope { request, at: self.now, actor: self.actor, command: self.command }
    }

    /// Through the door; a refusal comes back as an error.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub(super) async fn commit(self, door: &Door) -> Result<Outcome, ServiceError> {
        let sent = door.commit(self.into_envelope()).await;
        note(&sent);
        unless_refused(sent?)
    }

    /// The same for a caller who may ask again with a key of their own: then it is the first outcome, so whatever was chosen afresh
    /// for the command (an id) counts only as the outcome says.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub(super) async fn commit_once(
        self,
        door: &Door,
        key: Option<OnceKey>,
    ) -> Result<Outcome, ServiceError> {
        let Some(key) = key else { return self.commit(door).await };
        let envelope = Envelope { request: key.request(), ..self.into_envelope() };
        let sent = door.commit(envelope).await;
        note(&sent);
        unless_refused(sent?)
    }
}

fn unless_refused(outcome: Outcome) -> Result<Outcome, ServiceError> {
    match outcome {
        Outcome::Refused(refusal) => Err(ServiceError::Refused(refusal)),
        outcome => Ok(outcome),
    }
}

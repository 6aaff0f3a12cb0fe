//! Bringing in what was recorded elsewhere before: what is known already stays one event, and what was recorded before the office's policy
//! came here does not leave under it.

use super::in_force::InForce;
use super::writer::Desk;
use crate::agent::redaction::Sheets;
use crate::domain::activity::{Bucket, Event, LONGEST_EVENT_MS, NewEvent, SkipKnown};
use crate::domain::redaction::MASK;
use crate::store::StoreError;
use crate::store::activity::Pen;
use crate::wire::activitywatch::Redacted;

/// What a history is brought in with.
pub(super) struct History<'a> {
    sheets: &'a Sheets,
    policy: InForce,
}

impl<'a> History<'a> {
    pub(super) fn of(desk: &Desk<'a>) -> Self {
        Self { sheets: desk.sheets, policy: desk.policy }
    }

    /// Inserts the event, as the rules have left it, or makes a known one as long as it is now; `None` when there is nothing new.
    pub(super) fn bring_in(
        &self,
        pen: &mut Pen<'_>,
        bucket: &mut Bucket,
        event: NewEvent,
    ) -> Result<Option<Event>, StoreError> {
        let duration_ms = event.duration_ms.min(LONGEST_EVENT_MS);
        let hides = |known: &Event| known.data.json.as_str().contains(MASK);
        let same = |known: &Event| {
            known.data.json == event.data.json
                // Stored under rules that are gone: what was hidden then stays so.
                || (hides(known) && known.data.app == event.data.app)
                || match self.sheets.hold_over(bucket.name.as_str(), &known.data) {
                    // Stored under other rules than those of today.
                    Redacted::Changed(data) => data.json == event.data.json,
                    Redacted::Kept | Redacted::Dropped => false,
                }
        };
        match pen.find_at(bucket.number, event.start, &same)? {
            Some(known) if known.duration_ms >= duration_ms => Ok(None),
            // It was still going on the last time.
            Some(known) => {
                let longer = Event { duration_ms, ..known };
                pen.put_event(bucket, longer.clone())?;
                Ok(Some(longer))
            }
            None => {
                let policy = self.policy.at(event.start);
                pen.insert(bucket, event, policy, SkipKnown::Yes)
            }
        }
    }
}

//! The office's redaction rules: kept here, followed by every computer of the office, and by the server itself for what comes to it directly.

use std::sync::{Arc, Mutex, PoisonError};

use super::Tracking;
use crate::domain::activity::{ActivityCommand, EventId, NewEvent};
use crate::domain::command::Command;
use crate::domain::outcome::Outcome;
use crate::domain::policy::ActivityPolicy;
use crate::domain::redaction::{OfficeRules, RedactionCommand, Rules};
use crate::domain::right::Right;
use crate::domain::text::{BucketName, RuleSheet};
use crate::domain::time::Timestamp;
use crate::domain::told::{GuardedChange, Told};
use crate::service::error::ServiceError;
use crate::service::{Change, Principal};
use crate::store::read;
use crate::wire::activitywatch::{Redacted, redact};

/// The sheet that was compiled last.
#[derive(Default)]
pub(super) struct Compiled(Mutex<Option<(RuleSheet, Arc<Rules>)>>);

impl Compiled {
    /// The rules of the sheet; a sentence when they do not read: it was read before it was kept, but perhaps by another program than this.
    fn of(&self, sheet: &RuleSheet) -> Result<Arc<Rules>, String> {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match last.as_ref() {
            Some((compiled, rules)) if compiled == sheet => Ok(Arc::clone(rules)),
            _ => {
                let rules = Rules::parse(sheet.as_str()).map_err(|error| {
                    tracing::error!(%error, "the office's redaction rules do not read any more");
                    format!("The office's redaction rules do not read any more: {error}")
                })?;
                let rules = Arc::new(rules);
                *last = Some((sheet.clone(), Arc::clone(&rules)));
                Ok(rules)
            }
        }
    }
}

impl Tracking {
    /// The office's rules.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn rules(&self) -> Result<Option<OfficeRules>, ServiceError> {
        Ok(self.door.read(|reader| read::redaction_rules(reader)).await?)
    }

    /// The same with the version of their last change; 0 before the first.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn sheet(&self) -> Result<(Option<OfficeRules>, u64), ServiceError> {
        let found = self.door.read(|reader| {
            let version = read::told::version(reader, &Told::Redaction)?;
            Ok((read::redaction_rules(reader)?, version))
        });
        Ok(found.await?)
    }

    /// Other rules from now on, if the present ones are of the version looked at: on each computer with its next contact, for what is recorded from then on.
    ///
    /// # Errors
    /// [`ServiceError`], with the first line that is no rule.
    pub async fn set_rules(
        &self,
        principal: &Principal,
        (sheet, expect): (&str, Option<u64>),
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        principal.must_have(Right::SetPolicy)?;
        // As Windows ends lines, they are none here.
        let sheet = RuleSheet::new(sheet.replace("\r\n", "\n"))?;
        self.read_rules(sheet.clone()).await?;
        let set = GuardedChange::Redaction(RedactionCommand::Set(sheet));
        let command = Command::of_version(Told::Redaction, expect, set);
        Change { now, actor: principal.actor(), command }.commit(&self.door).await?;
        Ok(())
    }

    /// The rules of a sheet.
    ///
    /// # Errors
    /// [`ServiceError`], with the first line that is none.
    pub async fn read_rules(&self, sheet: RuleSheet) -> Result<Rules, ServiceError> {
        let read = self.compile(move || Rules::parse(sheet.as_str())).await?;
        read.map_err(|error| {
            ServiceError::bad_input(
                "bad_rule",
                format!("Line {}: {}", error.line, error.why),
                "A rule reads like one of: drop app = NAME, mask title ~ EXPRESSION, cut url ~ EXPRESSION.",
            )
        })
    }

    /// What is left of a change that comes to the server directly. An agent holds the rules over it before it keeps it.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub(super) async fn redacted(&self, command: Command) -> Result<Left, ServiceError> {
        let Command::Activity(command) = command else { return Ok(Left::Command(command)) };
        if !matches!(
            command,
            ActivityCommand::Heartbeat { .. } | ActivityCommand::InsertEvents { .. }
        ) {
            return Ok(Left::Command(Command::Activity(command)));
        }
        let Some(rules) = self.rules().await? else {
            return Ok(Left::Command(Command::Activity(command)));
        };
        // Nothing passes a sheet that does not read, and nothing is lost: whoever sends waits until the office has mended it.
        let rules = self.compiled.of(&rules.sheet).map_err(ServiceError::Busy)?;
        Ok(left(command, &rules))
    }
}

/// What is left of a change.
pub(super) enum Left {
    /// This is to be recorded.
    Command(Command),
    /// Nothing; whoever sent it hears this.
    Nothing(Outcome),
}

fn left(command: ActivityCommand, rules: &Rules) -> Left {
    let hold = |name: &BucketName, event: &NewEvent| redact([rules], name.as_str(), &event.data);
    let command = match command {
        ActivityCommand::Heartbeat { device, name, mut event, pulsetime_ms } => {
            match hold(&name, &event) {
                Redacted::Kept => {}
                Redacted::Changed(data) => event.data = data,
                // Number 0 is no event's.
                Redacted::Dropped => {
                    let event = event.numbered(EventId(0), ActivityPolicy::default());
                    return Left::Nothing(Outcome::Event(event));
                }
            }
            ActivityCommand::Heartbeat { device, name, event, pulsetime_ms }
        }
        ActivityCommand::InsertEvents { device, name, mut events, skip_known } => {
            events.retain_mut(|event| match hold(&name, event) {
                Redacted::Kept => true,
                Redacted::Changed(data) => {
                    event.data = data;
                    true
                }
                Redacted::Dropped => false,
            });
            ActivityCommand::InsertEvents { device, name, events, skip_known }
        }
        other => other,
    };
    Left::Command(Command::Activity(command))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_that_does_not_read_any_more_is_no_sheet_without_rules() {
        let compiled = Compiled::default();
        let sheet = |text: &str| RuleSheet::new(text).unwrap();
        assert_eq!(compiled.of(&sheet("drop app = a")).unwrap().len(), 1);
        let why = compiled.of(&sheet("drop everything")).unwrap_err();
        assert!(why.contains("Line 1"), "{why}");
        assert_eq!(compiled.of(&sheet("drop app = a")).unwrap().len(), 1);
    }
}

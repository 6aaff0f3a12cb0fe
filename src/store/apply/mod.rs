//! The one function that changes the server's state: the same command at the same log index does the same everywhere.
//!
//! Must never read a clock, chance, the environment or anything else outside the transaction. A refused command changes nothing, so
//! every handler checks first and writes after.

mod activity;
mod answer;
mod audit;
mod batch;
mod category;
mod customer;
mod device;
mod entry;
mod erasure;
mod import;
mod invitation;
mod job;
mod link;
mod lock;
mod look;
mod mail;
mod office;
mod office_setting;
mod project;
mod quarantine;
mod redaction;
mod request;
mod retention;
mod saved_report;
mod secret;
mod session;
mod setting;
mod strike;
mod sync;
mod tag;
mod target;
mod task;
mod team;
mod tier;
mod timesheet;
mod title;
mod token;
mod told;
mod totp;
mod user;

#[cfg(test)]
pub(crate) use erasure::OF_A_PERSON;

#[cfg(test)]
mod tests;

use super::error::StoreError;
use super::read;
use super::transaction::Writer;
use crate::domain::audit::AuditNote;
use crate::domain::command::{Actor, Command, Envelope};
use crate::domain::id::ReplicaId;
use crate::domain::outcome::{Audience, Changed, Noun, Outcome, Refusal};
use crate::domain::policy::{ActivityPolicy, policy_at};
use crate::domain::text::ShortText;
use crate::domain::time::Timestamp;

/// What applying a command did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// What became of it.
    pub outcome: Outcome,
    /// What others may want to hear of.
    pub changes: Vec<Changed>,
}

/// Applies the command at log index `index`.
///
/// # Errors
/// [`StoreError`]: the node must stop. A refusal is an [`Outcome`].
pub fn apply(
    writer: &mut dyn Writer,
    index: u64,
    envelope: &Envelope,
) -> Result<Applied, StoreError> {
    if let Some(outcome) = request::recall(writer, envelope)? {
        return Ok(Applied { outcome, changes: Vec::new() });
    }
    let office = read::office(writer.as_reader())?;
    let policy = match &office {
        Some(office) => {
            let change = read::policy_change(writer.as_reader())?;
            policy_at(office.policy, change.as_ref(), envelope.at)
        }
        None => ActivityPolicy::default(),
    };
    let replica = office.as_ref().map_or([0; 16], |office| office.id.bytes());
    let mut at = Applying {
        writer,
        index,
        at: envelope.at,
        actor: &envelope.actor,
        policy,
        replica: ReplicaId::from_bytes(replica),
        changes: Vec::new(),
    };
    let outcome = match &envelope.command {
        Command::Office(command) => office::apply(&mut at, office, command)?,
        // Before the office record: founding seals its keys first, so that an office never lacks them.
        Command::Secret(command) => secret::apply(&mut at, command)?,
        _ if office.is_none() => Outcome::Refused(Refusal::NotFounded),
        Command::User(command) => user::apply(&mut at, command)?,
        Command::Session(command) => session::apply(&mut at, command)?,
        Command::Token(command) => token::apply(&mut at, command)?,
        Command::Device(command) => device::apply(&mut at, command)?,
        Command::Invitation(command) => invitation::apply(&mut at, command)?,
        Command::Link(command) => link::apply(&mut at, command)?,
        Command::Team(command) => team::apply(&mut at, command)?,
        Command::Totp(command) => totp::apply(&mut at, command)?,
        Command::Look(look) => look::apply(&mut at, look)?,
        Command::Strike(strike) => strike::apply(&mut at, strike)?,
        Command::Activity(command) => activity::apply(&mut at, command)?,
        Command::Setting(command) => setting::apply(&mut at, command)?,
        Command::Batch(command) => batch::apply(&mut at, command)?,
        Command::Quarantine(command) => quarantine::apply(&mut at, command)?,
        Command::Customer(edit) => customer::apply(&mut at, edit)?,
        Command::Project(edit) => project::apply(&mut at, edit)?,
        Command::Task(edit) => task::apply(&mut at, edit)?,
        Command::Tag(edit) => tag::apply(&mut at, edit)?,
        Command::Entry(command) => entry::apply(&mut at, command)?,
        Command::OfficeSetting(command) => office_setting::apply(&mut at, office, command)?,
        Command::Mail(command) => mail::apply(&mut at, command)?,
        Command::Timesheet(command) => timesheet::apply(&mut at, command)?,
        Command::Lock(command) => lock::apply(&mut at, command)?,
        Command::Target(command) => target::apply(&mut at, command)?,
        Command::SavedReport(command) => saved_report::apply(&mut at, command)?,
        Command::Guarded(guarded) => told::apply_guarded(&mut at, office, guarded)?,
        Command::Tier(command) => tier::apply(&mut at, command)?,
        Command::Redaction(command) => redaction::apply(&mut at, command)?,
        Command::Category(command) => category::apply(&mut at, command)?,
        Command::Job(command) => job::apply(&mut at, command)?,
        Command::Answer(command) => answer::apply(&mut at, command)?,
        Command::Import(command) => import::apply(&mut at, command)?,
        Command::Retention(command) => retention::apply(&mut at, command)?,
        Command::Erasure(command) => erasure::apply(&mut at, command)?,
        Command::Audit(note) => {
            at.audit_note(note)?;
            Outcome::Done
        }
    };
    let changes = at.changes;
    // Not even the memory of it is kept of a refusal: a retry is judged anew, and a flood of bad requests writes nothing.
    if !matches!(outcome, Outcome::Refused(_)) {
        request::remember(writer, envelope, &outcome)?;
    }
    Ok(Applied { outcome, changes })
}

/// A command while it is being applied.
struct Applying<'a> {
    writer: &'a mut dyn Writer,
    index: u64,
    at: Timestamp,
    actor: &'a Actor,
    /// What activity recorded by this command is recorded under.
    policy: ActivityPolicy,
    /// Where edits made online are made.
    replica: ReplicaId,
    changes: Vec<Changed>,
}

impl Applying<'_> {
    /// Something changed that others may want to hear of.
    fn changed(&mut self, noun: Noun, id: impl Into<Vec<u8>>, audience: Audience) {
        self.changes.push(Changed { server_seq: self.index, noun, id: id.into(), audience });
    }

    /// An audit entry; its subject names nobody but by id ([`crate::domain::audit`]).
    fn audit(&mut self, action: &str, subject: &str) -> Result<(), StoreError> {
        self.audit_note(&AuditNote {
            action: ShortText::cut(action),
            subject: ShortText::cut(subject),
        })
    }

    fn audit_note(&mut self, note: &AuditNote) -> Result<(), StoreError> {
        audit::append(self.writer, self.at, self.actor, note)
    }
}

/// Shorthand for a refusal as the result of a handler.
fn refused(refusal: Refusal) -> Result<Outcome, StoreError> {
    Ok(Outcome::Refused(refusal))
}

//! The office's redaction rules. That each of them reads is checked above: what an expression may be is no promise of the log.

use super::{Applying, told};
use crate::domain::outcome::{Audience, Noun, Outcome};
use crate::domain::redaction::{OfficeRules, RedactionCommand};
use crate::domain::told::Told;
use crate::store::error::StoreError;
use crate::store::tables::RedactionRules;
use crate::store::transaction::{Read, Write};

pub(super) fn apply(
    at: &mut Applying<'_>,
    command: &RedactionCommand,
) -> Result<Outcome, StoreError> {
    let RedactionCommand::Set(sheet) = command;
    let before = at.writer.get::<RedactionRules>(&())?;
    if before.is_some_and(|before| before.sheet == *sheet) {
        return Ok(Outcome::Already);
    }
    let rules = OfficeRules { sheet: sheet.clone(), changed: at.at };
    at.writer.put::<RedactionRules>(&(), &rules)?;
    told::tell(at, Told::Redaction, true, Audience::Everyone)?;
    at.changed(Noun::Redaction, [], Audience::Everyone);
    // What a rule looks for may be somebody's name: the log says how long the sheet is, and no more.
    at.audit("redaction.set", &format!("{} lines", sheet.as_str().lines().count()))?;
    Ok(Outcome::Done)
}

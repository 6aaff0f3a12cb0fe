//! Sealed values.

use super::Applying;
use crate::domain::outcome::Outcome;
use crate::domain::secret::SecretCommand;
use crate::store::error::StoreError;
use crate::store::tables::Secrets;
use crate::store::transaction::Write;

pub(super) fn apply(at: &mut Applying<'_>, command: &SecretCommand) -> Result<Outcome, StoreError> {
    let SecretCommand::Put(secret) = command;
    at.writer.put::<Secrets>(&secret.name, secret)?;
    at.audit("secret.put", secret.name.as_str())?;
    Ok(Outcome::Done)
}

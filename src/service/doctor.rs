//! Is the data sound? Reads everything once and says what it finds.

use super::Principal;
use super::error::ServiceError;
use crate::consensus::Door;
use crate::domain::redaction::{OfficeRules, Rules};
use crate::domain::right::Right;
use crate::store::{hash, read};

/// What a look at all of the data found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkup {
    /// Entries of the audit log.
    pub audit_entries: u64,
    /// Hash over every decoded record: equal on every server with the same log.
    pub state_hash: [u8; 32],
    /// A sentence for each thing that is not sound.
    pub findings: Vec<String>,
}

/// Checks the data. Cheap to clone.
#[derive(Clone)]
pub struct Doctor {
    door: Door,
}

impl Doctor {
    /// Checks what stands behind `door`.
    pub const fn new(door: Door) -> Self {
        Self { door }
    }

    /// Reads every record and follows the audit log's chain; for administrators. Takes as long as reading the whole state.
    ///
    /// # Errors
    /// [`ServiceError`], also when a record does not read at all.
    pub async fn examine(&self, principal: &Principal) -> Result<Checkup, ServiceError> {
        principal.must_have(Right::ManageServer)?;
        let (state_hash, audit_entries, broken, rules) = self
            .door
            .read(|reader| {
                Ok((
                    hash::state_hash(reader)?,
                    read::last_audit_seq(reader)?,
                    read::broken_audit_entry(reader)?,
                    read::redaction_rules(reader)?,
                ))
            })
            .await?;
        let mut findings = Vec::new();
        if let Some(seq) = broken {
            findings.push(format!(
                "The audit log is broken at entry {seq}: it was changed, or one before it was removed. Compare with a backup."
            ));
        }
        findings.extend(rules.and_then(|rules| unread(&rules)));
        Ok(Checkup { audit_entries, state_hash, findings })
    }
}

/// What is wrong with the office's rules, if they do not read.
fn unread(rules: &OfficeRules) -> Option<String> {
    let why = Rules::parse(rules.sheet.as_str()).err()?;
    Some(format!(
        "The office's redaction rules do not read: {why} Until they do, activity that is sent here directly waits, and computers record nothing. Set others: timebook redaction set FILE"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::text::RuleSheet;
    use crate::domain::time::Timestamp;

    #[test]
    fn rules_that_do_not_read_are_told() {
        let rules = |text| OfficeRules {
            sheet: RuleSheet::new(text).unwrap(),
            changed: Timestamp::EARLIEST,
        };
        assert_eq!(unread(&rules("drop app = a")), None);
        assert!(unread(&rules("drop everything")).unwrap().contains("Line 1"));
    }
}

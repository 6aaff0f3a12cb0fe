//! What is kept of a person beside their time, their activity and their account: what they set up for themselves, where they belong, and
//! what is on its way.

use std::ops::ControlFlow;

use serde_json::{Value, json};

use crate::domain::command::Actor;
use crate::domain::policy::View;
use crate::domain::project::Project;
use crate::domain::user::User;
use crate::store::{Reader, StoreError, read};
use crate::wire::v1 as wire;
use crate::wire::v1::person_data::Line;

/// Categories, settings of programs, projects, imports and waiting letters. What a person set up for their own activity is theirs alone.
pub(super) fn beside(
    reader: &dyn Reader,
    person: &User,
    view: View,
) -> Result<Vec<String>, StoreError> {
    let mut page = Vec::new();
    if view == View::Own {
        if let Some(own) = read::category::own(reader, person.id)? {
            let data =
                json!({"tree": text(own.tree.as_str()), "changed": wire::rfc3339(own.changed)});
            page.push(Line { record: "category", data }.text());
        }
        for device in read::devices_of(reader, person.id)? {
            for (key, value) in read::settings(reader, device.id)? {
                let (device, key) = (device.id.to_string(), key.as_str().to_owned());
                let data = json!({"device": device, "key": key, "value": text(value.as_str())});
                page.push(Line { record: "setting", data }.text());
            }
        }
    }
    read::sync::each::<Project>(reader, None, |project| {
        let members = project.body.members.as_deref().unwrap_or_default();
        if project.is_live() && members.contains(&person.id) {
            let data = json!({"id": project.id.to_string(), "name": project.body.name.to_string()});
            page.push(Line { record: "project", data }.text());
        }
        ControlFlow::Continue(())
    })?;
    for import in
        read::import::all(reader)?.iter().filter(|import| import.by == Actor::User(person.id))
    {
        page.push(Line { record: "import", data: wire::Import::from(import) }.text());
    }
    let address = read::people::mail(reader, person.id)?;
    for mail in read::mails(reader)?.iter().filter(|mail| Some(&mail.to) == address.as_ref()) {
        let data = json!({"kind": mail.kind.name(), "to": mail.to.to_string(), "queued": wire::rfc3339(mail.queued)});
        page.push(Line { record: "letter", data }.text());
    }
    Ok(page)
}

/// JSON as it is kept.
fn text(kept: &str) -> Value {
    serde_json::from_str(kept).unwrap_or_else(|_| kept.into())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use crate::store::apply::OF_A_PERSON;

    /// Where each table that an erasure goes through is told in the file: a sort of line, or why there is none.
    const TOLD: &[(&str, &str)] = &[
        ("looks-1", "look"),
        ("users-1", "profile"),
        ("grants-1", "profile"),
        ("contacts-1", "profile"),
        ("places-1", "place"),
        ("totps-1", "none: a secret that only their app may know"),
        ("teams-1", "team"),
        ("user-names-1", "profile"),
        ("sessions-1", "session"),
        ("session-abouts-1", "session"),
        ("session-secrets-1", "none: hashes of secrets"),
        ("tokens-1", "token"),
        ("token-secrets-1", "none: hashes of secrets"),
        ("devices-1", "device"),
        ("person-devices-1", "device"),
        (
            "invitations-1",
            "none: a secret for a computer that is not there yet, told in the audit log",
        ),
        ("links-1", "none: a secret that ends within days, told in the audit log"),
        ("link-makers-1", "none: who made such a link, told in the audit log"),
        ("link-contacts-1", "none: an address of somebody without an account"),
        ("device-programs-1", "none: which version of Timebook runs on a computer"),
        ("streams-1", "none: how far deliveries are"),
        ("buckets-1", "bucket"),
        ("tail-1", "event"),
        ("hot-1", "event"),
        ("hot-ids-1", "event"),
        ("blocks-1", "event"),
        ("block-parts-1", "event"),
        ("dropped-buckets-1", "none: buckets they deleted, whose rows are on their way out"),
        ("day-totals-1", "none: sums of events"),
        ("month-hours-1", "none: sums of events"),
        ("month-apps-1", "none: sums of events"),
        ("settings-1", "setting"),
        ("quarantine-1", "none: bytes that could not be believed to be theirs"),
        ("secrets-1", "none: sealed secrets"),
        ("jobs-1", "job"),
        ("mails-1", "letter"),
        ("mail-abouts-1", "none: whose name stands in letters to others"),
        ("projects-1", "project"),
        ("entries-1", "entry"),
        ("person-entries-1", "entry"),
        ("timer-starts-1", "entry"),
        ("entry-uses-1", "entry"),
        ("timesheets-1", "timesheet"),
        ("waiting-sheets-1", "timesheet"),
        ("held-edits-1", "held_edit"),
        ("refused-offers-1", "refused_entry"),
        ("targets-1", "target"),
        ("own-categories-1", "category"),
        ("saved-reports-1", "saved_report"),
        ("history-1", "version"),
    ];

    #[test]
    fn every_table_that_is_erased_is_told_or_says_why_not() {
        let told: BTreeMap<_, _> = TOLD.iter().copied().collect();
        let erased: Vec<_> = OF_A_PERSON.to_vec();
        assert_eq!(told.len(), erased.len());
        let sources = [include_str!("beside.rs"), include_str!("../person_data.rs")];
        for table in erased {
            let line = told.get(table).unwrap_or_else(|| panic!("{table} is not told"));
            let record = format!("record: \"{line}\"");
            let is_written = sources.iter().any(|source| source.contains(&record));
            assert!(is_written || line.starts_with("none: "), "{table}: no line {line} is written");
        }
    }
}

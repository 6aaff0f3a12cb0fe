//! Saved reports: put and deleted. Who may is asked above.

use super::{Applying, refused, told};
use crate::domain::outcome::{Audience, HoursRefusal, Noun, Outcome, Refusal};
use crate::domain::saved_report::{
    MOST_SAVED_A_PERSON, MOST_SAVED_REPORTS, SavedReport, SavedReportCommand,
};
use crate::domain::told::Told;
use crate::store::error::StoreError;
use crate::store::read;
use crate::store::tables::SavedReports;
use crate::store::transaction::{Read, Write};

/// Writes a report that is there already, as it is read by name now.
pub(super) fn write(at: &mut Applying<'_>, report: &SavedReport) -> Result<(), StoreError> {
    at.writer.put::<SavedReports>(&report.id, report)?;
    let audience = match report.owner {
        Some(owner) if !report.shared => Audience::Person(owner),
        _ => Audience::Everyone,
    };
    told::tell(at, Told::SavedReport(report.id), true, audience)?;
    at.changed(Noun::SavedReport, report.id.bytes(), audience);
    Ok(())
}

pub(super) fn apply(
    at: &mut Applying<'_>,
    command: &SavedReportCommand,
) -> Result<Outcome, StoreError> {
    let mut was_shared = false;
    let (report, action) = match command {
        SavedReportCommand::Put(report) => {
            let all = read::target::saved_reports(at.writer.as_reader())?;
            let others = || all.iter().filter(|other| other.id != report.id);
            let own = others().filter(|other| other.owner == report.owner).count();
            if others().count() >= MOST_SAVED_REPORTS || own >= MOST_SAVED_A_PERSON {
                return refused(Refusal::TooMany);
            }
            was_shared = all.iter().any(|before| before.id == report.id && before.shared);
            at.writer.put::<SavedReports>(&report.id, report)?;
            (report.clone(), "report.save")
        }
        SavedReportCommand::Delete { report } => {
            let Some(report) = at.writer.get::<SavedReports>(report)? else {
                return refused(Refusal::Hours(HoursRefusal::UnknownReport));
            };
            at.writer.delete::<SavedReports>(&report.id)?;
            (report, "report.delete")
        }
    };
    let SavedReport { id, owner, shared, .. } = report;
    // One that was shared until now is news for everyone, too; to hear of one that is not says nothing but that there is one.
    let audience = match owner {
        Some(owner) if !shared && !was_shared => Audience::Person(owner),
        _ => Audience::Everyone,
    };
    let is_there = matches!(command, SavedReportCommand::Put(_));
    told::tell(at, Told::SavedReport(id), is_there, audience)?;
    at.changed(Noun::SavedReport, id.bytes(), audience);
    let sort = if shared { "shared" } else { "own" };
    at.audit(action, &format!("{id} ({sort})"))?;
    Ok(Outcome::Done)
}

//! What changed, for whoever keeps a copy.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;

use super::batches::device;
use super::{categories, devices, locks, saved_reports, targets};
use crate::api::Services;
use crate::api::error::Failure;
use crate::api::input::{Asked, Asker, page};
use crate::domain::entry::RefusedOffer;
use crate::domain::lock::{Closed, HeldEdit};
use crate::domain::outcome::{HoursRefusal, Refusal};
use crate::domain::time::Timestamp;
use crate::service::book::{
    ChangedRecord, ChangesPage, ChangesRequest, NamedTeam, ToldRecord, nouns,
};
use crate::wire::v1 as wire;

/// Since when.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct ChangesQuery {
    since: Option<u64>,
    /// The `server_epoch` the copy was made under.
    epoch: Option<u32>,
    /// Only these sorts, with commas between; all when left out.
    nouns: Option<String>,
    limit: Option<usize>,
    cursor: Option<String>,
}

/// The same for a computer's copy.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct CopyQuery {
    since: Option<u64>,
    epoch: Option<u32>,
    limit: Option<usize>,
    cursor: Option<String>,
}

pub(in crate::api) async fn list(
    State(services): State<Services>,
    Asker(asker): Asker,
    Asked(asked): Asked<ChangesQuery>,
) -> Result<Json<wire::Changes>, Failure> {
    let page = page(asked.limit, asked.cursor.as_deref())?;
    let names = asked.nouns.as_deref().map(|names| names.split(',').collect::<Vec<_>>());
    let nouns = nouns(&names.unwrap_or_default())?;
    let (since, epoch) = (asked.since.unwrap_or(0), asked.epoch);
    let request = ChangesRequest { since, epoch, nouns, page };
    let page = services.book.changes(&asker, &request).await?;
    Ok(Json(shown(page, (services.now)())?))
}

/// The copy on a person's computer.
pub(in crate::api) async fn copy(
    State(services): State<Services>,
    Asker(asker): Asker,
    Asked(asked): Asked<CopyQuery>,
) -> Result<Json<wire::ComputerCopy>, Failure> {
    let page = page(asked.limit, asked.cursor.as_deref())?;
    let (since, epoch) = (asked.since.unwrap_or(0), asked.epoch);
    let request = ChangesRequest { since, epoch, nouns: Vec::new(), page };
    let copy = services.book.computer_copy(device(&asker)?, &request).await?;
    let refused = |refused: &RefusedOffer| wire::RefusedEntry {
        id: refused.offer.id.to_string(),
        modified: wire::rfc3339(refused.offer.modified),
        code: refused.refusal.code().to_owned(),
        detail: refused.refusal.sentence().to_owned(),
        next: refused.refusal.next_step().to_owned(),
    };
    Ok(Json(wire::ComputerCopy {
        person: copy.person.to_string(),
        refused: copy.refused.iter().map(refused).chain(copy.held.iter().map(held)).collect(),
        changes: shown(copy.changes, (services.now)())?,
    }))
}

fn held(held: &HeldEdit) -> wire::RefusedEntry {
    let refusal = Refusal::Hours(match held.why {
        Closed::Locked => HoursRefusal::TimeLocked,
        Closed::Approved => HoursRefusal::WeekApproved,
    });
    wire::RefusedEntry {
        id: held.entry.to_string(),
        modified: wire::rfc3339(held.stamp.modified),
        code: "held".to_owned(),
        detail: format!(
            "{} The office holds this edit; it counts when that time is open again.",
            refusal.sentence()
        ),
        next: refusal.next_step().to_owned(),
    }
}

fn shown(page: ChangesPage, now: Timestamp) -> Result<wire::Changes, Failure> {
    Ok(wire::Changes {
        server_epoch: page.server_epoch,
        view: page.view,
        since: page.since,
        next: page.next.map(|next| next.to_text()),
        items: page.items.iter().map(|changed| change(changed, now)).collect::<Result<_, _>>()?,
    })
}

fn change(changed: &ChangedRecord, now: Timestamp) -> Result<wire::Change, Failure> {
    let record = changed.record.as_ref().map(|told| record(told, changed.seq, now)).transpose()?;
    Ok(wire::Change {
        seq: changed.seq,
        noun: changed.noun.name().to_owned(),
        id: changed.id.clone(),
        gone: record.is_none(),
        record: record.unwrap_or_default(),
    })
}

fn record(told: &ToldRecord, version: u64, now: Timestamp) -> Result<wire::AnyRecord, Failure> {
    let none = wire::AnyRecord::default();
    Ok(match told {
        ToldRecord::Synced(record) => record.into(),
        ToldRecord::User(user, rights, mail) => {
            let (version, mail) = (Some(version), mail.as_ref().map(ToString::to_string));
            let user = wire::User { version, mail, ..wire::User::of(user, *rights) };
            wire::AnyRecord { user: Some(user), ..none }
        }
        ToldRecord::Team(NamedTeam { id, name, members, leads }) => {
            let (id, name) = (id.to_string(), name.to_string());
            let (members, leads) = (members.clone(), leads.clone());
            wire::AnyRecord { team: Some(wire::Team { id, version, name, members, leads }), ..none }
        }
        ToldRecord::Timesheet(person, sheet) => {
            let sheet = wire::SheetRecord::of(person.clone(), sheet);
            wire::AnyRecord { timesheet: Some(sheet), ..none }
        }
        ToldRecord::Lock(lock) => {
            wire::AnyRecord { lock: Some((Some(lock.clone()), version).into()), ..none }
        }
        ToldRecord::HeldEdit(held) => {
            wire::AnyRecord { held_edit: Some(locks::json(held)), ..none }
        }
        ToldRecord::Target(person, target) => {
            let target = targets::one(person.clone(), target, version);
            wire::AnyRecord { target: Some(target), ..none }
        }
        ToldRecord::SavedReport(view) => {
            wire::AnyRecord { saved_report: Some(saved_reports::json(view)?), ..none }
        }
        ToldRecord::Setting(setting, settings) => {
            let setting = wire::Setting::of((*setting, version), settings);
            wire::AnyRecord { office_setting: Some(setting), ..none }
        }
        ToldRecord::Office(office, change) => {
            let office = wire::Office::of(office, change.as_ref(), version, now);
            wire::AnyRecord { office: Some(office), ..none }
        }
        ToldRecord::Device(device, person, is_own) => {
            let device = devices::json(device, person, version, *is_own);
            wire::AnyRecord { device: Some(device), ..none }
        }
        ToldRecord::Redaction(rules) => {
            let rules = wire::RedactionRules::of(Some(rules), version);
            wire::AnyRecord { redaction: Some(rules), ..none }
        }
        ToldRecord::Category(owner, kept) => {
            let category = categories::json(*owner, kept, version)?;
            wire::AnyRecord { category: Some(category), ..none }
        }
    })
}

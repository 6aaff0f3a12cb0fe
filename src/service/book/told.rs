//! What copies are told of beside the synced records, each as somebody sees it.

use super::sight::Viewer;
use crate::domain::category::Categories;
use crate::domain::device::Device;
use crate::domain::id::{DeviceId, TeamId, UserId};
use crate::domain::lock::{HeldEdit, HeldNumber, Lock};
use crate::domain::office::Office;
use crate::domain::office_setting::{OfficeSetting, OfficeSettings};
use crate::domain::outcome::Noun;
use crate::domain::policy::{PolicyChange, Reach};
use crate::domain::redaction::OfficeRules;
use crate::domain::right::{Right, Rights};
use crate::domain::sync::AnyRecord;
use crate::domain::target::Target;
use crate::domain::team::Team;
use crate::domain::text::Label;
use crate::domain::timesheet::Timesheet;
use crate::domain::told::{Mark, Told};
use crate::domain::user::User;
use crate::service::book::{Held, SavedView};
use crate::service::error::ServiceError;
use crate::store::{Reader, StoreError, read};

/// Sorts of record that copies are told of.
pub(super) const NOUNS: [Noun; 17] = [
    Noun::Customer,
    Noun::Project,
    Noun::Task,
    Noun::Tag,
    Noun::Entry,
    Noun::Timesheet,
    Noun::Lock,
    Noun::HeldEdit,
    Noun::Target,
    Noun::SavedReport,
    Noun::Team,
    Noun::User,
    Noun::OfficeSetting,
    Noun::Office,
    Noun::Device,
    Noun::Redaction,
    Noun::Category,
];
/// Those of them of which a computer keeps a copy: those that have versions and a history, and what closes time.
pub(super) const COPIED: &[Noun] = &[
    Noun::Customer,
    Noun::Project,
    Noun::Task,
    Noun::Tag,
    Noun::Entry,
    Noun::Timesheet,
    Noun::Lock,
];

/// The sorts of these names; all of them when there is no name.
///
/// # Errors
/// [`ServiceError::BadInput`].
pub fn nouns(names: &[&str]) -> Result<Vec<Noun>, ServiceError> {
    let noun = |name: &&str| NOUNS.into_iter().find(|noun| noun.name() == *name);
    let found: Option<Vec<_>> = names.iter().map(noun).collect();
    found.ok_or_else(|| {
        let known: Vec<_> = NOUNS.iter().map(|noun| noun.name()).collect();
        let sentence = format!("Copies are told of {} only.", known.join(", "));
        ServiceError::bad_input("unknown_noun", sentence, "Choose among these.")
    })
}

/// A record as somebody sees it.
#[derive(Clone, Debug)]
pub enum ToldRecord {
    /// One with a history.
    Synced(AnyRecord),
    /// A person with an account, what they may do, and where they are written to, if that is for the asker.
    User(User, Rights, Option<Label>),
    /// A team.
    Team(NamedTeam),
    /// A person's week, and their sign-in name.
    Timesheet(String, Timesheet),
    /// What is closed for everyone.
    Lock(Lock),
    /// An edit that came too late.
    HeldEdit(Held),
    /// What a person is to work, and their sign-in name.
    Target(String, Target),
    /// A saved report.
    SavedReport(SavedView),
    /// A setting, among all of them.
    Setting(OfficeSetting, OfficeSettings),
    /// The office, and a looser policy to come, or one that came.
    Office(Office, Option<PolicyChange>),
    /// A computer, whose it is, and whether that is the asker.
    Device(Device, User, bool),
    /// The office's redaction rules.
    Redaction(OfficeRules),
    /// Categories: one's own, or the office's.
    Category(Option<UserId>, Categories),
}

/// A team with its people by name.
#[derive(Clone, Debug)]
pub struct NamedTeam {
    /// For ever.
    pub id: TeamId,
    /// What people call it.
    pub name: Label,
    /// Who is in it.
    pub members: Vec<String>,
    /// Who reaches them.
    pub leads: Vec<String>,
}

impl Viewer {
    /// The record behind a mark: none when it is gone, or not for this person; `Err` when they hear nothing of it at all.
    pub(super) fn told(
        &self,
        reader: &dyn Reader,
        mark: &Mark,
    ) -> Result<Result<Option<ToldRecord>, Hidden>, StoreError> {
        let seen = if mark.gone.is_some() { None } else { self.record(reader, &mark.told)? };
        let hears = match (mark.whose, mark.told) {
            _ if seen.is_some() => true,
            (_, Told::Setting(_)) => false,
            (None, _) => true,
            (Some(whose), Told::SavedReport(_)) => self.own == Some(whose),
            (Some(whose), Told::User(_)) => self.knows(whose),
            (Some(whose), Told::Device(_)) => self.keeps(whose),
            (Some(whose), Told::Category { .. }) => self.own == Some(whose),
            (Some(whose), _) => decides(&self.reach, whose),
        };
        Ok(if hears { Ok(seen) } else { Err(Hidden) })
    }

    /// The record, if it is there and theirs to see.
    fn record(&self, reader: &dyn Reader, told: &Told) -> Result<Option<ToldRecord>, StoreError> {
        match *told {
            Told::User(id) if self.knows(id) => {
                let is_shown = self.own == Some(id) || self.rights.has(Right::ManagePeople);
                user(reader, id, is_shown)
            }
            Told::Timesheet { person, from } if decides(&self.reach, person) => {
                let sheet = read::timesheet::one(reader, person, from)?;
                let sheet = name(reader, person)?.zip(sheet);
                Ok(sheet.map(|(name, sheet)| ToldRecord::Timesheet(name, sheet)))
            }
            Told::HeldEdit { person, number } if decides(&self.reach, person) => {
                held(reader, person, number)
            }
            Told::Target { person, from } if decides(&self.reach, person) => {
                let target = read::target::one(reader, person, from)?;
                let target = name(reader, person)?.zip(target);
                Ok(target.map(|(name, target)| ToldRecord::Target(name, target)))
            }
            Told::User(_)
            | Told::Timesheet { .. }
            | Told::HeldEdit { .. }
            | Told::Target { .. } => Ok(None),
            Told::Team(id) => match read::people::team(reader, id)? {
                Some(team) if self.sees_team(&team) => named(reader, team).map(Some),
                _ => Ok(None),
            },
            Told::Office => {
                let change = read::policy_change(reader)?;
                Ok(read::office(reader)?.map(|office| ToldRecord::Office(office, change)))
            }
            Told::Device(id) => self.device(reader, id),
            Told::Redaction => Ok(read::redaction_rules(reader)?.map(ToldRecord::Redaction)),
            Told::Category { owner } => {
                let found = match owner {
                    None => read::category::office(reader)?,
                    Some(own) if self.own == Some(own) => read::category::own(reader, own)?,
                    Some(_) => None,
                };
                Ok(found.map(|found| ToldRecord::Category(owner, found)))
            }
            Told::Lock => Ok(read::timesheet::lock(reader)?.map(ToldRecord::Lock)),
            Told::SavedReport(id) => {
                let report = read::target::saved_report(reader, id)?;
                let Some(report) = report else { return Ok(None) };
                let own = report.owner == self.own;
                if !own && !report.shared {
                    return Ok(None);
                }
                let owner = report.owner.map(|owner| name(reader, owner)).transpose()?.flatten();
                let version = read::told::version(reader, told)?;
                Ok(Some(ToldRecord::SavedReport(SavedView { report, owner, own, version })))
            }
            Told::Setting(setting) => {
                let seen = setting.is_for_everyone() || self.rights.has(setting.set_with());
                let settings = read::office_settings(reader)?;
                Ok(seen.then_some(ToldRecord::Setting(setting, settings)))
            }
        }
    }

    /// Teams are everybody's who sees everybody or manages people, and of others those they belong to or lead.
    fn sees_team(&self, team: &Team) -> bool {
        let all = self.rights.has(Right::SeeTeamReports) || self.rights.has(Right::ManagePeople);
        all || self.own.is_some_and(|own| team.members.contains(&own) || team.leads.contains(&own))
    }

    fn device(&self, reader: &dyn Reader, id: DeviceId) -> Result<Option<ToldRecord>, StoreError> {
        let Some(device) = read::device(reader, id)? else { return Ok(None) };
        let person = read::user(reader, device.person)?;
        let person = person.filter(|person| self.keeps(person.id));
        Ok(person.map(|person| {
            let is_own = self.own == Some(person.id);
            ToldRecord::Device(device, person, is_own)
        }))
    }

    /// Is this person's computer in the list that they are shown?
    fn keeps(&self, person: UserId) -> bool {
        self.rights.has(Right::ManageComputers) || self.reach.sees(person)
    }

    fn knows(&self, person: UserId) -> bool {
        self.rights.has(Right::ManagePeople) || self.reach.sees(person)
    }
}

/// Nothing is told of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Hidden;

fn decides(reach: &Reach, person: UserId) -> bool {
    reach.sees(person) || reach.may_approve(person)
}

fn user(
    reader: &dyn Reader,
    id: UserId,
    with_mail: bool,
) -> Result<Option<ToldRecord>, StoreError> {
    let Some(user) = read::user(reader, id)? else { return Ok(None) };
    let rights = read::people::rights(reader, &user)?;
    let mail = if with_mail { read::people::mail(reader, id)? } else { None };
    Ok(Some(ToldRecord::User(user, rights, mail)))
}

fn held(
    reader: &dyn Reader,
    person: UserId,
    number: HeldNumber,
) -> Result<Option<ToldRecord>, StoreError> {
    let edit: Option<HeldEdit> = read::timesheet::held_edit(reader, person, number)?;
    let person = read::user(reader, person)?;
    Ok(person.zip(edit).map(|(person, edit)| ToldRecord::HeldEdit(Held { person, number, edit })))
}

fn named(reader: &dyn Reader, team: Team) -> Result<ToldRecord, StoreError> {
    let names = |people: &std::collections::BTreeSet<UserId>| {
        let mut names = Vec::with_capacity(people.len());
        for id in people {
            names.extend(name(reader, *id)?);
        }
        Ok::<_, StoreError>(names)
    };
    let (members, leads) = (names(&team.members)?, names(&team.leads)?);
    Ok(ToldRecord::Team(NamedTeam { id: team.id, name: team.name, members, leads }))
}

fn name(reader: &dyn Reader, person: UserId) -> Result<Option<String>, StoreError> {
    Ok(read::user(reader, person)?.map(|user| user.name.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::told::AT_A_DESK;

    #[test]
    fn every_sort_is_told_to_copies_or_read_at_a_desk() {
        for noun in Noun::ALL {
            let (is_told, is_at_desk) = (NOUNS.contains(&noun), AT_A_DESK.contains(&noun));
            assert!(is_told != is_at_desk, "{}: say which of the two it is", noun.name());
        }
    }
}

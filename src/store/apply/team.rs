//! Teams.

use super::{Applying, refused, told};
use crate::domain::audit;
use crate::domain::outcome::{Audience, Noun, Outcome, Refusal};
use crate::domain::team::{MOST_MEMBERS, MOST_TEAMS, Team, TeamCommand};
use crate::domain::told::Told;
use crate::store::error::StoreError;
use crate::store::read;
use crate::store::tables::{Teams, Users};
use crate::store::transaction::{Read, Write};

pub(super) fn apply(at: &mut Applying<'_>, command: &TeamCommand) -> Result<Outcome, StoreError> {
    match command {
        TeamCommand::Put(team) => put(at, team),
        TeamCommand::Delete { team } => {
            let Some(team) = at.writer.get::<Teams>(team)? else {
                return refused(Refusal::UnknownTeam);
            };
            at.writer.delete::<Teams>(&team.id)?;
            told::tell(at, Told::Team(team.id), false, Audience::Everyone)?;
            at.changed(Noun::Team, team.id.bytes(), Audience::Everyone);
            at.audit("team.delete", team.name.as_str())?;
            Ok(Outcome::Done)
        }
    }
}

fn put(at: &mut Applying<'_>, team: &Team) -> Result<Outcome, StoreError> {
    let teams = read::people::teams(at.writer.as_reader())?;
    let others = || teams.iter().filter(|other| other.id != team.id);
    if others().any(|other| other.name.folded() == team.name.folded()) {
        return refused(Refusal::TitleTaken);
    }
    let too_many = team.members.len() > MOST_MEMBERS || team.leads.len() > MOST_MEMBERS;
    if too_many || others().count() >= MOST_TEAMS {
        return refused(Refusal::TooMany);
    }
    for person in team.members.union(&team.leads) {
        if at.writer.get::<Users>(person)?.is_none() {
            return refused(Refusal::UnknownUser);
        }
    }
    let before = at.writer.get::<Teams>(&team.id)?.map_or_else(Default::default, |team| team.leads);
    write(at, team)?;
    let (members, leads) = (team.members.len(), team.leads.len());
    at.audit("team.put", &format!("{} ({members} members, {leads} leads)", team.name))?;
    // A lead sees hours and activity: who became one, and who is none any more, is written down each.
    for (action, people) in [
        ("team.lead", team.leads.difference(&before)),
        ("team.lead_no_more", before.difference(&team.leads)),
    ] {
        for person in people {
            at.audit(action, &format!("{}: {}", audit::person(*person), team.name))?;
        }
    }
    Ok(Outcome::Done)
}

pub(super) fn write(at: &mut Applying<'_>, team: &Team) -> Result<(), StoreError> {
    at.writer.put::<Teams>(&team.id, team)?;
    told::tell(at, Told::Team(team.id), true, Audience::Everyone)?;
    at.changed(Noun::Team, team.id.bytes(), Audience::Everyone);
    Ok(())
}

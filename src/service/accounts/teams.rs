//! Teams: who is in them, and who leads them.

use std::collections::BTreeSet;

use super::Accounts;
use crate::clock;
use crate::domain::command::Command;
use crate::domain::id::{TeamId, UserId};
use crate::domain::outcome::Refusal;
use crate::domain::right::{Right, Rights};
use crate::domain::team::{Team, TeamCommand};
use crate::domain::text::{Label, UserName};
use crate::domain::time::Timestamp;
use crate::domain::told::{GuardedChange, Told};
use crate::service::error::ServiceError;
use crate::service::{Change, Principal};
use crate::store::{Reader, StoreError, read};

/// A team there is.
#[derive(Clone, Debug)]
pub struct KnownTeam {
    /// For ever.
    pub id: TeamId,
    /// Of its last change.
    pub version: u64,
    /// As people write it.
    pub team: NamedTeam,
}

/// A team as people write it: sign-in names instead of ids.
#[derive(Clone, Debug)]
pub struct NamedTeam {
    /// What they call it.
    pub name: String,
    /// Who is in it.
    pub members: Vec<String>,
    /// Who reaches the members.
    pub leads: Vec<String>,
}

impl Accounts {
    /// Teams: every one for whoever sees everybody or manages people, for others those they belong to or lead. Everyone may know who
    /// leads them.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn teams(&self, principal: &Principal) -> Result<Vec<KnownTeam>, ServiceError> {
        let all = principal.may(Right::SeeTeamReports) || principal.may(Right::ManagePeople);
        let own = principal.user().map(|user| user.id);
        let found = self.door.read(move |reader| {
            let mut named = Vec::new();
            for team in read::people::teams(reader)? {
                let concerns = |own| team.members.contains(&own) || team.leads.contains(&own);
                if !all && !own.is_some_and(concerns) {
                    continue;
                }
                let (members, leads) = (names(reader, &team.members)?, names(reader, &team.leads)?);
                let version = read::told::version(reader, &Told::Team(team.id))?;
                let (id, name) = (team.id, team.name.to_string());
                named.push(KnownTeam { id, version, team: NamedTeam { name, members, leads } });
            }
            Ok(named)
        });
        Ok(found.await?)
    }

    /// Makes a team.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn add_team(
        &self,
        principal: &Principal,
        team: NamedTeam,
        now: Timestamp,
    ) -> Result<TeamId, ServiceError> {
        let id = TeamId(clock::ascending_id());
        self.put_team(principal, (id, None), team, now).await?;
        Ok(id)
    }

    /// Gives a team another shape, if it is of the version looked at.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn change_team(
        &self,
        principal: &Principal,
        (id, expect): (TeamId, Option<u64>),
        team: NamedTeam,
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        principal.must_have(Right::ManagePeople)?;
        let known = self.door.read(move |reader| read::people::team(reader, id)).await?;
        known.ok_or(ServiceError::Refused(Refusal::UnknownTeam))?;
        self.put_team(principal, (id, expect), team, now).await
    }

    /// Deletes a team, if it is of the version looked at; its people stay.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn delete_team(
        &self,
        principal: &Principal,
        (team, expect): (TeamId, Option<u64>),
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        principal.must_have(Right::ManagePeople)?;
        let delete = GuardedChange::Team(TeamCommand::Delete { team });
        let command = Command::of_version(Told::Team(team), expect, delete);
        Change { now, actor: principal.actor(), command }.commit(&self.door).await?;
        Ok(())
    }

    async fn put_team(
        &self,
        principal: &Principal,
        (id, expect): (TeamId, Option<u64>),
        team: NamedTeam,
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        principal.must_have(Right::ManagePeople)?;
        if !team.leads.is_empty() {
            // A lead sees and approves: whoever may not do so with everybody makes nobody a lead, least of all themselves.
            principal.must_cover(Rights::NONE.with([Right::SeeTeamReports, Right::ApproveTime]))?;
        }
        let (members, leads) = (self.ids(team.members).await?, self.ids(team.leads).await?);
        let team = Team { id, name: Label::new(team.name)?, members, leads };
        let put = GuardedChange::Team(TeamCommand::Put(team));
        let command = Command::of_version(Told::Team(id), expect, put);
        Change { now, actor: principal.actor(), command }.commit(&self.door).await?;
        Ok(())
    }

    async fn ids(&self, names: Vec<String>) -> Result<BTreeSet<UserId>, ServiceError> {
        let found = self.door.read(move |reader| {
            let mut ids = BTreeSet::new();
            for name in names {
                let user = UserName::new(name.as_str()).ok();
                let user = user.map(|name| read::user_by_name(reader, &name)).transpose()?;
                match user.flatten() {
                    Some(user) => ids.insert(user.id),
                    None => return Ok(Err(name)),
                };
            }
            Ok(Ok(ids))
        });
        found.await?.map_err(|name| {
            let name: String = name.chars().take(64).collect();
            let sentence = format!("There is nobody of the name {name:?}.");
            ServiceError::bad_input("unknown_user", sentence, "Check the spelling.")
        })
    }
}

fn names(reader: &dyn Reader, people: &BTreeSet<UserId>) -> Result<Vec<String>, StoreError> {
    let mut names = Vec::with_capacity(people.len());
    for id in people {
        names.extend(read::user(reader, *id)?.map(|user| user.name.to_string()));
    }
    Ok(names)
}

//! Roles, grants, teams, and people who come back.

use std::collections::BTreeSet;

use super::*;
use crate::domain::id::TeamId;
use crate::domain::right::{Right, Rights};
use crate::domain::team::{Team, TeamCommand};
use crate::domain::user::Grants;

fn set_role(user: UserId, role: Role) -> Command {
    Command::User(UserCommand::SetRole { user, role })
}

fn nobody() -> UserId {
    UserId::from_bytes([0xee; 16])
}

#[test]
fn a_role_changes_but_for_the_last_administrator() {
    let (mut story, ada) = Story::with_ada();
    let bob = story.person("bob", Role::Employee);
    story.refuses(set_role(ada, Role::Manager), Refusal::LastAdministrator);
    assert_eq!(story.run(set_role(ada, Role::Administrator)), Outcome::Already);
    assert_eq!(story.run(set_role(bob, Role::Administrator)), Outcome::Done);
    assert_eq!(story.run(set_role(ada, Role::Manager)), Outcome::Done);
    let role =
        |story: &Story, user| read::user(&story.state.read().unwrap(), user).unwrap().unwrap().role;
    assert_eq!((role(&story, ada), role(&story, bob)), (Role::Manager, Role::Administrator));
    story.refuses(set_role(bob, Role::Employee), Refusal::LastAdministrator);
    story.refuses(set_role(nobody(), Role::Manager), Refusal::UnknownUser);
}

#[test]
fn grants_add_to_the_role_until_they_are_taken_back() {
    let (mut story, _) = Story::with_ada();
    let bob = story.person("bob", Role::Employee);
    let rights = |story: &Story| {
        let scope = story.state.read().unwrap();
        let user = read::user(&scope, bob).unwrap().unwrap();
        read::people::rights(&scope, &user).unwrap()
    };
    assert_eq!(rights(&story), Rights::NONE);
    let set = |rights: BTreeSet<Right>| {
        Command::User(UserCommand::SetGrants { user: bob, grants: Grants { rights } })
    };
    assert_eq!(story.run(set([Right::Export].into())), Outcome::Done);
    assert_eq!(rights(&story), Rights::NONE.with([Right::Export]));
    assert_eq!(story.run(set_role(bob, Role::Manager)), Outcome::Done);
    assert_eq!(rights(&story), Rights::of_role(Role::Manager));
    assert_eq!(story.run(set_role(bob, Role::Employee)), Outcome::Done);
    assert_eq!(story.run(set(BTreeSet::new())), Outcome::Done);
    assert_eq!(rights(&story), Rights::NONE);
    let unknown = UserCommand::SetGrants { user: nobody(), grants: Grants::default() };
    story.refuses(Command::User(unknown), Refusal::UnknownUser);
}

#[test]
fn a_team_is_made_changed_and_deleted() {
    let (mut story, ada) = Story::with_ada();
    let bob = story.person("bob", Role::Employee);
    let (one, two) = (TeamId(story.id()), TeamId(story.id()));
    let team = |id, name: &str, members: &[UserId]| Team {
        id,
        name: Label::new(name).unwrap(),
        members: members.iter().copied().collect(),
        leads: [ada].into(),
    };
    let put = |team| Command::Team(TeamCommand::Put(team));
    assert_eq!(story.run(put(team(one, "Studio", &[bob]))), Outcome::Done);
    story.refuses(put(team(two, "STUDIO", &[])), Refusal::TitleTaken);
    story.refuses(put(team(two, "Office", &[nobody()])), Refusal::UnknownUser);
    assert_eq!(story.run(put(team(one, "Studio", &[ada, bob]))), Outcome::Done);
    let kept = read::people::teams(&story.state.read().unwrap()).unwrap();
    assert_eq!(kept, [team(one, "Studio", &[ada, bob])]);
    let delete = |team| Command::Team(TeamCommand::Delete { team });
    assert_eq!(story.run(delete(one)), Outcome::Done);
    story.refuses(delete(one), Refusal::UnknownTeam);
}

#[test]
fn a_disabled_person_comes_back() {
    let (mut story, _) = Story::with_ada();
    let bob = story.person("bob", Role::Employee);
    let enable = |user| Command::User(UserCommand::Enable { user });
    assert_eq!(story.run(enable(bob)), Outcome::Already);
    assert_eq!(story.run(Command::User(UserCommand::Disable { user: bob })), Outcome::Done);
    assert_eq!(story.run(enable(bob)), Outcome::Done);
    story.sign_in(bob);
    story.refuses(enable(nobody()), Refusal::UnknownUser);
}

//! One-time links: once, in time, for one person.

use super::*;
use crate::domain::id::LinkId;
use crate::domain::link::{Link, LinkCommand, LinkPurpose, RESET_LIFE_MS};

fn make(story: &mut Story, secret: u8, purpose: LinkPurpose) -> LinkId {
    let (id, created) = (LinkId(story.id()), story.now);
    let expires = created.plus_ms(purpose.life_ms());
    let link = Link { id, secret_hash: [secret; 32], purpose, created, expires };
    assert_eq!(story.run(Command::Link(LinkCommand::Make(link))), Outcome::Done);
    id
}

fn reset(secret: u8) -> Command {
    let password = PasswordHash::new("$argon2id$second").unwrap();
    Command::Link(LinkCommand::Reset { secret_hash: [secret; 32], password })
}

fn join(story: &mut Story, secret: u8) -> Command {
    let user = story.user("whoever", Role::Administrator);
    Command::Link(LinkCommand::Join { secret_hash: [secret; 32], user })
}

fn to_join(name: &str) -> LinkPurpose {
    LinkPurpose::Join { name: UserName::new(name).unwrap(), role: Role::Manager }
}

#[test]
fn a_reset_sets_the_password_once_and_ends_sessions() {
    let (mut story, _) = Story::with_ada();
    let bob = story.person("bob", Role::Employee);
    let session = story.sign_in(bob);
    make(&mut story, 1, LinkPurpose::Reset { user: bob });
    story.refuses(reset(2), Refusal::LinkClosed);
    let as_join = join(&mut story, 1);
    story.refuses(as_join, Refusal::LinkClosed);
    assert_eq!(story.run(reset(1)), Outcome::Done);
    let scope = story.state.read().unwrap();
    let password = read::user(&scope, bob).unwrap().unwrap().password;
    assert_eq!(password.as_str(), "$argon2id$second");
    assert_eq!(read::session(&scope, session.id).unwrap(), None);
    drop(scope);
    story.refuses(reset(1), Refusal::LinkClosed);
}

#[test]
fn a_link_ends_by_time_by_a_newer_one_by_withdrawal_and_with_the_account() {
    let (mut story, _) = Story::with_ada();
    let bob = story.person("bob", Role::Employee);
    let purpose = || LinkPurpose::Reset { user: bob };
    make(&mut story, 1, purpose());
    story.later(RESET_LIFE_MS);
    story.refuses(reset(1), Refusal::LinkClosed);
    make(&mut story, 2, purpose());
    let newest = make(&mut story, 3, purpose());
    story.refuses(reset(2), Refusal::LinkClosed);
    let withdraw = Command::Link(LinkCommand::Withdraw { link: newest });
    assert_eq!(story.run(withdraw.clone()), Outcome::Done);
    story.refuses(withdraw, Refusal::UnknownLink);
    story.refuses(reset(3), Refusal::LinkClosed);
    make(&mut story, 4, purpose());
    assert_eq!(story.run(Command::User(UserCommand::Disable { user: bob })), Outcome::Done);
    story.refuses(reset(4), Refusal::LinkClosed);
    assert_eq!(read::links(&story.state.read().unwrap()).unwrap(), []);
}

#[test]
fn links_end_with_the_standing_of_whom_they_are_for_and_of_who_made_them() {
    let (mut story, _) = Story::with_ada();
    let bob = story.person("bob", Role::Employee);
    let eve = story.person("eve", Role::Administrator);
    let by_eve = |story: &mut Story, secret: u8, purpose: LinkPurpose| {
        let (id, created) = (LinkId(story.id()), story.now);
        let expires = created.plus_ms(purpose.life_ms());
        let link = Link { id, secret_hash: [secret; 32], purpose, created, expires };
        let made = Command::Link(LinkCommand::Make(link));
        let made = Envelope { actor: Actor::User(eve), ..story.envelope(made) };
        assert_eq!(story.apply(&made).outcome, Outcome::Done);
    };
    // Bob becomes somebody whose password Eve may not reset.
    by_eve(&mut story, 1, LinkPurpose::Reset { user: bob });
    let role = UserCommand::SetRole { user: bob, role: Role::Manager };
    assert_eq!(story.run(Command::User(role)), Outcome::Done);
    story.refuses(reset(1), Refusal::LinkClosed);
    // A password of his own makes a link to another one pointless.
    by_eve(&mut story, 2, LinkPurpose::Reset { user: bob });
    let password = PasswordHash::new("$argon2id$own").unwrap();
    let change = UserCommand::ChangePassword { user: bob, password, keep: None };
    assert_eq!(story.run(Command::User(change)), Outcome::Done);
    story.refuses(reset(2), Refusal::LinkClosed);
    // Eve goes, and with her what she kept for later; the terminal's links stay.
    by_eve(&mut story, 3, to_join("mia"));
    make(&mut story, 4, to_join("tom"));
    assert_eq!(story.run(Command::User(UserCommand::Disable { user: eve })), Outcome::Done);
    let joined = join(&mut story, 3);
    story.refuses(joined, Refusal::LinkClosed);
    let joined = join(&mut story, 4);
    assert_eq!(story.run(joined), Outcome::Done);
}

#[test]
fn who_joins_gets_the_name_and_role_of_the_link() {
    let (mut story, _) = Story::with_ada();
    make(&mut story, 1, to_join("mia"));
    story.refuses(reset(1), Refusal::LinkClosed);
    let joined = join(&mut story, 1);
    assert_eq!(story.run(joined.clone()), Outcome::Done);
    let name = UserName::new("mia").unwrap();
    let mia = read::user_by_name(&story.state.read().unwrap(), &name).unwrap().unwrap();
    assert_eq!(mia.role, Role::Manager);
    story.refuses(joined, Refusal::LinkClosed);
}

#[test]
fn a_name_that_was_taken_meanwhile_is_refused_and_the_link_stays() {
    let (mut story, ada) = Story::with_ada();
    make(&mut story, 1, to_join("mia"));
    story.person("mia", Role::Employee);
    let joined = join(&mut story, 1);
    story.refuses(joined, Refusal::NameTaken);
    let purpose = to_join("ada");
    let (id, created) = (LinkId(story.id()), story.now);
    let link = Link { id, secret_hash: [9; 32], purpose, created, expires: created.plus_ms(9) };
    let made = |link| Command::Link(LinkCommand::Make(link));
    story.refuses(made(link.clone()), Refusal::NameTaken);
    let nobody = LinkPurpose::Reset { user: UserId::from_bytes([0xee; 16]) };
    story.refuses(made(Link { purpose: nobody, ..link }), Refusal::UnknownUser);
    assert!(read::user(&story.state.read().unwrap(), ada).unwrap().is_some());
}

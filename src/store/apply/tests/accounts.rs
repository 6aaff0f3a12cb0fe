//! People, their sessions and their tokens.

use super::*;
use crate::domain::device::DeviceCommand;
use crate::domain::id::TokenId;
use crate::domain::session::SessionAbout;
use crate::domain::token::{Scope, Token, TokenCommand};

fn token(story: &mut Story, user: UserId, name: &str) -> (Token, Command) {
    let (id, device) = (TokenId(story.id()), DeviceId(story.id()));
    let mut secret_hash = [1; 32];
    secret_hash[..16].copy_from_slice(&id.bytes());
    let token = Token {
        id,
        secret_hash,
        user,
        device,
        label: label("watchers"),
        scopes: vec![Scope::Record],
        created: story.now,
        revoked: None,
    };
    let create = TokenCommand::Create { token: token.clone(), device: label(name) };
    (token, Command::Token(create))
}

fn create_token(story: &mut Story, user: UserId, name: &str) -> (Token, DeviceId) {
    let (token, create) = token(story, user, name);
    match story.run(create) {
        Outcome::Device { device, person } if person == user => (token, device),
        other => panic!("{other:?}"),
    }
}

fn set_password(user: UserId, hash: &str) -> Command {
    let password = PasswordHash::new(hash).unwrap();
    Command::User(UserCommand::SetPassword { user, password })
}

#[test]
fn a_name_belongs_to_one_person() {
    let (mut story, ada) = Story::with_ada();
    let other = story.user("ada", Role::Employee);
    let add = UserCommand::Add { user: other, wrapped_key: None };
    story.refuses(Command::User(add), Refusal::NameTaken);
    let name = UserName::new("ada").unwrap();
    let known = read::user_by_name(&story.state.read().unwrap(), &name).unwrap().unwrap();
    assert_eq!(known.id, ada);
}

#[test]
fn the_last_administrator_stays() {
    let (mut story, ada) = Story::with_ada();
    story.person("mia", Role::Manager);
    let disable = |user| Command::User(UserCommand::Disable { user });
    story.refuses(disable(ada), Refusal::LastAdministrator);
    let grace = story.person("grace", Role::Administrator);
    assert_eq!(story.run(disable(ada)), Outcome::Done);
    story.refuses(disable(grace), Refusal::LastAdministrator);
    let at = read::user(&story.state.read().unwrap(), ada).unwrap().unwrap().disabled;
    story.later(5);
    assert_eq!(story.run(disable(ada)), Outcome::Already);
    let still = read::user(&story.state.read().unwrap(), ada).unwrap().unwrap().disabled;
    assert_eq!((at, still), (still, at));
    story.refuses(disable(UserId::from_bytes([0xee; 16])), Refusal::UnknownUser);
}

#[test]
fn a_new_password_ends_every_session_of_that_person_only() {
    let (mut story, ada) = Story::with_ada();
    let bob = story.person("bob", Role::Employee);
    let (one, two) = (story.sign_in(ada), story.sign_in(ada));
    let bobs = story.sign_in(bob);
    assert_eq!(story.run(set_password(ada, "$argon2id$second")), Outcome::Done);
    let scope = story.state.read().unwrap();
    for ended in [&one, &two] {
        assert_eq!(read::session(&scope, ended.id).unwrap(), None);
        assert_eq!(read::session_by_secret(&scope, &ended.secret_hash).unwrap(), None);
    }
    assert_eq!(read::session_by_secret(&scope, &bobs.secret_hash).unwrap(), Some(bobs));
    let password = read::user(&scope, ada).unwrap().unwrap().password;
    assert_eq!(password.as_str(), "$argon2id$second");
    drop(scope);
    let touch = SessionCommand::Touch { session: one.id };
    story.refuses(Command::Session(touch), Refusal::UnknownSession);
    let close = SessionCommand::Close { session: one.id };
    story.refuses(Command::Session(close), Refusal::UnknownSession);
    story.refuses(set_password(UserId::from_bytes([0xee; 16]), "$x"), Refusal::UnknownUser);
}

#[test]
fn a_new_password_of_ones_own_keeps_the_session_it_came_from() {
    let (mut story, ada) = Story::with_ada();
    let (one, two) = (story.sign_in(ada), story.sign_in(ada));
    let password = PasswordHash::new("$argon2id$second").unwrap();
    let keep = Some(one.id);
    let change = UserCommand::ChangePassword { user: ada, password, keep };
    assert_eq!(story.run(Command::User(change)), Outcome::Done);
    let scope = story.state.read().unwrap();
    assert!(read::session(&scope, one.id).unwrap().is_some());
    assert_eq!(read::session(&scope, two.id).unwrap(), None);
    assert_eq!(read::user(&scope, ada).unwrap().unwrap().password.as_str(), "$argon2id$second");
}

#[test]
fn a_proof_is_written_down_and_goes_with_its_session() {
    let (mut story, ada) = Story::with_ada();
    let (session, proven) = (story.session(ada), story.now);
    let (id, text) = (session.id, ShortText::cut("somewhere"));
    let about = SessionAbout { address: text.clone(), agent: text, proven };
    let open = SessionCommand::OpenFrom { session, about: about.clone() };
    assert_eq!(story.run(Command::Session(open)), Outcome::Done);
    let kept = |story: &Story| read::session_about(&story.state.read().unwrap(), id).unwrap();
    assert_eq!(kept(&story), Some(about.clone()));
    story.later(7);
    let prove = Command::Session(SessionCommand::Prove { session: id });
    assert_eq!(story.run(prove.clone()), Outcome::Done);
    assert_eq!(kept(&story), Some(SessionAbout { proven: story.now, ..about }));
    let close = SessionCommand::Close { session: id };
    assert_eq!(story.run(Command::Session(close)), Outcome::Done);
    assert_eq!(kept(&story), None);
    story.refuses(prove, Refusal::UnknownSession);
}

#[test]
fn a_sign_in_under_way_does_not_outlive_its_password() {
    let (mut story, ada) = Story::with_ada();
    let password = read::user(&story.state.read().unwrap(), ada).unwrap().unwrap().password;
    let sign_in = |story: &mut Story, password: &PasswordHash| {
        let (session, proven) = (story.session(ada), story.now);
        let text = ShortText::cut("somewhere");
        let about = SessionAbout { address: text.clone(), agent: text, proven };
        Command::Session(SessionCommand::SignIn { session, about, password: password.clone() })
    };
    let (early, late) = (sign_in(&mut story, &password), sign_in(&mut story, &password));
    assert_eq!(story.run(early), Outcome::Done);
    let second = PasswordHash::new("$argon2id$second").unwrap();
    let set = UserCommand::SetPassword { user: ada, password: second.clone() };
    assert_eq!(story.run(Command::User(set)), Outcome::Done);
    story.refuses(late, Refusal::PasswordChanged);
    let with_the_new_one = sign_in(&mut story, &second);
    assert_eq!(story.run(with_the_new_one), Outcome::Done);
}

#[test]
fn a_session_is_seen_again_and_signed_out() {
    let (mut story, ada) = Story::with_ada();
    let session = story.sign_in(ada);
    story.later(7_200_000);
    let touch = SessionCommand::Touch { session: session.id };
    assert_eq!(story.run(Command::Session(touch)), Outcome::Done);
    let seen = read::session(&story.state.read().unwrap(), session.id).unwrap().unwrap().seen;
    assert_eq!(seen, story.now);
    let close = SessionCommand::Close { session: session.id };
    assert_eq!(story.run(Command::Session(close)), Outcome::Done);
    let gone = read::session_by_secret(&story.state.read().unwrap(), &session.secret_hash);
    assert_eq!(gone.unwrap(), None);
}

#[test]
fn ended_sessions_and_the_oldest_above_the_limit_give_way() {
    let (mut story, ada) = Story::with_ada();
    let old = story.sign_in(ada);
    story.later(72 * crate::domain::time::HOUR_MS);
    let first = story.sign_in(ada);
    let known = |story: &Story, session: &Session| {
        read::session(&story.state.read().unwrap(), session.id).unwrap().is_some()
    };
    assert!(!known(&story, &old), "it ended by itself");
    for _ in 1..50 {
        story.sign_in(ada);
    }
    assert!(known(&story, &first));
    story.sign_in(ada);
    assert!(!known(&story, &first), "the fifty-first pushes the oldest out");
}

#[test]
fn a_disabled_person_has_no_way_in() {
    let (mut story, _) = Story::with_ada();
    let bob = story.person("bob", Role::Employee);
    let session = story.sign_in(bob);
    let (known, _) = create_token(&mut story, bob, "pc");
    assert_eq!(story.run(Command::User(UserCommand::Disable { user: bob })), Outcome::Done);
    let scope = story.state.read().unwrap();
    assert_eq!(read::session(&scope, session.id).unwrap(), None);
    let revoked = read::token_by_secret(&scope, &known.secret_hash).unwrap().unwrap().revoked;
    assert_eq!(revoked, Some(story.now));
    drop(scope);
    let open = Command::Session(SessionCommand::Open(story.session(bob)));
    story.refuses(open, Refusal::UserDisabled);
    let (_, create) = token(&mut story, bob, "pc");
    story.refuses(create, Refusal::UserDisabled);
    let nobody = story.session(UserId::from_bytes([0xee; 16]));
    story.refuses(Command::Session(SessionCommand::Open(nobody)), Refusal::UnknownUser);
}

#[test]
fn a_changed_token_keeps_its_pseudo_device() {
    let (mut story, ada) = Story::with_ada();
    let bob = story.person("bob", Role::Employee);
    let (old, device) = create_token(&mut story, ada, "pc");
    assert_eq!(device, old.device);
    let revoke = Command::Token(TokenCommand::Revoke { token: old.id });
    assert_eq!(story.run(revoke.clone()), Outcome::Done);
    assert_eq!(story.run(revoke), Outcome::Already);
    let (new, same) = create_token(&mut story, ada, "pc");
    assert_eq!(same, device, "nothing recorded is orphaned");
    let kept = read::token_by_secret(&story.state.read().unwrap(), &new.secret_hash).unwrap();
    assert_eq!(kept.unwrap().device, device);
    assert_ne!(create_token(&mut story, ada, "other pc").1, device);
    assert_ne!(create_token(&mut story, bob, "pc").1, device, "a name is its person's own");
    let end = Command::Device(DeviceCommand::Revoke { device });
    assert_eq!(story.run(end), Outcome::Done);
    assert_ne!(create_token(&mut story, ada, "pc").1, device, "a revoked one is never revived");
    let unknown = TokenCommand::Revoke { token: TokenId::from_bytes([0xee; 16]) };
    story.refuses(Command::Token(unknown), Refusal::UnknownToken);
}

#[test]
fn tokens_are_counted_a_person() {
    let (mut story, ada) = Story::with_ada();
    let bob = story.person("bob", Role::Employee);
    let mut last = None;
    for _ in 0..100 {
        last = Some(create_token(&mut story, ada, "pc").0);
    }
    let (_, one_more) = token(&mut story, ada, "pc");
    story.refuses(one_more.clone(), Refusal::TooMany);
    create_token(&mut story, bob, "pc");
    let revoke = TokenCommand::Revoke { token: last.unwrap().id };
    assert_eq!(story.run(Command::Token(revoke)), Outcome::Done);
    assert!(matches!(story.run(one_more), Outcome::Device { .. }), "a revoked one makes room");
}

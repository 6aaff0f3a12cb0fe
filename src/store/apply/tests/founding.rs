//! The first day: founding, the set-up link, the first administrator.

use super::*;

#[test]
fn nothing_happens_before_founding() {
    let mut story = Story::before_founding();
    let ada = story.user("ada", Role::Administrator);
    story.refuses(first(ada.clone(), SETUP_SECRET), Refusal::NotFounded);
    let add = UserCommand::Add { user: ada, wrapped_key: None };
    story.refuses(Command::User(add), Refusal::NotFounded);
    let raise = OfficeCommand::RaiseLevel { level: 1 };
    story.refuses(Command::Office(raise), Refusal::NotFounded);
    assert_eq!(story.actions(), Vec::<String>::new());
}

#[test]
fn an_office_is_founded_once() {
    let mut story = Story::founded();
    let other = Office { id: OfficeId::from_bytes([8; 16]), ..story.office() };
    story.refuses(Command::Office(OfficeCommand::Found(other)), Refusal::AlreadyFounded);
    let office = read::office(&story.state.read().unwrap()).unwrap().unwrap();
    assert_eq!(office.id, OFFICE);
}

#[test]
fn the_setup_secret_is_good_once_and_not_for_long() {
    let mut story = Story::founded();
    let ada = story.user("ada", Role::Employee);
    story.refuses(first(ada.clone(), [0; 32]), Refusal::SetupClosed);
    story.later(SETUP_LIFE_MS);
    story.refuses(first(ada.clone(), SETUP_SECRET), Refusal::SetupClosed);

    let fresh = Setup { secret_hash: [7; 32], expires: story.now.plus_ms(SETUP_LIFE_MS) };
    let open = Command::Office(OfficeCommand::OpenSetup(fresh));
    assert_eq!(story.run(open.clone()), Outcome::Done);
    story.refuses(first(ada.clone(), SETUP_SECRET), Refusal::SetupClosed);
    story.later(SETUP_LIFE_MS - 1);
    assert_eq!(story.run(first(ada.clone(), [7; 32])), Outcome::Done);

    let scope = story.state.read().unwrap();
    let known = read::user(&scope, ada.id).unwrap().unwrap();
    assert_eq!(known.role, Role::Administrator, "the first person runs the office");
    let office = read::office(&scope).unwrap().unwrap();
    assert_eq!((office.name, office.setup), (Some(label("Lovelace & Co")), None));
    assert_eq!(office.wrapped_key, Some(vec![4; 8]));
    drop(scope);

    let eve = story.user("eve", Role::Administrator);
    story.refuses(first(eve, [7; 32]), Refusal::SetupClosed);
    story.refuses(open, Refusal::SetupClosed);
    assert_eq!(story.actions(), ["office.found", "office.open_setup", "user.add"]);
}

#[test]
fn the_first_person_from_the_terminal_closes_the_link_too() {
    let mut story = Story::founded();
    let ada = story.user("ada", Role::Administrator);
    let add = UserCommand::Add { user: ada, wrapped_key: Some(vec![6; 8]) };
    assert_eq!(story.run(Command::User(add)), Outcome::Done);
    let eve = story.user("eve", Role::Administrator);
    story.refuses(first(eve.clone(), SETUP_SECRET), Refusal::SetupClosed);
    let again = UserCommand::Add { user: eve, wrapped_key: Some(vec![7; 8]) };
    assert_eq!(story.run(Command::User(again)), Outcome::Done);
    let office = read::office(&story.state.read().unwrap()).unwrap().unwrap();
    assert_eq!(office.wrapped_key, Some(vec![6; 8]), "only the first brings a wrapped key");
}

#[test]
fn levels_only_rise_to_known_ones() {
    let mut story = Story::founded();
    for level in [0, 2, u32::MAX] {
        let raise = OfficeCommand::RaiseLevel { level };
        story.refuses(Command::Office(raise), Refusal::BadLevel);
    }
    let raise = OfficeCommand::RaiseLevel { level: 1 };
    assert_eq!(story.run(Command::Office(raise)), Outcome::Done);
}

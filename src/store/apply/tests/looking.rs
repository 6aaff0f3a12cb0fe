//! Who looked, and what may be seen from when on.

use super::*;
use crate::domain::id::TokenId;
use crate::domain::look::{LOOK_LIFE_MS, Look};
use crate::domain::policy::LOOSER_AHEAD_MS;
use crate::domain::time::DAY_MS;
use crate::domain::token::{Scope, Token, TokenCommand};

fn look(story: &Story, person: UserId) -> Command {
    let (at, detail) = (story.now, ActivityPolicy::HoursOnly);
    let (viewer, what) = (Actor::Anyone, ShortText::cut("report"));
    Command::Look(Look { viewer, person, at, what, from: at, to: at, detail })
}

fn looks(story: &Story, person: UserId) -> Vec<Look> {
    let from = (Timestamp::LATEST, 0);
    let found = read::looks::of(&story.state.read().unwrap(), person, from, 100).unwrap();
    found.into_iter().map(|(_, look)| look).collect()
}

#[test]
fn looks_are_kept_by_person_and_forgotten_after_two_years() {
    let (mut story, ada) = Story::with_ada();
    let bob = story.person("bob", Role::Employee);
    let first = story.now;
    for person in [bob, bob, ada] {
        let command = look(&story, person);
        assert_eq!(story.run(command), Outcome::Done);
    }
    story.later(LOOK_LIFE_MS);
    let command = look(&story, bob);
    assert_eq!(story.run(command), Outcome::Done);
    assert_eq!(looks(&story, bob).len(), 3, "to the day two years old: kept");
    assert_eq!(looks(&story, bob)[2].at, first);
    story.later(1);
    let command = look(&story, bob);
    assert_eq!(story.run(command), Outcome::Done);
    assert_eq!(looks(&story, bob).len(), 2);
    assert_eq!(looks(&story, ada).len(), 1, "each person's own");
    let nobody = look(&story, UserId::from_bytes([0xee; 16]));
    story.refuses(nobody, Refusal::UnknownUser);
}

fn begin_to_record(story: &mut Story, user: UserId) {
    let (id, device, created) = (TokenId(story.id()), DeviceId(story.id()), story.now);
    let (label, scopes) = (Label::new("pc").unwrap(), vec![Scope::Record]);
    let secret_hash = [1; 32];
    let token = Token {
        id,
        secret_hash,
        user,
        device,
        label: label.clone(),
        scopes,
        created,
        revoked: None,
    };
    let create = TokenCommand::Create { token, device: label };
    assert!(matches!(story.run(Command::Token(create)), Outcome::Device { .. }));
}

fn reason() -> ShortText {
    ShortText::cut("agreed")
}

fn set(policy: ActivityPolicy) -> Command {
    Command::Office(OfficeCommand::SetPolicy { policy, reason: reason() })
}

fn announce(policy: ActivityPolicy) -> Command {
    Command::Office(OfficeCommand::AnnouncePolicy { policy, reason: reason() })
}

fn policy(story: &Story) -> ActivityPolicy {
    read::policy(&story.state.read().unwrap(), story.now).unwrap()
}

#[test]
fn a_looser_policy_counts_seven_days_after_it_was_announced() {
    use ActivityPolicy::{AppTotals, FullDetail, HoursOnly};
    let (mut story, ada) = Story::with_ada();
    let withdraw = Command::Office(OfficeCommand::WithdrawPolicy);
    // Before any computer records, the office chooses freely.
    assert_eq!(story.run(set(AppTotals)), Outcome::Done);
    assert_eq!(story.run(set(HoursOnly)), Outcome::Done);
    begin_to_record(&mut story, ada);
    story.refuses(set(AppTotals), Refusal::LooserPolicy);
    story.refuses(announce(HoursOnly), Refusal::NotLooser);
    story.refuses(withdraw.clone(), Refusal::NothingAnnounced);
    assert_eq!(story.run(announce(AppTotals)), Outcome::Done);
    story.later(LOOSER_AHEAD_MS - 1);
    assert_eq!(policy(&story), HoursOnly);
    story.later(1);
    assert_eq!(policy(&story), AppTotals, "by itself");
    story.refuses(withdraw.clone(), Refusal::NothingAnnounced);
    // The next announcement keeps what came into effect.
    assert_eq!(story.run(announce(FullDetail)), Outcome::Done);
    assert_eq!(policy(&story), AppTotals);
    assert_eq!(story.run(withdraw), Outcome::Done);
    story.later(30 * DAY_MS);
    assert_eq!(policy(&story), AppTotals, "what was withdrawn never comes");
    assert_eq!(story.run(set(HoursOnly)), Outcome::Done);
    assert_eq!(policy(&story), HoursOnly, "stricter at once");
}

/// Events come late: what the policy was when is known however often it changed since.
#[test]
fn what_the_policy_was_is_remembered() {
    use ActivityPolicy::{AppTotals, CategoryTotals, FullDetail, HoursOnly};
    let (mut story, ada) = Story::with_ada();
    let past = |story: &Story| read::policy::past(&story.state.read().unwrap()).unwrap();
    assert_eq!(story.run(set(FullDetail)), Outcome::Done);
    assert_eq!(story.run(set(CategoryTotals)), Outcome::Done);
    assert_eq!(past(&story).at(Timestamp::EARLIEST), CategoryTotals, "chosen before it all began");
    begin_to_record(&mut story, ada);
    let mut moments = vec![(story.now, CategoryTotals)];
    for (policy, days) in [(AppTotals, 7), (FullDetail, 7), (HoursOnly, 0), (AppTotals, 7)] {
        story.later(DAY_MS);
        assert_eq!(story.run(if days > 0 { announce(policy) } else { set(policy) }), Outcome::Done);
        story.later(days * DAY_MS);
        if days > 0 {
            moments.push((story.now.minus_ms(1), moments.last().unwrap().1));
        }
        moments.push((story.now, policy));
    }
    story.later(DAY_MS);
    for (at, policy) in moments {
        assert_eq!(past(&story).at(at), policy, "{at}");
    }
}

#[test]
fn a_stricter_policy_ends_what_was_announced() {
    use ActivityPolicy::{AppTotals, CategoryTotals, HoursOnly};
    let (mut story, ada) = Story::with_ada();
    assert_eq!(story.run(set(CategoryTotals)), Outcome::Done);
    begin_to_record(&mut story, ada);
    assert_eq!(story.run(announce(AppTotals)), Outcome::Done);
    assert_eq!(story.run(set(HoursOnly)), Outcome::Done);
    story.later(LOOSER_AHEAD_MS);
    assert_eq!(policy(&story), HoursOnly);
}

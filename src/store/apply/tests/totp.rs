//! Codes from an app: asked for only once confirmed, each taken once.

use super::*;
use crate::domain::secret::Secret;
use crate::domain::totp::{TotpCommand, seed_name};

fn begin(user: UserId) -> Command {
    let seed = Secret { name: seed_name(user), sealed: vec![7; 60] };
    Command::Totp(TotpCommand::Begin { user, seed })
}

fn confirm(user: UserId, step: u64) -> Command {
    let recovery = vec![[1; 32], [2; 32]];
    Command::Totp(TotpCommand::Confirm { user, step, recovery })
}

fn take(user: UserId, step: u64) -> Command {
    Command::Totp(TotpCommand::Use { user, step })
}

#[test]
fn a_code_counts_once_and_never_after_a_later_one() {
    let (mut story, ada) = Story::with_ada();
    story.refuses(take(ada, 5), Refusal::NoTotp);
    story.refuses(confirm(ada, 5), Refusal::NoTotp);
    assert_eq!(story.run(begin(ada)), Outcome::Done);
    story.refuses(take(ada, 5), Refusal::NoTotp);
    assert_eq!(story.run(confirm(ada, 5)), Outcome::Done);
    story.refuses(take(ada, 5), Refusal::CodeUsed);
    assert_eq!(story.run(take(ada, 7)), Outcome::Done);
    for old in [6, 7] {
        story.refuses(take(ada, old), Refusal::CodeUsed);
    }
    story.refuses(begin(ada), Refusal::TotpThere);
    story.refuses(confirm(ada, 8), Refusal::TotpThere);
}

#[test]
fn a_one_time_code_is_gone_after_its_use_and_all_is_gone_after_removal() {
    let (mut story, ada) = Story::with_ada();
    assert_eq!(story.run(begin(ada)), Outcome::Done);
    let spend = |hash| Command::Totp(TotpCommand::UseRecovery { user: ada, hash });
    story.refuses(spend([1; 32]), Refusal::CodeUsed);
    assert_eq!(story.run(confirm(ada, 5)), Outcome::Done);
    assert_eq!(story.run(spend([1; 32])), Outcome::Done);
    story.refuses(spend([1; 32]), Refusal::CodeUsed);
    story.refuses(spend([9; 32]), Refusal::CodeUsed);
    let left = read::people::totp(&story.state.read().unwrap(), ada).unwrap().unwrap().recovery;
    assert_eq!(left, [[2; 32]]);
    let remove = Command::Totp(TotpCommand::Remove { user: ada });
    assert_eq!(story.run(remove.clone()), Outcome::Done);
    let scope = story.state.read().unwrap();
    assert_eq!(read::people::totp(&scope, ada).unwrap(), None);
    assert_eq!(read::secret(&scope, &seed_name(ada)).unwrap(), None, "the seed is gone, too");
    drop(scope);
    story.refuses(remove, Refusal::NoTotp);
    let nobody = UserId::from_bytes([0xee; 16]);
    story.refuses(begin(nobody), Refusal::UnknownUser);
    let other = Secret { name: Label::new("ca-key").unwrap(), sealed: vec![7; 60] };
    let foreign = Command::Totp(TotpCommand::Begin { user: ada, seed: other });
    story.refuses(foreign, Refusal::NoTotp);
}

//! The audit chain: whole as it was written, broken by any change.

use super::*;
use crate::codec::audit_hash;
use crate::domain::audit::AuditEntry;
use crate::store::tables::Audit;
use crate::store::transaction::{Read, Write};

fn broken(story: &Story) -> Option<u64> {
    read::broken_audit_entry(&story.state.read().unwrap()).unwrap()
}

fn entry(story: &Story, seq: u64) -> AuditEntry {
    story.state.read().unwrap().get::<Audit>(&seq).unwrap().unwrap()
}

fn put(story: &Story, seq: u64, entry: &AuditEntry) {
    story.state.write(|writer| writer.put::<Audit>(&seq, entry)).unwrap();
}

fn told() -> Story {
    let (mut story, ada) = Story::with_ada();
    for _ in 0..3 {
        story.later(1_000);
        story.sign_in(ada);
    }
    story
}

#[test]
fn the_chain_is_whole_and_every_change_breaks_it() {
    let story = told();
    assert_eq!(broken(&story), None);
    let original = entry(&story, 3);
    let forged = [
        AuditEntry { action: ShortText::new("nothing").unwrap(), ..original.clone() },
        AuditEntry { subject: ShortText::new("bob").unwrap(), ..original.clone() },
        AuditEntry { actor: Actor::System, ..original.clone() },
        AuditEntry { at: original.at.plus_ms(1), ..original.clone() },
        AuditEntry { previous: [0; 32], ..original.clone() },
        AuditEntry { hash: [0; 32], ..original.clone() },
        AuditEntry { seq: 4, ..original.clone() },
    ];
    for change in forged {
        put(&story, 3, &change);
        assert_eq!(broken(&story), Some(3), "{change:?}");
    }
    put(&story, 3, &original);
    assert_eq!(broken(&story), None);
}

#[test]
fn a_rehashed_forgery_is_given_away_by_the_next_entry() {
    let story = told();
    let mut forged = entry(&story, 3);
    forged.subject = ShortText::new("bob").unwrap();
    forged.hash = audit_hash(&forged);
    put(&story, 3, &forged);
    assert_eq!(broken(&story), Some(4));
}

#[test]
fn an_entry_left_out_is_missed() {
    let story = told();
    story.state.write(|writer| writer.delete::<Audit>(&1)).unwrap();
    assert_eq!(broken(&story), Some(2));
}

#[test]
fn a_note_says_who_and_when() {
    let mut story = told();
    let note = AuditNote {
        action: ShortText::new("sign_in.failed").unwrap(),
        subject: ShortText::new("ada").unwrap(),
    };
    let envelope =
        Envelope { actor: Actor::Anyone, ..story.envelope(Command::Audit(note.clone())) };
    assert_eq!(story.apply(&envelope).outcome, Outcome::Done);
    let last = entry(&story, 6);
    assert_eq!((last.actor, last.at), (Actor::Anyone, story.now));
    assert_eq!((last.action, last.subject), (note.action, note.subject));
    assert_eq!(broken(&story), None);
}

//! Computers: invited once, enrolled, in contact, revoked.

use super::*;
use crate::domain::device::DeviceCommand;
use crate::domain::id::InvitationId;
use crate::domain::invitation::{INVITATION_LIFE_MS, Invitation, InvitationCommand};

fn invite(story: &mut Story, person: UserId, secret: u8) -> Invitation {
    Invitation {
        id: InvitationId(story.id()),
        secret_hash: [secret; 32],
        person,
        created: story.now,
        expires: story.now.plus_ms(INVITATION_LIFE_MS),
    }
}

fn create(invitation: &Invitation) -> Command {
    Command::Invitation(InvitationCommand::Create(invitation.clone()))
}

/// Enrolment with that secret; who the computer says it belongs to does not count.
fn enroll(story: &mut Story, secret: u8) -> (DeviceId, Command) {
    let device = Device {
        id: DeviceId(story.id()),
        name: label("laptop"),
        person: UserId::from_bytes([0xee; 16]),
        kind: DeviceKind::Agent { public_key: [5; 32] },
        enrolled: Timestamp::EARLIEST,
        last_contact: None,
        revoked: None,
    };
    let id = device.id;
    (id, Command::Device(DeviceCommand::Enroll { secret_hash: [secret; 32], device }))
}

#[test]
fn an_invitation_enrolls_one_computer() {
    let (mut story, ada) = Story::with_ada();
    let invitation = invite(&mut story, ada, 1);
    assert_eq!(story.run(create(&invitation)), Outcome::Done);
    let (_, wrong) = enroll(&mut story, 2);
    story.refuses(wrong, Refusal::InvitationClosed);
    let (id, right) = enroll(&mut story, 1);
    assert_eq!(story.run(right.clone()), Outcome::Device { device: id, person: ada });
    story.refuses(right, Refusal::InvitationClosed);
    let scope = story.state.read().unwrap();
    let device = read::device(&scope, id).unwrap().unwrap();
    assert_eq!((device.person, device.enrolled), (ada, story.now));
    assert_eq!(read::devices_of(&scope, ada).unwrap(), [device]);
    assert_eq!(read::invitations(&scope).unwrap(), []);
    drop(scope);
    assert_eq!(story.actions()[2..], ["invitation.create", "device.enroll"]);
}

#[test]
fn an_invitation_ends_by_time_and_by_withdrawal() {
    let (mut story, ada) = Story::with_ada();
    let (old, withdrawn) = (invite(&mut story, ada, 1), invite(&mut story, ada, 2));
    story.run(create(&old));
    story.run(create(&withdrawn));
    let withdraw = Command::Invitation(InvitationCommand::Withdraw { invitation: withdrawn.id });
    assert_eq!(story.run(withdraw.clone()), Outcome::Done);
    story.refuses(withdraw, Refusal::UnknownInvitation);
    let (_, late) = enroll(&mut story, 2);
    story.refuses(late, Refusal::InvitationClosed);
    story.later(INVITATION_LIFE_MS);
    let (_, late) = enroll(&mut story, 1);
    story.refuses(late, Refusal::InvitationClosed);
    let fresh = invite(&mut story, ada, 3);
    story.run(create(&fresh));
    let kept = read::invitations(&story.state.read().unwrap()).unwrap();
    assert_eq!(kept, [fresh], "expired ones give way");
    let nobody = invite(&mut story, UserId::from_bytes([0xee; 16]), 4);
    story.refuses(create(&nobody), Refusal::UnknownUser);
}

#[test]
fn a_disabled_persons_invitation_enrolls_nothing() {
    let (mut story, _) = Story::with_ada();
    let bob = story.person("bob", Role::Employee);
    let invitation = invite(&mut story, bob, 1);
    story.run(create(&invitation));
    story.run(Command::User(UserCommand::Disable { user: bob }));
    let (_, late) = enroll(&mut story, 1);
    story.refuses(late, Refusal::UserDisabled);
}

#[test]
fn a_revoked_computer_stays_known() {
    let (mut story, ada) = Story::with_ada();
    let device = story.computer(ada);
    let revoke = |device| Command::Device(DeviceCommand::Revoke { device });
    assert_eq!(story.run(revoke(device.id)), Outcome::Done);
    let at = story.now;
    story.later(5);
    assert_eq!(story.run(revoke(device.id)), Outcome::Already);
    let known = read::device(&story.state.read().unwrap(), device.id).unwrap().unwrap();
    assert_eq!(known.revoked, Some(at));
    story.refuses(revoke(DeviceId::from_bytes([0xee; 16])), Refusal::UnknownDevice);
}

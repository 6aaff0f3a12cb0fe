//! Commands in the log.

use super::frame::{Record, encode_body};
use super::layout::{choice, fields};
use crate::domain::batch::BatchCommand;
use crate::domain::command::{Actor, Command, Envelope};

choice!(BatchCommand { 0 => Accept { batch, hash } });
choice!(Command {
    0 => Office(office),
    1 => User(user),
    2 => Session(session),
    3 => Token(token),
    4 => Device(device),
    5 => Invitation(invitation),
    40 => Link(link),
    41 => Team(team),
    42 => Totp(totp),
    43 => Look(look),
    6 => Activity(activity),
    7 => Setting(setting),
    8 => Batch(batch),
    9 => Quarantine(quarantine),
    10 => Secret(secret),
    11 => Audit(note),
    12 => Customer(edit),
    13 => Project(edit),
    14 => Task(edit),
    15 => Tag(edit),
    130 => Entry(entry),
    110 => Job(job),
    111 => OfficeSetting(setting),
    112 => Mail(mail),
    150 => Timesheet(sheet),
    151 => Lock(lock),
    180 => Erasure(erasure),
    181 => Retention(retention),
    182 => Answer(answer),
    183 => Import(import),
    70 => Redaction(redaction),
    152 => Target(target),
    153 => SavedReport(report),
    230 => Guarded(guarded),
    250 => Tier(tier),
    80 => Category(category),
    251 => Strike(strike),
});
fields!(Envelope { request, at, actor, command });

impl Record for Envelope {
    const NAME: &'static str = "a command";
}

/// Who asks, as a number: the first 8 bytes, most significant first, of a hash over it.
pub fn actor_number(actor: &Actor) -> u64 {
    let hash = blake3::derive_key("timebook caller v1", &encode_body(actor));
    let mut half = [0; 8];
    half.copy_from_slice(&hash[..8]);
    u64::from_be_bytes(half)
}

//! Records that copies are told of, and changes that count only for the version somebody looked at.

use super::frame::{Record, encode_body};
use super::layout::{choice, fields};
use crate::domain::id::RecordId;
use crate::domain::told::{Guarded, GuardedChange, Mark, Told};

choice!(Told {
    0 => User(id),
    1 => Team(id),
    2 => Timesheet { person, from },
    3 => Lock,
    4 => HeldEdit { person, number },
    5 => Target { person, from },
    6 => SavedReport(id),
    7 => Setting(setting),
    8 => Office,
    9 => Device(id),
    10 => Redaction,
    11 => Category { owner },
});
fields!(Mark { told, seq, whose, gone });
choice!(GuardedChange {
    0 => User(user),
    1 => Team(team),
    2 => Lock(lock),
    3 => Target(target),
    4 => SavedReport(report),
    5 => Setting(setting),
    6 => Office(office),
    7 => Device(device),
    8 => Redaction(redaction),
    9 => Category(category),
});
fields!(Guarded { told, version, change });

impl Record for Mark {
    const NAME: &'static str = "a mark";
}

/// What stands for it in keys: its own id where it has one, else the first half of a hash of what names it.
pub fn told_id(told: &Told) -> RecordId {
    match told {
        Told::User(id) => RecordId(id.0),
        Told::Team(id) => RecordId(id.0),
        Told::SavedReport(id) => RecordId(id.0),
        Told::Device(id) => RecordId(id.0),
        told => {
            let hash = blake3::derive_key("timebook told record v1", &encode_body(told));
            let mut half = [0; 16];
            half.copy_from_slice(&hash[..16]);
            RecordId::from_bytes(half)
        }
    }
}

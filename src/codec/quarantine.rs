//! The quarantine.

use super::frame::Record;
use super::layout::{choice, fields};
use crate::domain::quarantine::{QuarantineCommand, Quarantined, Suspicion};

choice!(Suspicion {
    0 => BadSignature,
    1 => OtherOffice,
    2 => RevokedDevice,
    3 => UnknownDevice,
    4 => Conflict,
    5 => Unreadable,
});
fields!(Quarantined { id, device, why, detail, at, hash, bytes });
choice!(QuarantineCommand { 0 => Add(entry), 1 => Delete { entry } });

impl Record for Quarantined {
    const NAME: &'static str = "a quarantined batch";
}

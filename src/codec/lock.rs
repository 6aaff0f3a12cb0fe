//! The lock, and edits that came too late.

use super::frame::Record;
use super::layout::{choice, fields};
use crate::domain::lock::{Closed, HeldEdit, Lock, LockCommand, LockDate};

fields!(LockDate { day, at, zone });
fields!(Lock { date, set, by, reason });
choice!(LockCommand {
    0 => Advance { date, reason },
    1 => MoveBack { date, reason },
    2 => Discard { person, number },
});
choice!(Closed { 0 => Locked, 1 => Approved });
fields!(HeldEdit { entry, body, stamp, deleted, at, actor, why });

impl Record for Lock {
    const NAME: &'static str = "the lock";
}

impl Record for HeldEdit {
    const NAME: &'static str = "a held edit";
}

//! Computers and their streams.

use super::frame::Record;
use super::layout::{choice, fields};
use crate::domain::device::{Device, DeviceCommand, DeviceKind, Program, StreamState};

choice!(DeviceKind { 0 => Agent { public_key }, 1 => Token });
fields!(Device { id, name, person, kind, enrolled, last_contact, revoked });
fields!(Program { version, system });
fields!(StreamState { epoch, applied_seq, last_hash });
choice!(DeviceCommand {
    0 => Enroll { secret_hash, device },
    1 => Revoke { device },
    2 => Introduce { device, program },
});

impl Record for Device {
    const NAME: &'static str = "a device";
}

impl Record for Program {
    const NAME: &'static str = "a computer's program";
}

impl Record for StreamState {
    const NAME: &'static str = "a stream's state";
}

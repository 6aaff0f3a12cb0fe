//! The office.

use super::frame::Record;
use super::layout::{choice, fields};
use crate::domain::office::{Office, OfficeCommand, Setup};

fields!(Setup { secret_hash, expires });
fields!(Office {
    id,
    cluster,
    server_epoch,
    level,
    name,
    policy,
    receipt_key,
    founded,
    wrapped_key,
    setup
});
choice!(OfficeCommand {
    0 => Found(office),
    1 => OpenSetup(setup),
    2 => SetPolicy { policy, reason },
    3 => RaiseLevel { level },
    4 => AnnouncePolicy { policy, reason },
    5 => WithdrawPolicy,
});

impl Record for Office {
    const NAME: &'static str = "the office record";
}

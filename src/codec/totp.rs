//! Second proofs.

use super::frame::Record;
use super::layout::{choice, fields};
use crate::domain::totp::{Totp, TotpCommand};

fields!(Totp { confirmed, last_step, recovery });
choice!(TotpCommand {
    0 => Begin { user, seed },
    1 => Confirm { user, step, recovery },
    2 => Use { user, step },
    3 => UseRecovery { user, hash },
    4 => Remove { user },
});

impl Record for Totp {
    const NAME: &'static str = "a second proof";
}

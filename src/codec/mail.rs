//! Mail on its way out.

use super::frame::Record;
use super::layout::{choice, fields};
use crate::domain::mail::{AboutMail, MailCommand, MailKind, WaitingMail};

choice!(MailKind { 0 => Invitation, 1 => Reset, 2 => Warning });
fields!(WaitingMail { id, kind, to, sealed, queued, tries, next_try, why });
fields!(AboutMail { mail, about });
choice!(MailCommand {
    0 => Queue(mail),
    1 => PutOff { mail, next_try, why },
    2 => Sent { mail },
    3 => GiveUp { mail, why },
    4 => Warn { audit, letters },
    5 => WarnOf { audit, letters },
});

impl Record for WaitingMail {
    const NAME: &'static str = "a waiting mail";
}

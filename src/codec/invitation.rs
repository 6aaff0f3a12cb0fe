//! Invitations.

use super::frame::Record;
use super::layout::{choice, fields};
use crate::domain::invitation::{Invitation, InvitationCommand};

fields!(Invitation { id, secret_hash, person, created, expires });
choice!(InvitationCommand { 0 => Create(invitation), 1 => Withdraw { invitation } });

impl Record for Invitation {
    const NAME: &'static str = "an invitation";
}

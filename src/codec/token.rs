//! API tokens.

use super::frame::Record;
use super::layout::{choice, fields};
use crate::domain::token::{Scope, Token, TokenCommand};

choice!(Scope { 0 => Record, 1 => Read, 2 => Manage });
fields!(Token { id, secret_hash, user, device, label, scopes, created, revoked });
choice!(TokenCommand { 0 => Create { token, device }, 1 => Revoke { token } });

impl Record for Token {
    const NAME: &'static str = "a token";
}

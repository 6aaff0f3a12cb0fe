//! What the server can do, one folder a capability; siblings never import each other.
//!
//! Must never name redb, openraft or axum: changes go through the one door, reads through its scopes.

pub mod control;
pub mod secrets;

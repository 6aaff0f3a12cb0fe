//! What the server can do, one folder a capability; siblings never import each other.
//!
//! Must never name redb, openraft or axum: changes go through the one door, reads through its scopes.

pub mod accounts;
pub mod audit;
pub mod backup;
pub mod book;
mod change;
pub mod control;
mod day;
pub mod demo;
pub mod devices;
pub mod doctor;
pub mod error;
pub mod events;
pub mod handbook;
pub mod health;
pub mod job;
pub mod late_note;
mod limits;
pub mod mail;
pub mod office_setting;
pub mod once;
pub mod page;
mod principal;
pub mod retention;
pub mod secrets;
pub mod tier;
pub mod tracking;
pub mod worker;

use change::Change;
use limits::Limits;
pub use principal::{Credential, Principal};

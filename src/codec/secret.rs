//! Sealed values.

use super::frame::Record;
use super::layout::{choice, fields};
use crate::domain::secret::{Secret, SecretCommand};

fields!(Secret { name, sealed });
choice!(SecretCommand { 0 => Put(secret) });

impl Record for Secret {
    const NAME: &'static str = "a sealed value";
}

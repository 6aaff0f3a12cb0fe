//! Values sealed with the office key: the CA key, the receipt key.

use super::text::Label;

/// A sealed value: nobody without `office.key` can read it, not even from a backup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Secret {
    /// What it is, e.g. `ca-key`; authenticated with the value, so that two cannot be swapped.
    pub name: Label,
    /// Nonce and ciphertext.
    pub sealed: Vec<u8>,
}

/// A change to secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretCommand {
    /// Keep this value under its name, replacing an older one.
    Put(Secret),
}

//! Codes from an app as a second proof at sign-in.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Whether codes are asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TotpState {
    /// Since when; none when they are not.
    #[schema(format = DateTime)]
    pub since: Option<String>,
    /// How many one-time codes are left.
    pub recovery_left: usize,
}

/// A fresh seed for an app; nothing is asked for before a code from it was given back.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TotpBegun {
    /// The seed in base32, as people type it into the app.
    pub secret: String,
    /// The same as `otpauth://`, as apps read it from a picture.
    pub uri: String,
}

/// A code from the app.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TotpCode {
    /// Its six digits.
    pub code: String,
}

/// From now on codes are asked for.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TotpConfirmed {
    /// Each is good once in place of a code from the app; shown once.
    pub recovery_codes: Vec<String>,
}

//! The handbook.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A chapter of the handbook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Chapter {
    /// Its name in addresses.
    pub id: String,
    /// What it is about.
    pub title: String,
    /// Paragraphs apart by empty lines; lines that begin with four spaces are commands.
    pub text: String,
}

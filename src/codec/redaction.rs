//! The office's redaction rules.

use super::frame::Record;
use super::layout::{choice, fields};
use crate::domain::redaction::{OfficeRules, RedactionCommand};

fields!(OfficeRules { sheet, changed });
choice!(RedactionCommand { 0 => Set(sheet) });

impl Record for OfficeRules {
    const NAME: &'static str = "the office's rules";
}

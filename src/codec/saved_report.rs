//! Saved reports.

use super::frame::Record;
use super::layout::{choice, fields};
use crate::domain::saved_report::{SavedReport, SavedReportCommand};

fields!(SavedReport { id, owner, name, shared, query, changed });
choice!(SavedReportCommand { 0 => Put(report), 1 => Delete { report } });

impl Record for SavedReport {
    const NAME: &'static str = "a saved report";
}

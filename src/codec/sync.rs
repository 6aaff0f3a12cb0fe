//! What every synced record has in common, and its history.

use super::frame::Record;
use super::layout::{choice, fields};
use crate::domain::sync::{HistoryEntry, Meta, Stamp, Verdict};

fields!(Stamp { modified, replica });
fields!(Meta { created, changed_seq, stamp, deleted });
choice!(Verdict { 0 => Won, 1 => Lost });
fields!(HistoryEntry { record, at, actor, verdict });

impl Record for HistoryEntry {
    const NAME: &'static str = "a version";
}

//! Steps of moving recorded activity into blocks, and what days came to.

use super::frame::Record;
use super::layout::{choice, fields};
use crate::domain::report::Stretch;
use crate::domain::tier::{AppTotal, DayTotals, KeptTotals, TierCommand};

fields!(Stretch { from, to });
fields!(AppTotal { app, recorded, ms, stretches });
fields!(DayTotals { active_ms, apps });
fields!(KeptTotals { to, totals });
choice!(TierCommand {
    0 => Seal { buckets, before, work, block_events },
    1 => Merge { bucket, within, work, block_events },
    2 => Total { person, days },
    3 => Clear { rows },
});

impl Record for KeptTotals {
    const NAME: &'static str = "what a day came to";
}

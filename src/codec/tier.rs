//! Steps of moving recorded activity into blocks, and what days came to.

use super::frame::Record;
use super::layout::{choice, fields};
use crate::domain::report::Stretch;
use crate::domain::tier::{
    AppTotal, DayHours, DayTotals, KeptTotals, MonthApps, MonthHours, TierCommand,
};

fields!(Stretch { from, to });
fields!(AppTotal { app, recorded, ms, stretches });
fields!(DayTotals { active_ms, apps });
fields!(KeptTotals { to, totals });
fields!(DayHours { to, active_ms });
fields!(MonthHours { days });
fields!(MonthApps { apps });
choice!(TierCommand {
    0 => Seal { buckets, before, work, block_events },
    1 => Merge { bucket, within, work, block_events },
    2 => Total { person, days },
    3 => Clear { rows },
    4 => Months { person, months },
});

impl Record for KeptTotals {
    const NAME: &'static str = "what a day came to";
}

impl Record for MonthHours {
    const NAME: &'static str = "hours of a month's days";
}

impl Record for MonthApps {
    const NAME: &'static str = "what a month came to";
}

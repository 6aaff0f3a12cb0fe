//! The activity policy, one byte, and a looser one to come.

use super::frame::Record;
use super::layout::{choice, fields};
use crate::domain::policy::{ActivityPolicy, PolicyChange};

choice!(ActivityPolicy { 0 => HoursOnly, 1 => CategoryTotals, 2 => AppTotals, 3 => FullDetail });
fields!(PolicyChange { policy, reason, announced, takes_effect });

impl Record for PolicyChange {
    const NAME: &'static str = "an announced policy";
}

//! The activity policy: one byte.

use super::layout::choice;
use crate::domain::policy::ActivityPolicy;

choice!(ActivityPolicy { 0 => HoursOnly, 1 => CategoryTotals, 2 => AppTotals, 3 => FullDetail });

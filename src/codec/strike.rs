//! Striking out recorded activity.

use super::layout::fields;
use crate::domain::strike::Strike;

fields!(Strike { person, from, to });

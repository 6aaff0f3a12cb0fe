//! Looks at somebody else's recorded activity.

use super::frame::Record;
use super::layout::fields;
use crate::domain::look::Look;

fields!(Look { viewer, person, at, what, from, to, detail });

impl Record for Look {
    const NAME: &'static str = "a look";
}

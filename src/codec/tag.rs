//! Tags and the edits of them.

use super::frame::Record;
use super::layout::{choice, fields};
use crate::domain::sync::{Edit, Synced};
use crate::domain::tag::Tag;

fields!(Tag { name, colour, archived });
fields!(Synced<Tag> { id, meta, body });
choice!(Edit<Tag> {
    0 => Add { id, body },
    1 => Set { id, expect, body },
    2 => Delete { id, expect },
    3 => Restore { id, expect, body },
});

impl Record for Synced<Tag> {
    const NAME: &'static str = "a tag";
}

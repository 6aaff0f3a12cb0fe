//! Imports and what they added.

use super::frame::Record;
use super::layout::{choice, fields};
use crate::domain::import::{Import, ImportCommand, ImportEdit, ImportState, Imported, Source};

choice!(Source { 0 => Toggl, 1 => Clockify, 2 => Kimai, 3 => Timetagger });
choice!(ImportState { 0 => Running, 1 => Done, 2 => Undone });
fields!(Import { id, source, by, begun, state, entries, catalog });
fields!(Imported { stamp });
choice!(ImportEdit {
    0 => Customer(edit),
    1 => Project(edit),
    2 => Task(edit),
    3 => Tag(edit),
    4 => Entry(edit),
});
choice!(ImportCommand {
    0 => Begin(import),
    1 => Add { import, edit },
    2 => End { import },
    3 => TakeBack { import, noun, record },
    4 => Undone { import },
    5 => Forget { import },
});

impl Record for Import {
    const NAME: &'static str = "an import";
}

impl Record for Imported {
    const NAME: &'static str = "an imported record";
}

//! Tasks and the edits of them.

use super::frame::Record;
use super::layout::{choice, fields};
use crate::domain::sync::{Edit, Synced};
use crate::domain::task::Task;

fields!(Task { project, parent, name, done, archived, budget_minutes });
fields!(Synced<Task> { id, meta, body });
choice!(Edit<Task> {
    0 => Add { id, body },
    1 => Set { id, expect, body },
    2 => Delete { id, expect },
    3 => Restore { id, expect, body },
});

impl Record for Synced<Task> {
    const NAME: &'static str = "a task";
}

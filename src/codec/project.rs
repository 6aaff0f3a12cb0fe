//! Projects and the edits of them.

use super::frame::Record;
use super::layout::{choice, fields};
use crate::domain::project::Project;
use crate::domain::sync::{Edit, Synced};

fields!(Project { customer, name, colour, billable, budget_minutes, archived, members });
fields!(Synced<Project> { id, meta, body });
choice!(Edit<Project> {
    0 => Add { id, body },
    1 => Set { id, expect, body },
    2 => Delete { id, expect },
    3 => Restore { id, expect, body },
});

impl Record for Synced<Project> {
    const NAME: &'static str = "a project";
}

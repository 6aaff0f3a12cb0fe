//! Tasks: parts of a project, or of another task, to any reasonable depth.

use super::id::{ProjectId, TaskId};
use super::outcome::{Noun, Refusal};
use super::sync::Syncs;
use super::text::Label;

/// A project has at most this many.
pub const MOST_TASKS_A_PROJECT: usize = 5_000;
/// A task stands at most this deep below its project, which counts as 0.
pub const MOST_DEPTH: usize = 64;

/// A part of a project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// Of which project; a task stays in its project.
    pub project: ProjectId,
    /// Of which other task of the same project; none stands directly below the project.
    pub parent: Option<TaskId>,
    /// Unique among its parent's, whatever its case.
    pub name: Label,
    /// The work is done.
    pub done: bool,
    /// No longer offered for new work.
    pub archived: bool,
    /// What may be spent.
    pub budget_minutes: Option<u32>,
}

impl Syncs for Task {
    type Id = TaskId;
    const NOUN: Noun = Noun::Task;
    const UNKNOWN: Refusal = Refusal::UnknownTask;
}

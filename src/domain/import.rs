//! Time brought in from another product: what was added, so that it can be taken out again as a whole.

use super::command::Actor;
use super::customer::Customer;
use super::entry::Entry;
use super::id::{ImportId, RecordId};
use super::outcome::Noun;
use super::project::Project;
use super::sync::{Edit, Stamp};
use super::tag::Tag;
use super::task::Task;
use super::time::Timestamp;

/// So many imports are remembered; then the oldest is forgotten for a new one.
pub const MOST_IMPORTS: usize = 1_000;
/// And so many of one person's, so that nobody makes the others' be forgotten.
pub const MOST_IMPORTS_EACH: usize = 100;
/// Records of an import that are forgotten in one step.
pub const FORGOTTEN_A_STEP: usize = 1_000;

/// Where the file comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// Toggl Track: the detailed report as CSV.
    Toggl,
    /// Clockify: the detailed report as CSV or JSON.
    Clockify,
    /// Kimai: the export as CSV.
    Kimai,
    /// TimeTagger: the export as a table, or its records as JSON.
    Timetagger,
}

impl Source {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::Toggl, Self::Clockify, Self::Kimai, Self::Timetagger];

    /// The name on the command line and in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Toggl => "toggl",
            Self::Clockify => "clockify",
            Self::Kimai => "kimai",
            Self::Timetagger => "timetagger",
        }
    }

    /// The source of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.name() == name)
    }
}

/// How far an import is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportState {
    /// It adds, or it broke off and is about to be taken out.
    Running,
    /// All of it is there.
    Done,
    /// Taken out again, but for what was changed since.
    Undone,
}

impl ImportState {
    /// Its name in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Done => "done",
            Self::Undone => "undone",
        }
    }
}

/// An import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// For ever.
    pub id: ImportId,
    /// Where the file came from.
    pub source: Source,
    /// Who brought it in.
    pub by: Actor,
    /// When.
    pub begun: Timestamp,
    /// How far it is.
    pub state: ImportState,
    /// Time entries it added.
    pub entries: u64,
    /// Customers, projects, tasks and tags it added.
    pub catalog: u64,
}

/// A record an import added, as it left it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Imported {
    /// The edit that counted then: another one means that somebody changed it since.
    pub stamp: Stamp,
}

/// Something to add.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImportEdit {
    /// A customer.
    Customer(Edit<Customer>),
    /// A project.
    Project(Edit<Project>),
    /// A task.
    Task(Edit<Task>),
    /// A tag.
    Tag(Edit<Tag>),
    /// A time entry.
    Entry(Edit<Entry>),
}

/// A change to imports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImportCommand {
    /// One begins.
    Begin(Import),
    /// It adds this.
    Add {
        /// Which import.
        import: ImportId,
        /// What.
        edit: ImportEdit,
    },
    /// All of it is there.
    End {
        /// Which.
        import: ImportId,
    },
    /// A record it added goes again, unless somebody changed it since.
    TakeBack {
        /// Which import.
        import: ImportId,
        /// What sort.
        noun: Noun,
        /// Which.
        record: RecordId,
    },
    /// It was taken out.
    Undone {
        /// Which.
        import: ImportId,
    },
    /// What it added stays, and is nobody's to take out as a whole any more: a part of that is forgotten, and in the end it itself.
    Forget {
        /// Which.
        import: ImportId,
    },
}

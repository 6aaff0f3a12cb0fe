//! What changed, for whoever keeps a copy, and live.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    Categories, Customer, Device, Entry, HeldEdit, Lock, Office, Project, RedactionRules,
    SavedReport, Setting, SheetRecord, Tag, Target, Task, Team, User,
};
use crate::domain::sync;

/// A page of changes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Changes {
    /// Counts restores: when it is another than the copy was made under, the copy is thrown away and everything asked for anew.
    /// Whoever names the epoch of their copy, in the query's `epoch`, is refused (410 `copy_too_old`) instead.
    pub server_epoch: u32,
    /// What this reader may see, as a word: when it is another than the copy was made under, the copy is thrown away, too.
    pub view: String,
    /// What to ask with as `since` the next time, once `next` is gone.
    pub since: u64,
    /// Where the next page goes on, for `cursor`; none when the copy is complete.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// In the order of changes.
    pub items: Vec<Change>,
}

/// A record that changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Change {
    /// With which change it changed last.
    pub seq: u64,
    /// Its sort: `customer`, `project`, `task`, `tag`, `entry`, `timesheet`, `lock`, `held_edit`, `target`, `saved_report`, `team`,
    /// `user`, `office_setting`, `office`, `device`, `redaction`, `category`.
    pub noun: String,
    /// Which, in words that stay the same for as long as there is the record; each sort has its own.
    pub id: String,
    /// It was deleted, or is not for this reader any more: a copy of it must go.
    pub gone: bool,
    /// As it is now.
    #[serde(flatten)]
    pub record: AnyRecord,
}

/// A record in the field that is named as its sort; no field when there is none.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AnyRecord {
    /// The customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<Customer>,
    /// The project.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<Project>,
    /// The task.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<Task>,
    /// The tag.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<Tag>,
    /// The time entry, one of the reader's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<Entry>,
    /// The person's week, as far as it is written down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timesheet: Option<SheetRecord>,
    /// What the office has closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lock: Option<Lock>,
    /// The edit that came too late.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_edit: Option<HeldEdit>,
    /// What a person is to work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<Target>,
    /// The saved report.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub saved_report: Option<SavedReport>,
    /// The team.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<Team>,
    /// The person with an account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<User>,
    /// The office's setting.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub office_setting: Option<Setting>,
    /// The office itself, with its policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub office: Option<Office>,
    /// The computer. That it delivers something is no change: when it did last is as of then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<Device>,
    /// The office's redaction rules.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redaction: Option<RedactionRules>,
    /// Categories: the reader's own, or the office's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<Categories>,
}

impl From<&sync::AnyRecord> for AnyRecord {
    fn from(record: &sync::AnyRecord) -> Self {
        let none = Self::default();
        match record {
            sync::AnyRecord::Customer(record) => Self { customer: Some(record.into()), ..none },
            sync::AnyRecord::Project(record) => Self { project: Some(record.into()), ..none },
            sync::AnyRecord::Task(record) => Self { task: Some(record.into()), ..none },
            sync::AnyRecord::Tag(record) => Self { tag: Some(record.into()), ..none },
            sync::AnyRecord::Entry(record) => Self { entry: Some(record.into()), ..none },
        }
    }
}

/// One version of a record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Version {
    /// The change it came with.
    pub seq: u64,
    /// When it arrived.
    #[schema(format = DateTime)]
    pub at: String,
    /// From whom: `system`, `anyone`, `local:NAME`, `user:ID` or `device:ID`.
    pub by: String,
    /// Whether it counted; one that did not lost against a later edit that had arrived already.
    pub counted: bool,
    /// The record as it was then, or would have been.
    #[serde(flatten)]
    pub record: AnyRecord,
}

/// The data of a `changed` event: what changed, never how. Who wants to know asks for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Event {
    /// With which change.
    pub seq: u64,
    /// Its sort, e.g. `project`.
    pub noun: String,
    /// Which, where that is an id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
}

/// The data of a `lagged` event: so many were lost because this reader was too slow. Ask for the changes since the last one known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Lagged {
    /// How many.
    pub missed: u64,
}

//! Jobs: long work with progress.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::rfc3339;
use crate::domain::job;

/// Long work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Job {
    /// For ever.
    pub id: String,
    /// What sort of work, e.g. `activity_csv`.
    pub kind: String,
    /// Who asked for it: a sign-in name, or `local:NAME` at the server's terminal.
    pub owner: String,
    /// What is worked on.
    pub about: String,
    /// `running`, `done`, `failed`, `cancelled`, or `broken_off` when the server stopped while it ran.
    pub state: String,
    /// What a running job does now.
    pub step: Option<String>,
    /// How far it is, whole percent; unknown for some work.
    pub percent: Option<u8>,
    /// How much longer it takes at the pace so far; unknown at first.
    pub rest_ms: Option<u64>,
    /// How many of `unit` it goes through each second now; unknown for most work.
    pub rate: Option<u64>,
    /// What `rate` counts: `rows` or `bytes`.
    pub unit: Option<String>,
    /// Grows with each news; send it back as `seen` to wait for the next.
    pub version: u64,
    /// When it was asked for.
    #[schema(format = DateTime)]
    pub started: String,
    /// When it ended.
    #[schema(format = DateTime)]
    pub ended: Option<String>,
    /// What came of it, for a person.
    pub sentence: Option<String>,
    /// The file it made, while it is kept.
    pub result: Option<JobResult>,
}

/// A file that a job made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct JobResult {
    /// What a download is called.
    pub name: String,
    /// How long it is.
    pub bytes: u64,
    /// Where it is, for whoever asked for it.
    pub path: String,
}

impl Job {
    /// The job of this owner; `running` says how far it is, and since when it runs.
    pub fn of(
        job: &job::Job,
        owner: &str,
        running: Option<(&job::Progress, u64)>,
        version: u64,
        has_result: bool,
    ) -> Self {
        let how = job.ended.as_ref().map(|ended| &ended.how);
        // Whatever the state says to run and nobody works on was broken off.
        let how = how.or(if running.is_none() { Some(&job::Ending::BrokenOff) } else { None });
        let progress = running.map(|(progress, _)| progress);
        let pace = progress.and_then(|progress| progress.pace);
        let result = job.file().filter(|_| has_result).map(|file| JobResult {
            name: file.name.to_string(),
            bytes: file.bytes,
            path: format!("/api/v1/jobs/{}/result", job.id),
        });
        Self {
            id: job.id.to_string(),
            kind: job.kind.name().to_owned(),
            owner: owner.to_owned(),
            about: job.about.to_string(),
            state: how.map_or("running", job::Ending::name).to_owned(),
            step: progress.map(|progress| progress.step.clone()),
            percent: progress.and_then(job::Progress::percent),
            rest_ms: running.and_then(|(progress, since)| progress.rest_ms(since)),
            rate: pace.map(|pace| pace.per_second),
            unit: pace.map(|pace| pace.unit.name().to_owned()),
            version,
            started: rfc3339(job.started),
            ended: job.ended.as_ref().map(|ended| rfc3339(ended.at)),
            sentence: how.map(|how| how.sentence().to_owned()),
            result,
        }
    }
}

/// Recorded activity of a large range as CSV.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewActivityExport {
    /// Whose, by sign-in name; one's own when left out.
    pub person: Option<String>,
    /// Of everyone one may see, instead of one person.
    #[serde(default)]
    pub everyone: bool,
    /// The first day.
    #[schema(format = Date)]
    pub from: String,
    /// The last day, included.
    #[schema(format = Date)]
    pub to: String,
    /// What a row stands for: `days` (the default), `apps` or `events`.
    pub rows: Option<String>,
    /// With a byte order mark, for Excel.
    #[serde(default)]
    pub bom: bool,
}

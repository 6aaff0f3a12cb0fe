//! Jobs.

use super::frame::Record;
use super::layout::{choice, fields};
use crate::domain::job::{Ended, Ending, Job, JobCommand, JobKind, ResultFile};

choice!(JobKind { 0 => ActivityCsv, 180 => PersonData, 181 => Import, 182 => ImportUndo, 80 => ActivityWatch, 216 => EntriesCsv, 217 => Backup, 218 => BackupCheck });
fields!(Job { id, kind, owner, about, started, ended });
fields!(Ended { at, how });
fields!(ResultFile { name, bytes });
choice!(Ending {
    0 => Done { sentence, file },
    1 => Failed { sentence },
    2 => Cancelled,
    3 => BrokenOff,
});
choice!(JobCommand {
    0 => Start(job),
    1 => End { job, how },
    2 => BreakOff,
    3 => Delete { job },
    4 => Forget,
});

impl Record for Job {
    const NAME: &'static str = "a job";
}

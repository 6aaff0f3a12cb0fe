//! What became of a command. A refusal is an outcome, not an error, and is just as deterministic.

mod changed;
mod hours;
mod refusal;
mod remembered;

pub use changed::{Audience, Changed, Noun};
pub use hours::HoursRefusal;
pub use refusal::Refusal;
pub use remembered::{KeptKeys, Remembered};

use super::activity::{Event, EventId};
use super::answer::Answer;
use super::device::StreamState;
use super::id::{DeviceId, EntryId, RecordId, UserId};

/// What became of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Done.
    Done,
    /// Nothing to do: it was so already (a bucket that exists, an event already gone).
    Already,
    /// The event a heartbeat grew or started.
    Event(Event),
    /// The numbers given to inserted events, in order; `None` for one left out as known, 0 for one that rules left out.
    Inserted(Vec<Option<EventId>>),
    /// The device a token or an enrolment belongs to.
    Device {
        /// Which.
        device: DeviceId,
        /// Whose.
        person: UserId,
    },
    /// The batch is applied, or was: the stream now stands here.
    Applied(StreamState),
    /// The batch starts later than the stream stands: send from here.
    Gap(StreamState),
    /// The batch contradicts what was applied.
    Conflict(StreamState),
    /// Refused; nothing changed.
    Refused(Refusal),
    /// A synced record was made, changed or deleted.
    Kept {
        /// Which.
        record: RecordId,
        /// Its version from now on.
        version: u64,
    },
    /// A time entry was made, changed or deleted.
    Booked {
        /// Which.
        entry: EntryId,
        /// Its version from now on.
        version: u64,
        /// The same person's entries that cover some of its time, by start, the first few: a warning.
        overlaps: Vec<EntryId>,
    },
    /// An edit made offline of a time entry came too late: the time is closed. It is held until it is open again.
    Held {
        /// Which.
        entry: EntryId,
    },
    /// A request with this key came before: what was answered.
    Answered(Answer),
    /// A step of removing is done.
    Erased {
        /// Is there more to do on the server?
        more: bool,
    },
    /// A step of the server's own housekeeping is done.
    Stepped {
        /// Is there more to do?
        more: bool,
    },
}

//! Outcomes, as remembered for retries.

use super::frame::Record;
use super::layout::{choice, fields};
use crate::domain::outcome::{Outcome, Refusal, Remembered};

choice!(Refusal {
    0 => AlreadyFounded,
    1 => NotFounded,
    2 => SetupClosed,
    3 => NameTaken,
    4 => UnknownUser,
    5 => UserDisabled,
    6 => LastAdministrator,
    7 => UnknownSession,
    8 => UnknownToken,
    9 => InvitationClosed,
    10 => UnknownInvitation,
    80 => UnknownLink,
    81 => LinkClosed,
    82 => UnknownTeam,
    83 => TotpThere,
    84 => NoTotp,
    85 => CodeUsed,
    86 => LooserPolicy,
    87 => NotLooser,
    88 => NothingAnnounced,
    11 => UnknownDevice,
    12 => DeviceRevoked,
    13 => UnknownBucket,
    14 => UnknownEvent,
    15 => TooManyEvents,
    16 => UnknownQuarantined,
    17 => OtherOffice,
    18 => BadLevel,
    19 => TooMany,
    20 => Stale { version },
    21 => KeyReused,
    22 => IdTaken,
    23 => TitleTaken,
    24 => InUse,
    25 => UnknownCustomer,
    26 => UnknownProject,
    27 => UnknownTask,
    28 => UnknownTag,
    29 => OtherProject,
    30 => TaskLoop,
    31 => TooDeep,
    110 => UnknownJob,
    111 => JobRuns,
    112 => TooManyJobs,
    113 => BadSetting,
    130 => UnknownEntry,
    131 => EndsBeforeStart,
    132 => TooLong,
    133 => InFuture,
    134 => Archived,
    135 => TaskElsewhere,
    136 => OtherPerson,
    137 => LaterTimer,
});
choice!(Outcome {
    0 => Done,
    1 => Already,
    2 => Event(event),
    3 => Inserted(numbers),
    4 => Device { device, person },
    5 => Applied(stream),
    6 => Gap(stream),
    7 => Conflict(stream),
    8 => Refused(refusal),
    9 => Kept { record, version },
    130 => Booked { entry, version, overlaps },
});
fields!(Remembered { at, outcome });

impl Record for Remembered {
    const NAME: &'static str = "a remembered outcome";
}

//! Outcomes, as remembered for retries.

use super::frame::Record;
use super::layout::{choice, fields};
use crate::domain::outcome::{HoursRefusal, KeptKeys, Outcome, Refusal, Remembered};

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
    89 => PasswordChanged,
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
    138 => SplitOutside,
    139 => NotAMember,
    140 => NoTimer,
    150 => Hours(refusal),
    180 => StillEnabled,
    181 => BeingErased,
    182 => UnknownErasure,
    183 => CopyTooOld,
    184 => UnknownImport,
});
choice!(HoursRefusal {
    0 => WeekSubmitted,
    1 => WeekApproved,
    2 => TimeLocked,
    3 => WeekNotOpen,
    4 => WeekNotSubmitted,
    5 => WeekNotApproved,
    6 => UnknownWeek,
    7 => TimerRuns,
    8 => WeekNotBegun,
    9 => WeekOverlaps,
    10 => LockNotLater,
    11 => LockNotEarlier,
    12 => LockInFuture,
    13 => UnknownHeld,
    14 => BadTarget,
    15 => UnknownTarget,
    16 => UnknownReport,
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
    150 => Held { entry },
    180 => Erased { more },
    181 => Answered(answer),
    250 => Stepped { more },
});
fields!(Remembered { at, outcome });
fields!(KeptKeys { count });

impl Record for Remembered {
    const NAME: &'static str = "a remembered outcome";
}

impl Record for KeptKeys {
    const NAME: &'static str = "kept keys";
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;
    use crate::codec::frame::decode_body;

    /// Whatever can be refused, whoever asked reads why and what to do, under a code that means nothing else.
    #[test]
    fn every_refusal_is_a_sentence_with_a_next_step_under_a_code_of_its_own() {
        let mut meant: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        let one = (0..=u8::MAX).map(|tag| vec![tag]);
        let two = (0..=u8::MAX).flat_map(|tag| (0..=u8::MAX).map(move |within| vec![tag, within]));
        for body in one.chain(two) {
            let Ok(refusal) = decode_body::<Refusal>("a refusal", &body) else { continue };
            for words in [refusal.sentence(), refusal.next_step()] {
                let is_a_sentence = words.starts_with(|first: char| !first.is_lowercase())
                    && words.contains(' ')
                    && words.ends_with('.');
                assert!(is_a_sentence, "{refusal:?}: {words}");
            }
            // Of which version something is does not make another refusal.
            let said = match refusal {
                Refusal::Stale { .. } => "Stale".to_owned(),
                other => format!("{other:?}"),
            };
            meant.entry(refusal.code()).or_default().insert(said);
        }
        assert!(meant.len() > 60, "{}", meant.len());
        for (code, said) in meant {
            assert_eq!(said.len(), 1, "{code}: {said:?}");
        }
    }
}

//! Why a command about weeks, the lock, targets or saved reports was refused.

/// Why such a command was refused. Each reads as one sentence with a next step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HoursRefusal {
    /// Changed time in a submitted week.
    WeekSubmitted,
    /// Changed time in an approved week.
    WeekApproved,
    /// Changed time that the office closed.
    TimeLocked,
    /// Only an open week is submitted.
    WeekNotOpen,
    /// Only a submitted week is decided about.
    WeekNotSubmitted,
    /// Only an approved week is opened again.
    WeekNotApproved,
    /// No such week.
    UnknownWeek,
    /// A week with a running timer is not complete.
    TimerRuns,
    /// A week to come.
    WeekNotBegun,
    /// A week that runs into another.
    WeekOverlaps,
    /// The lock only moves on so.
    LockNotLater,
    /// The lock only moves back so.
    LockNotEarlier,
    /// The lock stands at a time to come.
    LockInFuture,
    /// No such held edit.
    UnknownHeld,
    /// What no week can be.
    BadTarget,
    /// No such target.
    UnknownTarget,
    /// No such saved report.
    UnknownReport,
}

impl HoursRefusal {
    /// The stable code in problem+json and in logs.
    pub const fn code(self) -> &'static str {
        match self {
            Self::WeekSubmitted => "week_submitted",
            Self::WeekApproved => "week_approved",
            Self::TimeLocked => "time_locked",
            Self::WeekNotOpen => "week_not_open",
            Self::WeekNotSubmitted => "week_not_submitted",
            Self::WeekNotApproved => "week_not_approved",
            Self::UnknownWeek => "unknown_week",
            Self::TimerRuns => "timer_runs",
            Self::WeekNotBegun => "week_not_begun",
            Self::WeekOverlaps => "week_overlaps",
            Self::LockNotLater => "lock_not_later",
            Self::LockNotEarlier => "lock_not_earlier",
            Self::LockInFuture => "lock_in_future",
            Self::UnknownHeld => "unknown_held",
            Self::BadTarget => "bad_target",
            Self::UnknownTarget => "unknown_target",
            Self::UnknownReport => "unknown_report",
        }
    }

    /// What is wrong, in one sentence.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::WeekSubmitted => "This time lies in a week that was submitted.",
            Self::WeekApproved => "This time lies in a week that was approved.",
            Self::TimeLocked => "The office has closed this time.",
            Self::WeekNotOpen => "This week was submitted already.",
            Self::WeekNotSubmitted => "This week does not wait for approval.",
            Self::WeekNotApproved => "This week was not approved.",
            Self::UnknownWeek => "There is no such week.",
            Self::TimerRuns => "A timer runs in this week.",
            Self::WeekNotBegun => "This week has not begun yet.",
            Self::WeekOverlaps => "A part of this week belongs to another one.",
            Self::LockNotLater => "This would open time that is closed.",
            Self::LockNotEarlier => "This would close time that is open.",
            Self::LockInFuture => "Only time that has passed can be closed.",
            Self::UnknownHeld => "There is no such held edit.",
            Self::BadTarget => "A week has at most 168 hours, and work falls on at least one day.",
            Self::UnknownTarget => "There is no target from this day on.",
            Self::UnknownReport => "There is no such saved report.",
        }
    }

    /// What to do about it, in one sentence.
    pub const fn next_step(self) -> &'static str {
        match self {
            Self::WeekSubmitted => "Withdraw the week first, then change it.",
            Self::WeekApproved => "Ask somebody who approves time to open the week again.",
            Self::TimeLocked => "Ask somebody who approves time to move the lock back.",
            Self::WeekNotOpen => "Look at it again.",
            Self::WeekNotSubmitted => "Look at it again.",
            Self::WeekNotApproved => "Look at it again.",
            Self::UnknownWeek => "Take it from the list of weeks.",
            Self::TimerRuns => "Stop it first.",
            Self::WeekNotBegun => "Submit it when the work is done.",
            Self::WeekOverlaps => "Take it from the list of weeks.",
            Self::LockNotLater => "Move the lock back instead, with a reason.",
            Self::LockNotEarlier => "Move the lock on instead.",
            Self::LockInFuture => "Choose today or an earlier day.",
            Self::UnknownHeld => "Take it from the list of held edits.",
            Self::BadTarget => "Check hours and days.",
            Self::UnknownTarget => "Take it from the list of targets.",
            Self::UnknownReport => "Check the id in the list of saved reports.",
        }
    }
}

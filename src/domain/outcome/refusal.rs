//! Why a command was refused, and what to do about it.

use std::fmt;

use super::HoursRefusal;

/// Why a command was refused. Each reads as one sentence with a next step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// There is an office already.
    AlreadyFounded,
    /// There is no office yet.
    NotFounded,
    /// The set-up secret is wrong, used or expired.
    SetupClosed,
    /// A person of this name exists.
    NameTaken,
    /// No such person.
    UnknownUser,
    /// The person is disabled.
    UserDisabled,
    /// The last administrator cannot go.
    LastAdministrator,
    /// No such session.
    UnknownSession,
    /// No such token.
    UnknownToken,
    /// The invitation is wrong, used or expired.
    InvitationClosed,
    /// No such invitation.
    UnknownInvitation,
    /// No such link.
    UnknownLink,
    /// The link is wrong, used or expired.
    LinkClosed,
    /// No such team.
    UnknownTeam,
    /// Codes from an app are asked for already.
    TotpThere,
    /// No codes from an app are asked for.
    NoTotp,
    /// The code was used.
    CodeUsed,
    /// A looser policy is announced, never set at once.
    LooserPolicy,
    /// Only a looser policy is announced.
    NotLooser,
    /// No policy is announced.
    NothingAnnounced,
    /// The person has another password by now.
    PasswordChanged,
    /// No such device.
    UnknownDevice,
    /// The device was revoked.
    DeviceRevoked,
    /// No such bucket.
    UnknownBucket,
    /// No such event.
    UnknownEvent,
    /// Too many events in one command.
    TooManyEvents,
    /// No such entry in the quarantine.
    UnknownQuarantined,
    /// A batch made for another office.
    OtherOffice,
    /// Levels only rise, and only to one this build knows.
    BadLevel,
    /// A limit on how many may exist was reached.
    TooMany,
    /// Somebody else changed the record since.
    Stale {
        /// Its version now.
        version: u64,
    },
    /// A key that stands for one request came with another.
    KeyReused,
    /// A record of this id exists.
    IdTaken,
    /// Another of the same sort and place has this name.
    TitleTaken,
    /// Something else stands on it.
    InUse,
    /// No such customer.
    UnknownCustomer,
    /// No such project.
    UnknownProject,
    /// No such task.
    UnknownTask,
    /// No such tag.
    UnknownTag,
    /// A task and its parent are of different projects.
    OtherProject,
    /// A task would stand below itself.
    TaskLoop,
    /// Tasks would stand too deep.
    TooDeep,
    /// No such job.
    UnknownJob,
    /// The job has not ended.
    JobRuns,
    /// Too many jobs run at once.
    TooManyJobs,
    /// A setting cannot be that.
    BadSetting,
    /// No such time entry.
    UnknownEntry,
    /// A time entry ends before it begins.
    EndsBeforeStart,
    /// A time entry is longer than a day.
    TooLong,
    /// A time entry is about what has not happened.
    InFuture,
    /// New time on what is archived.
    Archived,
    /// A task of another project.
    TaskElsewhere,
    /// A time entry stays its person's.
    OtherPerson,
    /// A timer would run that began before another one.
    LaterTimer,
    /// A time entry does not go on where it is to be split.
    SplitOutside,
    /// Only its members book on the project.
    NotAMember,
    /// No timer runs.
    NoTimer,
    /// Only who is disabled is erased.
    StillEnabled,
    /// The person is being erased.
    BeingErased,
    /// No such erasure.
    UnknownErasure,
    /// Something about weeks, the lock, targets or saved reports.
    Hours(HoursRefusal),
    /// What a copy lacks is not known any more.
    CopyTooOld,
    /// No such import, or not any more.
    UnknownImport,
}

impl Refusal {
    /// The stable code in problem+json and in logs.
    pub const fn code(self) -> &'static str {
        match self {
            Self::AlreadyFounded => "already_founded",
            Self::NotFounded => "not_founded",
            Self::SetupClosed => "setup_closed",
            Self::NameTaken => "name_taken",
            Self::UnknownUser => "unknown_user",
            Self::UserDisabled => "user_disabled",
            Self::LastAdministrator => "last_administrator",
            Self::UnknownSession => "unknown_session",
            Self::UnknownToken => "unknown_token",
            Self::InvitationClosed => "invitation_closed",
            Self::UnknownInvitation => "unknown_invitation",
            Self::UnknownLink => "unknown_link",
            Self::LinkClosed => "link_closed",
            Self::UnknownTeam => "unknown_team",
            Self::TotpThere => "totp_there",
            Self::NoTotp => "no_totp",
            Self::CodeUsed => "code_used",
            Self::LooserPolicy => "looser_policy",
            Self::NotLooser => "not_looser",
            Self::NothingAnnounced => "nothing_announced",
            Self::PasswordChanged => "password_changed",
            Self::UnknownDevice => "unknown_device",
            Self::DeviceRevoked => "device_revoked",
            Self::UnknownBucket => "unknown_bucket",
            Self::UnknownEvent => "unknown_event",
            Self::TooManyEvents => "too_many_events",
            Self::UnknownQuarantined => "unknown_quarantined",
            Self::OtherOffice => "other_office",
            Self::BadLevel => "bad_level",
            Self::TooMany => "too_many",
            Self::Stale { .. } => "changed_meanwhile",
            Self::KeyReused => "key_reused",
            Self::IdTaken => "id_taken",
            Self::TitleTaken => "title_taken",
            Self::InUse => "in_use",
            Self::UnknownCustomer => "unknown_customer",
            Self::UnknownProject => "unknown_project",
            Self::UnknownTask => "unknown_task",
            Self::UnknownTag => "unknown_tag",
            Self::OtherProject => "other_project",
            Self::TaskLoop => "task_loop",
            Self::TooDeep => "too_deep",
            Self::UnknownJob => "unknown_job",
            Self::JobRuns => "job_runs",
            Self::TooManyJobs => "too_many_jobs",
            Self::BadSetting => "bad_setting",
            Self::UnknownEntry => "unknown_entry",
            Self::EndsBeforeStart => "ends_before_start",
            Self::TooLong => "too_long",
            Self::InFuture => "in_future",
            Self::Archived => "archived",
            Self::TaskElsewhere => "task_elsewhere",
            Self::OtherPerson => "other_person",
            Self::LaterTimer => "later_timer",
            Self::SplitOutside => "split_outside",
            Self::NotAMember => "not_a_member",
            Self::NoTimer => "no_timer",
            Self::StillEnabled => "still_enabled",
            Self::BeingErased => "being_erased",
            Self::UnknownErasure => "unknown_erasure",
            Self::Hours(refusal) => refusal.code(),
            Self::CopyTooOld => "copy_too_old",
            Self::UnknownImport => "unknown_import",
        }
    }

    /// What is wrong, in one sentence.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::AlreadyFounded => "This data directory already holds an office.",
            Self::NotFounded => "This data directory holds no office yet.",
            Self::SetupClosed => "This set-up link was used, has expired, or was mistyped.",
            Self::NameTaken => "Somebody already has this sign-in name.",
            Self::UnknownUser => "There is nobody of this name.",
            Self::UserDisabled => "This account is disabled.",
            Self::LastAdministrator => "This is the last administrator.",
            Self::UnknownSession => "This session has ended.",
            Self::UnknownToken => "There is no such token.",
            Self::InvitationClosed => {
                "This enrollment code was used, has expired, or was mistyped."
            }
            Self::UnknownInvitation => "There is no such invitation.",
            Self::UnknownLink => "There is no such link.",
            Self::LinkClosed => "This link was used, has expired, or was mistyped.",
            Self::UnknownTeam => "There is no such team.",
            Self::TotpThere => "Codes from an app are asked for already.",
            Self::NoTotp => "No codes from an app are asked for.",
            Self::CodeUsed => "This code was used already.",
            Self::LooserPolicy => {
                "A looser policy is announced to everyone seven days ahead, never set at once."
            }
            Self::NotLooser => "Only a policy that is looser than the present one is announced.",
            Self::NothingAnnounced => "No policy is announced that is still to come.",
            Self::PasswordChanged => "This password was changed a moment ago.",
            Self::UnknownDevice => "There is no such computer.",
            Self::DeviceRevoked => "This computer was revoked.",
            Self::UnknownBucket => "There is no such bucket.",
            Self::UnknownEvent => "There is no such event.",
            Self::TooManyEvents => "There are too many events in one request.",
            Self::UnknownQuarantined => "There is no such entry in the quarantine.",
            Self::OtherOffice => "This batch was made for another office.",
            Self::BadLevel => "This level is lower than the present one or not known here.",
            Self::TooMany => "There are too many of these already.",
            Self::Stale { .. } => "Somebody else changed this since you looked at it.",
            Self::KeyReused => "This idempotency key stands for another request.",
            Self::IdTaken => "There is something with this id already.",
            Self::TitleTaken => "There is another of this name.",
            Self::InUse => "Something else stands on this, so it cannot be deleted.",
            Self::UnknownCustomer => "There is no such customer.",
            Self::UnknownProject => "There is no such project.",
            Self::UnknownTask => "There is no such task.",
            Self::UnknownTag => "There is no such tag.",
            Self::OtherProject => "A task and its parent belong to one project.",
            Self::TaskLoop => "A task cannot stand below itself.",
            Self::TooDeep => "Tasks stand at most 64 deep.",
            Self::UnknownJob => "There is no such job.",
            Self::JobRuns => "This job has not ended yet.",
            Self::BadSetting => "This setting cannot be that.",
            Self::UnknownEntry => "There is no such time entry.",
            Self::EndsBeforeStart => "This ends before it begins.",
            Self::TooLong => "This is longer than 24 hours.",
            Self::InFuture => "This time has not come yet.",
            Self::Archived => "This is archived, so no new time goes on it.",
            Self::TaskElsewhere => "This task does not belong to the entry's project.",
            Self::OtherPerson => "A time entry stays with its person.",
            Self::LaterTimer => "Another timer was started after this begin.",
            Self::SplitOutside => "The time entry does not go on at that moment.",
            Self::NotAMember => "Only its members book time on this project.",
            Self::NoTimer => "No timer is running.",
            Self::StillEnabled => "This account is not disabled.",
            Self::BeingErased => "What was recorded about this person is being erased.",
            Self::UnknownErasure => "There is no such erasure.",
            Self::Hours(refusal) => refusal.sentence(),
            Self::CopyTooOld => {
                "This copy is too old: the office was restored since, or what was deleted since is not known any more."
            }
            Self::UnknownImport => "There is no such import, or it was taken out already.",
            Self::TooManyJobs => "As many jobs run as may run at once.",
        }
    }

    /// What to do about it, in one sentence.
    pub const fn next_step(self) -> &'static str {
        match self {
            Self::AlreadyFounded => {
                "Start the server with another --data directory for a second office."
            }
            Self::NotFounded => "Start the server once on this directory.",
            Self::SetupClosed => {
                "Restart the server for a fresh link, or sign in if an administrator exists."
            }
            Self::NameTaken => "Choose another name.",
            Self::UnknownUser => "Check the spelling in the list of people.",
            Self::UserDisabled => "Ask an administrator.",
            Self::LastAdministrator => "Make somebody else an administrator first.",
            Self::UnknownSession => "Check the id in the list of sessions, or sign in again.",
            Self::UnknownToken => "Check the id in the list of tokens.",
            Self::InvitationClosed => "Ask an administrator for a new code.",
            Self::UnknownInvitation => "Check the id in the list of invitations.",
            Self::UnknownLink => "Check the id in the list of links.",
            Self::LinkClosed => "Ask an administrator for a new one.",
            Self::UnknownTeam => "Check the id in the list of teams.",
            Self::TotpThere => "Remove the present app first.",
            Self::NoTotp => "Begin with a fresh seed.",
            Self::CodeUsed => "Wait for the next one.",
            Self::LooserPolicy => "Announce it.",
            Self::NotLooser => "Set it at once.",
            Self::NothingAnnounced => "Look at the office's policy.",
            Self::PasswordChanged => "Sign in with the new one.",
            Self::UnknownDevice => "Check the id in the list of computers.",
            Self::DeviceRevoked => "Ask an administrator for a new code and enroll again.",
            Self::UnknownBucket => "Create the bucket first.",
            Self::UnknownEvent => "List the bucket's events.",
            Self::TooManyEvents => "Send at most 1000 at once.",
            Self::UnknownQuarantined => "Check the id in the list of what is in quarantine.",
            Self::OtherOffice => "Enroll this computer with this office's code.",
            Self::BadLevel => "Update every server first.",
            Self::TooMany => "Remove some that are no longer used.",
            Self::Stale { .. } => "Look at it again, then decide.",
            Self::KeyReused => "Use a fresh key for each request, the same one only to repeat it.",
            Self::IdTaken => "Use a fresh id.",
            Self::TitleTaken => "Choose another name.",
            Self::InUse => "Archive it instead.",
            Self::UnknownCustomer => "Check the id in the list of customers.",
            Self::UnknownProject => "Check the id in the list of projects.",
            Self::UnknownTask => "Check the id in the list of the project's tasks.",
            Self::UnknownTag => "Check the id in the list of tags.",
            Self::OtherProject => {
                "Choose a parent of the same project, or add the task to the other project anew."
            }
            Self::TaskLoop => "Choose a parent that does not stand below this task.",
            Self::TooDeep => "Choose a parent further up.",
            Self::UnknownJob => {
                "Check the id in the list of jobs; a job is forgotten 12 hours after its end."
            }
            Self::JobRuns => "Wait for its end, or cancel it.",
            Self::BadSetting => "The list of settings says what each may be.",
            Self::UnknownEntry => "Check the id in the list of time entries.",
            Self::EndsBeforeStart => "Check begin and end.",
            Self::TooLong => "Enter one for each day.",
            Self::InFuture => "Enter it when the work is done; if it is, check the clock.",
            Self::Archived => "Choose another, or have it taken out of the archive.",
            Self::TaskElsewhere => "Choose one of that project's tasks.",
            Self::OtherPerson => "Delete it, and add it anew for the other person.",
            Self::LaterTimer => "Give it an end, or a later begin.",
            Self::SplitOutside => "Choose a moment between its begin and its end.",
            Self::NotAMember => "Choose another project, or ask to be made a member.",
            Self::NoTimer => "Start one first.",
            Self::StillEnabled => "Disable it first.",
            Self::BeingErased => "Add the person anew if they come back.",
            Self::UnknownErasure => "Look at the list of erasures.",
            Self::Hours(refusal) => refusal.next_step(),
            Self::CopyTooOld => "Throw it away and fetch everything anew, with since=0.",
            Self::UnknownImport => "Check the id in the list of imports.",
            Self::TooManyJobs => "Wait until one has ended, or cancel one.",
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.sentence(), self.next_step())
    }
}

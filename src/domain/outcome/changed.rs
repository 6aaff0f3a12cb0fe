//! News of a change: what sort of thing, which, and who may hear of it.

use crate::domain::id::UserId;

/// The sort of thing that changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Noun {
    /// The office record.
    Office,
    /// An account.
    User,
    /// A session.
    Session,
    /// A token.
    Token,
    /// A computer.
    Device,
    /// An invitation.
    Invitation,
    /// A one-time link.
    Link,
    /// A team.
    Team,
    /// Looks at a person's activity.
    Look,
    /// Recorded activity of a device.
    Activity,
    /// A foreign client's settings.
    Setting,
    /// The quarantine.
    Quarantine,
    /// A customer.
    Customer,
    /// A project.
    Project,
    /// A task.
    Task,
    /// A tag.
    Tag,
    /// A time entry.
    Entry,
    /// Long work.
    Job,
    /// A setting of the office.
    OfficeSetting,
    /// Mail on its way out.
    Mail,
    /// A person's week.
    Timesheet,
    /// What is closed for everyone.
    Lock,
    /// Edits that came too late.
    HeldEdit,
    /// The end of what is recorded about a person.
    Erasure,
    /// Time brought in from another product.
    Import,
    /// The office's redaction rules.
    Redaction,
    /// A person's targets.
    Target,
    /// A saved report.
    SavedReport,
    /// Categories of recorded activity.
    Category,
}

impl Noun {
    /// Every sort there is.
    pub const ALL: [Self; 29] = [
        Self::Office,
        Self::User,
        Self::Session,
        Self::Token,
        Self::Device,
        Self::Invitation,
        Self::Link,
        Self::Team,
        Self::Look,
        Self::Activity,
        Self::Setting,
        Self::Quarantine,
        Self::Customer,
        Self::Project,
        Self::Task,
        Self::Tag,
        Self::Entry,
        Self::Job,
        Self::OfficeSetting,
        Self::Mail,
        Self::Timesheet,
        Self::Lock,
        Self::HeldEdit,
        Self::Erasure,
        Self::Import,
        Self::Redaction,
        Self::Target,
        Self::SavedReport,
        Self::Category,
    ];

    /// The name of this sort in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Office => "office",
            Self::User => "user",
            Self::Session => "session",
            Self::Token => "token",
            Self::Device => "device",
            Self::Invitation => "invitation",
            Self::Link => "link",
            Self::Team => "team",
            Self::Look => "look",
            Self::Activity => "activity",
            Self::Setting => "setting",
            Self::Quarantine => "quarantine",
            Self::Customer => "customer",
            Self::Project => "project",
            Self::Task => "task",
            Self::Tag => "tag",
            Self::Entry => "entry",
            Self::Job => "job",
            Self::OfficeSetting => "office_setting",
            Self::Mail => "mail",
            Self::Timesheet => "timesheet",
            Self::Lock => "lock",
            Self::HeldEdit => "held_edit",
            Self::Erasure => "erasure",
            Self::Import => "import",
            Self::Redaction => "redaction",
            Self::Target => "target",
            Self::SavedReport => "saved_report",
            Self::Category => "category",
        }
    }
}

/// Who may hear of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Audience {
    /// Everyone signed in.
    Everyone,
    /// This person, and who may see them.
    Person(UserId),
    /// Administrators.
    Administrators,
}

/// Something changed: published by the door after each apply, the source of live pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// The log index of the command that did it; of what stands in no log, of the newest one before. Never becomes less.
    pub server_seq: u64,
    /// The sort of thing.
    pub noun: Noun,
    /// Its id in bytes, as it stands in the keys of the state.
    pub id: Vec<u8>,
    /// Who may hear of it.
    pub audience: Audience,
}

//! Names: who works in a made-up office, for whom, on what, with which programs.

/// What somebody does all day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Craft {
    Engineering,
    Design,
    Consulting,
    Administration,
}

impl Craft {
    pub(super) const ALL: [Self; 4] =
        [Self::Engineering, Self::Design, Self::Consulting, Self::Administration];

    pub(super) const fn team(self) -> &'static str {
        match self {
            Self::Engineering => "Engineering",
            Self::Design => "Design",
            Self::Consulting => "Consulting",
            Self::Administration => "Administration",
        }
    }

    /// The programs of the craft with what their windows say, the most used first. `{}` becomes a name of something worked on.
    pub(super) const fn windows(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Engineering => &[
                ("Code", "{}.rs - Code"),
                ("Firefox", "{} - Documentation"),
                ("Terminal", "cargo test {}"),
                ("Code", "{}.ts - Code"),
                ("Terminal", "git log {}"),
                ("Slack", "#engineering - {}"),
                ("Firefox", "Pull request: {}"),
                ("Thunderbird", "Re: {}"),
                ("DBeaver", "{}.sql"),
                ("Zoom", "Stand-up"),
            ],
            Self::Design => &[
                ("Figma", "{} - Figma"),
                ("Inkscape", "{}.svg - Inkscape"),
                ("Firefox", "{} - Inspiration"),
                ("GIMP", "{}.png - GIMP"),
                ("Slack", "#design - {}"),
                ("Thunderbird", "Re: {}"),
                ("Zoom", "Review: {}"),
            ],
            Self::Consulting => &[
                ("LibreOffice Impress", "{}.odp"),
                ("Thunderbird", "Re: {}"),
                ("Zoom", "Call: {}"),
                ("LibreOffice Writer", "{}.odt"),
                ("Firefox", "{} - Search"),
                ("LibreOffice Calc", "{}.ods"),
                ("Slack", "#clients - {}"),
            ],
            Self::Administration => &[
                ("LibreOffice Calc", "{}.ods"),
                ("Thunderbird", "Invoice {}"),
                ("Firefox", "{} - Online banking"),
                ("LibreOffice Writer", "Letter {}.odt"),
                ("DATEV", "Booking {}"),
                ("Slack", "#office - {}"),
            ],
        }
    }

    pub(super) const fn notes(self) -> &'static [&'static str] {
        match self {
            Self::Engineering => &["Fixing the build", "Review", "New feature", "Tests", "Release"],
            Self::Design => &["Drafts", "Icons", "Workshop", "Feedback round", "Style guide"],
            Self::Consulting => &["Call", "Workshop", "Report", "Preparing slides", "Travel"],
            Self::Administration => &["Invoices", "Payroll", "Mail", "Ordering", "Bookkeeping"],
        }
    }
}

/// First names; more people than these are numbered on.
pub(super) const PEOPLE: [&str; 40] = [
    "anna", "ben", "clara", "david", "elif", "finn", "greta", "hugo", "ines", "jonas", "katja",
    "leon", "maria", "noah", "olga", "paul", "quinn", "rosa", "samir", "tilda", "umut", "vera",
    "willem", "xenia", "yara", "zoran", "alice", "bruno", "chiara", "dario", "emma", "farid",
    "gwen", "henrik", "isa", "jakub", "kira", "lars", "mila", "nils",
];

/// Customers with their projects, and whether time on them is paid for.
pub(super) const CUSTOMERS: [(&str, &[&str]); 6] = [
    ("Northwind Bakery", &["Online shop", "Loyalty card"]),
    ("Harbour Clinic", &["Patient portal", "Rota planning", "Support contract"]),
    ("Lumen Energy", &["Tariff calculator", "Field app"]),
    ("Municipality of Elmsford", &["Citizen services", "Accessibility audit"]),
    ("Ostrava Logistics", &["Route optimiser", "Warehouse screens"]),
    ("Studio Brandt", &["Brand refresh"]),
];

/// Parts of a project, each with its own parts.
pub(super) const TASKS: [(&str, &[&str]); 4] = [
    ("Concept", &["Interviews", "Drafts"]),
    ("Implementation", &["Server", "Page", "Migration"]),
    ("Quality", &[]),
    ("Project management", &[]),
];

/// The office's own project, and its parts.
pub(super) const INTERNAL: (&str, &[&str]) =
    ("Internal", &["Meetings", "Training", "Administration"]);

/// Where absences are written down, and their kinds.
pub(super) const ABSENCE: (&str, &[&str]) = ("Absence", &["Holiday", "Sick leave"]);

pub(super) const TAGS: [&str; 5] = ["on site", "remote", "overtime", "workshop", "urgent"];

/// What things worked on are called.
pub(super) const THINGS: [&str; 48] = [
    "invoice",
    "login",
    "header",
    "footer",
    "basket",
    "checkout",
    "rota",
    "tariff",
    "route",
    "export",
    "import",
    "report",
    "banner",
    "icon",
    "poster",
    "survey",
    "contract",
    "budget",
    "schedule",
    "roadmap",
    "release",
    "minutes",
    "agenda",
    "proposal",
    "offer",
    "reminder",
    "payslip",
    "ledger",
    "archive",
    "search",
    "filter",
    "chart",
    "table",
    "form",
    "upload",
    "download",
    "mailing",
    "newsletter",
    "handbook",
    "guide",
    "glossary",
    "index",
    "backup",
    "audit",
    "ticket",
    "migration",
    "schema",
    "session",
];

pub(super) const COLOURS: [[u8; 3]; 8] = [
    [0x2f, 0x6f, 0xed],
    [0x1f, 0x9d, 0x74],
    [0xd9, 0x77, 0x06],
    [0xb8, 0x3c, 0x7e],
    [0x6d, 0x4a, 0xd0],
    [0x0e, 0x8a, 0xa5],
    [0xc2, 0x41, 0x2d],
    [0x5b, 0x7a, 0x1e],
];

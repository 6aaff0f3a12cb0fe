//! The floor plan as one table, read top to bottom. A new room is one new row; a wrong row is changed here and in `src/lib.rs`
//! in the same commit, with the reason. It must never hold logic.

/// What one room may reach.
pub struct Row {
    pub room: &'static str,
    /// Rooms it may import; `store::read` allows only that part of a room.
    pub may: &'static [&'static str],
    /// Outside crates and parts of `std` it must not name. A crate stands for its family: `tokio` also means `tokio_rustls`.
    pub must_not: &'static [&'static str],
}

/// `core::net` (plain address values, no sockets) is allowed where `std::net` is not.
pub const PLAN: &[Row] = &[
    Row {
        room: "domain",
        may: &[],
        must_not: &[
            "redb",
            "tokio",
            "hyper",
            "axum",
            "rustls",
            "serde",
            "bincode",
            "std::fs",
            "std::net",
            "std::thread",
        ],
    },
    Row {
        room: "codec",
        may: &["domain"],
        must_not: &["redb", "tokio", "hyper", "axum", "rustls", "std::fs", "std::net"],
    },
    Row {
        room: "wire",
        may: &["domain"],
        must_not: &["redb", "tokio", "hyper", "axum", "rustls", "std::fs", "std::net"],
    },
    Row {
        room: "store",
        may: &["domain", "codec"],
        must_not: &["tokio", "hyper", "axum", "rustls", "openraft"],
    },
    Row { room: "net", may: &[], must_not: &["redb", "openraft", "bincode"] },
    Row {
        room: "clock",
        may: &["domain"],
        must_not: &["redb", "hyper", "axum", "rustls", "openraft"],
    },
    Row {
        room: "slots",
        may: &["domain", "codec", "net", "clock"],
        must_not: &["redb", "openraft", "axum"],
    },
    // The desktop's notification area, for the agent and for whoever sits at the server.
    Row {
        room: "icon",
        may: &[],
        must_not: &["redb", "hyper", "axum", "rustls", "openraft", "bincode"],
    },
    Row {
        room: "compat",
        may: &["domain", "wire", "net", "clock"],
        must_not: &["redb", "openraft", "rustls", "bincode"],
    },
    Row {
        room: "consensus",
        may: &["domain", "codec", "store", "net", "clock"],
        must_not: &["redb", "axum"],
    },
    Row {
        room: "service",
        may: &[
            "domain",
            "codec",
            "wire",
            // Owner-only files beside the database: the office key.
            "store::file",
            // Recorded activity has read scopes of its own; its writes need a writer, which only `apply` is given.
            "store::activity",
            // Backups are made of read scopes that the door hands out, and unpacked before there is a door.
            "store::backup",
            // The doctor's hash over everything decoded: a read.
            "store::hash",
            "store::read",
            "store::Reader",
            "store::StoreError",
            "net",
            "slots",
            "consensus",
            "clock",
        ],
        must_not: &["redb", "openraft", "axum"],
    },
    Row {
        room: "agent",
        may: &["domain", "codec", "wire", "store", "net", "clock", "slots", "icon", "compat"],
        must_not: &["redb", "openraft", "rustls"],
    },
    Row {
        room: "api",
        may: &["domain", "wire", "service", "compat", "net"],
        must_not: &["redb", "openraft", "rustls", "bincode"],
    },
    Row {
        room: "cli",
        may: &[
            "domain",
            "wire",
            "store",
            "net",
            "clock",
            "slots",
            "icon",
            "compat",
            "consensus",
            "service",
            "agent",
            "api",
        ],
        must_not: &["redb", "openraft", "bincode"],
    },
    // The executable itself: ten lines over `cli`.
    Row {
        room: "main",
        may: &["cli"],
        must_not: &["redb", "tokio", "hyper", "axum", "rustls", "openraft", "bincode"],
    },
    // The map declares rooms and uses none.
    Row {
        room: "lib",
        may: &[],
        must_not: &["redb", "tokio", "hyper", "axum", "rustls", "openraft", "bincode"],
    },
];

/// Files directly under `service/` that every capability may use; capabilities never use each other.
pub const SERVICE_SHARED: &[&str] = &[
    "worker",
    "job",
    "mail",
    "error",
    "secrets",
    "audit",
    "health",
    "handbook",
    "principal",
    "change",
    "limits",
    "doctor",
    "events",
    "once",
    "retention",
    "tier",
    "page",
    "day",
    // Who does something while nothing can be written keeps a note of it.
    "late_note",
];

/// Crates whose name appears under few paths only: their format or their future is a risk, or (randomness) their use must be seen.
pub const OWNERS: &[(&str, &[&str])] = &[
    // The bench compares the server with what the engine itself can do on the machine.
    ("redb", &["src/store/", "benches/load/limit.rs", "benches/storage/limit.rs"]),
    ("openraft", &["src/consensus/"]),
    ("bincode", &["src/codec/"]),
    ("getrandom", &["src/clock/", "src/service/secrets.rs"]),
    // Falls the same for the same seed: never for anything that is to be secret.
    ("fastrand", &["src/service/demo/dice.rs"]),
    // One way to write a cell, so that none becomes a formula.
    ("csv", &["src/wire/csv.rs"]),
    ("lettre", &["src/service/mail/"]),
    ("object_store", &["src/net/s3.rs"]),
    ("mdns_sd", &["src/net/mdns.rs"]),
    ("rustls_pemfile", &["src/net/pem.rs"]),
    // One file per platform.
    ("x11rb", &["src/agent/recorder/x11.rs"]),
    ("wayland_client", &["src/agent/recorder/wayland.rs", "src/agent/recorder/kde_idle.rs"]),
    ("winsafe", &["src/agent/recorder/windows.rs"]),
    ("x_win", &["src/agent/recorder/macos.rs"]),
    ("tray_icon", &["src/icon/windows.rs"]),
    ("ksni", &["src/icon/linux.rs"]),
    ("windows_service", &["src/slots/windows.rs"]),
    ("service_manager", &["src/slots/launchd.rs"]),
    ("zbus", &["src/icon/linux.rs", "tests/it/harness/bus.rs"]),
];

/// One crypto provider (ring), one runtime (tokio).
pub const BANNED_PACKAGES: &[&str] = &[
    "openssl",
    "openssl-sys",
    "native-tls",
    "aws-lc-rs",
    "aws-lc-sys",
    "aws-lc-fips-sys",
    "async-std",
    "smol",
];

/// Production lines per file, the same for Rust, TypeScript and Svelte.
pub const MAX_LINES: usize = 400;

/// Who may pause: the one wait of all tests, between two looks at a condition, and the proxy, whose slowness is what is tested.
pub const MAY_PAUSE: &[&str] = &["tests/it/harness/wait.rs", "tests/it/harness/proxy.rs"];

pub fn row(room: &str) -> Option<&'static Row> {
    let top = room.split("::").next().unwrap_or(room);
    PLAN.iter().find(|r| r.room == room).or_else(|| PLAN.iter().find(|r| r.room == top))
}

/// Where hours are kept, added up and told: whole numbers only.
pub const WHOLE_NUMBERS: &[&str] =
    &["src/domain/", "src/codec/", "src/store/", "src/service/book/", "src/wire/v1/"];

//! Timebook: the office time server in one file.
//!
//! This file is the map. Floors import downwards only; `tests/house` holds the plan and refuses a wrong import.
//!
//! | floor  | room        | what it is                                                               |
//! |--------|-------------|--------------------------------------------------------------------------|
//! | GROUND | [`domain`]  | what things are and the rules they keep: no I/O, clock, randomness, serde |
//! | GROUND | `codec`     | bytes on disk, in the log, in batches: bincode lives here and nowhere else |
//! | GROUND | `wire`      | JSON shapes of `/api/v1` and of the foreign protocols                     |
//! | FIRST  | `store`     | the only room that names redb: tables, apply, reads, log, outbox          |
//! | FIRST  | `net`       | sockets, TLS, accept loop, HTTPS client; knows no domain type             |
//! | FIRST  | `clock`     | the only wall clock and the only randomness                               |
//! | FIRST  | `slots`     | launcher: owns the listening sockets, restarts the working child          |
//! | FIRST  | `compat`    | the foreign doors (ActivityWatch) as routes over one trait                |
//! | SECOND | `consensus` | the one door for writes: commit, read, feed of changes (openraft)         |
//! | THIRD  | `service`   | one folder per capability: accounts, devices, tracking                    |
//! | FOURTH | `api`       | routes in one table, authentication, errors as HTTP                       |
//! | FOURTH | `agent`     | the offline-first client                                                  |
//! | TOP    | `cli`       | configuration, assembly, one file per command                             |

pub mod agent;
pub mod api;
pub mod cli;
pub mod clock;
pub mod codec;
pub mod compat;
pub mod consensus;
pub mod domain;
pub mod net;
pub mod service;
pub mod slots;
pub mod store;
pub mod wire;

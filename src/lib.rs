//! Timebook: the office time server in one file.
//!
//! This file is the map. Floors import downwards only; `tests/house/plan.rs` says who may import whom, and the guard refuses the rest.
//!
//! | floor  | room          | what it is                                                                  |
//! |--------|---------------|-----------------------------------------------------------------------------|
//! | GROUND | [`domain`]    | what things are and the rules they keep: no I/O, clock, randomness, serde   |
//! | GROUND | [`codec`]     | bytes on disk, in the log, in batches: bincode lives here and nowhere else  |
//! | GROUND | [`wire`]      | JSON shapes of `/api/v1` and of the foreign protocols                       |
//! | FIRST  | [`store`]     | the only room that names redb: tables, apply, reads, log, outbox            |
//! | FIRST  | [`net`]       | sockets, TLS, accept loop, HTTPS client, S3, mDNS; knows no domain type     |
//! | FIRST  | [`clock`]     | the only wall clock and the only randomness                                 |
//! | FIRST  | [`slots`]     | launcher: owns the listening sockets, restarts the working child; services  |
//! | FIRST  | [`icon`]      | the icon in the notification area; knows no domain type                     |
//! | FIRST  | [`compat`]    | the foreign doors (ActivityWatch) as routes over one trait                  |
//! | SECOND | [`consensus`] | the one door for writes: commit, read, feed of changes (openraft)           |
//! | THIRD  | [`service`]   | one folder per capability: accounts, devices, tracking, book, control …     |
//! | FOURTH | [`api`]       | routes in one table, authentication, errors as HTTP                         |
//! | FOURTH | [`agent`]     | the offline-first client                                                    |
//! | TOP    | [`cli`]       | configuration, assembly, one file per command                               |
//!
//! `service/demo` makes up an office and brings it in through the same door as everybody's.
//!
//! Capabilities never import each other; what several need stands in files of its own beside them: `service/job` (long work with
//! progress), `service/mail` (letters on their way out), `service/worker` (background duties of the server that leads),
//! `service/late_note` (what was done out of service, for the audit log),
//! `service/day` (where days begin: the only place that knows zones), `service/tier` (what is over is packed and added up).
//!
//! The same noun has the same file name on every floor: `domain/device.rs`, `codec/device.rs`, `store/apply/device.rs`,
//! `service/devices/`, `api/v1/devices.rs`, `cli/device.rs`.
//!
//! # What must stay true
//!
//! * Every change is a [`domain::command::Command`]; time, ids and chance are chosen before it is built. [`consensus::Door::commit`] answers
//!   when it is on disk and applied. [`store::apply::apply`] does the same everywhere and reads nothing but the transaction.
//! * The state file is exchanged only for one that is exactly as far in the log, and nobody's writes wait for more than that (`consensus/shrink.rs`).
//! * A synced record (customers, projects, tasks, tags, time entries) is written in `store/apply/sync.rs` only: its version, its row in `since-1` and its
//!   history never part. Which of two edits counts is decided by [`domain::merge`], and the other one is kept in the history. What else
//!   clients keep a copy of (the office, people, teams, weeks, the lock, targets, saved reports, settings, computers, redaction rules, categories)
//!   leaves its mark by `store/apply/told.rs`. Of what is read at a desk nobody keeps a copy; `domain/told.rs` says which sorts those are, and why.
//! * Time that the office closed, and the time in a submitted or approved week, stays as it is (`store/read/closed.rs`): online changes are
//!   refused, offline ones send a waiting week back or are held until the time is open again. None is lost, and no total changes unseen.
//! * Recorded activity moves from rows into blocks (`store/activity/tier.rs`), and what a computer brings of days that are over is put there at once
//!   (`store/activity/pen/run.rs`), without any read saying anything else; whatever changes an event
//!   takes it out of its block and removes what its days and months came to (`store/activity/totals.rs`, `months.rs`) in the same transaction.
//! * The audit log names people, computers and tokens by id: a name must be able to go (`store/apply/erasure.rs` says for every table what an
//!   erasure does with it), an entry never.
//! * A refusal is an [`domain::outcome::Outcome`], changes nothing, and reads as a sentence with a next step.
//! * Stored bytes are a promise: `codec/FORMAT.md` spells them out, and golden files hold the code to it.
//! * Nothing from outside is decoded before its bounds, and a batch not before its signature, are checked.
//! * A server out of service (`DIR/stopped`) has closed log and state and reads the state only (`consensus/resting.rs`); the same process changes
//!   from one house to the other behind its doors (`cli/shift.rs`, `cli/front.rs`), so that no connection ends with it.
//! * A heartbeat that could succeed later is never answered with an error: stock clients throw away what was.
//! * Not there on purpose: no second way to write, no second clock, no configuration in the database, no `unsafe`.
//!
//! # Walk one: a heartbeat, from a watcher to the report
//!
//! 1. A watcher posts to 127.0.0.1:5600. `net/serve` takes the connection from the socket the launcher holds; `agent/door.rs` lets in
//!    programs of the same user only; `compat/activitywatch/heartbeat.rs` reads the event strictly (`wire/activitywatch/event.rs`).
//! 2. `agent/book.rs` hands it to its one writer thread: rules drop or mask what is not to be kept (`agent/redaction`), `store/activity/pen.rs`
//!    grows the newest event or starts the next, and `store/outbox.rs` queues what the office may have of it (`agent/redaction/leaving.rs`), in
//!    one durable transaction. Then the watcher is answered.
//! 3. `agent/plan.rs` decides when to send, `agent/sync.rs` does: `codec/batch.rs` packs and signs, `net/client.rs` carries it over TLS
//!    with the computer's own certificate.
//! 4. `api/v1/batches.rs` passes the bytes to `service/devices/batches.rs`, which finds the device's key, opens the batch, and commits
//!    one command. `consensus` logs it with one flush; `store/apply/batch.rs` runs its operations and moves the stream's place.
//! 5. The receipt goes back signed; the outbox forgets what it covers (`store/outbox/receipt.rs`).
//! 6. A look at the report: `service/tracking/report.rs` asks `domain/policy.rs` what this viewer may see and reads one snapshot:
//!    `store/activity/totals.rs` has what past days came to, and `domain/report.rs` adds up the others.
//!
//! The same way goes what a person says of their time: `timebook track` asks the agent over its door, or opens its book without one
//! (`agent/track`), and an `OfferEntry` in the outbox becomes an edit by `store/apply/entry.rs`. The copy of the book that the person sees there
//! comes back by `agent/sync/copy.rs`.
//!
//! # Walk two: a time entry, from the page to a report in another tab
//!
//! 1. `web/page/views/today/Composer.svelte` reads what was typed (`model/typed.ts`) and hands it to `state/book.ts`. `state/outbox.svelte.ts`
//!    sends it with a key of its own, or keeps it in the browser while nothing answers and shows it as if it were done (`model/wish.ts`).
//! 2. `net/serve` takes the connection, `api/auth.rs` knows the session, `api/routes.rs` says who may come in, `api/once.rs` answers a key
//!    that was there before as it was answered then, `api/v1/entries.rs` reads the JSON strictly.
//! 3. `service/book/entry.rs` makes the command. `store/apply/entry.rs` holds it against the rules, closed time first; `store/apply/sync.rs`
//!    writes row, version, history and the mark that copies follow in one transaction.
//! 4. `consensus/feed.rs` tells of the change, `service/events.rs` tells who may see it, `api/v1/events.rs` writes it to their streams.
//! 5. In the other tab `state/live.svelte.ts` hears it, though only one tab of a browser listens to the server; `state/follow.svelte.ts` asks
//!    again for what names that noun: `views/reports/Reports.svelte`.
//! 6. `api/v1/hours.rs` asks `service/book/report`, which reads one snapshot of what `service/book/sight.rs` lets this viewer see, and adds up.
//!
//! # Walk three: a backup, from the click to the office put back
//!
//! 1. `web/page/views/server/Backups.svelte` asks for one; `api/v1/backups.rs` begins a job (`service/job`), and `ui/RunningNow.svelte` shows how far it is.
//! 2. `service/backup/desk.rs` takes one read transaction. On a thread of its own `store/backup/create.rs` copies its rows into a dense file, packs that,
//!    opens the packed one again and compares counts and hash (`store/backup/check.rs`). Only then it gets its name. What stands in it: `codec/backup.rs`.
//! 3. `service/backup/copies.rs` brings it to the second folder, and sealed (`store/backup/seal.rs`) to a bucket (`net/s3.rs`), now and again until it is there.
//! 4. To put it back, the desk verifies it while people work. Then `cli/shift.rs` ends the house behind the open doors and hands it to
//!    `service/backup/restore.rs`, which saves what is there and asks the journal who was erased since (`service/backup/journal.rs`).
//! 5. `consensus/restoring.rs` prepares state and log beside the present ones, under a new epoch, a new cluster and a higher term. One rename
//!    decides: cut off before it the old state counts, after it the new one, and the next start ends what was begun.
//! 6. The same doors serve the restored office. Everybody signs in again, and computers send what it lacks.
//!
//! # Walk four: `timebook user add`, with the server running or not
//!
//! 1. `cli/user.rs` turns flags into one request. `cli/call.rs` sends it over `DIR/admin.sock`; when nobody answers there it takes the
//!    instance lock, lets `cli/assemble.rs` put the same house together in this process, and asks its router.
//! 2. `api/auth.rs` knows the caller as `local:<user>`; `api/routes.rs` says who may come in; `api/v1/users.rs` reads the JSON.
//! 3. `service/accounts` hashes the password and commits. `store/apply/user.rs` checks, writes, and adds to the audit chain.
//! 4. The feed tells whoever listens; the answer becomes a line on the terminal, or JSON with `--json`.

pub mod agent;
pub mod api;
pub mod cli;
pub mod clock;
pub mod codec;
pub mod compat;
pub mod consensus;
pub mod domain;
pub mod icon;
pub mod net;
pub mod service;
pub mod slots;
pub mod store;
pub mod wire;

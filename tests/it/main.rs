//! Stories told to the real executable on a free port, by real foreign clients and by our own agent. One file is one story; everything
//! that starts, waits or cleans up is in `harness`. No test here may sleep, use a fixed port, or touch an address outside this machine.
#![allow(
    unreachable_pub,
    clippy::panic,
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test program: failing is its job, and nothing imports it"
)]

mod harness;

mod accounts; // people and tokens from the command line
mod activitywatch_client; // the real aw-client, through the agent and directly
mod answers; // a server that answers wrongly
mod backups; // the whole office in one file, and put back
mod bad_input; // what is wrong is refused and changes nothing
mod batches; // batches repeated, reordered, forged, foreign
mod book; // the catalog, its versions, its changes and its live events
mod certified; // a computer's certificate, issued anew before it ends
mod control; // out of service and back, with everybody on
mod copies; // copies of what clients keep, over a restart and a restore
mod cut_off; // a server killed at each step of a backup and a restore
mod demo; // a made-up office to look at
mod differential; // the agent's door against the pinned aw-server
mod entries; // time entries over HTTPS: who sees and changes whose
mod erasing; // a person erased, and their computer that follows
mod full_disk; // a disk that is full, or read-only, at any write of a backup or a restore
mod hours; // a month of an office: booked, submitted, approved, reported
mod icon; // the icons in a notification area
mod imports; // time from another product
mod install; // the agent as a service of a real session
mod keeping; // how long things stay on a computer
mod kill; // kill -9 under load
mod mail; // letters through a real mail server
mod manage; // the Server Manager in a terminal window
mod moved; // a server that moved, found by the computers of its office
mod openapi; // the published description against the API
mod outage; // the server away, slow, or not itself
mod own_activity; // a day, a search and categories of one's own, from a terminal
mod own_totals; // the office's categories at one's own computer
mod page; // a newcomer in a real browser
mod recorder; // windows and presence on a real X server
mod redaction; // what is left out before it is stored
mod reports; // who sees what, on which day
mod resting; // backups of a server that is out of service
mod restoring; // the office put back from the page
mod retention; // what is too old goes, seen beforehand
mod s3; // copies of backups in a bucket, sealed, and brought back
mod schedule; // backups made by themselves, kept and told of
mod schema; // every route against its description, by schemathesis
mod sealing; // backups that open with a passphrase or a key
mod service; // the server as a service of a real session
mod serving; // its doors, certificate, log and end
mod settings; // the office's settings
mod startup; // what can be wrong before the server runs
mod status; // how the server is doing, up and down
mod takeover; // the history of ActivityWatch's own server
mod terminal; // a week from the terminal
mod track; // a person's time from their own computer, online and off
mod trust; // a code at sign-in, who looked, a policy to come
mod typed; // commands that no other story types
mod watcher; // a real watcher from PyPI

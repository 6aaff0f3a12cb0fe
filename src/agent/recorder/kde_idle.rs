//! KDE's older way to tell who is there, which compositors of before 2023 have only: generated from `kde_idle.xml`, which is written here, as
//! the original's text has another licence than this program.
#![allow(
    missing_docs,
    non_upper_case_globals,
    unreachable_pub,
    dead_code,
    unused_imports,
    clippy::all,
    reason = "generated code"
)]

use wayland_client;
use wayland_client::protocol::*;

mod interfaces {
    use wayland_client::protocol::__interfaces::*;
    wayland_scanner::generate_interfaces!("src/agent/recorder/kde_idle.xml");
}
use interfaces::*;

wayland_scanner::generate_client_code!("src/agent/recorder/kde_idle.xml");

//! The program's own lifetime: the launcher that owns the listening sockets and restarts the working child, and the system's service
//! manager that starts the launcher.
//!
//! Used by server and agent alike. This room must never speak HTTP, open the store, or know what the child does.

#[cfg(target_os = "macos")]
pub mod launchd;
pub mod launcher;
#[cfg(target_os = "linux")]
pub mod systemd;
#[cfg(windows)]
pub mod windows;

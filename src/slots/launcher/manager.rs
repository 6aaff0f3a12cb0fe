//! What the launcher tells the service manager that started it: ready, alive, stopping (systemd's `sd_notify(3)`, Windows' service
//! status). Where none did, nothing.
//!
//! Must never fail the launcher: a manager that hears nothing does what it does with a program that died.

#[cfg(target_os = "linux")]
use sd_notify::NotifyState;

/// The working child serves.
pub(super) fn ready() {
    #[cfg(target_os = "linux")]
    tell(NotifyState::Ready);
    #[cfg(windows)]
    crate::slots::windows::ready();
}

/// The working child lives: a sign of it within the unit's `WatchdogSec` keeps the manager from starting all anew.
pub(super) fn alive() {
    #[cfg(target_os = "linux")]
    tell(NotifyState::Watchdog);
}

/// It ends in order.
pub(super) fn stopping() {
    #[cfg(target_os = "linux")]
    tell(NotifyState::Stopping);
    #[cfg(windows)]
    crate::slots::windows::stopping();
}

#[cfg(target_os = "linux")]
fn tell(state: NotifyState<'_>) {
    if let Err(error) = sd_notify::notify(&[state]) {
        tracing::debug!(%error, "the service manager could not be told");
    }
}

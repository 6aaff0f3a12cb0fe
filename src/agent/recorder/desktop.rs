//! What a platform tells the recorder: the small trait, and which one there is. One file per platform beside this one.

use std::time::Duration;

/// A desktop that can be looked at.
pub(super) trait Desktop: Send {
    /// Waits until something may have changed, at most `patience`, and tells what is to be seen then.
    fn look(&mut self, patience: Duration) -> Result<Sight, DesktopError>;

    /// Does a look end as soon as somebody is back? Otherwise it has to be asked again and again.
    fn tells_of_return(&self) -> bool;

    /// For people.
    fn name(&self) -> &'static str;
}

/// What is to be seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sight {
    /// The window in front; none on an empty desktop.
    pub(super) window: Option<Window>,
    /// For so long nobody has touched keyboard or mouse.
    pub(super) idle_ms: u64,
}

/// A window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Window {
    /// Its application, as the system calls it.
    pub(super) app: String,
    /// Its title.
    pub(super) title: String,
}

/// A desktop cannot be looked at.
#[cfg_attr(
    any(windows, target_os = "macos"),
    allow(dead_code, reason = "there it is always there, and tells of windows")
)]
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum DesktopError {
    /// There is none here.
    #[error("there is no desktop that this program can see. Start the agent within your session.")]
    None,
    /// It tells programs nothing of windows or presence.
    #[error(
        "this desktop tells programs nothing of windows. A watcher made for it, e.g. awatcher, records here, too."
    )]
    Untold,
    /// It did not answer, or went away.
    #[error("the desktop does not answer ({0}). It is tried again.")]
    Failed(String),
}

impl DesktopError {
    pub(super) fn failed(error: impl std::fmt::Display) -> Self {
        Self::Failed(error.to_string())
    }
}

/// The desktop of this session; it is to tell when nobody was there for `idle_after`.
pub(super) fn open(idle_after: Duration) -> Result<Box<dyn Desktop>, DesktopError> {
    #[cfg(target_os = "linux")]
    {
        let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        // Not the X server beside it: it does not see who uses other programs, and would take them for away.
        if set("WAYLAND_DISPLAY") {
            return Ok(Box::new(super::wayland::Wayland::open(idle_after)?));
        }
        if set("DISPLAY") {
            return Ok(Box::new(super::x11::X11::open(idle_after)?));
        }
    }
    #[cfg(windows)]
    return Ok(Box::new(super::asked::Asking::open(super::windows::Windows, idle_after)?));
    #[cfg(target_os = "macos")]
    return Ok(Box::new(super::asked::Asking::open(super::macos::MacOs, idle_after)?));
    #[cfg(not(any(windows, target_os = "macos")))]
    {
        let _ = idle_after;
        Err(DesktopError::None)
    }
}

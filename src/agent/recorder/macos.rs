//! macOS: the window in front and the last touch, asked of the system. It tells titles only to programs that may record the screen; without
//! that permission the application is recorded, and its title is unknown.

use std::time::Duration;

use super::asked::{Asked, window};
use super::desktop::{DesktopError, Window};

/// The desktop of this session.
pub(super) struct MacOs;

impl Asked for MacOs {
    fn front(&mut self) -> Result<Option<Window>, DesktopError> {
        let told = x_win::get_active_window().map_err(DesktopError::failed)?;
        Ok(window(&told.info.name, &told.title))
    }

    fn untouched(&mut self) -> Result<Duration, DesktopError> {
        system_idle_time::get_idle_time().map_err(DesktopError::failed)
    }

    fn name(&self) -> &'static str {
        "macOS"
    }
}

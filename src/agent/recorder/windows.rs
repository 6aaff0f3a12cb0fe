//! Windows: the window in front and the last touch of this session, asked of the system.

use std::path::Path;
use std::time::Duration;

use super::asked::{Asked, window};
use super::desktop::{DesktopError, Window};

/// The desktop of this session.
pub(super) struct Windows;

impl Asked for Windows {
    fn front(&mut self) -> Result<Option<Window>, DesktopError> {
        let told = x_win::get_active_window().map_err(DesktopError::failed)?;
        // The file's name, as aw-watcher-window writes it: rules and categories know programs by it.
        let file = Path::new(&told.info.path).file_name().unwrap_or_default().to_string_lossy();
        Ok(window(&file, &told.title))
    }

    fn untouched(&mut self) -> Result<Duration, DesktopError> {
        system_idle_time::get_idle_time().map_err(DesktopError::failed)
    }

    fn name(&self) -> &'static str {
        "Windows"
    }
}

//! Windows: the window in front and the last touch of this session, asked of the system.

use std::path::Path;
use std::time::Duration;

use winsafe::{GetLastInputInfo, GetTickCount64, HPROCESS, HWND, co};

use super::asked::{Asked, window};
use super::desktop::{DesktopError, Window};

/// The desktop of this session.
pub(super) struct Windows;

impl Asked for Windows {
    fn front(&mut self) -> Result<Option<Window>, DesktopError> {
        // Nothing is in front while windows change places, and on the lock screen.
        let Some(front) = HWND::GetForegroundWindow() else { return Ok(None) };
        // A window that went away in between says nothing any more.
        let title = front.GetWindowText().unwrap_or_default();
        let (_, process) = front.GetWindowThreadProcessId();
        Ok(window(&file_of(process).unwrap_or_default(), &title))
    }

    fn untouched(&mut self) -> Result<Duration, DesktopError> {
        let last = GetLastInputInfo().map_err(DesktopError::failed)?.dwTime;
        Ok(since(last, GetTickCount64()))
    }

    fn name(&self) -> &'static str {
        "Windows"
    }
}

/// The file's name, as aw-watcher-window writes it: rules and categories know programs by it. None for a program that this user may not ask.
fn file_of(process: u32) -> Option<String> {
    let access = co::PROCESS::QUERY_LIMITED_INFORMATION;
    let asked = HPROCESS::OpenProcess(access, false, process).ok()?;
    let path = asked.QueryFullProcessImageName(co::PROCESS_NAME::WIN32).ok()?;
    Some(Path::new(&path).file_name()?.to_string_lossy().into_owned())
}

/// The last touch is told in milliseconds that begin again every 49 days, the time since the start in ones that do not.
fn since(last: u32, now: u64) -> Duration {
    let round = now % (1 << 32);
    let between = (round + (1 << 32) - u64::from(last)) % (1 << 32);
    Duration::from_millis(between)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_touch_before_the_count_began_again() {
        assert_eq!(since(1_000, 3_500), Duration::from_millis(2_500));
        assert_eq!(since(u32::MAX, (3 << 32) + 999), Duration::from_secs(1));
    }
}

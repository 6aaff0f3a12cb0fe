//! X11: told by the server when another window comes to the front, its title changes, or somebody leaves or is back; nothing is polled.

use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use x11rb::connection::{Connection, RequestConnection};
use x11rb::protocol::Event;
use x11rb::protocol::screensaver::ConnectionExt as _;
use x11rb::protocol::sync::{self, ConnectionExt as _};
use x11rb::protocol::xproto::{
    Atom, AtomEnum, ChangeWindowAttributesAux, ConnectionExt as _, EventMask, Window as WindowId,
};
use x11rb::rust_connection::RustConnection;

use super::desktop::{Desktop, DesktopError, Sight, Window};

x11rb::atom_manager! {
    Atoms: AtomsCookie { _NET_ACTIVE_WINDOW, _NET_WM_NAME, UTF8_STRING, }
}

/// Titles that change all the time are looked at this often.
const AT_MOST_EVERY: Duration = Duration::from_secs(1);
/// No more of a title is read, in units of four bytes.
const LONGEST_TITLE: u32 = 512;
/// What is written where a window does not say what it is, as aw-watcher-window writes it.
const UNKNOWN: &str = "unknown";

/// A connection to an X server.
pub(super) struct X11 {
    connection: RustConnection,
    root: WindowId,
    atoms: Atoms,
    /// The window whose title is watched.
    watched: WindowId,
    /// Does the server tell when somebody leaves and is back?
    alarms: bool,
    looked: Option<Instant>,
}

impl X11 {
    pub(super) fn open(idle_after: Duration) -> Result<Self, DesktopError> {
        let (connection, screen) = x11rb::connect(None).map_err(DesktopError::failed)?;
        let screen = connection.setup().roots.get(screen).ok_or(DesktopError::None)?;
        let root = screen.root;
        let atoms = Atoms::new(&connection).map_err(DesktopError::failed)?;
        let atoms = atoms.reply().map_err(DesktopError::failed)?;
        let mut x11 = Self { connection, root, atoms, watched: 0, alarms: false, looked: None };
        x11.listen(root)?;
        x11.idle_ms()?;
        // An old server without them is asked again and again instead.
        x11.alarms = x11.set_alarms(idle_after).is_ok_and(|set| set);
        Ok(x11)
    }

    fn listen(&self, window: WindowId) -> Result<(), DesktopError> {
        let mask = ChangeWindowAttributesAux::new().event_mask(EventMask::PROPERTY_CHANGE);
        let asked = self.connection.change_window_attributes(window, &mask);
        asked.map_err(DesktopError::failed)?.ignore_error();
        Ok(())
    }

    /// Asks to be told when nobody has touched anything for so long, and when somebody does again.
    fn set_alarms(&self, idle_after: Duration) -> Result<bool, DesktopError> {
        let asked = self.connection.extension_information(sync::X11_EXTENSION_NAME);
        if asked.map_err(DesktopError::failed)?.is_none() {
            return Ok(false);
        }
        let version = self.connection.sync_initialize(3, 1).map_err(DesktopError::failed)?;
        version.reply().map_err(DesktopError::failed)?;
        let counters = self.connection.sync_list_system_counters().map_err(DesktopError::failed)?;
        let counters = counters.reply().map_err(DesktopError::failed)?.counters;
        let Some(idle) = counters.iter().find(|counter| counter.name == b"IDLETIME") else {
            return Ok(false);
        };
        let ms = u32::try_from(idle_after.as_millis()).unwrap_or(u32::MAX);
        for test in [sync::TESTTYPE::POSITIVE_TRANSITION, sync::TESTTYPE::NEGATIVE_TRANSITION] {
            let alarm = sync::CreateAlarmAux::new()
                .counter(idle.counter)
                .value_type(sync::VALUETYPE::ABSOLUTE)
                .value(sync::Int64 { hi: 0, lo: ms })
                .test_type(test)
                .delta(sync::Int64 { hi: 0, lo: 0 })
                .events(1);
            let id = self.connection.generate_id().map_err(DesktopError::failed)?;
            let made = self.connection.sync_create_alarm(id, &alarm);
            made.map_err(DesktopError::failed)?.check().map_err(DesktopError::failed)?;
        }
        Ok(true)
    }

    fn idle_ms(&self) -> Result<u64, DesktopError> {
        let asked = self.connection.screensaver_query_info(self.root);
        let told = asked.map_err(DesktopError::failed)?.reply().map_err(DesktopError::failed)?;
        Ok(told.ms_since_user_input.into())
    }

    fn front(&mut self) -> Result<Option<Window>, DesktopError> {
        let asked = self.connection.get_property(
            false,
            self.root,
            self.atoms._NET_ACTIVE_WINDOW,
            AtomEnum::WINDOW,
            0,
            1,
        );
        let told = asked.map_err(DesktopError::failed)?.reply().map_err(DesktopError::failed)?;
        let window = told.value32().and_then(|mut ids| ids.next()).filter(|id| *id != 0);
        if window != Some(self.watched) {
            self.watched = window.unwrap_or(0);
            if let Some(window) = window {
                // Before its title is read: what changes in between is heard of.
                self.listen(window)?;
            }
        }
        let Some(window) = window else { return Ok(None) };
        let class = self.text(window, AtomEnum::WM_CLASS.into(), AtomEnum::STRING.into())?;
        let (utf8, name) = (self.atoms.UTF8_STRING, self.atoms._NET_WM_NAME);
        let title = match self.text(window, name, utf8)? {
            Some(title) => Some(title),
            None => self.text(window, AtomEnum::WM_NAME.into(), AtomEnum::ANY.into())?,
        };
        // Instance and class, each with a NUL behind it.
        let app = class.as_deref().and_then(|class| class.split('\0').nth(1)).unwrap_or_default();
        let or_unknown = |text: &str| if text.is_empty() { UNKNOWN } else { text }.to_owned();
        let title = title.as_deref().unwrap_or_default().trim_end_matches('\0').to_owned();
        Ok(Some(Window { app: or_unknown(app), title: or_unknown(&title) }))
    }

    /// A property of a window; nothing when it has none, or has just gone.
    fn text(
        &self,
        window: WindowId,
        name: Atom,
        kind: Atom,
    ) -> Result<Option<String>, DesktopError> {
        let asked = self.connection.get_property(false, window, name, kind, 0, LONGEST_TITLE);
        let told = asked.map_err(DesktopError::failed)?.reply_unchecked();
        let told = told.map_err(DesktopError::failed)?;
        Ok(told
            .filter(|told| !told.value.is_empty())
            .map(|told| String::from_utf8_lossy(&told.value).into_owned()))
    }

    /// Takes what has been told; was it something to look at?
    fn heard(&self) -> Result<bool, DesktopError> {
        let mut news = false;
        while let Some(event) = self.connection.poll_for_event().map_err(DesktopError::failed)? {
            news |= match event {
                Event::PropertyNotify(told) if told.window == self.root => {
                    told.atom == self.atoms._NET_ACTIVE_WINDOW
                }
                Event::PropertyNotify(told) => {
                    told.window == self.watched
                        && [self.atoms._NET_WM_NAME, AtomEnum::WM_NAME.into()].contains(&told.atom)
                }
                Event::SyncAlarmNotify(_) => true,
                _ => false,
            };
        }
        Ok(news)
    }
}

impl Desktop for X11 {
    fn look(&mut self, patience: Duration) -> Result<Sight, DesktopError> {
        let begun = Instant::now();
        self.connection.flush().map_err(DesktopError::failed)?;
        while !self.heard()? {
            let Some(left) = patience.checked_sub(begun.elapsed()).filter(|left| !left.is_zero())
            else {
                break;
            };
            let left = Timespec::try_from(left).map_err(DesktopError::failed)?;
            let stream = self.connection.stream();
            let mut waits = [PollFd::new(stream, PollFlags::IN)];
            match poll(&mut waits, Some(&left)) {
                Ok(_) | Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(DesktopError::failed(error)),
            }
        }
        if let Some(rest) = self.looked.and_then(|last| AT_MOST_EVERY.checked_sub(last.elapsed())) {
            std::thread::sleep(rest);
            self.heard()?;
        }
        self.looked = Some(Instant::now());
        Ok(Sight { idle_ms: self.idle_ms()?, window: self.front()? })
    }

    fn tells_of_return(&self) -> bool {
        self.alarms
    }

    fn name(&self) -> &'static str {
        "X11"
    }
}

//! Wayland: compositors that tell of windows (wlr-foreign-toplevel-management) and of who is there (ext-idle-notify, or KDE's older idle), as
//! sway, river, labwc and Hyprland do. Nothing is polled.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use wayland_client::backend::ObjectId;
use wayland_client::globals::{GlobalList, GlobalListContents, registry_queue_init};
use wayland_client::protocol::{wl_registry, wl_seat};
use wayland_client::{Connection, Dispatch, EventQueue, Proxy, QueueHandle, event_created_child};
use wayland_protocols::ext::idle_notify::v1::client::ext_idle_notification_v1::{
    self as notification, ExtIdleNotificationV1,
};
use wayland_protocols::ext::idle_notify::v1::client::ext_idle_notifier_v1::{
    self as notifier, ExtIdleNotifierV1,
};
use wayland_protocols_wlr::foreign_toplevel::v1::client::zwlr_foreign_toplevel_handle_v1::{
    self as handle, ZwlrForeignToplevelHandleV1,
};
use wayland_protocols_wlr::foreign_toplevel::v1::client::zwlr_foreign_toplevel_manager_v1::{
    self as manager, ZwlrForeignToplevelManagerV1,
};

use super::desktop::{Desktop, DesktopError, Sight, Window};
use super::kde_idle::org_kde_kwin_idle::{self as old_idle, OrgKdeKwinIdle};
use super::kde_idle::org_kde_kwin_idle_timeout::{self as old_timeout, OrgKdeKwinIdleTimeout};

/// Titles that change all the time are looked at this often.
const AT_MOST_EVERY: Duration = Duration::from_secs(1);
/// Nobody has touched anything for so long: from here on the time without a touch is counted.
const PAUSE: Duration = Duration::from_secs(1);
/// No more of a title is kept, in characters.
const LONGEST_TITLE: usize = 2_048;
/// At most this many windows.
const MOST_WINDOWS: usize = 10_000;

/// A connection to a compositor.
pub(super) struct Wayland {
    queue: EventQueue<Seen>,
    seen: Seen,
    looked: Option<Instant>,
}

/// What it told so far.
#[derive(Default)]
struct Seen {
    windows: HashMap<ObjectId, Told>,
    front: Option<ObjectId>,
    /// Since when nobody has touched anything.
    untouched: Option<Instant>,
    news: bool,
    /// The compositor tells no more.
    ended: bool,
}

#[derive(Default)]
struct Told {
    app: String,
    title: String,
    active: bool,
}

/// Which of the two notifications.
#[derive(Clone, Copy)]
enum Quiet {
    /// After [`PAUSE`].
    Shortly,
    /// Nobody is there.
    Away,
}

/// What tells who is there.
enum Presence {
    Ext(ExtIdleNotifierV1),
    /// Compositors of before 2023 have only this one.
    Kde(OrgKdeKwinIdle),
}

impl Presence {
    fn of(globals: &GlobalList, names: &QueueHandle<Seen>) -> Option<Self> {
        let new = globals.bind(names, 1..=1, ()).map(Self::Ext);
        new.or_else(|_| globals.bind(names, 1..=1, ()).map(Self::Kde)).ok()
    }

    fn ask(
        &self,
        quiet: Quiet,
        length: Duration,
        seat: &wl_seat::WlSeat,
        names: &QueueHandle<Seen>,
    ) {
        let ms = u32::try_from(length.as_millis()).unwrap_or(u32::MAX);
        match self {
            Self::Ext(notifier) => {
                notifier.get_idle_notification(ms, seat, names, quiet);
            }
            Self::Kde(idle) => {
                idle.get_idle_timeout(seat, ms, names, quiet);
            }
        }
    }
}

impl Wayland {
    pub(super) fn open(idle_after: Duration) -> Result<Self, DesktopError> {
        let connection = Connection::connect_to_env().map_err(DesktopError::failed)?;
        let (globals, mut queue) =
            registry_queue_init::<Seen>(&connection).map_err(DesktopError::failed)?;
        let names = queue.handle();
        let untold = |_| DesktopError::Untold;
        let seat: wl_seat::WlSeat = globals.bind(&names, 1..=1, ()).map_err(untold)?;
        let _windows: ZwlrForeignToplevelManagerV1 =
            globals.bind(&names, 1..=3, ()).map_err(untold)?;
        let presence = Presence::of(&globals, &names).ok_or(DesktopError::Untold)?;
        for (quiet, length) in [(Quiet::Shortly, PAUSE), (Quiet::Away, idle_after)] {
            presence.ask(quiet, length, &seat, &names);
        }
        let mut seen = Seen::default();
        // Once for the list of windows, once for what each of them is.
        for _ in 0..2 {
            queue.roundtrip(&mut seen).map_err(DesktopError::failed)?;
        }
        Ok(Self { queue, seen, looked: None })
    }

    /// Takes what comes until there is something to look at, at most for `patience`.
    fn wait(&mut self, patience: Duration) -> Result<(), DesktopError> {
        let begun = Instant::now();
        loop {
            self.queue.dispatch_pending(&mut self.seen).map_err(DesktopError::failed)?;
            self.queue.flush().map_err(DesktopError::failed)?;
            if self.seen.ended {
                return Err(DesktopError::Failed("it ended".to_owned()));
            }
            let left = patience.checked_sub(begun.elapsed()).filter(|left| !left.is_zero());
            let Some(left) = left.filter(|_| !self.seen.news) else { return Ok(()) };
            let Some(guard) = self.queue.prepare_read() else { continue };
            let left = Timespec::try_from(left).map_err(DesktopError::failed)?;
            let told = {
                let fd = guard.connection_fd();
                let mut waits = [PollFd::from_borrowed_fd(fd, PollFlags::IN)];
                match poll(&mut waits, Some(&left)) {
                    Ok(ready) => ready > 0,
                    Err(rustix::io::Errno::INTR) => false,
                    Err(error) => return Err(DesktopError::failed(error)),
                }
            };
            if told {
                guard.read().map_err(DesktopError::failed)?;
            }
        }
    }
}

impl Desktop for Wayland {
    fn look(&mut self, patience: Duration) -> Result<Sight, DesktopError> {
        self.wait(patience)?;
        if let Some(rest) = self.looked.and_then(|last| AT_MOST_EVERY.checked_sub(last.elapsed())) {
            std::thread::sleep(rest);
            self.wait(Duration::ZERO)?;
        }
        self.looked = Some(Instant::now());
        self.seen.news = false;
        let untouched = self.seen.untouched.map_or(Duration::ZERO, |since| since.elapsed());
        let front = self.seen.front.as_ref().and_then(|front| self.seen.windows.get(front));
        let or_unknown = |text: &str| if text.is_empty() { "unknown" } else { text }.to_owned();
        let window =
            front.map(|told| Window { app: or_unknown(&told.app), title: or_unknown(&told.title) });
        Ok(Sight { window, idle_ms: u64::try_from(untouched.as_millis()).unwrap_or(u64::MAX) })
    }

    fn tells_of_return(&self) -> bool {
        true
    }

    fn name(&self) -> &'static str {
        "Wayland"
    }
}

impl Dispatch<ZwlrForeignToplevelHandleV1, ()> for Seen {
    fn event(
        seen: &mut Self,
        window: &ZwlrForeignToplevelHandleV1,
        event: handle::Event,
        (): &(),
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        let id = window.id();
        if matches!(event, handle::Event::Closed) {
            seen.windows.remove(&id);
            seen.news |= seen.front.as_ref() == Some(&id);
            seen.front.take_if(|front| *front == id);
            window.destroy();
            return;
        }
        if seen.windows.len() >= MOST_WINDOWS && !seen.windows.contains_key(&id) {
            return;
        }
        let told = seen.windows.entry(id.clone()).or_default();
        match event {
            handle::Event::Title { title } => {
                told.title = title.chars().take(LONGEST_TITLE).collect();
            }
            handle::Event::AppId { app_id } => {
                told.app = app_id.chars().take(LONGEST_TITLE).collect();
            }
            handle::Event::State { state } => {
                // Numbers of four bytes, in the computer's own order.
                let activated = (handle::State::Activated as u32).to_ne_bytes();
                told.active = state.chunks_exact(4).any(|number| number == activated);
            }
            // All that was told of it since the last time counts now.
            handle::Event::Done => {
                let (active, was) = (told.active, seen.front.as_ref() == Some(&id));
                seen.news |= active || was;
                if active {
                    seen.front = Some(id);
                } else if was {
                    seen.front = None;
                }
            }
            _ => {}
        }
    }
}

impl Dispatch<ZwlrForeignToplevelManagerV1, ()> for Seen {
    fn event(
        seen: &mut Self,
        _: &ZwlrForeignToplevelManagerV1,
        event: manager::Event,
        (): &(),
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        seen.ended |= matches!(event, manager::Event::Finished);
    }

    event_created_child!(Self, ZwlrForeignToplevelManagerV1, [
        manager::EVT_TOPLEVEL_OPCODE => (ZwlrForeignToplevelHandleV1, ()),
    ]);
}

impl Seen {
    fn left(&mut self, quiet: Quiet) {
        match quiet {
            Quiet::Shortly => self.untouched = Instant::now().checked_sub(PAUSE),
            Quiet::Away => self.news = true,
        }
    }

    /// Whichever of the two is told first.
    fn is_back(&mut self, quiet: Quiet) {
        self.untouched = None;
        self.news |= matches!(quiet, Quiet::Away);
    }
}

impl Dispatch<ExtIdleNotificationV1, Quiet> for Seen {
    fn event(
        seen: &mut Self,
        _: &ExtIdleNotificationV1,
        event: notification::Event,
        quiet: &Quiet,
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        match event {
            notification::Event::Idled => seen.left(*quiet),
            notification::Event::Resumed => seen.is_back(*quiet),
            _ => {}
        }
    }
}

impl Dispatch<OrgKdeKwinIdleTimeout, Quiet> for Seen {
    fn event(
        seen: &mut Self,
        _: &OrgKdeKwinIdleTimeout,
        event: old_timeout::Event,
        quiet: &Quiet,
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        match event {
            old_timeout::Event::Idle => seen.left(*quiet),
            old_timeout::Event::Resumed => seen.is_back(*quiet),
        }
    }
}

/// What tells nothing that matters here.
macro_rules! silent {
    ($($proxy:ty, $event:ty, $data:ty;)*) => {$(
        impl Dispatch<$proxy, $data> for Seen {
            fn event(
                _: &mut Self,
                _: &$proxy,
                _: $event,
                _: &$data,
                _: &Connection,
                _: &QueueHandle<Self>,
            ) {
            }
        }
    )*};
}

silent! {
    wl_registry::WlRegistry, wl_registry::Event, GlobalListContents;
    wl_seat::WlSeat, wl_seat::Event, ();
    ExtIdleNotifierV1, notifier::Event, ();
    OrgKdeKwinIdle, old_idle::Event, ();
}

//! Desktops that tell nothing by themselves: they are asked once a second, and the recorder hears only of what has changed.

use std::time::{Duration, Instant};

use super::desktop::{Desktop, DesktopError, Sight, Window};

/// As often as aw-watcher-window asks.
const ASK_EVERY: Duration = Duration::from_secs(1);
/// What is written where a window does not say what it is, as aw-watcher-window writes it.
const UNKNOWN: &str = "unknown";

/// What such a desktop can be asked.
pub(super) trait Asked: Send {
    /// The window in front.
    fn front(&mut self) -> Result<Option<Window>, DesktopError>;

    /// For so long nobody has touched anything.
    fn untouched(&mut self) -> Result<Duration, DesktopError>;

    /// For people.
    fn name(&self) -> &'static str;
}

/// A desktop that is asked.
pub(super) struct Asking<A> {
    system: A,
    idle_after_ms: u64,
    every: Duration,
    told: Option<Sight>,
}

impl<A: Asked> Asking<A> {
    pub(super) fn open(mut system: A, idle_after: Duration) -> Result<Self, DesktopError> {
        system.untouched()?;
        Ok(Self { system, idle_after_ms: in_ms(idle_after), every: ASK_EVERY, told: None })
    }

    /// While nobody is there, no window is asked for: none counts then.
    fn sight(&mut self) -> Result<Sight, DesktopError> {
        let idle_ms = in_ms(self.system.untouched()?);
        let before = self.told.as_ref().filter(|_| idle_ms >= self.idle_after_ms);
        let window = match before {
            Some(before) => before.window.clone(),
            None => self.system.front()?,
        };
        Ok(Sight { window, idle_ms })
    }

    fn is_news(&self, sight: &Sight) -> bool {
        let away = |sight: &Sight| sight.idle_ms >= self.idle_after_ms;
        self.told
            .as_ref()
            .is_none_or(|told| told.window != sight.window || away(told) != away(sight))
    }
}

impl<A: Asked> Desktop for Asking<A> {
    fn look(&mut self, patience: Duration) -> Result<Sight, DesktopError> {
        let begun = Instant::now();
        loop {
            let sight = self.sight()?;
            let left = patience.saturating_sub(begun.elapsed());
            if left.is_zero() || self.is_news(&sight) {
                // A title that changes all the time is heard of once a second at most.
                if self.told.is_some() {
                    std::thread::sleep(self.every.saturating_sub(begun.elapsed()));
                }
                self.told = Some(sight.clone());
                return Ok(sight);
            }
            std::thread::sleep(left.min(self.every));
        }
    }

    fn tells_of_return(&self) -> bool {
        true
    }

    fn name(&self) -> &'static str {
        self.system.name()
    }
}

/// A window in these words; none where there are none at all.
pub(super) fn window(app: &str, title: &str) -> Option<Window> {
    let or_unknown = |text: &str| if text.is_empty() { UNKNOWN } else { text }.to_owned();
    let any = !app.is_empty() || !title.is_empty();
    any.then(|| Window { app: or_unknown(app), title: or_unknown(title) })
}

fn in_ms(length: Duration) -> u64 {
    u64::try_from(length.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Answers one after the other: the application in front, and for how many seconds nobody has touched anything.
    struct Played(Vec<(&'static str, u64)>);

    impl Asked for Played {
        fn front(&mut self) -> Result<Option<Window>, DesktopError> {
            Ok(window(self.0[0].0, "a title"))
        }

        fn untouched(&mut self) -> Result<Duration, DesktopError> {
            self.0.remove(0);
            self.0.first().map(|at| Duration::from_secs(at.1)).ok_or(DesktopError::None)
        }

        fn name(&self) -> &'static str {
            "a play"
        }
    }

    fn asking(play: &[(&'static str, u64)]) -> Asking<Played> {
        // The first is asked for when it is opened, and what is before it is never seen.
        let play = [("", 0), ("", 0)].into_iter().chain(play.iter().copied()).collect();
        let asking = Asking::open(Played(play), Duration::from_secs(180)).unwrap();
        Asking { every: Duration::from_millis(1), ..asking }
    }

    fn seen(asking: &mut Asking<Played>) -> (String, u64) {
        let sight = asking.look(Duration::from_secs(60)).unwrap();
        (sight.window.map_or_else(String::new, |window| window.app), sight.idle_ms / 1_000)
    }

    #[test]
    fn a_look_ends_when_something_has_changed() {
        let mut asking =
            asking(&[("a", 0), ("a", 1), ("b", 2), ("b", 179), ("b", 180), ("b", 300), ("b", 1)]);
        assert_eq!(seen(&mut asking), ("a".to_owned(), 0));
        assert_eq!(seen(&mut asking), ("b".to_owned(), 2));
        assert_eq!(seen(&mut asking), ("b".to_owned(), 180), "somebody left");
        assert_eq!(seen(&mut asking), ("b".to_owned(), 1), "somebody is back");
        assert_eq!(asking.look(Duration::from_secs(60)), Err(DesktopError::None), "it went away");
    }

    #[test]
    fn without_patience_it_tells_what_is_there() {
        let mut asking = asking(&[("a", 0), ("a", 1), ("a", 2)]);
        for idle_s in [0, 1_000, 2_000] {
            assert_eq!(asking.look(Duration::ZERO).unwrap().idle_ms, idle_s);
        }
    }

    #[test]
    fn while_nobody_is_there_no_window_counts() {
        let mut asking = asking(&[("a", 0), ("lock screen", 200), ("lock screen", 0)]);
        assert_eq!(seen(&mut asking), ("a".to_owned(), 0));
        assert_eq!(seen(&mut asking), ("a".to_owned(), 200));
        assert_eq!(seen(&mut asking), ("lock screen".to_owned(), 0));
    }

    #[test]
    fn a_window_without_words_is_none() {
        assert_eq!(window("", ""), None);
        assert_eq!(window("a", "").unwrap().title, "unknown");
        assert_eq!(window("", "t").unwrap().app, "unknown");
    }
}

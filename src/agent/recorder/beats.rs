//! From what is seen to heartbeats: pure. The rules of aw-watcher-window and aw-watcher-afk, told by changes instead of every second.

use std::time::Duration;

use serde_json::{Value, json};

use super::Kind;
use super::desktop::{Sight, Window};
use crate::domain::time::{HOUR_MS, SECOND_MS, Timestamp};

/// What goes on is written down again this often: no more is lost when the computer is switched off.
const BEAT_EVERY_MS: u64 = 30 * SECOND_MS;
/// While nobody is there nothing is written down until somebody is back, so that nothing is sent, either; this often it is looked whether the
/// desktop is still there.
const AWAY_EVERY_MS: u64 = HOUR_MS;
/// While nobody is there, a desktop that does not tell of a return is asked this often.
const ASK_EVERY_MS: u64 = 5 * SECOND_MS;
/// A beat may come so late and still belong to the one before; a computer that slept longer was not used.
const LATE_MS: u64 = 10 * SECOND_MS;

/// A heartbeat to be.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Beat {
    pub(super) kind: Kind,
    pub(super) start: Timestamp,
    pub(super) duration_ms: u64,
    pub(super) data: Value,
    pub(super) pulsetime_ms: u64,
}

/// What was seen before.
#[derive(Clone, Debug)]
pub(super) struct Beats {
    idle_after_ms: u64,
    window: Option<Window>,
    /// When the first sight was: nothing is told of the time before.
    begun: Option<Timestamp>,
    /// When the last sight was.
    seen: Option<Timestamp>,
    idle_ms: u64,
    /// Since when nobody is there.
    left: Option<Timestamp>,
}

impl Beats {
    /// Nobody is there once nothing was touched for `idle_after_ms`.
    pub(super) const fn new(idle_after_ms: u64) -> Self {
        Self { idle_after_ms, window: None, begun: None, seen: None, idle_ms: 0, left: None }
    }

    /// Nothing was seen for a while: what comes next continues nothing.
    pub(super) fn forget(&mut self) {
        *self = Self::new(self.idle_after_ms);
    }

    /// So long the next look may wait.
    pub(super) fn patience(&self, tells_of_return: bool) -> Duration {
        let ms = match (self.seen, self.left.is_some()) {
            (None, _) => 0,
            (Some(_), true) if tells_of_return => AWAY_EVERY_MS,
            (Some(_), true) => ASK_EVERY_MS,
            (Some(_), false) => {
                // A moment more: at the very moment the time may still be one millisecond short.
                BEAT_EVERY_MS.min(self.idle_after_ms.saturating_sub(self.idle_ms) + 20)
            }
        };
        Duration::from_millis(ms)
    }

    /// The heartbeats of a sight at `now`, in order.
    pub(super) fn after(&mut self, sight: &Sight, now: Timestamp) -> Vec<Beat> {
        if self.seen.is_some_and(|seen| now < seen) {
            // The clock was set back: what was seen before lies in a time that is still to come.
            self.forget();
        }
        let touched = now.minus_ms(sight.idle_ms).max(*self.begun.get_or_insert(now));
        let away = sight.idle_ms >= self.idle_after_ms;
        let mut beats = Vec::new();
        self.presence(&mut beats, touched, away, now.ms_since(touched));
        self.window(&mut beats, sight, away, now);
        (self.seen, self.idle_ms) = (Some(now), sight.idle_ms);
        beats
    }

    fn presence(
        &mut self,
        beats: &mut Vec<Beat>,
        touched: Timestamp,
        away: bool,
        untouched_ms: u64,
    ) {
        // Touches are no farther apart: a computer that slept in between was not used.
        let pulsetime_ms = self.idle_after_ms + LATE_MS;
        let mut beat = |status: &str, start, duration_ms| {
            let data = json!({ "status": status });
            beats.push(Beat { kind: Kind::Afk, start, duration_ms, data, pulsetime_ms });
        };
        match (self.left, away) {
            (None, false) => beat("not-afk", touched, 0),
            (None, true) => {
                if self.seen.is_some() {
                    beat("not-afk", touched, 0);
                }
                let left = touched.plus_ms(1);
                beat("afk", left, untouched_ms.saturating_sub(1));
                self.left = Some(left);
            }
            (Some(_), true) => {}
            (Some(left), false) => {
                beat("afk", left, touched.ms_since(left));
                beat("not-afk", touched.plus_ms(1), 0);
                self.left = None;
            }
        }
    }

    /// While nobody is there, no window is in use.
    fn window(&mut self, beats: &mut Vec<Beat>, sight: &Sight, away: bool, now: Timestamp) {
        let pulsetime_ms = BEAT_EVERY_MS + LATE_MS;
        let mut beat = |window: &Window| {
            let data = json!({ "app": window.app, "title": window.title });
            beats.push(Beat { kind: Kind::Window, start: now, duration_ms: 0, data, pulsetime_ms });
        };
        let before = self.window.take();
        if let Some(before) = before.filter(|before| Some(before) != sight.window.as_ref()) {
            // It was in front until now; a computer that slept in between is told by the gap.
            beat(&before);
        }
        if let Some(window) = sight.window.as_ref().filter(|_| !away || self.seen.is_none()) {
            beat(window);
        }
        self.window = sight.window.clone().filter(|_| !away);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::new(1_000_000 + second * 1_000).unwrap()
    }

    fn sight(app: &str, idle_s: u64) -> Sight {
        let window = Some(Window { app: app.to_owned(), title: "t".to_owned() });
        Sight { window, idle_ms: idle_s * 1_000 }
    }

    /// `kind data start duration`, in seconds and milliseconds after the beginning.
    fn told(beats: &[Beat]) -> Vec<String> {
        let short = |beat: &Beat| {
            let what = beat.data["status"].as_str().or(beat.data["app"].as_str()).unwrap();
            format!("{what} {} {}", beat.start.ms() - at(0).ms(), beat.duration_ms)
        };
        beats.iter().map(short).collect()
    }

    #[test]
    fn a_change_ends_one_window_and_begins_the_next() {
        let mut beats = Beats::new(180_000);
        assert_eq!(beats.patience(true), Duration::ZERO);
        assert_eq!(told(&beats.after(&sight("a", 0), at(0))), ["not-afk 0 0", "a 0 0"]);
        assert_eq!(told(&beats.after(&sight("a", 3), at(10))), ["not-afk 7000 0", "a 10000 0"]);
        assert_eq!(
            told(&beats.after(&sight("b", 0), at(12))),
            ["not-afk 12000 0", "a 12000 0", "b 12000 0"]
        );
        let none = Sight { window: None, idle_ms: 0 };
        assert_eq!(told(&beats.after(&none, at(13))), ["not-afk 13000 0", "b 13000 0"]);
        assert_eq!(told(&beats.after(&none, at(14))), ["not-afk 14000 0"]);
    }

    #[test]
    fn going_away_counts_from_the_last_touch_and_ends_with_the_next() {
        let mut beats = Beats::new(180_000);
        beats.after(&sight("a", 0), at(0));
        assert_eq!(beats.patience(true), Duration::from_secs(30));
        beats.after(&sight("a", 170), at(170));
        assert_eq!(beats.patience(true), Duration::from_millis(10_020));
        assert_eq!(told(&beats.after(&sight("a", 180), at(180))), ["not-afk 0 0", "afk 1 179999"]);
        assert_eq!(beats.patience(true), Duration::from_secs(3_600));
        assert_eq!(beats.patience(false), Duration::from_secs(5));
        assert_eq!(told(&beats.after(&sight("a", 480), at(480))), [""; 0]);
        assert_eq!(
            told(&beats.after(&sight("a", 1), at(600))),
            ["afk 1 598999", "not-afk 599001 0", "a 600000 0"]
        );
    }

    #[test]
    fn after_a_while_unseen_nothing_is_continued() {
        let mut beats = Beats::new(180_000);
        let first = beats.after(&sight("a", 200), at(0));
        assert_eq!(told(&first), ["afk 1 0", "a 0 0"], "nothing is told of the time before");
        beats.forget();
        assert_eq!(told(&beats.after(&sight("b", 0), at(50))), ["not-afk 50000 0", "b 50000 0"]);
    }

    #[test]
    fn a_clock_that_is_set_back_begins_anew() {
        let mut beats = Beats::new(180_000);
        beats.after(&sight("a", 0), at(3_600));
        assert_eq!(told(&beats.after(&sight("a", 0), at(0))), ["not-afk 0 0", "a 0 0"]);
        assert_eq!(told(&beats.after(&sight("a", 5), at(30))), ["not-afk 25000 0", "a 30000 0"]);
    }

    /// What the book makes of the beats: no moment is both, and no moment of a day at the computer is neither for long.
    #[test]
    fn presence_has_no_overlap() {
        let mut beats = Beats::new(60_000);
        let mut spans: Vec<(String, i64, i64)> = Vec::new();
        let idle = [0_u64, 20, 50, 61, 90, 2, 0, 30, 59, 60, 65, 1];
        for (step, idle) in (0_i64..).zip(idle) {
            for beat in beats.after(&sight("a", idle), at(step * 30)) {
                if beat.kind != Kind::Afk {
                    continue;
                }
                let status = beat.data["status"].as_str().unwrap().to_owned();
                let (start, end) = (beat.start.ms(), beat.start.plus_ms(beat.duration_ms).ms());
                match spans.last_mut() {
                    Some(last) if last.0 == status => last.2 = last.2.max(end),
                    _ => spans.push((status, start, end)),
                }
            }
        }
        let overlaps = spans.windows(2).filter(|two| two[0].2 > two[1].1).count();
        assert_eq!((overlaps, spans.len()), (0, 5), "{spans:?}");
    }
}

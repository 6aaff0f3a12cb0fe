//! A day as a person remembers it: what was in front when, with the blips in between taken into their neighbours.
//!
//! The rule, from the morning on, for each computer: what follows on the same application and category within the threshold is one
//! stretch. A stretch shorter than the threshold is a blip: it is taken into the one before it if that is no blip and ends at most the
//! threshold earlier, else into the one after it if that begins at most the threshold later; a blip with nobody near stays.

use super::report::Stretch;

/// What was in front for a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// When.
    pub at: Stretch,
    /// How much of that was recorded: gaps are not.
    pub active_ms: u64,
    /// How long the stretch that gives it its name was.
    pub longest_ms: u64,
    /// The application.
    pub app: String,
    /// The title that was longest in front.
    pub title: Option<String>,
    /// The category, outermost name first.
    pub category: Vec<String>,
    /// Which of the person's computers.
    pub device: usize,
    /// How many short stretches were taken in.
    pub blips: u32,
}

impl Segment {
    fn is_like(&self, other: &Self) -> bool {
        (&self.app, &self.category) == (&other.app, &other.category)
    }

    fn is_near(&self, later: &Self, threshold_ms: u64) -> bool {
        self.device == later.device && later.at.from.ms_since(self.at.to) <= threshold_ms
    }

    /// Goes on as long as `later` does.
    fn take(&mut self, later: &Self) {
        self.at.to = self.at.to.max(later.at.to);
        self.active_ms += later.active_ms;
        self.blips += later.blips;
    }
}

/// The stretches of one computer in order of time, grouped.
pub fn grouped(stretches: Vec<Segment>, threshold_ms: u64) -> Vec<Segment> {
    let mut joined: Vec<Segment> = Vec::new();
    for next in stretches {
        match joined.last_mut() {
            Some(last) if last.is_like(&next) && last.is_near(&next, threshold_ms) => {
                join(last, next)
            }
            _ => joined.push(next),
        }
    }
    let is_blip = |segment: &Segment| segment.active_ms < threshold_ms;
    let mut day: Vec<Segment> = Vec::new();
    for mut next in joined {
        if let Some(last) = day.last_mut().filter(|last| last.is_near(&next, threshold_ms)) {
            if last.is_like(&next) {
                join(last, next);
                continue;
            }
            if is_blip(&next) && !is_blip(last) {
                last.take(&next);
                last.blips += 1;
                continue;
            }
            if is_blip(last) {
                let before = last.clone();
                day.pop();
                next.at.from = before.at.from;
                next.active_ms += before.active_ms;
                next.blips += before.blips + 1;
            }
        }
        day.push(next);
    }
    day
}

/// The same thing goes on; the longer one's title counts.
fn join(last: &mut Segment, next: Segment) {
    last.take(&next);
    if next.longest_ms > last.longest_ms {
        (last.longest_ms, last.title) = (next.longest_ms, next.title);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::Timestamp;

    /// `from..to` in seconds, of an application.
    fn segment(app: &str, from: i64, to: i64) -> Segment {
        let time = |s: i64| Timestamp::new(s * 1_000).unwrap();
        let at = Stretch { from: time(from), to: time(to) };
        Segment {
            at,
            active_ms: at.ms(),
            longest_ms: at.ms(),
            app: app.to_owned(),
            title: Some(format!("{app} {from}")),
            category: Vec::new(),
            device: 0,
            blips: 0,
        }
    }

    fn told(stretches: &[(&str, i64, i64)]) -> Vec<(String, i64, i64, u32)> {
        let all = stretches.iter().map(|(app, from, to)| segment(app, *from, *to)).collect();
        let told = |s: Segment| (s.app, s.at.from.ms() / 1_000, s.at.to.ms() / 1_000, s.blips);
        grouped(all, 30_000).into_iter().map(told).collect()
    }

    fn of(app: &str, from: i64, to: i64, blips: u32) -> (String, i64, i64, u32) {
        (app.to_owned(), from, to, blips)
    }

    #[test]
    fn a_blip_goes_to_the_one_before_it() {
        assert_eq!(
            told(&[("a", 0, 100), ("b", 100, 110), ("a", 110, 200), ("c", 200, 300)]),
            [of("a", 0, 200, 1), of("c", 200, 300, 0)]
        );
    }

    #[test]
    fn the_first_ones_go_to_the_one_after_them_and_a_lonely_one_stays() {
        assert_eq!(
            told(&[("b", 0, 10), ("c", 10, 15), ("a", 20, 200), ("d", 1_000, 1_005)]),
            [of("a", 0, 200, 2), of("d", 1_000, 1_005, 0)]
        );
    }

    #[test]
    fn what_is_far_stays_apart_and_the_longest_title_counts() {
        assert_eq!(
            told(&[("a", 0, 100), ("a", 131, 200), ("a", 230, 600)]),
            [of("a", 0, 100, 0), of("a", 131, 600, 0)]
        );
        let day = grouped(vec![segment("a", 0, 40), segment("a", 50, 200)], 30_000);
        assert_eq!((day[0].title.as_deref(), day[0].active_ms), (Some("a 50"), 190_000));
        let mut other = segment("a", 40, 100);
        other.device = 1;
        assert_eq!(grouped(vec![segment("a", 0, 40), other], 30_000).len(), 2);
    }

    #[test]
    fn nothing_is_lost_or_doubled() {
        let stretches: Vec<Segment> = (0..200_i64)
            .map(|n| {
                segment(
                    ["a", "b", "c"][usize::try_from(n % 3).unwrap()],
                    n * 50,
                    n * 50 + 7 + n * 31 % 43,
                )
            })
            .collect();
        let before: u64 = stretches.iter().map(|s| s.active_ms).sum();
        let day = grouped(stretches, 30_000);
        assert_eq!(day.iter().map(|s| s.active_ms).sum::<u64>(), before);
        assert!(day.windows(2).all(|two| two[0].at.to <= two[1].at.from));
    }
}

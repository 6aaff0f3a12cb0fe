//! Totals of recorded activity: pure arithmetic over stretches of time.

use std::collections::BTreeMap;

use super::time::Timestamp;

/// A half-open stretch of time, `from` included, `to` not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stretch {
    /// Its begin.
    pub from: Timestamp,
    /// Its end.
    pub to: Timestamp,
}

impl Stretch {
    /// The part of both, if any.
    pub fn overlap(self, other: Self) -> Option<Self> {
        let (from, to) = (self.from.max(other.from), self.to.min(other.to));
        (from < to).then_some(Self { from, to })
    }

    /// Its length in milliseconds.
    pub const fn ms(self) -> u64 {
        self.to.ms_since(self.from)
    }
}

/// The stretches joined where they touch or overlap, in order.
pub fn union(mut stretches: Vec<Stretch>) -> Vec<Stretch> {
    stretches.retain(|s| s.from < s.to);
    stretches.sort();
    let mut joined: Vec<Stretch> = Vec::with_capacity(stretches.len());
    for next in stretches {
        match joined.last_mut() {
            Some(last) if next.from <= last.to => last.to = last.to.max(next.to),
            _ => joined.push(next),
        }
    }
    joined
}

/// Stretches joined and in order, with what they come to up to each: what lies within a stretch is found without a look at every part
/// of it. Windows may overlap as they please, so nothing here ever lists the parts of many stretches within many others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Joined {
    stretches: Vec<Stretch>,
    /// The milliseconds of all before each, and of all.
    before_ms: Vec<u64>,
}

impl Joined {
    /// These, joined.
    pub fn of(stretches: Vec<Stretch>) -> Self {
        Self::from_joined(union(stretches))
    }

    fn from_joined(stretches: Vec<Stretch>) -> Self {
        let mut before_ms = Vec::with_capacity(stretches.len() + 1);
        let mut ms = 0;
        before_ms.push(ms);
        for stretch in &stretches {
            ms += stretch.ms();
            before_ms.push(ms);
        }
        Self { stretches, before_ms }
    }

    /// Each of them.
    pub fn stretches(&self) -> &[Stretch] {
        &self.stretches
    }

    /// All of it.
    pub fn ms(&self) -> u64 {
        self.before_ms.last().copied().unwrap_or_default()
    }

    /// Those that have a part in `stretch`.
    fn places(&self, stretch: Stretch) -> std::ops::Range<usize> {
        if stretch.from >= stretch.to {
            return 0..0;
        }
        let first = self.stretches.partition_point(|s| s.to <= stretch.from);
        first..self.stretches.partition_point(|s| s.from < stretch.to).max(first)
    }

    /// How many milliseconds of it lie within `stretch`, and in how many parts.
    pub fn within(&self, stretch: Stretch) -> (u64, u64) {
        let places = self.places(stretch);
        let (Some(first), Some(last)) =
            (self.stretches.get(places.start), self.stretches[..places.end].last())
        else {
            return (0, 0);
        };
        if places.is_empty() {
            return (0, 0);
        }
        let all = self.before_ms[places.end] - self.before_ms[places.start];
        let outside = stretch.from.ms_since(first.from) + last.to.ms_since(stretch.to);
        (all - outside, places.len() as u64)
    }

    /// The parts of `stretch`, in order.
    pub fn parts(&self, stretch: Stretch) -> impl Iterator<Item = Stretch> {
        self.stretches[self.places(stretch)].iter().filter_map(move |s| s.overlap(stretch))
    }

    /// What lies in both.
    pub fn overlap(&self, other: &Self) -> Self {
        let (mut a, mut b) = (0, 0);
        let mut both = Vec::new();
        while let (Some(one), Some(two)) = (self.stretches.get(a), other.stretches.get(b)) {
            both.extend(one.overlap(*two));
            if one.to < two.to { a += 1 } else { b += 1 }
        }
        Self::from_joined(both)
    }
}

/// The kind of bucket a window watcher writes.
pub const WINDOW: &str = "currentwindow";
/// The kind of bucket a watcher of presence writes.
pub const PRESENCE: &str = "afkstatus";

/// One computer's stretches of a day.
#[derive(Clone, Debug, Default)]
pub struct Recorded<A> {
    /// What the window watcher saw.
    pub windows: Vec<(A, Stretch)>,
    /// When somebody was there; `None` when no watcher of presence recorded anything that day.
    pub present: Option<Vec<Stretch>>,
}

/// What a day came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sum<A> {
    /// Time with any activity; computers used at once count once.
    pub active_ms: u64,
    /// Time an application, and in how many stretches; two computers at once count twice.
    pub apps: BTreeMap<A, (u64, u64)>,
}

/// One day's totals as somebody may see them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DayTotal {
    /// Time with any activity; computers used at once count once.
    pub active_ms: u64,
    /// Time an application; two computers at once count twice.
    pub apps: BTreeMap<String, u64>,
}

/// What `computers` come to on `day`. The work grows with how much was recorded, never with how much of it overlaps.
pub fn totals<A: Ord + Copy>(
    computers: impl IntoIterator<Item = Recorded<A>>,
    day: Stretch,
) -> Sum<A> {
    let mut apps = BTreeMap::<A, (u64, u64)>::new();
    let mut active = Vec::new();
    for computer in computers {
        let present = computer.present.map(Joined::of);
        let mut windows = Vec::with_capacity(computer.windows.len());
        for (app, stretch) in computer.windows {
            let Some(stretch) = stretch.overlap(day) else { continue };
            windows.push(stretch);
            let (ms, parts) = match &present {
                None => (stretch.ms(), 1),
                Some(present) => present.within(stretch),
            };
            if parts > 0 {
                let sum = apps.entry(app).or_default();
                *sum = (sum.0 + ms, sum.1 + parts);
            }
        }
        let windows = Joined::of(windows);
        let there = present.map_or_else(|| windows.clone(), |present| windows.overlap(&present));
        active.extend_from_slice(there.stretches());
    }
    Sum { active_ms: Joined::of(active).ms(), apps }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn s(from: i64, to: i64) -> Stretch {
        Stretch { from: Timestamp::new(from).unwrap(), to: Timestamp::new(to).unwrap() }
    }

    #[test]
    fn union_joins_what_touches() {
        assert_eq!(
            union(vec![s(5, 7), s(0, 2), s(2, 3), s(6, 9), s(4, 4)]),
            vec![s(0, 3), s(5, 9)]
        );
    }

    #[test]
    fn a_day_gets_its_part_and_absence_does_not_count() {
        let computer = Recorded {
            windows: vec![('e', s(0, 150)), ('m', s(150, 200)), ('-', s(200, 210))],
            present: Some(vec![s(50, 120), s(150, 300)]),
        };
        let computers = vec![computer];
        let first = totals(computers.clone(), s(0, 100));
        assert_eq!(first, Sum { active_ms: 50, apps: [('e', (50, 1))].into() });
        let second = totals(computers, s(100, 250));
        assert_eq!(second.active_ms, 20 + 50 + 10);
        assert_eq!(second.apps, [('e', (20, 1)), ('m', (50, 1)), ('-', (10, 1))].into());
        let absent = Recorded { windows: vec![('e', s(0, 50))], present: Some(Vec::new()) };
        assert_eq!(totals([absent], s(0, 100)), Sum::default());
    }

    #[test]
    fn two_computers_at_once_are_one_hour_at_work() {
        let one = Recorded { windows: vec![('a', s(0, 10))], present: None };
        let two = Recorded { windows: vec![('b', s(5, 15))], present: None };
        let got = totals([one, two], s(0, 100));
        assert_eq!(got.active_ms, 15);
        assert_eq!(got.apps.values().map(|(ms, _)| ms).sum::<u64>(), 20);
    }

    /// Windows may lie over each other, and presence may come in seconds: a day of both is added up in the time of either.
    #[test]
    fn many_windows_times_many_presences_are_no_product() {
        let windows: Vec<_> = (0..20_000).map(|n| ('e', s(n, 86_400_000))).collect();
        let present: Vec<_> = (0..43_200).map(|n| s(n * 2_000, n * 2_000 + 1_000)).collect();
        let one: u64 = present.iter().map(|s| s.ms()).sum();
        let computer = Recorded { windows, present: Some(present) };
        let begun = std::time::Instant::now();
        let total = totals([computer], s(0, 86_400_000));
        assert!(begun.elapsed().as_secs() < 5, "{:?}", begun.elapsed());
        assert_eq!(total.active_ms, one);
        let (ms, parts) = total.apps[&'e'];
        // Windows begin a millisecond after each other, and 10 presences have begun within the first 20 seconds.
        assert_eq!(parts, 43_200 * 20_000 - missed().0);
        assert_eq!(ms, one * 20_000 - missed().1);
    }

    /// Presences, and milliseconds of them, that the windows of the test above begin too late for.
    fn missed() -> (u64, u64) {
        let mut missed = (0, 0);
        for from in 0..20_000_u64 {
            let (whole, rest) = (from / 2_000, from % 2_000);
            missed.0 += whole + u64::from(rest >= 1_000);
            missed.1 += whole * 1_000 + rest.min(1_000);
        }
        missed
    }

    /// Against looking at every pair.
    #[test]
    fn what_lies_within_is_what_every_pair_says() {
        let mut seed = 7_u64;
        let mut next = |most: i64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            i64::try_from(seed >> 33).unwrap() % most
        };
        for _ in 0..300 {
            let mut some = |count: i64| -> Vec<Stretch> {
                (0..count)
                    .map(|_| {
                        let from = next(60);
                        s(from, from + next(12))
                    })
                    .collect()
            };
            let (a, b) = (Joined::of(some(6)), Joined::of(some(6)));
            let pairs = |stretch: Stretch| -> Vec<Stretch> {
                a.stretches().iter().filter_map(|s| s.overlap(stretch)).collect()
            };
            let both: Vec<Stretch> = b.stretches().iter().flat_map(|s| pairs(*s)).collect();
            assert_eq!(a.overlap(&b), Joined::of(both));
            for stretch in some(5) {
                let parts = pairs(stretch);
                let ms = parts.iter().map(|s| s.ms()).sum::<u64>();
                assert_eq!(a.within(stretch), (ms, parts.len() as u64), "{a:?} {stretch:?}");
                assert_eq!(a.parts(stretch).collect::<Vec<_>>(), parts);
            }
        }
    }
}

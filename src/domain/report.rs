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

/// What `computers` come to on `day`.
pub fn totals<A: Ord + Copy>(computers: &[Recorded<A>], day: Stretch) -> Sum<A> {
    let mut apps = BTreeMap::<A, (u64, u64)>::new();
    let mut active = Vec::new();
    for computer in computers {
        let present = computer.present.clone().map(union);
        for (app, stretch) in &computer.windows {
            let Some(stretch) = stretch.overlap(day) else { continue };
            let mut count = |part: Stretch| {
                active.push(part);
                let (ms, stretches) = apps.entry(*app).or_default();
                *ms += part.ms();
                *stretches += 1;
            };
            match &present {
                None => count(stretch),
                Some(present) => {
                    let first = present.partition_point(|there| there.to <= stretch.from);
                    let parts = present[first..].iter().map_while(|there| stretch.overlap(*there));
                    parts.for_each(count);
                }
            }
        }
    }
    Sum { active_ms: union(active).into_iter().map(Stretch::ms).sum(), apps }
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
        let computers = [computer];
        let first = totals(&computers, s(0, 100));
        assert_eq!(first, Sum { active_ms: 50, apps: [('e', (50, 1))].into() });
        let second = totals(&computers, s(100, 250));
        assert_eq!(second.active_ms, 20 + 50 + 10);
        assert_eq!(second.apps, [('e', (20, 1)), ('m', (50, 1)), ('-', (10, 1))].into());
        let absent = Recorded { windows: vec![('e', s(0, 50))], present: Some(Vec::new()) };
        assert_eq!(totals(&[absent], s(0, 100)), Sum::default());
    }

    #[test]
    fn two_computers_at_once_are_one_hour_at_work() {
        let one = Recorded { windows: vec![('a', s(0, 10))], present: None };
        let two = Recorded { windows: vec![('b', s(5, 15))], present: None };
        let got = totals(&[one, two], s(0, 100));
        assert_eq!(got.active_ms, 15);
        assert_eq!(got.apps.values().map(|(ms, _)| ms).sum::<u64>(), 20);
    }
}

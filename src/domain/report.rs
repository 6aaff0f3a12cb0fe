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

/// The parts of `stretches` that lie within `within`; `within` is joined and in order ([`union`]).
pub fn intersect(stretches: &[Stretch], within: &[Stretch]) -> Vec<Stretch> {
    let mut parts = Vec::new();
    for stretch in stretches {
        let first = within.partition_point(|w| w.to <= stretch.from);
        for window in &within[first..] {
            if window.from >= stretch.to {
                break;
            }
            parts.extend(stretch.overlap(*window));
        }
    }
    parts
}

/// One computer's stretches within a report's range.
#[derive(Clone, Debug, Default)]
pub struct Recorded {
    /// What the window watcher saw: the application, or `None` where the viewer may not know it.
    pub windows: Vec<(Option<String>, Stretch)>,
    /// When somebody was there; `None` when no watcher of presence recorded anything in the range.
    pub present: Option<Vec<Stretch>>,
}

/// One day's totals.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DayTotal {
    /// Time with any activity; computers used at once count once.
    pub active_ms: u64,
    /// Time an application; two computers at once count twice.
    pub apps: BTreeMap<String, u64>,
}

/// Totals of `computers` for each of `days`, in the order of `days`.
pub fn totals(computers: &[Recorded], days: &[Stretch]) -> Vec<DayTotal> {
    let mut totals = vec![DayTotal::default(); days.len()];
    let mut active: Vec<Vec<Stretch>> = vec![Vec::new(); days.len()];
    for computer in computers {
        let present = computer.present.clone().map(union);
        for (app, stretch) in &computer.windows {
            let parts = match &present {
                Some(present) => intersect(&[*stretch], present),
                None => vec![*stretch],
            };
            for part in parts {
                let first = days.partition_point(|day| day.to <= part.from);
                for (at, day) in days.iter().enumerate().skip(first) {
                    let Some(piece) = part.overlap(*day) else { break };
                    active[at].push(piece);
                    if let Some(app) = app {
                        *totals[at].apps.entry(app.clone()).or_default() += piece.ms();
                    }
                }
            }
        }
    }
    for (total, stretches) in totals.iter_mut().zip(active) {
        total.active_ms = union(stretches).into_iter().map(Stretch::ms).sum();
    }
    totals
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
        let app = |name: &str, stretch| (Some(name.to_owned()), stretch);
        let computer = Recorded {
            windows: vec![app("editor", s(0, 150)), app("mail", s(150, 200)), (None, s(200, 210))],
            present: Some(vec![s(50, 120), s(150, 300)]),
        };
        let days = [s(0, 100), s(100, 250)];
        let got = totals(&[computer], &days);
        assert_eq!(got[0], DayTotal { active_ms: 50, apps: [("editor".to_owned(), 50)].into() });
        assert_eq!(got[1].active_ms, 20 + 50 + 10);
        assert_eq!(got[1].apps, [("editor".to_owned(), 20), ("mail".to_owned(), 50)].into());
    }

    #[test]
    fn two_computers_at_once_are_one_hour_at_work() {
        let one = Recorded { windows: vec![(Some("a".to_owned()), s(0, 10))], present: None };
        let two = Recorded { windows: vec![(Some("b".to_owned()), s(5, 15))], present: None };
        let got = totals(&[one, two], &[s(0, 100)]);
        assert_eq!(got[0].active_ms, 15);
        assert_eq!(got[0].apps.values().sum::<u64>(), 20);
    }
}

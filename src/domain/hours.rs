//! Hours of work from time entries: sums of whole milliseconds, cut at the ends of days. Whoever shows them rounds once, at the end: a
//! minute counts when it is full, so that a total is the same wherever it stands.

use super::entry::{Entry, MOST_LONG_MS};
use super::report::{Stretch, union};
use super::time::Timestamp;

/// When an entry counts; what runs counts up to now, and for a day at most.
pub fn counted(entry: &Entry, now: Timestamp) -> Stretch {
    let end = entry.ends().unwrap_or_else(|| now.min(entry.start.plus_ms(MOST_LONG_MS)));
    Stretch { from: entry.start, to: end.max(entry.start) }
}

/// Hands each day's part of `stretch` to `add`, with the day's place; `days` follow each other.
pub fn by_day(days: &[Stretch], stretch: Stretch, mut add: impl FnMut(usize, u64)) {
    let first = days.partition_point(|day| day.to <= stretch.from);
    for (at, day) in days.iter().enumerate().skip(first) {
        match stretch.overlap(*day) {
            Some(part) => add(at, part.ms()),
            None => break,
        }
    }
}

/// The time that any of `stretches` covers, in order.
pub fn covered(stretches: &[Stretch]) -> Vec<Stretch> {
    union(stretches.to_vec())
}

/// What lies between stretches that are joined and in order.
pub fn gaps(covered: &[Stretch]) -> Vec<Stretch> {
    covered.windows(2).map(|pair| Stretch { from: pair[0].to, to: pair[1].from }).collect()
}

/// The time that more than one of `stretches` covers, joined and in order.
pub fn overlaps(stretches: &[Stretch]) -> Vec<Stretch> {
    let mut sorted = stretches.to_vec();
    sorted.sort();
    let (mut twice, mut end) = (Vec::new(), None::<Timestamp>);
    for stretch in sorted {
        if let Some(end) = end {
            twice.extend(stretch.overlap(Stretch { from: stretch.from, to: end }));
        }
        end = Some(end.map_or(stretch.to, |end| end.max(stretch.to)));
    }
    union(twice)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::UserId;
    use crate::domain::text::NoteText;

    fn at(hours: u64) -> Timestamp {
        Timestamp::new(1_700_000_000_000).unwrap().plus_ms(hours * 3_600_000)
    }

    fn s(from: u64, to: u64) -> Stretch {
        Stretch { from: at(from), to: at(to) }
    }

    #[test]
    fn what_crosses_midnight_is_split_there() {
        // A day of 23 hours between two others.
        let days = [s(0, 24), s(24, 47), s(47, 71)];
        let parts = |stretch| {
            let mut parts = Vec::new();
            by_day(&days, stretch, |day, ms| parts.push((day, ms / 3_600_000)));
            parts
        };
        assert_eq!(parts(s(20, 48)), [(0, 4), (1, 23), (2, 1)]);
        assert_eq!(parts(s(24, 47)), [(1, 23)]);
        assert_eq!(parts(s(70, 99)), [(2, 1)]);
        assert_eq!((parts(s(5, 5)), parts(s(71, 80))), (vec![], vec![]));
    }

    #[test]
    fn gaps_and_overlaps_are_what_is_booked_never_and_twice() {
        let day = [s(9, 12), s(11, 13), s(13, 14), s(16, 18), s(16, 17), s(10, 11)];
        assert_eq!(covered(&day), [s(9, 14), s(16, 18)]);
        assert_eq!(gaps(&covered(&day)), [s(14, 16)]);
        assert_eq!(overlaps(&day), [s(10, 12), s(16, 17)]);
        assert_eq!((overlaps(&[s(1, 2), s(2, 3)]), gaps(&[])), (vec![], vec![]));
    }

    #[test]
    fn what_runs_counts_until_now_and_for_a_day_at_most() {
        let entry = |end: Option<u64>, cut: Option<u64>| Entry {
            person: UserId::from_bytes([1; 16]),
            project: None,
            task: None,
            start: at(10),
            end: end.map(at),
            cut: cut.map(at),
            note: NoteText::empty(),
            tags: Vec::new(),
            billable: false,
        };
        assert_eq!(counted(&entry(Some(12), None), at(99)), s(10, 12));
        assert_eq!(counted(&entry(None, Some(11)), at(99)), s(10, 11));
        assert_eq!(counted(&entry(None, None), at(15)), s(10, 15));
        assert_eq!(counted(&entry(None, None), at(99)), s(10, 34));
        assert_eq!(counted(&entry(None, None), at(9)), s(10, 10), "a clock that is ahead");
    }
}

//! Events and the time they share.

use std::collections::BTreeMap;

use super::super::fault::Fault;
use super::super::function::Arguments;
use super::super::value::{Dict, Span, Value};

/// The parts of events within the others.
pub(in super::super) fn intersect(a: &mut Arguments<'_>) -> Result<Value, Fault> {
    let (mut events, mut within) = (a.events()?, a.events()?);
    events.sort_by_key(|span| span.start);
    within.sort_by_key(|span| span.start);
    let (mut i, mut k) = (0, 0);
    let mut parts = Vec::new();
    while let (Some(one), Some(two)) = (events.get(i), within.get(k)) {
        a.meter.step(1)?;
        let (ends, other_ends) = (one.end(), two.end());
        if let Some((from, to)) = common(one, two) {
            let mut part = one.clone();
            part.begin(from);
            part.duration = to - from;
            parts.push(part);
            if ends <= other_ends { i += 1 } else { k += 1 }
        } else if ends <= two.start {
            i += 1;
        } else if other_ends <= one.start {
            k += 1;
        } else {
            i += 1;
            k += 1;
        }
    }
    Value::events(parts, a.meter)
}

/// The time of both lists together, without data.
pub(in super::super) fn union(a: &mut Arguments<'_>) -> Result<Value, Fault> {
    let mut events = a.events()?;
    events.extend(a.events()?);
    events.sort_by_key(|span| span.start);
    let empty = Dict::new(BTreeMap::new(), a.meter)?;
    let mut joined: Vec<Span> = Vec::new();
    for event in events {
        a.meter.step(1)?;
        match joined.last_mut() {
            Some(last) if event.start <= last.end() && last.start <= event.end() => {
                let (start, end) = (last.start.min(event.start), last.end().max(event.end()));
                last.begin(start);
                last.duration = end - start;
            }
            _ => joined.push(Span { data: empty.clone(), ..event }),
        }
    }
    Value::events(joined, a.meter)
}

/// Both lists, where the second only counts in the time the first leaves free.
pub(in super::super) fn union_no_overlap(a: &mut Arguments<'_>) -> Result<Value, Fault> {
    let (first, mut second) = (a.events()?, a.events()?);
    // The next event is at the end, so that a rest is put back cheaply.
    second.reverse();
    let mut first = first.into_iter().peekable();
    let mut all = Vec::new();
    while let (Some(one), Some(two)) = (first.peek(), second.last()) {
        a.meter.step(1)?;
        if !overlaps(one, two) {
            all.extend(if one.start <= two.start { first.next() } else { second.pop() });
            continue;
        }
        let is_first = one.start <= two.start;
        let (head, rest) = split(two, if is_first { one.end() } else { one.start });
        second.pop();
        second.extend(rest);
        // Of a second event that begins later only what goes on after the first is left.
        all.extend(if is_first { first.next() } else { Some(head) });
    }
    all.extend(first);
    all.extend(second.into_iter().rev());
    Value::events(all, a.meter)
}

/// The event up to `at`, and the rest, if `at` lies inside.
fn split(span: &Span, at: i64) -> (Span, Option<Span>) {
    if !(span.start < at && at < span.end()) {
        return (span.clone(), None);
    }
    let (mut head, mut rest) = (span.clone(), span.clone());
    head.duration = at - span.start;
    rest.begin(at);
    rest.duration = span.end() - at;
    (head, Some(rest))
}

/// Do they share time? One without length shares the moment it lies on.
fn overlaps(a: &Span, b: &Span) -> bool {
    a.start <= b.start && b.start < a.end()
        || a.start < b.end() && b.end() <= a.end()
        || b.start <= a.start && a.end() <= b.end()
}

/// The time both share.
pub(super) fn common(a: &Span, b: &Span) -> Option<(i64, i64)> {
    let ((start, end), (other_start, other_end)) = ((a.start, a.end()), (b.start, b.end()));
    if start <= other_start && other_end <= end {
        Some((other_start, other_end))
    } else if start <= other_start && other_start < end {
        Some((other_start, end))
    } else if start < other_end && other_end <= end {
        Some((start, other_end))
    } else if other_start <= start && end <= other_end {
        Some((start, end))
    } else {
        None
    }
}

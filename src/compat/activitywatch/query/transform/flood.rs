//! Fills the short gaps between events, as aw-core does it: what happened in them was seen by nobody, so each neighbour gets half.

use super::super::fault::{Fault, Meter};
use super::super::function::Arguments;
use super::super::value::{Span, Value, same_data};

/// Events that overlap less than this only touch.
const TRIMMED_US: i64 = 100_000;
const USUAL_PULSE_S: f64 = 5.0;
/// No gap is longer.
const LONGEST_PULSE_S: f64 = 1e9;

pub(in super::super) fn flood(a: &mut Arguments<'_>) -> Result<Value, Fault> {
    let spans = a.events()?;
    let pulse = match a.optional() {
        None => USUAL_PULSE_S,
        Some((_, Value::Number(number))) => number.as_f64().unwrap_or(f64::MAX),
        Some((place, other)) => return Err(a.wrong(place, "a number of seconds", &other)),
    };
    if !(0.0..=LONGEST_PULSE_S).contains(&pulse) {
        return Err(a.refuse("takes a pulse time of 0 to 1000000000 seconds."));
    }
    #[expect(clippy::cast_possible_truncation, reason = "checked to be far below 2^63")]
    let pulse = (pulse * 1e6).round() as i64;
    Value::events(flooded(spans, pulse, a.meter)?, a.meter)
}

fn flooded(mut spans: Vec<Span>, pulse: i64, meter: &Meter<'_>) -> Result<Vec<Span>, Fault> {
    spans.sort_by_key(|span| (span.start, span.duration));
    for at in 1..spans.len() {
        let (before, after) = spans.split_at_mut(at);
        // Both halves have an event: `at` is between 1 and the last place.
        if let (Some(one), Some(two)) = (before.last_mut(), after.first_mut()) {
            fill(one, two, pulse, meter)?;
        }
    }
    without_overlap(spans, meter)
}

/// Closes the gap between two neighbours, if it is short.
fn fill(one: &mut Span, two: &mut Span, pulse: i64, meter: &Meter<'_>) -> Result<(), Fault> {
    let gap = two.start - one.end();
    if gap == 0 {
        return Ok(());
    }
    let same = same_data(&one.data, &two.data, meter)?;
    let two_end = two.end();
    if gap < 0 && same {
        let (start, end) = (one.start.min(two.start), one.end().max(two_end));
        one.begin(start);
        one.duration = end - start;
        two.begin(end);
        two.duration = 0;
    } else if -TRIMMED_US < gap && gap <= pulse {
        if !same {
            let middle = one.end() + half(gap);
            one.duration = middle - one.start;
            two.begin(middle);
            two.duration = two_end - middle;
        } else if one.duration >= two.duration {
            one.duration = two_end - one.start;
            two.begin(two_end);
            two.duration = 0;
        } else {
            two.begin(one.start);
            two.duration = two_end - two.start;
            one.duration = 0;
        }
    }
    Ok(())
}

/// The stream without empty events and without overlap: the later of two different ones counts.
fn without_overlap(spans: Vec<Span>, meter: &Meter<'_>) -> Result<Vec<Span>, Fault> {
    let mut stream: Vec<Span> = Vec::with_capacity(spans.len());
    'next: for span in spans.into_iter().filter(|span| span.duration > 0) {
        while let Some(last) = stream.last_mut().filter(|last| last.end() > span.start) {
            if same_data(&last.data, &span.data, meter)? {
                last.duration = last.end().max(span.end()) - last.start;
                continue 'next;
            }
            last.duration = span.start - last.start;
            if last.duration > 0 {
                break;
            }
            stream.pop();
        }
        stream.push(span);
    }
    Ok(stream)
}

/// Half of it, to the even microsecond where it does not divide, as Python divides.
const fn half(us: i64) -> i64 {
    let down = us.div_euclid(2);
    if us.rem_euclid(2) == 1 && down.rem_euclid(2) == 1 { down + 1 } else { down }
}

#[cfg(test)]
mod tests {
    use super::half;

    #[test]
    fn halves_are_pythons() {
        let halves = [(4, 2), (3, 2), (1, 0), (5, 2), (7, 4), (-1, 0), (-3, -2), (-4, -2)];
        for (whole, wanted) in halves {
            assert_eq!(half(whole), wanted, "{whole}");
        }
    }
}

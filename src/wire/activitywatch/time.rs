//! Times as ActivityWatch's clients write them, cut to milliseconds as aw-server cuts them.

use super::BadShape;
use crate::domain::time::Timestamp;

/// Longer texts are no times.
const LONGEST_TEXT: usize = 40;
const RULE: &str =
    "a time such as 2026-01-31T08:00:00Z between 1970 and 2200 (in an address, + is written %2B)";

/// The instant of an RFC 3339 text; without an offset it is UTC, a date alone is its midnight. Cut to milliseconds.
///
/// # Errors
/// [`BadShape::Wrong`] for anything else, and outside 1970 to 2200.
pub fn instant(field: &'static str, text: &str) -> Result<Timestamp, BadShape> {
    let ms = milliseconds(text).ok_or(BadShape::wrong(field, RULE))?;
    Timestamp::new(ms).ok_or(BadShape::wrong(field, RULE))
}

/// The end of a window for events: the next whole millisecond, as aw-server takes it so that nothing at its very end is missed.
///
/// # Errors
/// As [`instant`].
pub fn window_end(field: &'static str, text: &str) -> Result<Timestamp, BadShape> {
    Ok(instant(field, text)?.plus_ms(1))
}

/// The time as aw-server prints it: `2026-01-31T08:00:00+00:00`, with six digits of fraction unless they are all zero.
pub fn instant_json(time: Timestamp) -> String {
    let fraction = time.ms().rem_euclid(1_000);
    // Every `Timestamp` lies within what jiff can show.
    let whole = jiff::Timestamp::from_millisecond(time.ms())
        .unwrap_or_default()
        .strftime("%Y-%m-%dT%H:%M:%S");
    if fraction == 0 { format!("{whole}+00:00") } else { format!("{whole}.{fraction:03}000+00:00") }
}

/// Milliseconds since 1970; what is finer is cut off.
fn milliseconds(text: &str) -> Option<i64> {
    let text = text.trim();
    let known = |b: u8| b.is_ascii_digit() || b"TtZz:.,+- ".contains(&b);
    if text.len() > LONGEST_TEXT || !text.bytes().all(known) {
        return None;
    }
    let has_offset = text.get(10..).is_some_and(|time| time.contains(['Z', 'z', '+', '-']));
    let time = if has_offset {
        text.parse::<jiff::Timestamp>().ok()?
    } else {
        let civil = text.parse::<jiff::civil::DateTime>().ok()?;
        jiff::tz::Offset::UTC.to_timestamp(civil).ok()?
    };
    time.as_nanosecond().div_euclid(1_000_000).try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(text: &str) -> Option<i64> {
        instant("timestamp", text).ok().map(Timestamp::ms)
    }

    #[test]
    fn every_form_clients_send() {
        let new_year = Some(1_767_225_600_000);
        for text in [
            "2026-01-01T00:00:00+00:00",
            "2026-01-01T00:00:00Z",
            "2026-01-01T00:00:00.000Z",
            "2026-01-01T00:00:00.000000+00:00",
            "2026-01-01 00:00:00+0000",
            "2026-01-01T02:30:00+02:30",
            "2025-12-31T19:00:00-05:00",
            "2026-01-01T00:00:00",
            "2026-01-01T00:00",
            "2026-01-01",
        ] {
            assert_eq!(ms(text), new_year, "{text}");
        }
        assert_eq!(ms("2026-01-01T00:00:00.123999Z"), Some(1_767_225_600_123));
    }

    #[test]
    fn absurd_times_are_refused() {
        for text in [
            "",
            "now",
            "2026-13-01",
            "2026-01-01T25:00:00Z",
            "1969-12-31T23:59:59Z",
            "2200-01-01T00:00:00.001Z",
            "-000001-01-01",
            "2026-01-01T00:00:00+99:99",
            "2026-01-01T00:00:00 00:00",
            "2026-01-01T00:00:00[Europe/Berlin]",
            "1767225600",
            "99999-01-01",
        ] {
            assert_eq!(ms(text), None, "{text}");
        }
        assert_eq!(ms(&"1".repeat(1_000_000)), None);
    }

    #[test]
    fn printed_as_aw_server_does() {
        let print = |text: &str| instant_json(instant("timestamp", text).unwrap());
        assert_eq!(print("2026-01-01T01:00:00+01:00"), "2026-01-01T00:00:00+00:00");
        assert_eq!(print("2026-01-01T00:01:00.123456Z"), "2026-01-01T00:01:00.123000+00:00");
        assert_eq!(print("2026-01-01T00:01:00.007Z"), "2026-01-01T00:01:00.007000+00:00");
        assert_eq!(
            window_end("end", "2026-01-01T00:00:02Z").map(instant_json).unwrap(),
            "2026-01-01T00:00:02.001000+00:00"
        );
    }
}

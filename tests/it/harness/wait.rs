//! The one place that lets time pass: look, pause shortly, look again, until the deadline. It must never be used as a plain delay.

use std::time::{Duration, Instant};

const PAUSE: Duration = Duration::from_millis(20);

/// Starting a process, settling after a kill: generous, because two cores may be busy with other tests.
pub const LONG: Duration = Duration::from_secs(60);

/// Looks until `look` gives a value. Fails with `what` and the last thing that was seen when the deadline passes.
#[track_caller]
pub fn until<T, E: std::fmt::Display>(
    what: &str,
    deadline: Duration,
    mut look: impl FnMut() -> Result<T, E>,
) -> T {
    let end = Instant::now() + deadline;
    loop {
        match look() {
            Ok(value) => return value,
            Err(seen) if Instant::now() > end => {
                panic!("{what}: not within {deadline:?}; last seen: {seen}")
            }
            Err(_) => std::thread::sleep(PAUSE),
        }
    }
}

/// The same for a plain condition.
#[track_caller]
pub fn until_true(what: &str, deadline: Duration, mut look: impl FnMut() -> bool) {
    until(what, deadline, || if look() { Ok(()) } else { Err("not yet") });
}

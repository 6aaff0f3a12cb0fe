//! Where a test may end the process as kill -9 would: between two steps that must be safe to be cut apart.
//!
//! Must never do anything in a release.

/// Ends the process here when a test asked for this point by `TIMEBOOK_FAULT_POINT`: its name, or `@` and a file that names it, which goes
/// with the first process that gets there.
#[cfg(feature = "faults")]
pub fn reach(point: &str) {
    let Ok(asked) = std::env::var("TIMEBOOK_FAULT_POINT") else { return };
    let is_asked = match asked.strip_prefix('@') {
        Some(file) => {
            let names_it = std::fs::read_to_string(file).is_ok_and(|name| name == point);
            names_it && std::fs::remove_file(file).is_ok()
        }
        None => asked == point,
    };
    if is_asked {
        std::process::abort();
    }
}

/// Nothing.
#[cfg(not(feature = "faults"))]
pub const fn reach(_: &str) {}

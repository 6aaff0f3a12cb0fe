//! Where a test may end the process as kill -9 would: between two steps that must be safe to be cut apart.
//!
//! Must never do anything in a release.

/// Ends the process here when a test asked for this point by `TIMEBOOK_FAULT_POINT`.
#[cfg(feature = "faults")]
pub fn reach(point: &str) {
    if std::env::var("TIMEBOOK_FAULT_POINT").is_ok_and(|asked| asked == point) {
        std::process::abort();
    }
}

/// Nothing.
#[cfg(not(feature = "faults"))]
pub const fn reach(_: &str) {}

//! The embedded page.

//! Shapes of our own API, version 1.
//!
//! Must hold data only: what a field may say is checked by whoever reads it.

pub mod sync;

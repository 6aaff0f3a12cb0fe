//! The foreign doors, as routes over one trait each, so that agent and server open the same door.
//!
//! Must never name a store, a capability or TLS: what is behind a door is whoever implements its trait.

pub mod activitywatch;

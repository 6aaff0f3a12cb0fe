//! The office's own beginning, its keys at every start, its certificates and its set-up link, how its server is doing, and
//! taking it out of service and back.

pub mod certificate;
pub mod concern;
pub mod founding;
pub mod power;
pub mod process;
pub mod setup_link;
pub mod status;
pub mod stopped;

//! The office's own beginning, its keys at every start, its certificates and its set-up link, and how its server is doing.

pub mod certificate;
pub mod founding;
pub mod process;
pub mod setup_link;
pub mod status;

//! The office's own beginning, its keys at every start, its certificates and its set-up link.

pub mod certificate;
pub mod founding;
pub mod setup_link;

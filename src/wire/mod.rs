//! JSON shapes that go over the wire, shared by the doors, the API and the agent.
//!
//! Must never do I/O: it turns bytes from outside into what the house works with, or refuses them with a sentence, and back.

pub mod activitywatch;
pub mod csv;
pub mod import;
pub mod json;
pub mod problem;
pub mod v1;

#[cfg(test)]
mod tests;

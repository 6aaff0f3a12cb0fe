//! The ActivityWatch door `/api/0`: every watcher there is records through it, unmodified.

pub mod book;

use crate::domain::id::DeviceId;

/// The device a request reads and writes, as a request extension: put there by whatever authenticated the request (the server's
/// token, the agent's own device). A request without one is answered 401.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordsInto(pub DeviceId);

//! How many files and sockets this process may hold open; asks the system for what it allows at most.

/// Raises the soft limit of open files to the hard limit: each connection is one, and many systems start programs with
/// a soft limit of 1024. Returns the limit now in force, if the system has one. Children inherit it.
///
/// # Errors
/// When the system refuses; the old limit stays.
#[cfg(unix)]
pub fn raise_limit() -> std::io::Result<Option<u64>> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum })?;
    Ok(limit.maximum)
}

/// Other systems have no such limit to raise.
///
/// # Errors
/// Never.
#[cfg(not(unix))]
pub fn raise_limit() -> std::io::Result<Option<u64>> {
    Ok(None)
}

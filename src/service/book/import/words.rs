//! What an import and its undo say when they are over: of none, of one and of many.

/// What came in, and what did not have to.
pub(super) fn came_in(new: u64, there: u64) -> String {
    let came = if new == 1 { "1 time entry".to_owned() } else { format!("{new} time entries") };
    format!("{came} came in, {there} {} there already.", if there == 1 { "was" } else { "were" })
}

/// What an import or its undo is about, in the list of jobs.
pub(super) fn entries_of(source: &str, many: u64) -> String {
    format!("{source}, {many} {}", if many == 1 { "entry" } else { "entries" })
}

pub(super) fn are_gone(many: u64) -> String {
    format!("{} gone.", records(many))
}

/// So many records, which are.
pub(super) fn records(many: u64) -> String {
    if many == 1 { "1 record is".to_owned() } else { format!("{many} records are") }
}

/// Why so many stay: `one` of one, `more` of several.
pub(super) fn stay(many: u64, one: &str, more: &str) -> String {
    if many == 1 {
        format!(" 1 stays, because {one}")
    } else {
        format!(" {many} stay, because {more}")
    }
}

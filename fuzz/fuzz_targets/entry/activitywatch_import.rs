//! Any bytes as an export: refused, or read twice with the same buckets and events, each event belonging to a bucket.

use std::ops::ControlFlow;

use super::domain::activity::NewEvent;
use super::wire::activitywatch::{BadImport, ImportedBucket, MOST_BUCKETS, read_import};

pub(super) fn run(data: &[u8]) {
    let first = read(data);
    match (&first, read(data)) {
        (Ok(first), Ok(second)) => assert_eq!(*first, second),
        (Err(_), Err(_)) => {}
        _ => panic!("an import reads once and not twice"),
    }
    let Ok((buckets, events)) = first else { return };
    assert!(buckets.len() <= MOST_BUCKETS);
    assert!(events.iter().all(|(place, event)| *place < buckets.len() && event.id.is_none()));
    if !events.is_empty() {
        let stopped = read_import(data, |_, _| ControlFlow::Break(()));
        assert!(matches!(stopped, Err(BadImport::Stopped)));
    }
}

type Read = (Vec<ImportedBucket>, Vec<(usize, NewEvent)>);

fn read(data: &[u8]) -> Result<Read, BadImport> {
    let mut events = Vec::new();
    let buckets = read_import(data, |place, event| {
        events.push((place, event));
        ControlFlow::Continue(())
    })?;
    Ok((buckets, events))
}

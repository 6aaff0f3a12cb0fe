//! Any bytes as a file of another product: refused, or read into rows that keep the bounds. The first byte says how dates are meant.

use super::domain::import::Source;
use super::wire::import::{DateOrder, MOST_ROWS, read};

pub(super) fn run(source: Source, data: &[u8]) {
    let Some((order, file)) = data.split_first() else { return };
    let order = match order % 3 {
        0 => None,
        1 => Some(DateOrder::Dmy),
        _ => Some(DateOrder::Mdy),
    };
    let first = read(source, file, order);
    assert_eq!(first, read(source, file, order), "a file reads the same twice");
    let Ok(first) = first else { return };
    assert!(first.rows.len() + first.faults.len() <= MOST_ROWS);
    assert!(first.rows.iter().all(|row| row.tags.len() <= 50));
    assert!(first.faults.iter().all(|fault| !fault.why.is_empty()));
}

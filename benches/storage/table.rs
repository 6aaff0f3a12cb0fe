//! What was measured, said at once and as one table at the end.

use std::sync::{Mutex, PoisonError};

static ROWS: Mutex<Vec<[String; 3]>> = Mutex::new(Vec::new());

/// One row: what, what it came to, and what is to be reached or what others need.
pub(crate) fn row(what: &str, came_to: &str, beside: &str) {
    println!("{what}: {came_to}   ({beside})");
    let row = [what, came_to, beside].map(str::to_owned);
    ROWS.lock().unwrap_or_else(PoisonError::into_inner).push(row);
}

/// All of it, as the README shows it.
pub(crate) fn print() {
    println!("\n| | came to | to reach; others |\n| --- | --- | --- |");
    for [what, came_to, beside] in ROWS.lock().unwrap_or_else(PoisonError::into_inner).iter() {
        println!("| {what} | {came_to} | {beside} |");
    }
}

//! What the engine itself needs on this machine: as many rows of the size of a packed event, read from end to end.

use std::path::Path;
use std::time::Instant;

use redb::{Database, ReadableDatabase, ReadableTable, TableDefinition};

use crate::table::row;

const ROWS: TableDefinition<'static, u64, &'static [u8]> = TableDefinition::new("rows");

pub(crate) fn scan(folder: &Path, rows: u64) {
    let database = Database::create(folder.join("limit.redb")).unwrap();
    let transaction = database.begin_write().unwrap();
    {
        let mut table = transaction.open_table(ROWS).unwrap();
        for row in 0..rows {
            table.insert(row, [7; 37].as_slice()).unwrap();
        }
    }
    transaction.commit().unwrap();
    let began = Instant::now();
    let transaction = database.begin_read().unwrap();
    let table = transaction.open_table(ROWS).unwrap();
    let mut bytes = 0;
    for row in table.iter().unwrap() {
        bytes += row.unwrap().1.value().len();
    }
    let took = began.elapsed().as_secs_f64() * 1e3;
    let what = format!("the limit: redb alone reads {rows} rows of 37 bytes");
    row(&what, &format!("{took:.0} ms"), &format!("{bytes} bytes"));
}

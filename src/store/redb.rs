//! The ordered-transaction trait over redb. Tables are opened once a transaction, when first used.

use std::cell::OnceCell;
use std::ops::{Bound, ControlFlow};

use redb::{
    ReadTransaction, ReadableTable, ReadableTableMetadata, TableDefinition, WriteTransaction,
};

use super::error::StoreError;
use super::tables::{ALL, COUNT, TableName};
use super::transaction::{KeyRange, Order, Reader, Visit, Writer};

type Bytes = &'static [u8];
type ReadTable = redb::ReadOnlyTable<Bytes, Bytes>;
type WriteTable<'t> = redb::Table<'t, Bytes, Bytes>;

fn definition(table: TableName) -> TableDefinition<'static, Bytes, Bytes> {
    TableDefinition::new(table.name)
}

/// Makes every table that is not there yet.
pub(super) fn create_tables(transaction: &WriteTransaction) -> Result<(), StoreError> {
    for table in ALL {
        transaction.open_table(definition(table))?;
    }
    Ok(())
}

/// A snapshot.
pub(super) struct RedbReader {
    transaction: ReadTransaction,
    tables: [OnceCell<ReadTable>; COUNT],
}

impl RedbReader {
    pub(super) fn new(transaction: ReadTransaction) -> Self {
        Self { transaction, tables: [const { OnceCell::new() }; COUNT] }
    }

    fn table(&self, table: TableName) -> Result<&ReadTable, StoreError> {
        let cell = &self.tables[table.place];
        if let Some(open) = cell.get() {
            return Ok(open);
        }
        let open = self.transaction.open_table(definition(table))?;
        Ok(cell.get_or_init(|| open))
    }
}

impl RedbReader {
    /// Opens every table there should be.
    pub(super) fn open_all(&self) -> Result<(), StoreError> {
        ALL.into_iter().try_for_each(|table| self.table(table).map(drop))
    }

    /// What the rows take, with the pages around them. Reads every page.
    pub(super) fn used_bytes(&self) -> Result<u64, StoreError> {
        let mut bytes = 0;
        for table in ALL {
            let stats = self.table(table)?.stats()?;
            bytes += stats.stored_bytes() + stats.metadata_bytes() + stats.fragmented_bytes();
        }
        Ok(bytes)
    }
}

impl RedbReader {
    /// How many rows a table has.
    pub(super) fn rows_of(&self, table: TableName) -> Result<u64, StoreError> {
        Ok(self.table(table)?.len()?)
    }
}

/// Puts rows that rise, all of them behind the last one there is, at the end of a table: several times as fast as one by one.
pub(super) fn append(
    transaction: &WriteTransaction,
    table: TableName,
    rows: &[(Vec<u8>, Vec<u8>)],
) -> Result<(), StoreError> {
    let mut open = transaction.open_table(definition(table))?;
    let mut end = open.upper_bound_mut(Bound::<&[u8]>::Unbounded)?;
    for (key, value) in rows {
        end.insert_before(key.as_slice(), value.as_slice())
            .map_err(|error| StoreError::Engine(error.to_string()))?;
    }
    end.close()?;
    Ok(())
}

impl Reader for RedbReader {
    fn get_bytes(&self, table: TableName, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.table(table)?.get(key)?.map(|value| value.value().to_vec()))
    }

    fn scan_bytes(
        &self,
        table: TableName,
        range: KeyRange,
        order: Order,
        visit: &mut Visit<'_>,
    ) -> Result<(), StoreError> {
        scan(self.table(table)?, &range, order, visit)
    }
}

/// A transaction being written. Dropped before the commit.
pub(super) struct RedbWriter<'t> {
    transaction: &'t WriteTransaction,
    tables: [OnceCell<WriteTable<'t>>; COUNT],
}

impl<'t> RedbWriter<'t> {
    pub(super) fn new(transaction: &'t WriteTransaction) -> Self {
        Self { transaction, tables: [const { OnceCell::new() }; COUNT] }
    }

    fn table(&self, table: TableName) -> Result<&WriteTable<'t>, StoreError> {
        let cell = &self.tables[table.place];
        if let Some(open) = cell.get() {
            return Ok(open);
        }
        let open = self.transaction.open_table(definition(table))?;
        Ok(cell.get_or_init(|| open))
    }

    fn table_mut(&mut self, table: TableName) -> Result<&mut WriteTable<'t>, StoreError> {
        self.table(table)?;
        Ok(self.tables[table.place].get_mut().expect("opened on the line above"))
    }
}

impl Reader for RedbWriter<'_> {
    fn get_bytes(&self, table: TableName, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.table(table)?.get(key)?.map(|value| value.value().to_vec()))
    }

    fn scan_bytes(
        &self,
        table: TableName,
        range: KeyRange,
        order: Order,
        visit: &mut Visit<'_>,
    ) -> Result<(), StoreError> {
        scan(self.table(table)?, &range, order, visit)
    }
}

impl Writer for RedbWriter<'_> {
    fn put_bytes(&mut self, table: TableName, key: &[u8], value: &[u8]) -> Result<(), StoreError> {
        self.table_mut(table)?.insert(key, value)?;
        Ok(())
    }

    fn delete_bytes(&mut self, table: TableName, key: &[u8]) -> Result<bool, StoreError> {
        Ok(self.table_mut(table)?.remove(key)?.is_some())
    }

    fn as_reader(&self) -> &dyn Reader {
        self
    }
}

fn scan(
    table: &impl ReadableTable<Bytes, Bytes>,
    range: &KeyRange,
    order: Order,
    visit: &mut Visit<'_>,
) -> Result<(), StoreError> {
    let bounds = (range.from.as_ref().map(Vec::as_slice), range.to.as_ref().map(Vec::as_slice));
    let mut rows = table.range::<&[u8]>(bounds)?;
    loop {
        let row = match order {
            Order::Rising => rows.next(),
            Order::Falling => rows.next_back(),
        };
        let Some(row) = row else { return Ok(()) };
        let (key, value) = row?;
        if let ControlFlow::Break(()) = visit(key.value(), value.value())? {
            return Ok(());
        }
    }
}

//! Tables for spreadsheets: CSV as RFC 4180 has it, in UTF-8.
//!
//! A spreadsheet takes a cell that begins like a formula for one and may run it, so such a text gets a `'` before it: spreadsheets show
//! the text then. Numbers stay numbers. The guard can be taken off again without doubt ([`unguarded`]): a text that begins with `'` and
//! could be mistaken for a guarded one is guarded, too.

use std::borrow::Cow;
use std::io::{self, Write};

use csv::{Terminator, WriterBuilder};

/// The media type.
pub const TEXT_CSV: &str = "text/csv; charset=utf-8";

/// Does the file begin with a byte order mark? Excel takes UTF-8 for something else without one; most programs want none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bom {
    /// For Excel.
    With,
    /// For everything else.
    Without,
}

/// Writes rows of equal length.
pub struct CsvWriter<W: Write> {
    rows: csv::Writer<W>,
}

impl<W: Write> CsvWriter<W> {
    /// A table on `to`, beginning with its heading.
    ///
    /// # Errors
    /// What `to` says.
    pub fn new(mut to: W, bom: Bom, heading: &[&str]) -> io::Result<Self> {
        if bom == Bom::With {
            to.write_all(BYTE_ORDER_MARK)?;
        }
        let rows = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(to);
        let mut table = Self { rows };
        table.row(heading)?;
        Ok(table)
    }

    /// One more row.
    ///
    /// # Errors
    /// What the file says; a row of another length than the heading.
    pub fn row(&mut self, cells: &[impl AsRef<str>]) -> io::Result<()> {
        let cells = cells.iter().map(|cell| guarded(cell.as_ref()));
        self.rows.write_record(cells.map(Guarded)).map_err(into_io)
    }

    /// Everything is written; what it was written to.
    ///
    /// # Errors
    /// What the file says.
    pub fn finish(self) -> io::Result<W> {
        self.rows.into_inner().map_err(csv::IntoInnerError::into_error)
    }
}

/// A table that somebody else wrote cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadTable {
    /// Longer than allowed.
    TooManyRows,
    /// The file is no table from this line on.
    NotATable {
        /// From 1.
        line: u64,
    },
}

/// A table, read: its heading, and each row with the line it begins on.
pub type ReadTable = (Vec<String>, Vec<(u64, Vec<String>)>);

/// Reads a table that somebody else wrote, its first row the heading. Rows may be of another length than that: whoever asked says what
/// is wrong with them.
///
/// # Errors
/// [`BadTable`].
pub fn read_table(text: &str, separator: u8, most_rows: usize) -> Result<ReadTable, BadTable> {
    let mut reader = csv::ReaderBuilder::new();
    let reader = reader.delimiter(separator).has_headers(false).flexible(true);
    let (mut heading, mut rows, mut last) = (None, Vec::new(), 1);
    for record in reader.from_reader(text.as_bytes()).into_records() {
        let record = record.map_err(|_| BadTable::NotATable { line: last })?;
        last = record.position().map_or(last, csv::Position::line);
        let cells = record.iter().map(str::to_owned).collect();
        match heading {
            None => heading = Some(cells),
            Some(_) if rows.len() >= most_rows => return Err(BadTable::TooManyRows),
            Some(_) => rows.push((last, cells)),
        }
    }
    Ok((heading.unwrap_or_default(), rows))
}

/// `cell` so that no spreadsheet takes it for a formula.
#[must_use]
pub fn guarded(cell: &str) -> Cow<'_, str> {
    if is_number(cell) || !is_dangerous(cell) {
        return Cow::Borrowed(cell);
    }
    Cow::Owned(format!("'{cell}"))
}

/// Hours to four places, rounded to the nearest: a minute is 0.0167. What is added up is milliseconds; only what is shown is rounded.
#[must_use]
pub fn decimal_hours(ms: u64) -> String {
    let parts = (u128::from(ms) * 10_000 + HOUR_MS / 2) / HOUR_MS;
    format!("{}.{:04}", parts / 10_000, parts % 10_000)
}

const HOUR_MS: u128 = crate::domain::time::HOUR_MS as u128;

/// The text that was [`guarded`].
#[must_use]
pub fn unguarded(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(text) if !is_number(text) && is_dangerous(text) => text,
        _ => cell,
    }
}

/// Would it be a formula, or be taken for a guarded one?
fn is_dangerous(cell: &str) -> bool {
    // Some programs look past spaces, and some take the wide signs of East Asian keyboards for the narrow ones.
    let begins = cell.trim_start_matches(['\'', ' ', '\u{a0}', '\u{feff}']);
    begins.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'])
}

/// A plain decimal number, with or without a sign.
fn is_number(cell: &str) -> bool {
    let digits = cell.strip_prefix(['+', '-']).unwrap_or(cell);
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    let all_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    all_digits(whole) && all_digits(part)
}

/// The crate takes bytes.
struct Guarded<'a>(Cow<'a, str>);

impl AsRef<[u8]> for Guarded<'_> {
    fn as_ref(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

fn into_io(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(bom: Bom, rows: &[Vec<String>]) -> Vec<u8> {
        let heading: Vec<String> = (0..rows[0].len()).map(|at| format!("h{at}")).collect();
        let heading: Vec<&str> = heading.iter().map(String::as_str).collect();
        let mut table = CsvWriter::new(Vec::new(), bom, &heading).unwrap();
        for row in rows {
            table.row(row).unwrap();
        }
        table.finish().unwrap()
    }

    fn read(bytes: &[u8]) -> Vec<Vec<String>> {
        let mut reader = csv::ReaderBuilder::new().from_reader(bytes);
        let rows = reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect());
        rows.collect()
    }

    #[test]
    fn formulas_are_texts_and_numbers_stay_numbers() {
        for formula in [
            "=1+1",
            "+cmd|' /C calc'!A0",
            "-2+3",
            "@SUM(A1)",
            "\t=1",
            "\r=1",
            "\n=1",
            " =1",
            "＝1",
            "-",
            "+",
            "=",
            "-1e5",
            "-1,5",
            "-1-2",
            "'=1",
            "''=1",
            "' =1",
        ] {
            assert_eq!(guarded(formula), format!("'{formula}"), "{formula:?}");
        }
        for plain in ["", "a=b", "7", "-7", "+49", "-7.25", "1.5", "it's", "'quoted'", " a"] {
            assert_eq!(guarded(plain), plain);
        }
    }

    #[test]
    fn lines_are_as_rfc_4180_has_them() {
        let rows = [vec!["a,b".to_owned(), "say \"hi\"\r\nagain".to_owned(), "ö".to_owned()]];
        let plain = b"h0,h1,h2\r\n\"a,b\",\"say \"\"hi\"\"\r\nagain\",\xc3\xb6\r\n";
        assert_eq!(written(Bom::Without, &rows), plain);
        assert_eq!(written(Bom::With, &rows), [b"\xef\xbb\xbf", &plain[..]].concat());
    }

    #[test]
    fn a_row_of_another_length_is_refused() {
        let mut table = CsvWriter::new(Vec::new(), Bom::Without, &["a", "b"]).unwrap();
        assert!(table.row(&["1"]).is_err());
    }

    /// Texts full of what spreadsheets and CSV take for special.
    fn cell() -> impl Strategy<Value = String> {
        let special = r#"['=+\-@\t\r\n",; ＝0-9.a]{0,6}"#;
        prop_oneof![proptest::string::string_regex(special).unwrap(), any::<String>()]
    }

    proptest! {
        #[test]
        fn what_is_read_is_what_was_written(
            rows in (1_usize..5).prop_flat_map(|width| {
                proptest::collection::vec(proptest::collection::vec(cell(), width), 1..6)
            }),
        ) {
            let back = read(&written(Bom::Without, &rows));
            for row in back.iter().flatten() {
                let first = row.trim_start_matches(' ').chars().next();
                let formula = first.is_some_and(|c| "=+-@\t\r\n＝＋－＠".contains(c));
                prop_assert!(!formula || is_number(row), "{row:?} could be a formula");
            }
            let plain: Vec<Vec<&str>> =
                back.iter().map(|row| row.iter().map(|cell| unguarded(cell)).collect()).collect();
            prop_assert_eq!(plain, rows);
        }
    }

    #[test]
    fn hours_are_exact_to_four_places() {
        for (ms, text) in [
            (0, "0.0000"),
            (60_000, "0.0167"),
            (3_600_000, "1.0000"),
            (27_000_000, "7.5000"),
            (179, "0.0000"),
            (180, "0.0001"),
            (u64::MAX, "5124095576030.4310"),
        ] {
            assert_eq!(decimal_hours(ms), text);
        }
    }
}

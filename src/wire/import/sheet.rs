//! Tables: each column is found by its heading, whatever the order.

use jiff::civil::DateTime;

use super::moment::{self, DateOrder};
use super::{BadFile, ImportFile, ImportMoment, ImportRow, MOST_ROWS, RowFault, label, note, tags};
use crate::domain::import::Source;
use crate::wire::csv::{BadTable, read_table};

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    Key,
    Email,
    User,
    Customer,
    Project,
    Task,
    Note,
    Tags,
    Billable,
    /// The day of the begin.
    StartDate,
    /// The time of day it begins, or date and time.
    Start,
    /// The day of the end.
    EndDate,
    /// The time of day it ends, or date and time.
    End,
}

/// A column, the headings it goes by (in lower case), and whether a file without it is another file.
type Known = (Column, &'static [&'static str], bool);

const TOGGL: &[Known] = &[
    (Column::User, &["user", "member"], false),
    (Column::Email, &["email"], false),
    (Column::Customer, &["client"], false),
    (Column::Project, &["project"], false),
    (Column::Task, &["task"], false),
    (Column::Note, &["description"], true),
    (Column::Billable, &["billable"], false),
    (Column::StartDate, &["start date"], true),
    (Column::Start, &["start time"], true),
    (Column::EndDate, &["end date", "stop date"], true),
    (Column::End, &["end time", "stop time"], true),
    (Column::Tags, &["tags"], false),
];

const CLOCKIFY: &[Known] = &[
    (Column::Project, &["project"], true),
    (Column::Customer, &["client"], false),
    (Column::Note, &["description"], true),
    (Column::Task, &["task"], false),
    (Column::User, &["user"], false),
    (Column::Email, &["email"], false),
    (Column::Tags, &["tags"], false),
    (Column::Billable, &["billable"], false),
    (Column::StartDate, &["start date"], true),
    (Column::Start, &["start time"], true),
    (Column::EndDate, &["end date"], true),
    (Column::End, &["end time"], true),
];

/// Kimai writes its headings in the language of whoever exports: English and German are known.
const KIMAI: &[Known] = &[
    (Column::StartDate, &["date", "datum"], true),
    (Column::Start, &["from", "begin", "in", "von", "beginn"], true),
    (Column::End, &["to", "end", "out", "bis", "ende"], true),
    (Column::User, &["user", "username", "benutzer", "benutzername"], false),
    (Column::Email, &["email", "e-mail"], false),
    (Column::Customer, &["customer", "kunde"], false),
    (Column::Project, &["project", "projekt"], true),
    (Column::Task, &["activity", "tätigkeit"], false),
    (Column::Note, &["description", "beschreibung"], false),
    (Column::Billable, &["billable", "abrechenbar"], false),
    (Column::Tags, &["tags", "schlagworte"], false),
];

const TIMETAGGER: &[Known] = &[
    (Column::Key, &["key"], true),
    (Column::Start, &["start"], true),
    (Column::End, &["stop"], true),
    (Column::Note, &["description"], true),
    (Column::Tags, &["tags"], false),
];

pub(super) fn read(
    source: Source,
    text: &str,
    dates: Option<DateOrder>,
) -> Result<ImportFile, BadFile> {
    let known = match source {
        Source::Toggl => TOGGL,
        Source::Clockify => CLOCKIFY,
        Source::Kimai => KIMAI,
        Source::Timetagger => TIMETAGGER,
    };
    let separator = separator(text);
    let (heading, rows) = read_table(text, separator, MOST_ROWS).map_err(|bad| match bad {
        BadTable::TooManyRows => BadFile::TooManyRows,
        BadTable::NotATable { line } => BadFile::NotATable(line),
    })?;
    let columns = Columns::find(known, &heading)?;
    let dates = order(&columns, &rows, dates)?;
    let mut file = ImportFile::default();
    for (line, cells) in rows {
        if cells.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        let cells = Cells { columns: &columns, cells: &cells, width: heading.len() };
        match cells.row(source, line, dates) {
            Ok(row) => file.rows.push(row),
            Err(why) => file.faults.push(RowFault { line, why }),
        }
    }
    Ok(file)
}

/// Of comma, semicolon and tab the one that the first line has most of.
fn separator(text: &str) -> u8 {
    let first = text.lines().next().unwrap_or_default();
    let count = |separator: &u8| first.bytes().filter(|b| b == separator).count();
    [b',', b';', b'\t'].into_iter().rev().max_by_key(count).unwrap_or(b',')
}

/// How dates with slashes are meant: as was said, or as some date in the file leaves no doubt.
fn order(
    columns: &Columns,
    rows: &[(u64, Vec<String>)],
    said: Option<DateOrder>,
) -> Result<Option<DateOrder>, BadFile> {
    let mut doubtful = None;
    for (_, cells) in rows {
        for column in [Column::StartDate, Column::EndDate] {
            let Some(cell) = columns.cell(cells, column) else { continue };
            match moment::slashed(cell) {
                Some(_) if said.is_some() => return Ok(said),
                Some((first, _)) if first > 12 => return Ok(Some(DateOrder::Dmy)),
                Some((_, second)) if second > 12 => return Ok(Some(DateOrder::Mdy)),
                Some(_) => doubtful = doubtful.or_else(|| Some(cell.chars().take(20).collect())),
                None => {}
            }
        }
    }
    doubtful.map_or(Ok(said), |date| Err(BadFile::AmbiguousDates(date)))
}

/// Where each column is.
struct Columns(Vec<(Column, usize)>);

impl Columns {
    fn find(known: &[Known], heading: &[String]) -> Result<Self, BadFile> {
        let headings: Vec<String> = heading.iter().map(|h| h.trim().to_lowercase()).collect();
        let mut found = Vec::new();
        for (column, names, must) in known {
            let mut places =
                (0..headings.len()).filter(|at| names.contains(&headings[*at].as_str()));
            match (places.next(), places.next()) {
                (Some(place), None) => found.push((*column, place)),
                (Some(place), Some(_)) => {
                    return Err(BadFile::TwoColumns(headings[place].clone()));
                }
                (None, _) if *must => return Err(BadFile::NoColumn(names[0])),
                (None, _) => {}
            }
        }
        Ok(Self(found))
    }

    fn cell<'a>(&self, cells: &'a [String], column: Column) -> Option<&'a str> {
        let (_, place) = self.0.iter().find(|(known, _)| *known == column)?;
        cells.get(*place).map(String::as_str)
    }
}

/// One row.
struct Cells<'a> {
    columns: &'a Columns,
    cells: &'a [String],
    width: usize,
}

impl Cells<'_> {
    fn row(
        &self,
        source: Source,
        line: u64,
        dates: Option<DateOrder>,
    ) -> Result<ImportRow, String> {
        if self.cells.len() != self.width {
            let (has, wants) = (self.cells.len(), self.width);
            return Err(format!("It has {has} cells, the heading {wants}."));
        }
        let (start, end) = self.moments(dates)?;
        let said = self.said(Column::Note).unwrap_or_default();
        let tags = match source {
            Source::Timetagger => tags(hashtags(said).into_iter())?,
            _ => tags(self.said(Column::Tags).unwrap_or_default().split(','))?,
        };
        Ok(ImportRow {
            line,
            key: self.said(Column::Key).map(|key| key.chars().take(100).collect()),
            email: self.said(Column::Email).map(str::to_owned),
            user: self.said(Column::User).map(str::to_owned),
            customer: label("customer", self.said(Column::Customer).unwrap_or_default())?,
            project: label("project", self.said(Column::Project).unwrap_or_default())?,
            task: label("task", self.said(Column::Task).unwrap_or_default())?,
            note: note(said)?,
            tags,
            billable: self.billable()?,
            start,
            end,
        })
    }

    fn moments(&self, dates: Option<DateOrder>) -> Result<(ImportMoment, ImportMoment), String> {
        let begins = self.said(Column::Start).ok_or("It has no begin.")?;
        let ends = self.said(Column::End).ok_or("It has no end: what still runs is not taken.")?;
        let start = match self.on_a_day(begins, Column::StartDate, dates)? {
            Some(start) => ImportMoment::Wall(start),
            None => moment::moment(begins).ok_or_else(|| cannot("begin", begins))?,
        };
        let end = match self.on_a_day(ends, Column::EndDate, dates)? {
            Some(end) => ImportMoment::Wall(end),
            None => match (moment::time(ends), start) {
                (Some(time), ImportMoment::Wall(start)) => moment::ended(start, time)
                    .map(ImportMoment::Wall)
                    .ok_or_else(|| cannot("end", ends))?,
                _ => moment::moment(ends).ok_or_else(|| cannot("end", ends))?,
            },
        };
        Ok((start, end))
    }

    /// The time of day on the day of another column; nothing when the cell holds more than a time of day, or there is no such column.
    fn on_a_day(
        &self,
        clock: &str,
        day: Column,
        dates: Option<DateOrder>,
    ) -> Result<Option<DateTime>, String> {
        let (Some(time), Some(day)) = (moment::time(clock), self.said(day)) else {
            return Ok(None);
        };
        let date = moment::date(day, dates).ok_or_else(|| cannot("date", day))?;
        Ok(Some(date.to_datetime(time)))
    }

    fn billable(&self) -> Result<Option<bool>, String> {
        let Some(said) = self.said(Column::Billable) else { return Ok(None) };
        match said.to_lowercase().as_str() {
            "yes" | "true" | "1" | "ja" => Ok(Some(true)),
            "no" | "false" | "0" | "nein" => Ok(Some(false)),
            _ => Err(cannot("mark of what is billable", said)),
        }
    }

    /// What the cell says; nothing when it is empty.
    fn said(&self, column: Column) -> Option<&str> {
        self.columns.cell(self.cells, column).map(str::trim).filter(|text| !text.is_empty())
    }
}

/// The words that begin with `#`, as TimeTagger takes them for tags.
pub(super) fn hashtags(text: &str) -> Vec<&str> {
    let of_a_tag = |c: char| c.is_alphanumeric() || "_-/:".contains(c);
    let parts = text.split('#').skip(1);
    parts.map(|part| part.split(|c| !of_a_tag(c)).next().unwrap_or_default()).collect()
}

fn cannot(what: &str, text: &str) -> String {
    let shown: String = text.chars().filter(|c| !c.is_control()).take(40).collect();
    format!("The {what} cannot be read: {shown:?}.")
}

//! Recorded activity as rows of a table: what a report says, and single events.

use std::sync::Arc;

use super::report::{ActivityReport, Detail};
use crate::domain::activity::Event;
use crate::domain::report::DayTotal;
use crate::service::error::ServiceError;
use crate::wire::csv::decimal_hours as hours;
use crate::wire::v1::rfc3339;

/// What a row stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rows {
    /// A day of a person.
    Days,
    /// An application on a day of a person.
    Apps,
    /// A recorded event.
    Events,
}

impl Rows {
    /// The name in queries and on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Days => "days",
            Self::Apps => "apps",
            Self::Events => "events",
        }
    }

    /// The rows of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Days, Self::Apps, Self::Events].into_iter().find(|rows| rows.name() == name)
    }

    /// The columns' names.
    pub const fn heading(self) -> &'static [&'static str] {
        match self {
            Self::Days => &["person", "date", "active_ms", "active_hours"],
            Self::Apps => &["person", "date", "application", "ms", "hours"],
            Self::Events => &[
                "person",
                "computer",
                "kind",
                "start",
                "end",
                "ms",
                "application",
                "title",
                "url",
                "away",
            ],
        }
    }
}

impl ActivityReport {
    /// The report as a table of days or applications.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] when this viewer is told less than that; a report holds no events.
    pub fn table(&self, rows: Rows) -> Result<Vec<Vec<String>>, ServiceError> {
        let person = self.person.name.to_string();
        let days = self.days.iter().map(|(date, total)| (date.to_string(), total));
        match rows {
            Rows::Days => Ok(days.map(|(date, total)| day(&person, date, total)).collect()),
            Rows::Apps if self.detail == Detail::Hours => Err(hours_only()),
            Rows::Apps => Ok(days.flat_map(|(date, total)| apps(&person, &date, total)).collect()),
            Rows::Events => Err(ServiceError::bad_input(
                "bad_rows",
                "A report has rows of days or of apps.",
                "Choose days or apps, or export events.",
            )),
        }
    }
}

pub(super) fn hours_only() -> ServiceError {
    ServiceError::Forbidden("The office's policy keeps this for the person alone.")
}

/// An event of this person's computer.
pub(super) fn event(person: &str, computer: &str, kind: &str, event: Event) -> Vec<String> {
    let (start, end) = (rfc3339(event.start), rfc3339(event.end()));
    let data = Arc::unwrap_or_clone(event.data);
    let away = data.afk.map(|away| if away { "yes" } else { "no" });
    vec![
        person.to_owned(),
        computer.to_owned(),
        kind.to_owned(),
        start,
        end,
        event.duration_ms.to_string(),
        data.app.unwrap_or_default(),
        data.title.unwrap_or_default(),
        data.url.unwrap_or_default(),
        away.unwrap_or_default().to_owned(),
    ]
}

fn day(person: &str, date: String, total: &DayTotal) -> Vec<String> {
    vec![person.to_owned(), date, total.active_ms.to_string(), hours(total.active_ms)]
}

fn apps(person: &str, date: &str, total: &DayTotal) -> Vec<Vec<String>> {
    let row = |(app, ms): (&String, &u64)| {
        vec![person.to_owned(), date.to_owned(), app.clone(), ms.to_string(), hours(*ms)]
    };
    total.apps.iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_back() {
        for rows in [Rows::Days, Rows::Apps, Rows::Events] {
            assert_eq!(Rows::from_name(rows.name()), Some(rows));
        }
        assert_eq!(Rows::from_name("all"), None);
    }
}

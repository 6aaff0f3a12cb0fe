//! What was recorded on this computer, added up by category, application or site: with the office in reach or not, and for the person alone.
//!
//! The same adding up as at the office ([`Pieces`]), over this computer's own book, which holds whole events whatever the office may have.

mod held;
mod route;

use std::sync::Arc;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

pub(super) use held::HeldCategories;
pub(super) use route::route;

use super::AgentError;
use super::book::{ActivityBook, HERE};
use super::folder::Folder;
use super::running;
use crate::domain::category::Trees;
use crate::domain::policy::View;
use crate::domain::report::Stretch;
use crate::domain::time::Timestamp;
use crate::domain::total::By;
use crate::store::read::pieces::Pieces;
use crate::store::{Reader, StoreError};
use route::PATH;

/// At most so many days are added up.
const MOST_DAYS: i32 = 400;

/// What to add up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AskTotals {
    /// `category`, `app` or `site`.
    pub by: String,
    /// The first day, e.g. `2026-11-22`.
    pub from: String,
    /// The last day, included.
    pub to: String,
}

/// What it came to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// Whose categories they are: `own`, `office` or `default`.
    pub of: String,
    /// Time with any activity.
    pub active_ms: u64,
    /// Time by category, application or site, the most first.
    pub items: Vec<Total>,
}

/// Time under one name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Total {
    /// The name; a category's with those it belongs to: `Work > Mail`.
    pub name: String,
    /// How long.
    pub ms: u64,
}

/// Adds up, by the agent that runs or without one.
///
/// # Errors
/// [`AgentError::BadAsk`] with a sentence; what can be wrong with the agent's files.
pub async fn totals(folder: &Folder, ask: &AskTotals) -> Result<Totals, AgentError> {
    let Some(door) = running::door(folder)? else {
        let (folder, ask) = (folder.clone(), ask.clone());
        let added = tokio::task::spawn_blocking(move || {
            let sum = Sum::of(&ask, &HeldCategories::read(&folder)?)?;
            ActivityBook::see_at_rest(&folder, |reader| sum.up(reader))?
                .unwrap_or_else(|| Ok(Totals::default()))
        });
        return added.await.map_err(|error| AgentError::System(error.into()))?;
    };
    running::ask(door, PATH, ask, AgentError::BadAsk).await
}

/// Adds up over the book that is open.
pub(super) async fn add_up(
    book: &ActivityBook,
    folder: &Folder,
    ask: &AskTotals,
) -> Result<Totals, AgentError> {
    let sum = Sum::of(ask, &HeldCategories::read(folder)?)?;
    book.see(move |reader| Ok(sum.up(reader))).await?
}

/// Of today, for the page.
pub(super) fn today(now: Timestamp) -> AskTotals {
    let now = jiff::Timestamp::from_millisecond(now.ms()).unwrap_or_default();
    let day = now.to_zoned(TimeZone::system()).date().to_string();
    AskTotals { by: By::Category.name().to_owned(), from: day.clone(), to: day }
}

/// What is to be added up, read.
struct Sum {
    by: By,
    trees: Trees,
    of: String,
    days: Vec<Stretch>,
}

impl Sum {
    fn of(ask: &AskTotals, held: &HeldCategories) -> Result<Self, AgentError> {
        let by = By::from_name(&ask.by).filter(|by| *by != By::Device);
        let by = by.ok_or_else(|| bad("Time is added up by category, app or site."))?;
        let day = |text: &str| {
            let day = text.parse::<Date>();
            day.map_err(|_| bad(&format!("{text:?} is no day. Write it like 2026-11-22.")))
        };
        let (from, to) = (day(&ask.from)?, day(&ask.to)?);
        let days = days(from, to).ok_or_else(|| {
            bad(&format!(
                "Choose 1 to {MOST_DAYS} days between 1970 and 2199, the first before the last."
            ))
        })?;
        let trees = match by {
            By::Category => Trees::always(Arc::new(held.tree()?)),
            _ => Trees::always(Arc::default()),
        };
        Ok(Self { by, trees, of: held.categories.of.clone(), days })
    }

    fn up(self, reader: &dyn Reader) -> Result<Totals, AgentError> {
        let computer = [(HERE, String::new())];
        let what = (self.by, self.trees);
        let added: Result<_, StoreError> =
            Pieces::collect(reader, &computer, View::Own, what, self.days);
        let (labels, days) = added?.ok_or_else(|| {
            bad("More was recorded in these days than can be added up. Choose fewer.")
        })?;
        let mut sums = vec![0_u64; labels.len()];
        for (label, ms) in days.iter().flat_map(|day| &day.labels) {
            sums[*label as usize] += ms;
        }
        let total = |(name, ms)| Total { name, ms };
        let mut items: Vec<Total> = labels.into_iter().zip(sums).map(total).collect();
        items.retain(|item| item.ms > 0);
        items.sort_by(|a, b| (b.ms, &a.name).cmp(&(a.ms, &b.name)));
        Ok(Totals { of: self.of, active_ms: days.iter().map(|day| day.active_ms).sum(), items })
    }
}

/// Where these days begin and end, where the computer is.
fn days(from: Date, to: Date) -> Option<Vec<Stretch>> {
    let end = from.checked_add(jiff::Span::new().days(MOST_DAYS)).ok()?;
    if to < from || to >= end {
        return None;
    }
    let begin = |day: Date| {
        let at = day.to_zoned(TimeZone::system()).ok()?.timestamp();
        Timestamp::new(at.as_millisecond())
    };
    let (mut days, mut day) = (Vec::new(), from);
    while day <= to {
        let next = day.tomorrow().ok()?;
        days.push(Stretch { from: begin(day)?, to: begin(next)? });
        day = next;
    }
    Some(days)
}

fn bad(sentence: &str) -> AgentError {
    AgentError::BadAsk(sentence.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(by: &str, from: &str, to: &str) -> Result<Sum, AgentError> {
        let (by, from, to) = (by.to_owned(), from.to_owned(), to.to_owned());
        Sum::of(&AskTotals { by, from, to }, &HeldCategories::default())
    }

    #[test]
    fn what_cannot_be_added_up_is_told() {
        let days = |from, to| asked("category", from, to).map(|sum| sum.days.len());
        assert_eq!(days("2026-11-22", "2026-11-22").unwrap(), 1);
        assert_eq!(days("2026-03-01", "2026-03-31").unwrap(), 31);
        for (by, from, to) in [
            ("device", "2026-11-22", "2026-11-22"),
            ("app", "2026-11-22", "2026-11-21"),
            ("app", "2026-11-22", "2027-12-27"),
            ("app", "yesterday", "2026-11-22"),
            ("app", "1969-12-01", "1969-12-02"),
            ("app", "9999-12-31", "9999-12-31"),
        ] {
            let error = asked(by, from, to).err().unwrap();
            assert!(error.exit_code() == 2 && error.to_string().ends_with('.'), "{error}");
        }
    }
}

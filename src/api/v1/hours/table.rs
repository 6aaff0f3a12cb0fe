//! Reports of hours as tables.

use crate::service::book::{By, HoursReport, PeriodSum, Row};
use crate::wire::csv::decimal_hours;
use crate::wire::v1 as wire;

/// A report as a table: the period, what the row is of, and sums.
pub(super) fn hours(report: &HoursReport) -> (Vec<String>, Vec<Vec<String>>) {
    let by = &report.request.by;
    if by.is_empty() {
        return periods(report);
    }
    let mut heading = vec!["from".to_owned(), "to".to_owned()];
    heading.extend(by.iter().flat_map(|by| [by.name().to_owned(), format!("{}_id", by.name())]));
    heading.extend(["ms", "hours"].map(str::to_owned));
    let is_by_task = by.contains(&By::Task);
    let extra = [
        ("with_below_ms", is_by_task),
        ("target_minutes", by.as_slice() == [By::User]),
        ("previous_ms", report.previous.is_some()),
    ];
    heading.extend(extra.iter().filter(|(_, told)| *told).map(|(name, _)| (*name).to_owned()));
    let cells = |row: &Row| {
        let mut cells = vec![row.period.from.to_string(), row.period.to.to_string()];
        for key in &row.keys {
            cells.push(key.name.clone().unwrap_or_default());
            cells.push(key.id.map(|id| id.to_string()).unwrap_or_default());
        }
        cells.extend([row.ms.to_string(), decimal_hours(row.ms)]);
        let figures = [row.with_below_ms, row.target_minutes, row.previous_ms];
        let told = figures.iter().zip(extra).filter(|(_, (_, told))| *told);
        cells.extend(told.map(|(figure, _)| figure.map(|n| n.to_string()).unwrap_or_default()));
        cells
    };
    (heading, report.rows.iter().map(cells).collect())
}

/// Hours by time alone: every period has a line, with what was due, whether or not anything was worked in it.
fn periods(report: &HoursReport) -> (Vec<String>, Vec<Vec<String>>) {
    let compared = report.previous.is_some();
    let mut heading = vec!["from", "to", "ms", "hours", "target_minutes"];
    if compared {
        heading.extend(["previous_from", "previous_to", "previous_ms"]);
    }
    let cells = |sum: &PeriodSum| {
        let mut cells = vec![sum.period.from.to_string(), sum.period.to.to_string()];
        cells.extend([sum.ms.to_string(), decimal_hours(sum.ms)]);
        cells.push(sum.target_minutes.map(|minutes| minutes.to_string()).unwrap_or_default());
        if compared {
            let before = sum.previous.map(|(period, ms)| {
                [period.from.to_string(), period.to.to_string(), ms.to_string()]
            });
            cells.extend(before.unwrap_or_default());
        }
        cells
    };
    let heading = heading.into_iter().map(str::to_owned).collect();
    (heading, report.periods.iter().map(cells).collect())
}

/// The columns of a person's days.
pub(super) const DAYS: &[&str] = &[
    "person",
    "date",
    "ms",
    "hours",
    "covered_ms",
    "target_minutes",
    "from",
    "to",
    "gaps",
    "gaps_ms",
    "overlaps",
    "overlaps_ms",
];

/// A person's days, a line each; moments are in UTC, as everywhere in tables.
pub(super) fn days(report: &wire::DaysReport) -> Vec<Vec<String>> {
    let spans = |spans: &[(&str, &str)]| {
        let ms = spans.iter().map(|(from, to)| length(from, to)).sum::<u64>();
        let told: Vec<_> = spans.iter().map(|(from, to)| format!("{from}/{to}")).collect();
        [told.join(" "), ms.to_string()]
    };
    let row = |day: &wire::DayHours| {
        let whole = day.whole.as_ref();
        let whole = whole.map(|whole| [whole.from.clone(), whole.to.clone()]).unwrap_or_default();
        let gaps: Vec<_> = day.gaps.iter().map(|gap| (&*gap.from, &*gap.to)).collect();
        let over: Vec<_> = day.overlaps.iter().map(|over| (&*over.from, &*over.to)).collect();
        let mut cells = vec![report.person.clone(), day.date.clone(), day.ms.to_string()];
        cells.extend([decimal_hours(day.ms), day.covered_ms.to_string()]);
        cells.push(day.target_minutes.to_string());
        cells.extend(whole);
        cells.extend(spans(&gaps));
        cells.extend(spans(&over));
        cells
    };
    report.days.iter().map(row).collect()
}

fn length(from: &str, to: &str) -> u64 {
    let moments = wire::instant(from).zip(wire::instant(to));
    moments.map_or(0, |(from, to)| to.ms_since(from))
}

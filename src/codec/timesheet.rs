//! People's weeks and what is decided about them.

use super::frame::Record;
use super::layout::{choice, fields};
use crate::domain::timesheet::{Decision, SheetState, Timesheet, TimesheetCommand, Week};

fields!(Week { first, last, from, to, zone });
choice!(SheetState { 0 => Open, 1 => Submitted, 2 => Approved, 3 => SentBack });
fields!(Timesheet {
    person,
    week,
    state,
    changed_seq,
    changed,
    by,
    note,
    submitted_ms,
    approved_ms
});
fields!(Decision { person, from, expect, note });
choice!(TimesheetCommand {
    0 => Submit { person, week, expect },
    1 => Withdraw(decision),
    2 => Approve(decision),
    3 => SendBack(decision),
    4 => Reopen(decision),
});

impl Record for Timesheet {
    const NAME: &'static str = "a timesheet";
}

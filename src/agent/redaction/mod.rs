//! What of recorded activity is kept, and what of that leaves this computer: the one place for both.
//!
//! 1. Before anything is stored, whoever recorded it: [`sheets`], the office's rules and the person's own. What they drop is nowhere,
//!    what they mask or cut was never here. The person's own rules never leave this computer.
//! 2. Before anything is sent: [`leaving`], the office's policy. What it holds back stays in the book here, for the person alone.

mod leaving;
mod sheets;

pub(super) use leaving::{event_for_office, for_office};
pub use sheets::{
    Sheet, Sheets, add, make_private, office, own, remove, replace_own, set_own, test,
};
pub(super) use sheets::{office_mark, set_office};

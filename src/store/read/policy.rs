//! What the office's policy was when.

use crate::domain::policy::PolicyPast;
use crate::domain::time::Timestamp;
use crate::store::error::StoreError;
use crate::store::tables::PolicyPasts;
use crate::store::transaction::{KeyRange, Order, Read, Reader};

/// Policies that are remembered; before the oldest of them the strictest is said to have counted.
const MOST_PASTS: usize = 500;

/// What the policy was when.
///
/// # Errors
/// [`StoreError`].
pub fn past(reader: &dyn Reader) -> Result<PolicyPast, StoreError> {
    let rows = reader.rows::<PolicyPasts>(KeyRange::all(), Order::Falling, MOST_PASTS)?;
    let mut known: Vec<_> = rows.into_iter().map(|(from, was)| (from, was.policy)).collect();
    if known.is_empty() {
        known.extend(super::office(reader)?.map(|office| (Timestamp::EARLIEST, office.policy)));
    }
    known.extend(super::policy_change(reader)?.map(|change| (change.takes_effect, change.policy)));
    Ok(PolicyPast::new(known))
}

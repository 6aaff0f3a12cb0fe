//! What the functions do with events: aw-core's transforms, one file a kind. None changes what it was given.

pub(super) mod address;
pub(super) mod class;
pub(super) mod filter;
pub(super) mod flood;
pub(super) mod merge;
pub(super) mod overlap;
pub(super) mod title;

use std::collections::HashMap;
use std::rc::Rc;

use super::fault::{Fault, Meter};
use super::value::{Dict, Span};

/// Gives each event new data; what is the same to begin with is worked out once and shared.
fn remade(
    mut spans: Vec<Span>,
    meter: &Meter<'_>,
    make: impl Fn(&Rc<Dict>) -> Result<Rc<Dict>, Fault>,
) -> Result<Vec<Span>, Fault> {
    // By address: both sides are kept alive here, so that none is given to another.
    let mut known: HashMap<*const Dict, (Rc<Dict>, Rc<Dict>)> = HashMap::new();
    for span in &mut spans {
        meter.step(1)?;
        let made = match known.get(&Rc::as_ptr(&span.data)) {
            Some((_, made)) => made.clone(),
            None => {
                let made = make(&span.data)?;
                known.insert(Rc::as_ptr(&span.data), (span.data.clone(), made.clone()));
                made
            }
        };
        span.data = made;
    }
    Ok(spans)
}

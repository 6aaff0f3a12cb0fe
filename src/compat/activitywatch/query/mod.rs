//! The query language of `POST /api/0/query/`, as aw-server and aw-server-rust both speak it: a program that reads the buckets of one
//! device, shapes lists of events and answers JSON. [`parser`] has the grammar, [`function`] the functions.
//!
//! Where the two servers differ, what either reads is read here; where they answer differently, we answer as aw-server does, except:
//! values never change once made (aw-server-rust), an expression is searched in linear time (neither), `find_bucket` prefers the same
//! name, then one that begins so, then one that holds it. A query reads and never writes; it is bounded in text, depth, steps, what it
//! holds, its answer ([`fault`]) and its time, and past a bound it gets a sentence.
//!
//! The interpreter does no I/O: it asks a [`Source`].

mod ask;
mod desk;
mod fault;
mod function;
mod lexer;
mod parser;
mod print;
mod run;
mod source;
#[cfg(test)]
mod tests;
mod transform;
mod value;

pub use ask::Ask;
pub(super) use desk::{AT_ONCE, Room, take_query};
pub use fault::{Fault, Kind, MOST_SOURCE_BYTES};
pub use source::{Period, Source};

use fault::Meter;

/// The answer to a query, as JSON: a list with one value for each period. `stop` is asked now and then whether to go on.
///
/// # Errors
/// [`Fault`]. Nothing remains of a query that is refused.
pub fn answer(ask: &Ask, source: &dyn Source, stop: &dyn Fn() -> bool) -> Result<String, Fault> {
    let statements = parser::program(&ask.source)?;
    // Steps and expressions are counted over all periods; what a period held is let go with its values.
    let meter = Meter::new(stop);
    let mut json = String::from("[");
    for (place, period) in ask.periods.iter().enumerate() {
        meter.look()?;
        if place > 0 {
            json.push(',');
        }
        let value = run::run(&statements, period, &ask.name, source, &meter)?;
        print::json(&mut json, &value, &meter)?;
    }
    json.push(']');
    Ok(json)
}

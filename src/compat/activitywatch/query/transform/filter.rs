//! Events by what their data says, and the first of them.

use super::super::fault::Fault;
use super::super::function::Arguments;
use super::super::value::Value;

/// Events whose data has this key with one of these values; without `keep`, all others.
pub(in super::super) fn keyvals(a: &mut Arguments<'_>, keep: bool) -> Result<Value, Fault> {
    let (spans, key, values) = (a.events()?, a.text()?, a.values()?);
    let mut kept = Vec::new();
    for span in spans {
        let mut fits = false;
        if let Some(value) = span.data.field(&key) {
            for wanted in &values {
                fits = fits || value.same(wanted, a.meter)?;
            }
        }
        if fits == keep {
            kept.push(span);
        }
    }
    Value::events(kept, a.meter)
}

/// Events whose data has a text of this key in which the expression is found.
pub(in super::super) fn keyvals_regex(a: &mut Arguments<'_>) -> Result<Value, Fault> {
    let (spans, key, pattern) = (a.events()?, a.text()?, a.text()?);
    let pattern = a.meter.pattern(&pattern, false)?;
    let mut kept = Vec::new();
    for span in spans {
        if let Some(Value::Text(text)) = span.data.field(&key) {
            a.meter.step(1 + text.len())?;
            if pattern.finds(text) {
                kept.push(span);
            }
        }
    }
    Value::events(kept, a.meter)
}

/// The first so many.
pub(in super::super) fn limit(a: &mut Arguments<'_>) -> Result<Value, Fault> {
    let (mut spans, most) = (a.events()?, a.number()?);
    if most < 0.0 || most.fract() != 0.0 {
        return Err(a.refuse("takes a whole number of events, 0 or more."));
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "whole, 0 or more; a cast stops at the largest"
    )]
    spans.truncate(most as usize);
    Value::events(spans, a.meter)
}
